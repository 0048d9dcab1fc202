"""Everything works without JavaScript: R20, and case entry."""

import re
import time

import pytest


@pytest.fixture
def plain(visitor):
    """Somebody whose browser runs no script."""
    return lambda role: visitor(role, java_script_enabled=False)


def test_clinician_reads_chart_and_table(plain):
    clinician = plain("clinician")
    tab = clinician.tab
    assert tab.locator("h1").inner_text() == "Northgate Hospital"
    assert tab.locator("table .strip").count() == 11
    tab.locator("table a", has_text="Surgical-site infection").click()
    chart = tab.locator("section.chart").first
    assert chart.locator("svg.dots").is_visible()
    assert not chart.locator("table").is_visible()
    chart.locator("summary").click()
    assert chart.locator("table").is_visible()


def test_abstractor_saves_a_draft(plain):
    abstractor = plain("abstractor")
    tab = abstractor.tab
    tab.get_by_role("link", name="New case").click()
    tab.get_by_label("Date of operation").fill("t-30")
    tab.get_by_label("Case number").fill(f"PLAIN-{time.time_ns()}")
    tab.get_by_role("button", name="Begin the case").click()
    tab.locator("#field-age").fill("58")
    tab.get_by_role("radio", name=re.compile("Elective")).check(force=True)
    tab.get_by_role("button", name="Save the draft").last.click()
    assert "saved" in tab.locator("#case-saved").inner_text().lower()
    tab.reload()
    assert tab.locator("#field-age").input_value() == "58"
    assert tab.get_by_role("radio", name=re.compile("Elective")).is_checked()
    tab.get_by_role("button", name="Complete and next").last.click()
    assert tab.title().startswith("Error: ")
