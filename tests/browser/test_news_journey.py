"""A coordinator writes, sees how it will be read and who gets it, and sends; a champion reads it, and the count rises."""

import re
from uuid import uuid4

from tests.browser.visitor import Visitor


def read(visitor: Visitor) -> str:
    assert visitor.axe() == []
    assert visitor.violations() == []
    return re.sub(r"\s+", " ", visitor.tab.locator("main").inner_text())


def test_what_is_written_once_is_read_and_counted(visitor):
    title = f"Order sets {uuid4().hex[:6]}x"
    coordinator, champion = visitor("coordinator"), visitor("champion")
    _write(coordinator, title)
    people = _send(coordinator, title)
    _read_by(champion, title)

    coordinator.tab.reload()
    assert f"1 of {people} people have read it" in read(coordinator)
    coordinator.tab.get_by_text(re.compile(r"Who has not read it")).click()
    assert len(coordinator.tab.locator("details li").all()) == people - 1
    _withdraw(coordinator)
    champion.tab.reload()
    assert "Only a test." in read(champion)
    assert "oral antibiotics" not in champion.tab.locator("main").inner_text()


def _write(coordinator: Visitor, title: str) -> None:
    """Nothing is pressed to save: preview and counts follow what is typed."""
    coordinator.go("news/")
    tab = coordinator.tab
    tab.get_by_role("button", name="New announcement").click()
    tab.get_by_label("Title").fill(title)
    tab.get_by_label("Text in Markdown").fill("# Why\n\nGive **oral antibiotics** the day before.")
    tab.locator("[data-preview] strong", has_text="oral antibiotics").wait_for()
    tab.get_by_label("Text in Markdown").fill("# Why\n\nGive **oral antibiotics**, as at Alder Valley Medical Center.")
    tab.get_by_role("checkbox", name=re.compile(r"^Clinical champion \(")).check()
    tab.locator("[data-recipients]", has_text="Line 3 names Alder Valley").wait_for()
    tab.get_by_label("Text in Markdown").fill("# Why\n\nGive **oral antibiotics** the day before.")
    tab.locator("[data-recipients] .note").wait_for(state="detached")
    tab.get_by_label("A mail of its own").uncheck()
    tab.locator("[data-saved]", has_text=re.compile(r"^Saved \d\d:\d\d:\d\d$")).wait_for()
    assert read(coordinator)


def _send(coordinator: Visitor, title: str) -> int:
    """How many people got it, as the page of confirmation said."""
    tab = coordinator.tab
    tab.get_by_role("button", name="Look and send").click()
    tab.get_by_role("heading", name="Send it?").wait_for()
    counted = re.search(r"(\d+) people of (\d+) hospitals", read(coordinator))
    assert counted, "the counts are shown before anything is sent"
    people = int(counted.group(1))
    assert people >= 25
    tab.get_by_role("button", name=f"Send to {people} people").click()
    tab.get_by_role("heading", name=title).wait_for()
    for _ in range(40):  # a worker hands it out
        if f"0 of {people} people have read it" in tab.locator("main").inner_text():
            break
        tab.wait_for_timeout(500)
        tab.reload()
    assert f"0 of {people} people have read it" in read(coordinator)
    return people


def _read_by(champion: Visitor, title: str) -> None:
    champion.go("news/")
    row = champion.tab.locator("tbody tr", has_text=title)
    assert "Not read yet" in row.inner_text()
    row.get_by_role("link").click()
    champion.tab.get_by_text("You have read this").wait_for()
    assert "oral antibiotics" in read(champion)
    champion.go("news/")
    assert "Not read yet" not in champion.tab.locator("tbody tr", has_text=title).inner_text()
    champion.tab.locator("tbody tr", has_text=title).get_by_role("link").click()


def _withdraw(coordinator: Visitor) -> None:
    """Leave the demo's lists with a line that says so."""
    tab = coordinator.tab
    tab.get_by_role("link", name="Withdraw").click()
    tab.get_by_label("Why").fill("Only a test.")
    assert read(coordinator)
    tab.get_by_role("button", name="Withdraw it").click()
    tab.get_by_text("Only a test.").wait_for()
