"""Files of cases, step by step in a browser: named and corrected rows, a workbook, codes remembered, cells fixed, undo."""

import csv
import io
import time
from pathlib import Path

from cases.services.importing.write_workbook import write_workbook
from tests.browser.visitor import Visitor


EXAMPLE = Path(__file__).parents[2] / "examples" / "surgical" / "cases.csv"
ROWS = 6


def rows_of_our_own() -> list[dict[str, str]]:
    with EXAMPLE.open(newline="") as lines:
        rows = [row for row, _ in zip(csv.DictReader(lines), range(ROWS), strict=False)]
    stamp = time.time_ns()
    return [{**row, "case_number": f"FILE-{stamp}-{number}"} for number, row in enumerate(rows)]


def stem(rows: list[dict[str, str]]) -> str:
    return rows[0]["case_number"].rpartition("-")[0]


def as_csv(rows: list[dict[str, str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def as_workbook(rows: list[dict[str, str]]) -> bytes:
    return write_workbook([list(rows[0]), *(list(row.values()) for row in rows)])


def upload(visitor: Visitor, name: str, content: bytes) -> None:
    visitor.go("imports/new/")
    kind = "text/csv" if name.endswith("csv") else "application/octet-stream"
    visitor.tab.get_by_label("File of cases").set_input_files({"name": name, "mimeType": kind, "buffer": content})
    visitor.tab.get_by_role("button", name="Upload and check").click()
    checked(visitor)


def checked(visitor: Visitor) -> None:
    visitor.tab.get_by_role("heading", name="Decide").wait_for(timeout=60_000)


def commit(visitor: Visitor, cases: int) -> None:
    visitor.tab.get_by_role("button", name="Continue to commit").click()
    visitor.tab.get_by_role("button", name=f"Import {cases} cases").click()
    visitor.tab.get_by_text(f"{cases} cases imported").first.wait_for(timeout=60_000)


def count(visitor: Visitor, label: str) -> str:
    card = visitor.tab.locator(".four > *").filter(has=visitor.tab.get_by_text(label, exact=True))
    return card.locator(".figure").inner_text()


def counts(visitor: Visitor) -> dict[str, str]:
    return {label: count(visitor, label) for label in ("New", "Changed", "Unchanged", "Rejected")}


def clean(visitor: Visitor) -> None:
    assert visitor.axe() == []
    assert visitor.violations() == []
    assert visitor.overflow() == 0


def test_wrong_rows_are_named_corrected_and_imported_once(visitor):
    abstractor = visitor("abstractor")
    tab = abstractor.tab
    right = rows_of_our_own()
    wrong = [dict(row) for row in right]
    wrong[1]["admission_date"] = "2026-02-31"
    wrong[4]["procedure"] = "7"
    upload(abstractor, "autumn.csv", as_csv(wrong))
    assert counts(abstractor) == {"New": "4", "Changed": "0", "Unchanged": "0", "Rejected": "2"}
    assert "2026-02-31" in tab.locator("main").inner_text()
    clean(abstractor)
    with tab.expect_download() as download:
        tab.get_by_role("link", name="Download the 2 rows").click()
    found = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert "2026-02-31" in found
    assert "procedure" in found.lower()
    tab.get_by_role("button", name="Discard the file").click()

    upload(abstractor, "autumn-corrected.csv", as_csv(right))
    assert counts(abstractor) == {"New": "6", "Changed": "0", "Unchanged": "0", "Rejected": "0"}
    commit(abstractor, ROWS)
    clean(abstractor)
    abstractor.go(f"cases/?tab=all&q={stem(right)}")
    assert tab.locator("tbody tr").count() == ROWS

    upload(abstractor, "autumn-corrected.csv", as_csv(right))
    assert counts(abstractor) == {"New": "0", "Changed": "0", "Unchanged": "6", "Rejected": "0"}
    assert "already" in tab.locator("main").inner_text()


def test_a_workbook_is_fixed_in_place_imported_found_and_undone(visitor):
    abstractor = visitor("abstractor")
    tab = abstractor.tab
    rows = rows_of_our_own()
    rows[2]["age"] = "230"
    upload(abstractor, "winter.xlsx", as_workbook(rows))
    assert counts(abstractor)["Rejected"] == "1"

    tab.get_by_role("link", name="Fix in place").first.click()
    clean(abstractor)
    tab.locator('input[name^="cell:4:"]').first.fill("61")
    tab.get_by_role("button", name="Check these rows again").click()
    tab.get_by_text("Every row can be imported.").first.wait_for(timeout=60_000)
    assert counts(abstractor) == {"New": "6", "Changed": "0", "Unchanged": "0", "Rejected": "0"}

    # Left and found again from the list; Back works.
    abstractor.go("imports/")
    tab.get_by_role("link", name="winter.xlsx").first.click()
    checked(abstractor)
    tab.get_by_role("button", name="Continue to commit").click()
    tab.get_by_role("heading", name="Commit winter.xlsx").wait_for()
    abstractor.go_back()
    checked(abstractor)
    commit(abstractor, ROWS)

    tab.get_by_role("link", name="See the cases of this file").click()
    assert tab.locator("tbody tr").filter(has_text=stem(rows)).count() == ROWS
    abstractor.go_back()
    tab.get_by_role("button", name="Undo this import").click()
    tab.get_by_text("6 new cases taken away").first.wait_for(timeout=60_000)
    clean(abstractor)
    abstractor.go(f"cases/?tab=all&q={stem(rows)}")
    assert tab.locator("tbody tr").count() == 0


def test_columns_and_codes_are_said_once(visitor):
    abstractor = visitor("abstractor")
    tab = abstractor.tab
    rows = [
        {("Fall" if name == "case_number" else name): text for name, text in row.items()} for row in rows_of_our_own()
    ]
    for row in rows:
        row["procedure"] = "Kolektomie" if row["procedure"] == "1" else row["procedure"]
    rows[0]["procedure"] = "Kolektomie"
    abstractor.go("imports/new/")
    content = {"name": "faelle.csv", "mimeType": "text/csv", "buffer": as_csv(rows)}
    tab.get_by_label("File of cases").set_input_files(content)
    tab.get_by_role("button", name="Upload and check").click()
    tab.get_by_role("link", name="Say what the columns hold").click(timeout=60_000)
    clean(abstractor)
    tab.get_by_label("Fall", exact=True).select_option(label="Case number")
    tab.get_by_role("button", name="Check again").click()
    checked(abstractor)

    tab.get_by_role("link", name="Map codes").first.click()
    clean(abstractor)
    tab.get_by_label("Kolektomie", exact=True).select_option(index=1)
    tab.get_by_role("button", name="Check again").click()
    tab.get_by_text("Every row can be imported.").first.wait_for(timeout=60_000)

    upload(abstractor, "faelle-2.csv", as_csv(rows))
    assert counts(abstractor)["Rejected"] == "0"
    tab.get_by_role("link", name="2 Columns").click()
    assert "Read as your last file of this form." in tab.locator("main").inner_text()
