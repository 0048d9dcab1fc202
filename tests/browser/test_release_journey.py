"""A release on its way to the members: drafted, checked, approved, scheduled, told in private, released by its director."""

import time
from datetime import timedelta
from urllib.parse import urlsplit

from django.utils import timezone

from config.demo.cast import PASSPHRASE
from tests.browser.visitor import Visitor


PROGRAMME_PATH = "/c/great-lakes-surgical/"
REASON = "Every hospital has heard of it at the meeting."


def see(visitor: Visitor, path: str, words: str, *, within: float = 90) -> None:
    """Look at a page again and again until it says so."""
    deadline = time.monotonic() + within
    while True:
        visitor.go(path)
        text = visitor.tab.locator("main").inner_text()
        if words in text:
            return
        assert time.monotonic() < deadline, text
        assert "could not be computed" not in text, text
        time.sleep(0.5)


def post(visitor: Visitor, path: str) -> int:
    """Send what a button would send, though there is none."""
    token = visitor.tab.locator("[name=csrfmiddlewaretoken]").first.input_value()
    return visitor.context.request.post(
        visitor.url(path), form={"csrfmiddlewaretoken": token}, headers={"Referer": visitor.tab.url}, max_redirects=0
    ).status


def draft(coordinator: Visitor, name: str) -> str:
    """Its path."""
    coordinator.go("releases/")
    coordinator.tab.get_by_role("link", name="Draft a release").click()
    coordinator.tab.get_by_label("Name").fill(name)
    coordinator.tab.get_by_label("First month").fill("2026-01")
    coordinator.tab.get_by_label("Last month").fill("2026-10")
    coordinator.tab.keyboard.press("Enter")
    coordinator.tab.wait_for_url("**/releases/*-*/")
    return urlsplit(coordinator.tab.url).path.removeprefix(PROGRAMME_PATH)


def approve(statistician: Visitor, release: str) -> None:
    """With a reason for every check that says stop."""
    see(statistician, release, "Approve the statistics")
    for reason in statistician.tab.get_by_label("Why may it go out all the same?").all():
        reason.fill(REASON)
    statistician.tab.get_by_role("button", name="Approve the statistics").click()
    see(statistician, release, "It waits for the programme director (Ruth Adler)")


def fill_in(director: Visitor, release: str, name: str) -> None:
    """In three days, which is sooner than hospitals were promised."""
    director.go(release)
    director.tab.get_by_role("link", name="Release to members").click()
    day = timezone.now().date() + timedelta(days=3)
    director.tab.locator("#id_day").fill(day.isoformat())
    director.tab.locator("#id_time").fill("08:00")
    director.tab.get_by_label("Why earlier than hospitals were promised?").fill(REASON)
    director.tab.get_by_label(f"Type the name “{name}” to confirm").fill(name)


def test_release_needs_a_worker_and_three_people(visitor):
    coordinator, statistician, director, clinician = map(
        visitor, ("coordinator", "biostatistician", "director", "clinician")
    )
    name = f"T-{int(time.time())}"
    release = draft(coordinator, name)
    seen_by_members = f"measures/ssi/?release={release.split('/')[1]}"
    see(coordinator, release, "It waits for the biostatistician (Helen Kessler)")
    assert coordinator.tab.get_by_role("button", name="Approve").count() == 0
    assert post(coordinator, f"{release}approve/") == 403

    assert clinician.go(seen_by_members) == 404
    assert clinician.go(release) in {403, 404}
    approve(statistician, release)
    assert statistician.tab.get_by_role("link", name="Release to members").count() == 0
    assert post(statistician, f"{release}publish/") == 403

    # The director is asked who they are, and finds what they filled in.
    fill_in(director, release, name)
    director.tab.get_by_role("button", name="Release", exact=True).click()
    director.tab.wait_for_url("**/accounts/reauthenticate/**")
    director.tab.get_by_label("Password").fill(PASSPHRASE)
    director.tab.keyboard.press("Enter")
    director.tab.wait_for_url("**/publish/")
    assert director.tab.get_by_label(f"Type the name “{name}” to confirm").input_value() == name
    director.tab.get_by_role("button", name="Release", exact=True).click()
    see(director, release, "Members see it on")

    # Members see nothing; a hospital with bad news has it in private, and nobody there but champion and administrator.
    see(director, release, "bad news to read in private")
    assert clinician.go(seen_by_members) == 404
    clinician.go("")
    assert name not in clinician.tab.content()
    assert clinician.go("notice/") == 403
    champion = visitor("champion")
    assert champion.go("notice/") == 200
    told = champion.tab.locator("main").inner_text()
    assert name in told, "in the demo Northgate reads worse in something"

    director.go(release)
    director.tab.get_by_role("button", name="Cancel the schedule").click()
    champion.go("notice/")
    assert name not in champion.tab.locator("main").inner_text()

    # Once more, now: they have just proved who they are.
    fill_in(director, release, name)
    director.tab.get_by_label("Now", exact=True).check()
    director.tab.get_by_role("button", name="Release", exact=True).click()
    see(director, release, "In force: this is what members see.")
    see(clinician, "", f"Release {name}")
    assert clinician.go(seen_by_members) == 200
