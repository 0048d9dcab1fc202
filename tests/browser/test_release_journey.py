"""A release on its way to the members: one drafts, a worker computes, one approves, another releases."""

import time
from urllib.parse import urlsplit

from tests.browser.visitor import Visitor


PROGRAMME_PATH = "/c/great-lakes-surgical/"


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


def test_release_needs_a_worker_and_three_people(visitor):
    coordinator, statistician, director, clinician = map(
        visitor, ("coordinator", "biostatistician", "director", "clinician")
    )
    name = f"T-{int(time.time())}"
    coordinator.go("releases/")
    coordinator.tab.get_by_role("link", name="Draft a release").click()
    coordinator.tab.get_by_label("Name").fill(name)
    coordinator.tab.get_by_label("First month").fill("2026-01")
    coordinator.tab.get_by_label("Last month").fill("2026-10")
    coordinator.tab.keyboard.press("Enter")
    coordinator.tab.wait_for_url("**/releases/*-*/")
    release = urlsplit(coordinator.tab.url).path.removeprefix(PROGRAMME_PATH)
    seen_by_members = f"measures/ssi/?release={release.split('/')[1]}"
    see(coordinator, release, "Surgical-site infection")
    assert coordinator.tab.get_by_role("button", name="Approve").count() == 0
    assert post(coordinator, f"{release}approve/") == 403

    see(statistician, release, "Approve the statistics")
    assert clinician.go(seen_by_members) == 404
    assert clinician.go(release) in {403, 404}
    statistician.tab.get_by_role("button", name="Approve the statistics").click()
    see(statistician, release, "Approved by Helen Kessler")
    assert statistician.tab.get_by_role("button", name="Release to members").count() == 0
    assert post(statistician, f"{release}publish/") == 403

    assert clinician.go(seen_by_members) == 404
    clinician.go("")
    assert name not in clinician.tab.content()
    see(director, release, "Release to members")
    director.tab.get_by_role("button", name="Release to members").click()
    see(director, release, "Released by Ruth Adler")
    see(clinician, "", f"Release {name}")
    assert clinician.go(seen_by_members) == 200
