"""A working group from its founding to its first post: two people of two sides, in a real browser."""

import re
from uuid import uuid4

from tests.browser.visitor import Visitor


def read(visitor: Visitor) -> str:
    assert visitor.axe() == []
    assert visitor.violations() == []
    return re.sub(r"\s+", " ", visitor.tab.locator("main").inner_text())


def button(visitor: Visitor, name: str | re.Pattern[str]) -> None:
    visitor.tab.get_by_role("button", name=name).first.click()
    visitor.tab.wait_for_load_state()


def test_a_group_is_founded_joined_and_works(visitor):
    name = f"Drains {uuid4().hex[:6]}x"
    coordinator, champion = visitor("coordinator"), visitor("champion")
    _found(coordinator, name)
    address = _invite(coordinator, "Northgate Hospital", "champion")
    champion.tab.goto(address)
    assert "Northgate Hospital, also on what you write" in read(champion)
    button(champion, "Join, shown so")
    assert f"You are a member of {name}." in read(champion)

    coordinator.tab.goto(f"{address}?tab=members")
    button(coordinator, re.compile(r"^Name chair"))
    assert "leads the group now." in read(coordinator)
    _work(champion, address)

    coordinator.tab.goto(f"{address}?tab=discussion")
    page = read(coordinator)
    assert ("Leave it out?" in page, "You read along." in page) == (True, True)
    _close(coordinator, address)
    champion.tab.goto(f"{address}?tab=documents")
    assert ("When to use a drain" in read(champion), "New document" in read(champion)) == (True, False)


def _found(coordinator: Visitor, name: str) -> None:
    coordinator.go("groups/")
    coordinator.tab.get_by_role("link", name="Found a group").click()
    coordinator.tab.get_by_label("Name").fill(name)
    coordinator.tab.get_by_label("What it is for").fill("# Aim\n\nFewer drains.")
    button(coordinator, "Found the group")
    assert "The group is founded." in read(coordinator)


def _invite(coordinator: Visitor, hospital: str, role: str) -> str:
    """The address of the group."""
    tab = coordinator.tab
    tab.get_by_label("Role").select_option(role)
    tab.get_by_label("Hospital").select_option(label=hospital)
    button(coordinator, "Search")
    tab.locator("tbody input[type=checkbox]").check()
    button(coordinator, "Invite those ticked")
    assert "Invited, not answered yet" in read(coordinator)
    return tab.url.partition("?")[0]


def _work(champion: Visitor, address: str) -> None:
    """The chair, of a hospital, brings a document, writes, and notes a decision."""
    tab = champion.tab
    tab.goto(f"{address}?tab=documents")
    tab.get_by_label("Title").fill("When to use a drain")
    file = {"name": "drains.txt", "mimeType": "text/plain", "buffer": b"Hardly ever.\n"}
    tab.locator("#id_file").set_input_files(files=[file])
    button(champion, "Upload")
    assert "drains.txt, brought by" in read(champion)
    tab.goto(f"{address}?tab=discussion")
    tab.get_by_label("Write to the group").fill("At Northgate we leave it out.")
    button(champion, "Post")
    assert "names Northgate Hospital" in read(champion)
    tab.get_by_label("Write to the group").fill("**Leave it out?** Who dares?")
    button(champion, "Post")
    assert "Leave it out? Who dares?" in read(champion)
    tab.goto(f"{address}?tab=meetings")
    tab.get_by_label("What was decided").fill("We count drains first.")
    button(champion, "Note the decision")
    assert "We count drains first." in read(champion)


def _close(coordinator: Visitor, address: str) -> None:
    """Leave the demo's open groups as they were."""
    coordinator.tab.goto(f"{address}close/")
    coordinator.tab.get_by_label("Why").fill("Only a test.")
    button(coordinator, "Close the group")
    assert "Only a test." in read(coordinator)
