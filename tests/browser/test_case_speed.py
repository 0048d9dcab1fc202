"""A long case without a mouse: how many keys it takes beside the answers, and how soon the next question is there. R13, R14."""

import logging
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.clock import today


log = logging.getLogger(__name__)
MOST_KEYS, MOST_MS, FEWEST = 1.3, 100, 70
# What is typed or pressed in each question of the recovery form. Dates in the collaborative's order, as people write them.
KEYS = {
    "age": "67", "sex": "2", "diagnosis": "1", "planned_stoma": "1", "counselled": "1", "stoma_marked": "y",
    "nutrition_risk": "3", "supplements": "0", "albumin": "3.9", "haemoglobin": "11.2", "iron": "1", "smoking": "0",
    "alcohol": "1", "arrival_time": "06:40", "bowel_preparation": "3", "carbohydrate": "1", "clear_fluid_hours": "2.5",
    "solid_hours": "9", "sedative": "n", "first_analgesia": "1", "glucose_arrival": "112", "nausea_risk": "2",
    "nausea_drugs": "2", "checklist": "1", "approach": "2", "incision_time": "8:15", "closure_time": "10:50",
    "anaesthesia": "3", "crystalloid_ml": "1450", "colloid_ml": "0", "blood_loss_ml": "120", "urine_ml": "210",
    "lowest_temperature_c": "36.1", "warming": "1", "drain": "0", "nasogastric_tube": "0", "anastomosis": "1",
    "leak_test": "1", "fluids_stopped": "1", "drank": "0", "ate": "1", "walked": "1", "hours_out_of_bed": "5",
    "catheter_out": "1", "retention": "0", "pain_day1": "4", "pain_day2": "3", "opioid_mg": "45",
    "ward_analgesia": "1", "vomited": "0", "ileus": "0", "first_stool": "2", "glucose_highest": "148",
    "ready_date": "t-36", "discharge_date": "t-35", "delay_reason": "1", "discharged_to": "1", "tablets": "10",
    "clots_drug_home": "1", "number_given": "1", "stage": "2", "nodes": "18", "contact": "2", "ssi": "0", "leak": "0",
    "reoperated": "0", "emergency_visit": "0", "readmitted": "1", "readmission_days": "9", "work": "2",
    "satisfaction": "1", "died": "0", "comment": "Walked home.",
}  # fmt: skip
# From the key to the focus on another question: what the person waits for.
WATCH = """() => {
  window.waits = [];
  let pressed = 0;
  addEventListener("keydown", ({key}) => { pressed = key === "Tab" || key === "Enter" ? performance.now() : 0; }, true);
  addEventListener("focusin", () => {
    const since = pressed;
    pressed = 0;
    if (since) requestAnimationFrame(() => window.waits.push(performance.now() - since));
  }, true);
}"""
HERE = "document.activeElement.closest('[data-field]')?.dataset.field ?? ''"


@pytest.fixture
def number() -> str:
    return f"LONG-{time.time_ns()}"


def test_long_case_is_entered_checked_and_completed_by_keyboard(visitor, long_form, number):
    abstractor = visitor("abstractor")
    tab = abstractor.tab
    abstractor.go("cases/new/")
    tab.evaluate("addEventListener('mousedown', () => window.mouse = true)")
    tab.get_by_label("What is entered").focus()
    tab.keyboard.type(long_form)
    for text in ("t-40", number):
        tab.keyboard.press("Tab")
        tab.keyboard.type(text)
    tab.keyboard.press("Enter")
    tab.wait_for_selector("[data-ready]")
    tab.evaluate(WATCH)
    given, moves = {}, 0
    while (question := tab.evaluate(HERE)) and given.keys() < KEYS.keys():
        assert question in KEYS, f"no keys for {question}"
        assert question not in given, f"{question} again"
        tab.keyboard.type(KEYS[question])
        given[question] = KEYS[question]
        tab.keyboard.press("Enter" if moves % 2 else "Tab")
        moves += 1
    tab.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    waits = sorted(tab.evaluate("window.waits"))
    p95 = waits[int(len(waits) * 0.95)]
    log.warning(
        "%s questions, %s keys to move: %.2f each; next question after %.0f ms (median), %.0f ms (p95)",
        len(given), moves, moves / len(given), waits[len(waits) // 2], p95,
    )  # fmt: skip
    assert given == KEYS
    assert len(given) >= FEWEST
    assert moves / len(given) <= MOST_KEYS
    assert len(waits) >= FEWEST - 1
    assert p95 < MOST_MS
    assert tab.locator("#case-rail .progress").inner_text() == f"{len(KEYS) + 1} of {len(KEYS) + 1} answered"
    assert tab.locator("#field-balance_ml").inner_text() == "1,120 mL"

    tab.keyboard.press("Control+Enter")
    tab.get_by_text(f"Case {number} is complete.").wait_for()
    assert abstractor.violations() == []
    abstractor.go(f"cases/?tab=complete&q={number}")
    assert number in tab.locator("tbody").inner_text()


def test_choosing_by_key_may_move_on(visitor, long_form, number):
    """With the option on, a choice by its code needs no key to move at all."""
    abstractor = visitor("abstractor")
    tab = abstractor.tab
    abstractor.go("cases/new/")
    tab.get_by_label("What is entered").select_option(label=long_form)
    tab.get_by_label("Date of operation").fill("t-40")
    tab.get_by_label("Case number").fill(number)
    tab.keyboard.press("Enter")
    tab.wait_for_selector("[data-ready]")
    tab.locator("#field-sex-field input").first.focus()
    tab.keyboard.press("?")
    tab.get_by_label("Choosing one code by its key goes to the next question").check()
    tab.keyboard.press("Escape")
    assert tab.evaluate(HERE) == "sex"
    for key, question in (("2", "diagnosis"), ("1", "planned_stoma"), ("1", "counselled"), ("y", "stoma_marked")):
        tab.keyboard.press(key)
        assert tab.evaluate(HERE) == question
    kept = tab.evaluate("JSON.stringify({...localStorage})")
    assert kept == '{"colloquy-case-move-on":"on"}'


def test_dates_are_written_out_in_words(visitor, number):
    abstractor = visitor("abstractor")
    tab = abstractor.tab
    abstractor.go("cases/new/")
    tab.get_by_label("Date of operation").fill("t-40")
    tab.get_by_label("Case number").fill(number)
    tab.keyboard.press("Enter")
    tab.wait_for_selector("[data-ready]")
    # The abstractor's clock may be a day ahead of the server's; what counts is that both say the same day.
    tab.locator("#field-admission_date").fill("t-41")
    tab.keyboard.press("Tab")
    written = tab.locator("#field-admission_date").input_value()
    assert abs(today() - timedelta(days=41) - timezone.datetime.fromisoformat(written).date()) <= timedelta(1)
