"""A file of cases: wrong rows are named, corrected, imported; the same file again changes nothing."""

import csv
import io
import time
from pathlib import Path

from tests.browser.visitor import Visitor


EXAMPLE = Path(__file__).parents[2] / "examples" / "surgical" / "cases.csv"
ROWS = 6


def rows_of_our_own() -> list[dict[str, str]]:
    with EXAMPLE.open(newline="") as lines:
        rows = [row for row, _ in zip(csv.DictReader(lines), range(ROWS), strict=False)]
    stamp = time.time_ns()
    return [{**row, "case_number": f"FILE-{stamp}-{number}"} for number, row in enumerate(rows)]


def upload(visitor: Visitor, name: str, rows: list[dict[str, str]]) -> None:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    visitor.go("imports/new/")
    visitor.tab.get_by_label("CSV file").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": out.getvalue().encode()}
    )
    visitor.tab.get_by_role("button", name="Upload and check").click()
    visitor.tab.get_by_role("heading", name="Decide").wait_for(timeout=30_000)


def count(visitor: Visitor, label: str) -> str:
    card = visitor.tab.locator(".four > *").filter(has=visitor.tab.get_by_text(label, exact=True))
    return card.locator(".figure").inner_text()


def test_wrong_rows_are_named_corrected_and_imported_once(visitor):
    abstractor = visitor("abstractor")
    tab = abstractor.tab
    right = rows_of_our_own()
    wrong = [dict(row) for row in right]
    wrong[1]["admission_date"] = "2026-02-31"
    wrong[4]["procedure"] = "7"
    upload(abstractor, "autumn.csv", wrong)
    assert [count(abstractor, label) for label in ("New", "Rejected")] == ["4", "2"]
    assert "2026-02-31" in tab.locator("main").inner_text()
    assert abstractor.axe() == []
    with tab.expect_download() as download:
        tab.get_by_role("link", name="Download").click()
    found = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert "2026-02-31" in found
    assert "procedure" in found.lower()
    tab.get_by_role("button", name="Discard the file").click()

    upload(abstractor, "autumn-corrected.csv", right)
    assert [count(abstractor, label) for label in ("New", "Rejected")] == ["6", "0"]
    tab.get_by_role("button", name="Import 6 cases").click()
    tab.get_by_text("6 cases imported").wait_for(timeout=30_000)
    assert abstractor.violations() == []
    abstractor.go(f"cases/?tab=all&q={right[0]['case_number'].rpartition('-')[0]}")
    assert tab.locator("tbody tr").count() == ROWS

    upload(abstractor, "autumn-corrected.csv", right)
    assert [count(abstractor, label) for label in ("New", "Changed", "Unchanged")] == ["0", "0", "6"]
    assert "already" in tab.locator("main").inner_text()
