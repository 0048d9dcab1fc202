"""Contest a case and read what was decided; attest a release; discuss a measure and set a target, in a browser."""

import re
from uuid import uuid4

from tests.browser.visitor import Visitor


CASES = "measures/ssi/?view=cases&outcome=not_met"


def read(visitor: Visitor) -> str:
    assert visitor.axe() == []
    assert visitor.violations() == []
    return re.sub(r"\s+", " ", visitor.tab.locator("main").inner_text())


def test_a_contested_case_is_decided_by_the_centre(visitor):
    words = f"Operated at another hospital ({uuid4().hex[:6]}x)."
    clinician, coordinator = visitor("clinician"), visitor("coordinator")

    clinician.go(CASES)
    row = clinician.tab.locator("tbody tr", has=clinician.tab.get_by_role("link", name="Contest case")).first
    number = row.locator("th").inner_text().strip()
    row.get_by_role("link", name="Contest case").click()
    assert "As the release counted it" in read(clinician)
    clinician.tab.get_by_role("button", name="Send to the centre").click()
    assert "Write it first, in words." in read(clinician)
    clinician.tab.get_by_label("It is not attributable to us").check()
    clinician.tab.get_by_label("Why").fill(words)
    clinician.tab.get_by_role("button", name="Send to the centre").click()
    assert f"Case {number} is contested." in read(clinician)
    mine = clinician.tab.locator("tbody tr", has_text=number)
    assert "Waits for the centre" in mine.inner_text()

    coordinator.go("contests/?measure=ssi")
    assert number in read(coordinator)
    coordinator.tab.get_by_role("link", name=number, exact=True).click()
    assert words in read(coordinator)
    coordinator.tab.get_by_label("leave the case out of this measure").check()
    coordinator.tab.get_by_label("Reason").fill("Agreed: the first operation was elsewhere.")
    coordinator.tab.get_by_role("button", name="Decide").click()
    assert f"Decided about case {number}." in read(coordinator)

    clinician.go("")
    assert f"The centre decided about case {number}" in read(clinician)
    clinician.tab.get_by_role("link", name=f"The centre decided about case {number}").click()
    assert "Agreed: the first operation was elsewhere." in read(clinician)
    assert "from the next release on" in read(clinician)

    try:
        coordinator.go("contests/?state=accepted&measure=ssi")
        coordinator.tab.get_by_role("link", name=number, exact=True).click()
    finally:  # leave the demo's numbers as they were
        coordinator.tab.get_by_role("button", name="Take it back").click()
    assert "the centre took that back" in read(coordinator)


def test_a_champion_attests_once(visitor):
    champion = visitor("champion")
    champion.go("measures/ssi/")
    button = champion.tab.get_by_role("button", name="I have reviewed this release")
    if button.count():  # a second run on the same demo finds it said
        button.click()
        assert "You have reviewed" in read(champion)

    assert "(you) on" in read(champion)
    assert button.count() == 0


def test_people_of_a_hospital_discuss_and_aim(visitor):
    words = f"Let us read these together ({uuid4().hex[:6]}x)."
    champion, clinician, coordinator = visitor("champion"), visitor("clinician"), visitor("coordinator")

    champion.go("measures/ssi/")
    champion.tab.get_by_label("Write a comment").fill(words)
    champion.tab.get_by_role("button", name="Add comment").click()
    assert words in read(champion)
    clinician.go("measures/ssi/")
    assert words in read(clinician)
    coordinator.go("measures/ssi/")
    assert words not in read(coordinator)
    champion.tab.locator("li", has_text=words).get_by_role("button", name="Delete").click()
    assert words not in read(champion)
    assert "This comment was deleted." in read(champion)

    champion.go("measures/ssi/target/")
    champion.tab.get_by_label("Target, in per cent").fill("4.5")
    champion.tab.get_by_label("To be reached by").fill("2027-09-30")
    champion.tab.get_by_label("Why this target").fill("The department agreed on it.")
    champion.tab.get_by_role("button", name="Set the target").click()
    assert "4.5% by Sep 2027" in read(champion)
    coordinator.go("measures/ssi/target/")
    assert "The department agreed on it." in read(coordinator)


def test_the_breakdown_is_the_hospitals_alone(visitor):
    clinician, coordinator = visitor("clinician"), visitor("coordinator")

    clinician.go("measures/ssi/")
    clinician.tab.get_by_role("link", name="Breakdown").click()
    assert "Surgeon code" in read(clinician)
    assert clinician.tab.locator("table").count() >= 2
    assert coordinator.go("measures/ssi/breakdown/") == 403
