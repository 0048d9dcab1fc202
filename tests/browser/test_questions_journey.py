"""CO-3 in a browser: asked from a field, answered, read, put into the manual. Then a query, settled by its hospital."""

import re
from uuid import uuid4

from tests.browser.visitor import Visitor


VARIABLE, LABEL = "asa_class", "ASA class"


def first_case(abstractor: Visitor) -> str:
    """Path of some case of the hospital, inside the programme."""
    abstractor.go("cases/?tab=all")
    href = abstractor.tab.locator("tbody a").first.get_attribute("href") or ""
    return re.search(r"cases/[0-9A-Z]{10}/", href).group()  # type: ignore[union-attr]  # the list has cases


def read(visitor: Visitor) -> str:
    assert visitor.axe() == []
    assert visitor.violations() == []
    return visitor.tab.locator("main").inner_text()


def test_a_question_goes_from_a_field_into_the_manual(visitor):
    words = f"Which of two records counts ({uuid4().hex[:6]}x)?"
    abstractor, coordinator = visitor("abstractor"), visitor("coordinator")

    abstractor.go(f"{first_case(abstractor)}questions/new/?variable={VARIABLE}")
    assert "Physical status class" in read(abstractor)
    abstractor.tab.get_by_label("Your question").fill(words)
    abstractor.tab.get_by_role("button", name="Send the question").click()
    assert "The coordinating centre is asked." in abstractor.tab.locator("main").inner_text()

    coordinator.go(f"questions/?variable={VARIABLE}")
    before = coordinator.tab.locator("[data-row]").count()
    coordinator.tab.locator("[data-open]", has_text=words).click()
    assert "Take it from the anaesthetic record" in re.sub(r"\s+", " ", read(coordinator))
    coordinator.tab.get_by_label("Message").fill("The record signed last before induction.")
    coordinator.tab.get_by_role("button", name="Answer").click()
    assert "Your answer is sent." in read(coordinator)
    coordinator.go(f"questions/?variable={VARIABLE}")
    assert coordinator.tab.locator("[data-row]").count() == before - 1

    abstractor.go("questions/")
    abstractor.tab.locator("[data-open]", has_text=words).click()
    assert "The record signed last before induction." in read(abstractor)

    coordinator.go(f"questions/?tab=answered&variable={VARIABLE}")
    coordinator.tab.locator("[data-open]", has_text=words).click()
    coordinator.tab.get_by_role("link", name="Put the answer into the manual").click()
    assert "as every member will read it" in read(coordinator)
    coordinator.tab.get_by_role("button", name="Add it to the draft").click()
    assert "In the manual:" in read(coordinator)
    coordinator.tab.get_by_role("link", name="the draft of the form").click()
    try:
        assert LABEL in coordinator.tab.locator("main").inner_text()
    finally:  # leave the demo as it was
        coordinator.tab.get_by_role("button", name="Discard").first.click()

    abstractor.go("questions/?tab=answered")
    abstractor.tab.locator("[data-open]", has_text=words).click()
    abstractor.tab.get_by_role("button", name="Close").click()
    abstractor.go("questions/?tab=closed")
    assert words in abstractor.tab.locator("main").inner_text()


def test_a_query_is_confirmed_by_its_hospital(visitor):
    words = f"Please look at the age again ({uuid4().hex[:6]}x)."
    abstractor, coordinator = visitor("abstractor"), visitor("coordinator")

    coordinator.go(f"{first_case(abstractor)}questions/new/?variable=age")
    coordinator.tab.get_by_label("Your question").fill(words)
    coordinator.tab.get_by_role("button", name="Send the query").click()

    abstractor.go("questions/?kind=query")
    abstractor.tab.locator("[data-open]", has_text=words).click()
    assert "Confirm as is" in read(abstractor)
    abstractor.tab.get_by_role("button", name="Confirm as is").click()
    assert "Write it first, in words." in read(abstractor)
    assert abstractor.tab.evaluate("document.activeElement !== document.body")  # R8, R17: the summary has the focus
    abstractor.tab.get_by_label("Message").fill("So it stands in the chart.")
    abstractor.tab.get_by_role("button", name="Confirm as is").click()

    coordinator.go("questions/?tab=answered&kind=query")
    coordinator.tab.locator("[data-open]", has_text=words).click()
    assert "So it stands in the chart." in read(coordinator)
    coordinator.tab.get_by_role("button", name="Close", exact=True).click()


def test_the_inbox_goes_by_keyboard(visitor):
    coordinator = visitor("coordinator")
    coordinator.go("questions/?tab=all")
    links = coordinator.tab.locator("[data-open]")

    for key in ("j", "j", "k"):
        coordinator.tab.keyboard.press(key)
    first = links.nth(0).get_attribute("href")
    assert coordinator.tab.evaluate("document.activeElement.getAttribute('href')") == first
    coordinator.tab.keyboard.press("Enter")
    coordinator.tab.wait_for_url("**/questions/*/?tab=all")
    coordinator.tab.keyboard.press("j")
    assert coordinator.tab.evaluate("document.activeElement.getAttribute('href')") == links.nth(1).get_attribute("href")


def test_the_inbox_works_without_scripts_on_a_phone(visitor):
    abstractor = visitor("abstractor", width=360, java_script_enabled=False)
    abstractor.go("questions/?tab=all")
    link = abstractor.tab.locator("[data-open]").first
    about = link.locator("b").inner_text()
    link.click()

    assert abstractor.tab.get_by_role("heading", name=about).is_visible()
    assert not abstractor.tab.locator(".inbox-list").is_visible()
    abstractor.tab.get_by_role("link", name="All questions").click()
    assert abstractor.tab.locator(".inbox-list").is_visible()
