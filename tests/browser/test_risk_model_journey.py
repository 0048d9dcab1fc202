"""A biostatistician drafts a version of a risk model and tries it on real cases; a second person publishes it."""

import re
import time

import pytest


LIST = "manage/models/"
SCALE = 11 + time.time_ns() % 40  # another one in every run against one demo


def no_complaints(visitor) -> None:
    assert (visitor.axe(), visitor.violations(), visitor.console, visitor.overflow()) == ([], [], [], 0)


def begin_draft(person) -> str:
    """A draft of the first model, of our own: whatever an earlier run left is put away. The path of the model."""
    tab = person.tab
    person.go(LIST)
    row = tab.locator("tbody tr").first
    path = row.locator("th a").get_attribute("href")
    if row.get_by_role("link", name=re.compile("^Review version")).count():
        row.get_by_role("link", name=re.compile("^Review version")).click()
        tab.get_by_role("button", name=re.compile("Take it back|Return it")).click()
        person.go(LIST)
    if row.get_by_role("link", name=re.compile("^Go on with")).count():
        row.get_by_role("link", name=re.compile("^Go on with")).click()
        tab.get_by_role("button", name="Discard the draft").click()
    row.get_by_role("button", name=re.compile("Start a change")).click()
    tab.locator("h1", has_text="draft of version").wait_for()
    return LIST + path.rstrip("/").rpartition("/")[2] + "/"


def fitted(person, path: str) -> None:
    """Ask for a trial, leave it, find it again in the list, and wait until a worker is done."""
    tab = person.tab
    person.go(f"{path}trials/")
    tab.get_by_role("button", name="Fit it on these cases").click()
    tab.get_by_text("You can leave this page and come back").or_(
        tab.get_by_role("heading", name="Coefficients")
    ).first.wait_for()
    person.go(f"{path}trials/")
    tab.locator("tbody th a").first.click()
    tab.get_by_role("heading", name="Coefficients").wait_for(timeout=90_000)


@pytest.mark.parametrize("size", [(1280, 900, "light"), (360, 760, "dark")], ids=["1280 light", "360 dark"])
def test_pages_of_risk_models_without_complaints(visitor, size):
    width, height, scheme = size
    person = visitor("biostatistician", width=width, height=height, color_scheme=scheme)
    path = begin_draft(person)
    for address in (LIST, f"{LIST}new/", path, f"{path}difference/", f"{path}draft/", f"{path}review/"):
        person.go(address)
        no_complaints(person)
    fitted(person, path)
    no_complaints(person)
    person.tab.get_by_role("link", name="Hospitals by name").click()
    no_complaints(person)
    person.go(f"{path}trials/")
    no_complaints(person)


def test_model_is_drafted_tried_and_published_by_a_second_person(visitor):
    author, director = visitor("biostatistician"), visitor("director")
    path = begin_draft(author)
    number = write(author)
    fitted(author, path)
    assert author.tab.get_by_role("heading", name="Beside the version before").is_visible()
    author.go(f"{path}draft/")
    author.tab.get_by_label("What changes, and why").fill("Ages in other steps.")
    author.tab.get_by_role("button", name="Submit for review").click()
    assert author.tab.get_by_text("You wrote on this draft").is_visible()

    director.go(f"{path}review/")
    director.tab.get_by_role("button", name=f"Publish version {number}").click()
    assert f"Version {number}" in director.tab.get_by_role("status").first.inner_text()
    director.go(path)
    assert director.tab.get_by_role("row", name=re.compile(f"^{number} In use")).is_visible()


def write(author) -> str:
    tab = author.tab
    number = re.search(r"draft of version (\d+)", tab.locator("h1").inner_text())[1]
    scale = tab.get_by_label("Scale").first
    scale.fill(str(SCALE))
    tab.get_by_role("button", name="Save the draft").click()
    tab.get_by_text("Saved.").wait_for()
    assert scale.input_value() == str(SCALE)
    return number
