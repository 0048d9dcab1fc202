"""From the operative log to a case and its follow-up, as an abstractor does it; the centre looks on."""

import re
from uuid import uuid4

from tests.browser.visitor import Visitor


ROWS = 14


def read(visitor: Visitor) -> str:
    assert visitor.axe() == []
    assert visitor.violations() == []
    return re.sub(r"\s+", " ", visitor.tab.locator("main").inner_text())


def log_file(first_day: str, mark: str, *, wrong: bool = False) -> dict[str, object]:
    """Operations of one day; the second row is a duplicate when it shall be wrong."""
    rows = [f"L{mark}-{number},{first_day},{1 + number % 3},{30 + number},Doe" for number in range(1, ROWS + 1)]
    rows[1] = rows[0] if wrong else rows[1]
    rows.append(f"L{mark}-99,{first_day},1,9,Doe")
    text = "\n".join(["case_number,Date of operation,procedure,age,patient", *rows])
    return {"name": f"log-{mark}.csv", "mimeType": "text/csv", "buffer": text.encode()}


def open_cycle(visitor: Visitor) -> str:
    """The first cycle that is over and not drawn, and its first day."""
    for year in (2026, 2025):
        visitor.go(f"log/?year={year}")
        rows = visitor.tab.locator("tbody tr", has_text="no log yet")
        if rows.count():
            month = {"1": "01", "2": "04", "3": "07", "4": "10"}
            rows.first.get_by_role("link").click()
            quarter = re.search(r"quarter (\d)", visitor.tab.locator("h1").inner_text())
            assert quarter
            return f"{year}-{month[quarter[1]]}-02"
    raise LookupError("every cycle of the demo is drawn")


def test_a_log_is_uploaded_drawn_and_begun(visitor):
    abstractor, coordinator, mark = visitor("abstractor"), visitor("coordinator"), uuid4().hex[:6]
    tab, day = abstractor.tab, open_cycle(abstractor)
    here = tab.url

    tab.get_by_role("link", name="Upload the log").first.click()
    assert "Other columns are not read" in read(abstractor)
    tab.get_by_label("Operative log").set_input_files(log_file(day, mark, wrong=True))
    tab.get_by_role("button", name="Upload and check").click()
    refused = read(abstractor)
    assert "1 row to correct. Nothing was listed." in refused
    assert f"Case L{mark}-1 is in line 2 already." in refused

    tab.get_by_role("link", name="Upload the corrected file").click()
    tab.get_by_label("Operative log").set_input_files(log_file(day, mark))
    tab.get_by_role("button", name="Upload and check").click()
    looked = read(abstractor)
    assert f"lists {ROWS + 1} new operations" in looked
    assert "1 not eligible: Under 18 years" in looked
    assert "Not read: patient" in looked
    tab.get_by_role("button", name="Take it over").click()
    assert f"{ROWS} of them eligible" in read(abstractor)

    tab.get_by_role("link", name="Draw the sample").click()
    assert "A drawn cycle is not drawn again" in read(abstractor)
    tab.get_by_role("button", name="Draw it now").click()
    assert f"{ROWS} of {ROWS} eligible operations are drawn." in read(abstractor)
    assert tab.get_by_role("link", name="Draw the sample").count() == 0

    tab.get_by_role("link", name=f"Substitute L{mark}-3").click()
    tab.get_by_label("Reason").select_option("no_record")
    tab.get_by_role("button", name="Substitute it").click()
    assert f"L{mark}-3 is out." in read(abstractor)
    tab.get_by_role("button", name=f"Begin case L{mark}-1", exact=True).click()
    tab.wait_for_url("**/cases/*/")
    assert f"L{mark}-1" in tab.locator("h1").inner_text()
    assert tab.locator("[name=operation_date]").input_value().startswith(day)

    abstractor.go(f"cases/?tab=all&q=L{mark}-1")
    assert "locks on" in read(abstractor)
    coordinator.go("log/")
    assert "Northgate Hospital" in read(coordinator)
    tab.goto(here)
    assert f"{ROWS - 1} of {ROWS} eligible operations are sampled, of {ROWS + 1} listed." in read(abstractor)


def test_an_attempt_at_follow_up_is_kept(visitor):
    abstractor, coordinator = visitor("abstractor"), visitor("coordinator")
    tab = abstractor.tab
    abstractor.go("follow-up/")
    row = tab.locator("tbody tr", has_text="never").first
    number = row.locator("th").inner_text().strip()
    row.get_by_role("link").click()

    tab.get_by_label("Date").fill("2020-01-01")
    tab.get_by_label("How").select_option("phone")
    tab.get_by_label("Outcome").select_option("no_answer")
    tab.get_by_role("button", name="Keep the attempt").click()
    assert "An attempt is made between the event" in read(abstractor)
    abstractor.go("follow-up/")
    tab.get_by_role("link", name=number, exact=True).click()
    tab.get_by_label("How").select_option("record")
    tab.get_by_label("Outcome").select_option("reached")
    tab.get_by_role("button", name="Keep the attempt").click()
    assert f"The follow-up of case {number} is reached." in read(abstractor)
    abstractor.go("follow-up/?tab=reached")
    assert number in read(abstractor)

    coordinator.go("follow-up/")
    assert "Not reached" in read(coordinator)


def test_the_centre_reads_the_rules_and_writes_none_that_is_wrong(visitor):
    coordinator = visitor("coordinator")
    tab = coordinator.tab
    coordinator.go("sampling/")
    assert "Neither colectomy nor hernia repair" in read(coordinator)
    tab.get_by_role("link", name="New version").click()
    tab.get_by_label("Not eligible").fill("old | Over 90 | [aeg] > 90")
    tab.get_by_role("button", name="Put it into force").click()
    words = read(coordinator)
    assert "Line 1: There is no variable “aeg” in the form." in words or 'There is no variable "aeg"' in words
    assert tab.evaluate("document.activeElement !== document.body")
