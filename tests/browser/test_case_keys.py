"""The keyboard of the case form, key by key, and that each question is one stop. C19 to C24, R8, R17."""

import time

import pytest
from playwright.sync_api import expect


HERE = "document.activeElement.closest('[data-field]')?.dataset.field ?? ''"


@pytest.fixture
def tab(visitor):
    """A fresh case in front of an abstractor."""
    abstractor = visitor("abstractor")
    abstractor.go("cases/new/")
    abstractor.tab.get_by_label("Date of operation").fill("t-60")
    abstractor.tab.get_by_label("Case number").fill(f"KEY-{time.time_ns()}")
    abstractor.tab.keyboard.press("Enter")
    abstractor.tab.wait_for_selector("[data-ready]")
    return abstractor.tab


def here(tab) -> str:
    return tab.evaluate(HERE)


def at(tab, question: str) -> None:
    tab.locator(f"#field-{question}-field :is(input, select, textarea)").first.focus()


def chosen(tab, question: str) -> list[str]:
    return tab.evaluate(
        "(name) => [...document.querySelectorAll(`#field-${name}-field input:checked`)].map(({value}) => value)",
        question,
    )


def test_every_question_is_one_stop(tab):
    at(tab, "procedure")
    seen = []
    while question := here(tab):
        seen.append(question)
        tab.keyboard.press("Tab")
    asked = tab.evaluate(
        "[...document.querySelectorAll('[data-field]:not([hidden])')].filter((row) => !row.querySelector('output'))"
        ".map((row) => row.dataset.field)"
    )
    assert seen == asked
    assert tab.evaluate("document.activeElement.id") == "case-end-complete"


def test_codes_choose_and_backspace_clears(tab):
    at(tab, "urgency")
    tab.keyboard.press("3")
    assert (chosen(tab, "urgency"), here(tab)) == (["3"], "urgency")
    tab.keyboard.press("Backspace")
    assert chosen(tab, "urgency") == []
    at(tab, "comorbidities")
    for key in "24":
        tab.keyboard.press(key)
    assert chosen(tab, "comorbidities") == ["2", "4"]
    tab.keyboard.press("0")
    assert chosen(tab, "comorbidities") == ["0"]
    tab.keyboard.press("Backspace")
    assert chosen(tab, "comorbidities") == []


def test_kinds_of_missing_have_keys_and_replace_the_value(tab):
    tab.locator("#field-haematocrit").fill("41")
    tab.keyboard.press("Alt+u")
    assert (chosen(tab, "haematocrit"), tab.locator("#field-haematocrit").input_value()) == (["not_documented"], "")
    tab.keyboard.press("Alt+n")
    assert chosen(tab, "haematocrit") == ["not_applicable"]
    tab.keyboard.type("40")
    assert chosen(tab, "haematocrit") == []
    at(tab, "functional_status")
    tab.keyboard.press("1")
    tab.keyboard.press("Alt+k")
    assert chosen(tab, "functional_status") == ["unknown"]
    tab.keyboard.press("1")
    assert chosen(tab, "functional_status") == ["1"]


def test_skip_logic_follows_without_the_server(tab):
    tab.context.set_offline(True)
    at(tab, "antibiotic_given")
    tab.keyboard.press("0")
    section = tab.locator("#section-process")
    expect(section).to_contain_text("1 question hidden (Prophylactic antibiotic given: No)")
    expect(tab.locator("#field-antibiotic_time-field")).to_be_hidden()
    tab.keyboard.press("1")
    expect(tab.locator("#field-antibiotic_time-field")).to_be_visible()
    tab.keyboard.press("Tab")
    assert here(tab) == "antibiotic_time"
    tab.locator("#field-height_cm").fill("178")
    tab.keyboard.press("Tab")
    tab.keyboard.type("82.5")
    tab.keyboard.press("Tab")
    assert tab.locator("#field-bmi").inner_text() == "26 kg/m²"
    tab.context.set_offline(False)
    expect(tab.locator("#case-offline")).to_be_hidden()


def test_sections_unanswered_and_problems_have_keys(tab):
    tab.keyboard.press("Alt+3")
    assert here(tab) == "operation_date"
    tab.keyboard.press("Alt+ArrowDown")
    assert here(tab) == "urgency"
    tab.locator("#field-blood_loss_ml").fill("22000")
    tab.locator("#field-duration_min").fill("700")
    tab.keyboard.press("Tab")
    expect(tab.locator("#case-list [data-count]")).to_have_text("2 problems")
    tab.keyboard.press("Alt+e")
    assert here(tab) == "blood_loss_ml"
    tab.keyboard.press("Alt+e")
    assert tab.evaluate("document.activeElement.name") == "reason:soft_range:duration_min"
    tab.keyboard.type("Two teams.")
    tab.keyboard.press("Enter")
    expect(tab.locator("#case-list [data-count]")).to_have_text("1 problem")
    assert here(tab) == "wound_class"


def test_definition_opens_with_a_key_and_gives_the_focus_back(tab):
    at(tab, "asa_class")
    for key in ("F1", "Alt+d"):
        tab.keyboard.press(key)
        panel = tab.locator("#case-help")
        expect(panel).to_be_focused()
        expect(panel).to_contain_text("The surgeon wrote II, the anaesthetist III; assign 3.")
        tab.keyboard.press("Escape")
        expect(panel).to_be_hidden()
        assert here(tab) == "asa_class"


def test_sheet_of_keys_opens_and_gives_the_focus_back(tab):
    at(tab, "urgency")
    tab.keyboard.press("?")
    expect(tab.get_by_role("heading", name="Keys of this page")).to_be_visible()
    tab.keyboard.press("Escape")
    assert here(tab) == "urgency"


def test_identifiers_in_free_text_want_a_reason(visitor, long_form):
    abstractor = visitor("abstractor")
    tab = abstractor.tab
    abstractor.go("cases/new/")
    tab.get_by_label("What is entered").select_option(label=long_form)
    tab.get_by_label("Date of operation").fill("t-60")
    tab.get_by_label("Case number").fill(f"KEY-{time.time_ns()}")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("[data-ready]")
    at(tab, "comment")
    tab.keyboard.type("See MRN 20418877")
    tab.keyboard.press("Tab")
    expect(tab.locator("#field-comment-caution")).to_contain_text("seems to hold a medical record number")
    assert tab.evaluate("document.activeElement.name") == "reason:identifier:comment"
    assert abstractor.axe() == []


def test_the_same_person_twice_is_no_colleague(tab, visitor):
    second = visitor("abstractor").tab
    second.goto(tab.url)
    second.wait_for_selector("[data-ready]")
    expect(second.locator("#case-editors")).to_be_hidden()


def test_asking_the_centre_loses_nothing_and_comes_back(tab):
    at(tab, "age")
    tab.keyboard.type("64")
    tab.keyboard.press("Alt+q")
    tab.wait_for_url("**/questions/new/?variable=age")
    expect(tab.get_by_role("heading", name="Age")).to_be_visible()
    tab.locator("[name=text]").fill("Is age counted on the day of the operation or of admission?")
    tab.get_by_role("button", name="Send the question").click()
    tab.wait_for_selector("[data-ready]")
    assert here(tab) == "age"
    assert tab.locator("#field-age").input_value() == "64"
    expect(tab.locator("#case-rail .case-questions")).to_contain_text("Is age counted on the day")
