"""An abstractor's day without a mouse, and what colleagues see of it at once: R13, R17, R18, C14 to C19."""

import logging
import re
import time
from datetime import timedelta

import pytest

from tests.browser.visitor import Visitor
from tests.clock import today


log = logging.getLogger(__name__)
# What is typed or pressed in each question, in any order; questions that skip logic hides never come up.
KEYS = {
    "procedure": "1", "age": "67", "surgeon_code": "S04", "sex": "2", "height_cm": "178", "weight_kg": "82.5",
    "asa_class": "2", "functional_status": "1", "smoker": "0", "diabetes": "0", "comorbidities": " ",
    "haematocrit": "41", "urgency": "1", "approach": "2", "incision_time": "09:10", "duration_min": "140",
    "wound_class": "2", "blood_loss_ml": "150", "on_antibiotics": "0", "antibiotic_given": "1",
    "antibiotic_time": "08:41", "vte_prophylaxis": "1", "pain_modalities": " ", "recovery_temperature_c": "36.6",
    "discharged_to": "1", "opioid_tablets": "10", "follow_up_complete": "1", "died": "0", "ssi": "0",
    "complications": " ", "readmitted": "0",
}  # fmt: skip
OPERATED, DISCHARGED = "t-75", "t-70"
FOCUS = """() => {
  const {name = "", type = "", value = "", checked = false} = document.activeElement;
  return {name, type, value, checked, id: document.activeElement.id,
          question: document.activeElement.closest("[data-field]")?.dataset.field ?? ""};
}"""


def begin(abstractor: Visitor, number: str, day: str) -> None:
    """Start a case with the keyboard: the page's first field has nothing before it but the menu."""
    tab = abstractor.tab
    abstractor.go("cases/new/")
    tab.get_by_label("Date of operation").focus()
    tab.keyboard.type(day)
    tab.keyboard.press("Tab")
    tab.keyboard.type(number)
    tab.keyboard.press("Enter")
    tab.wait_for_selector("[data-ready]")


def fill(tab, keys: dict[str, str]) -> tuple[dict[str, str], int]:
    """Go through the form with Tab, answering each question at its first stop; return the answers and the stops."""
    tab.locator("#case-form .control input").first.focus()
    given, stops = {}, 0
    for _ in range(300):
        focus = tab.evaluate(FOCUS)
        question = focus["question"]
        if question in keys and question not in given:
            tab.keyboard.type(keys[question])
            given[question] = keys[question]
        if given.keys() >= keys.keys() or (stops and not question and focus["type"] == "submit"):
            return given, stops
        tab.keyboard.press("Tab")
        stops += 1
    raise AssertionError(f"no end after {stops} stops, at {focus}")


def completed_since(clinician: Visitor) -> int:
    clinician.go("")
    return int(re.search(r"Since the release: ([\d,]+) cases?", clinician.tab.content()).group(1).replace(",", ""))


@pytest.fixture
def number() -> str:
    return f"KEYS-{time.time_ns()}"


def test_case_is_entered_and_completed_by_keyboard_and_counts_at_once(visitor, number):
    clinician, abstractor = visitor("clinician"), visitor("abstractor")
    before = completed_since(clinician)
    tab = abstractor.tab
    begin(abstractor, number, OPERATED)
    keys = {**KEYS, "admission_date": OPERATED, "discharge_date": DISCHARGED}
    given, stops = fill(tab, keys)
    # Answers bring questions up, some of them above: a second round finds those.
    tab.wait_for_load_state("networkidle")
    rest, more = fill(tab, {question: keys[question] for question in keys.keys() - given.keys()})
    assert given | rest == keys
    tab.keyboard.press("Control+Enter")
    tab.get_by_text(f"Case {number} is complete.").wait_for()
    began = time.monotonic()
    while (now := completed_since(clinician)) == before and time.monotonic() - began < 10:
        time.sleep(0.05)
    seconds = time.monotonic() - began
    log.info("the hospital's count followed %.2f s after; %s stops for %s answers", seconds, stops + more, len(keys))
    assert now == before + 1

    abstractor.go(f"cases/?tab=complete&q={number}")
    assert number in tab.locator("tbody").inner_text()
    assert tab.locator("tbody tr").count() == 1
    assert abstractor.violations() == []


def test_dates_are_understood_and_repeated_in_words(visitor, number):
    abstractor = visitor("abstractor")
    day = today() - timedelta(days=40)
    begin(abstractor, number, day.isoformat())
    tab = abstractor.tab
    words = f"{day:%a} {day.day} {day:%b %Y}"
    for written in (day.isoformat(), f"{day.month}/{day.day}/{day:%y}", f"{day.day} {day:%b} {day.year}".lower()):
        tab.locator("#field-admission_date").fill(written)
        tab.keyboard.press("Tab")
        tab.locator("#field-admission_date-echo", has_text=words).wait_for()
        tab.locator("#field-admission_date").fill("")
        tab.keyboard.press("Tab")
        tab.locator("#field-admission_date-echo").wait_for(state="detached")
    tab.locator("#field-admission_date").fill("31 feb")
    tab.keyboard.press("Tab")
    assert "31 feb" in tab.locator("#field-admission_date-error").inner_text()


def test_refused_case_leads_to_each_problem(visitor, number):
    abstractor = visitor("abstractor")
    begin(abstractor, number, "t-60")
    tab = abstractor.tab
    tab.keyboard.press("Control+Enter")
    summary = tab.locator(".summary")
    summary.wait_for()
    assert tab.title().startswith("Error: ")
    assert tab.evaluate("document.activeElement.closest('.summary') !== null"), "the summary has the focus"
    links = summary.locator("a").all()
    assert len(links) > 20
    for link in links[:3]:
        target = tab.locator(link.get_attribute("href"))
        row = target.locator("xpath=ancestor-or-self::*[@data-field]")
        assert row.locator("[aria-invalid='true']").count() == 1
        described = row.locator("[aria-invalid='true']").get_attribute("aria-describedby").split()
        assert any(
            tab.locator(f"#{each}").inner_text() in link.inner_text() for each in described if "error" in each
        ) or (link.inner_text() in row.inner_text())
    links[0].focus()
    tab.keyboard.press("Enter")
    tab.wait_for_function("document.activeElement.closest('[data-field]')")
    assert abstractor.axe() == []


def test_answers_save_themselves_and_survive_a_lost_connection(visitor, number):
    abstractor = visitor("abstractor")
    begin(abstractor, number, "t-60")
    tab = abstractor.tab
    tab.locator("#field-age").fill("71")
    with tab.expect_response(lambda response: response.request.method == "POST"):
        tab.keyboard.press("Tab")
    abstractor.context.set_offline(True)
    tab.locator("#field-surgeon_code").fill("S07")
    tab.keyboard.press("Tab")
    tab.locator("#case-offline").wait_for(state="visible", timeout=5000)
    assert tab.evaluate("localStorage.length + sessionStorage.length") == 0, "no answer is kept in the browser"
    abstractor.context.set_offline(False)
    tab.locator("#case-offline").wait_for(state="hidden", timeout=10000)
    tab.reload()
    assert tab.locator("#field-age").input_value() == "71"
    assert tab.locator("#field-surgeon_code").input_value() == "S07"


def test_button_waits_for_the_answer_before_it(visitor, number):
    """Leaving a question saves it; pressing a button at once must not look like a second person."""
    abstractor = visitor("abstractor")
    begin(abstractor, number, "t-60")
    tab = abstractor.tab
    for age in ("61", "62", "63"):
        tab.locator("#field-age").fill(age)
        tab.get_by_role("button", name="Save the draft").last.click()
        tab.wait_for_load_state()
        assert tab.locator("#case-conflict").count() == 0
        assert tab.locator("#field-age").input_value() == age
