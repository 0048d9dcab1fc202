"""Two people change a form: the coordinator drafts, the director publishes; later cases ask the new question."""

import re
import time

import pytest

from tests.clock import today


DRAFT = "manage/forms/operation/draft/"
LABEL = f"Nerve block before incision, {time.time_ns() % 10**6}"


def no_complaints(visitor) -> None:
    assert (visitor.axe(), visitor.violations(), visitor.console, visitor.overflow()) == ([], [], [], 0)


def question(visitor):
    return visitor.tab.locator(".field", has_text=LABEL)


def asks(visitor) -> bool:
    return question(visitor).count() > 0 and question(visitor).is_visible()


def begin_draft(coordinator) -> None:
    """A draft of our own: whatever an earlier run left is put away."""
    tab = coordinator.tab
    coordinator.go("manage/forms/")
    card = tab.locator("section.card", has_text="Colectomy")
    if card.get_by_role("link", name=re.compile("Review the draft")).count():
        card.get_by_role("link", name=re.compile("Review the draft")).click()
        tab.get_by_role("button", name=re.compile("Take it back|Return it")).click()
        coordinator.go("manage/forms/")
    if card.get_by_role("link", name=re.compile("Go on with the draft")).count():
        card.get_by_role("link", name=re.compile("Go on with the draft")).click()
        tab.get_by_role("button", name="Discard the draft").click()
    card.get_by_role("button", name=re.compile("Change this form")).click()


def new_case(abstractor, day: str) -> None:
    tab = abstractor.tab
    abstractor.go("cases/new/")
    tab.get_by_label("Date of operation").fill(day)
    tab.get_by_label("Case number").fill(f"EDIT-{time.time_ns()}")
    tab.get_by_role("button", name="Begin the case").click()
    tab.locator("h1", has_text="Case EDIT").wait_for()
    tab.wait_for_selector("[data-ready]")


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without scripts"])
def test_an_outline_and_panes_without_complaints(visitor, script):
    coordinator = visitor("coordinator", java_script_enabled=script)
    begin_draft(coordinator)
    tab = coordinator.tab
    tab.get_by_role("button", name="Move Height up").click()
    tab.wait_for_url("**?step=-1#variable-height_cm")
    if script:  # the focus stays on the button, at its new place
        tab.locator("#variable-height_cm .mover button:focus").wait_for()
    rows = tab.locator("#section-patient tbody th a, #section-factors tbody th a, section.card tbody th a")
    labels = rows.all_inner_texts()
    assert labels.index("Height") < labels.index("Sex")
    tab.locator("nav.outline").get_by_role("link", name="Height").click()
    assert tab.get_by_label("Question", exact=True).input_value() == "Height"
    tab.get_by_role("button", name="Remove this question").click()
    tab.get_by_text("is removed.").wait_for()
    assert "Height" not in rows.all_inner_texts()
    tab.get_by_role("button", name="Undo").click()
    rows.get_by_text("Height", exact=True).or_(tab.locator("#variable-height_cm")).first.wait_for()
    assert "Height" in rows.all_inner_texts()
    if script:
        no_complaints(coordinator)


def test_a_typo_shows_its_remedy_without_scripts(visitor):
    coordinator = visitor("coordinator", java_script_enabled=False)
    begin_draft(coordinator)
    tab = coordinator.tab
    coordinator.go(f"{DRAFT}questions/new/?section=process")
    tab.get_by_label("Question", exact=True).fill(LABEL)
    tab.get_by_label("Answer").select_option("yes_no")
    tab.get_by_label("Asked if").fill("[ag] >= 65")
    tab.get_by_role("button", name="Save", exact=True).click()
    assert 'There is no variable "ag" in the form.' in tab.locator("[data-problem]").inner_text()
    tab.get_by_role("button", name="Use “age”").click()
    assert tab.get_by_label("Asked if").input_value() == "[age] >= 65"
    assert tab.locator("[data-problem]").count() == 0


def test_a_question_with_skip_logic_is_drafted_published_and_asked(visitor):
    coordinator, director, abstractor = visitor("coordinator"), visitor("director"), visitor("abstractor")
    begin_draft(coordinator)
    draft_the_question(coordinator)
    preview(coordinator)
    submit(coordinator)
    publish(director)

    new_case(abstractor, today().isoformat())
    assert not asks(abstractor)
    abstractor.tab.locator("#field-age").fill("70")
    abstractor.tab.locator("#field-age").press("Tab")
    abstractor.tab.locator("[data-case-form]:not([data-unsaved])").wait_for()
    assert abstractor.console == []
    question(abstractor).wait_for()
    new_case(abstractor, "t-40")
    abstractor.tab.locator("#field-age").fill("70")
    abstractor.tab.locator("#field-age").press("Tab")
    abstractor.tab.get_by_text("saved", exact=False).first.wait_for()
    assert not asks(abstractor)


def draft_the_question(coordinator) -> None:
    tab = coordinator.tab
    coordinator.go(f"{DRAFT}questions/new/")
    tab.get_by_label("Question", exact=True).fill(LABEL)
    tab.get_by_label("Answer").select_option("yes_no")
    assert not tab.get_by_label("Code 1").is_visible()
    asked = tab.get_by_label("Asked if")
    asked.press_sequentially("[ag")
    tab.get_by_role("option", name=re.compile("^age")).wait_for()
    no_complaints(coordinator)
    asked.press("Escape")
    asked.press_sequentially("ee] >= 65")
    said = tab.locator("#part-show_if_problem")
    said.get_by_role("button", name="Use “age”").wait_for()
    assert 'There is no variable "agee" in the form. Did you mean "age"?' in said.inner_text()
    no_complaints(coordinator)
    said.get_by_role("button", name="Use “age”").click()
    assert asked.input_value() == "[age] >= 65"
    said.locator("p").wait_for(state="detached")
    asked.fill("")
    asked.press_sequentially("[ag")
    tab.get_by_role("option", name=re.compile("^age")).wait_for()
    asked.press("Enter")
    asked.press_sequentially(" >= 65")
    assert asked.input_value() == "[age] >= 65"
    asked.press("Control+s")
    tab.get_by_text("Saved.").wait_for()


def preview(coordinator) -> None:
    tab = coordinator.tab
    tab.get_by_role("link", name="Preview").click()
    no_complaints(coordinator)
    assert not asks(coordinator)
    tab.locator("#field-age").fill("70")
    tab.locator("#field-age").press("Tab")
    question(coordinator).wait_for()


def submit(coordinator) -> None:
    tab = coordinator.tab
    coordinator.go(DRAFT)
    assert tab.get_by_role("heading", name="Ready for review").is_visible()
    tab.get_by_label("What changes").fill("Asks for the nerve block of those of 65 and more.")
    tab.get_by_role("button", name="Submit for review").click()
    assert "You wrote on this draft" in tab.locator("main").inner_text()
    no_complaints(coordinator)


def publish(director) -> None:
    tab = director.tab
    director.go("manage/forms/operation/review/")
    no_complaints(director)
    assert "1 question new, 0 changed, 0 removed." in tab.locator(".lede").inner_text()
    tab.get_by_role("link", name="Side by side").click()
    assert tab.get_by_role("heading", name=re.compile(LABEL)).is_visible()
    no_complaints(director)
    day = today().isoformat()
    director.go(f"manage/forms/operation/review/?effective_from={day}")
    tab.get_by_label("First day").fill(day)
    know = tab.get_by_label("I know that these complete cases keep their version")
    if know.count():
        know.check()
    tab.get_by_role("button", name=re.compile("Publish version")).click()
    tab.get_by_text(re.compile("is in force from")).first.wait_for()
    if tab.get_by_text("Let this one begin on a later day").count():
        pytest.skip("This demo has a version that begins today already. Run against a fresh one.")
