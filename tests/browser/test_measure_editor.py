"""Two people change a measure: the coordinator drafts and previews, the director publishes, members read the new version."""

import re
import time

import pytest


LIST = "manage/measures/"
MEASURE = f"{LIST}readmission/"
DRAFT = f"{MEASURE}draft/"
AGE = 40 + time.time_ns() % 30  # another one in every run against one demo


def no_complaints(visitor) -> None:
    assert (visitor.axe(), visitor.violations(), visitor.console, visitor.overflow()) == ([], [], [], 0)


def begin_draft(coordinator) -> None:
    """A draft of our own: whatever an earlier run left is put away."""
    tab = coordinator.tab
    coordinator.go(LIST)
    row = tab.locator("tbody tr", has_text="Unplanned readmission")
    if row.get_by_role("link", name=re.compile("^Review version")).count():
        row.get_by_role("link", name=re.compile("^Review version")).click()
        tab.get_by_role("button", name=re.compile("Take it back|Return it")).click()
        coordinator.go(LIST)
    if row.get_by_role("link", name=re.compile("^Go on with")).count():
        row.get_by_role("link", name=re.compile("^Go on with")).click()
        tab.wait_for_load_state("networkidle")  # its expressions are being checked
        tab.get_by_role("button", name="Discard the draft").click()
    row.get_by_role("button", name=re.compile("Start a change")).click()
    tab.locator("h1", has_text="draft of version").wait_for()


@pytest.mark.parametrize("size", [(1280, 900, "light"), (360, 760, "dark")], ids=["1280 light", "360 dark"])
def test_pages_of_measures_without_complaints(visitor, size):
    width, height, scheme = size
    coordinator = visitor("coordinator", width=width, height=height, color_scheme=scheme)
    begin_draft(coordinator)
    for path in (LIST, f"{LIST}new/", MEASURE, f"{MEASURE}difference/", DRAFT, f"{MEASURE}review/"):
        coordinator.go(path)
        no_complaints(coordinator)
    coordinator.go(DRAFT)
    coordinator.tab.get_by_role("button", name="Preview on real cases").click()
    coordinator.tab.get_by_role("table", name="Case flow").wait_for()
    no_complaints(coordinator)


def test_a_draft_is_previewed_without_scripts(visitor):
    coordinator = visitor("coordinator", java_script_enabled=False)
    begin_draft(coordinator)
    tab = coordinator.tab
    tab.get_by_label("Population").fill("[ag] >= 65")
    tab.get_by_role("button", name="Save", exact=True).click()
    assert 'There is no variable "ag" in the form.' in tab.locator("[data-problem]").inner_text()
    tab.get_by_role("button", name="Use “age”").click()
    assert tab.get_by_label("Population").input_value() == "[age] >= 65"
    tab.get_by_role("button", name="Preview on real cases").click()
    assert tab.get_by_role("heading", name="Preview on real cases").is_visible()
    assert tab.get_by_role("table", name="Case flow").is_visible()


def test_a_measure_is_drafted_previewed_published_and_read(visitor):
    coordinator, director, clinician = visitor("coordinator"), visitor("director"), visitor("clinician")
    begin_draft(coordinator)
    write(coordinator)
    preview(coordinator)
    number = submit(coordinator)
    publish(director, number)

    clinician.go("measures/readmission/?view=definition")
    shown = clinician.tab.locator("main").inner_text()
    coordinator.go("measures/readmission/?view=definition")
    assert f"[age] >= {AGE}" in coordinator.tab.locator("main").inner_text()
    assert "Unplanned readmission" in shown


def write(coordinator) -> None:
    tab = coordinator.tab
    population = tab.get_by_label("Population")
    population.fill("")
    population.press_sequentially("[ag")
    tab.get_by_role("option", name=re.compile("^age")).wait_for()
    population.press("Escape")
    population.press_sequentially(f"ee] >= {AGE}")
    said = tab.locator("#part-population_problem")
    said.get_by_role("button", name="Use “age”").wait_for()
    assert 'There is no variable "agee" in the form. Did you mean "age"?' in said.inner_text()
    no_complaints(coordinator)
    said.get_by_role("button", name="Use “age”").click()
    assert population.input_value() == f"[age] >= {AGE}"
    said.locator("p").wait_for(state="detached")


def preview(coordinator) -> None:
    """It follows a pause in typing by itself, and the button."""
    tab = coordinator.tab
    tab.get_by_role("table", name="Case flow").wait_for()
    assert re.search(r"Against version \d+: [\d,]+ cases? moves?", tab.locator("#preview").inner_text())
    tab.get_by_role("button", name="Preview on real cases").click()
    tab.get_by_role("table", name="Case flow").wait_for()
    no_complaints(coordinator)
    tab.get_by_label("Population").press("Control+s")
    tab.get_by_text("Saved.").wait_for()


def submit(coordinator) -> int:
    tab = coordinator.tab
    assert tab.get_by_role("heading", name="Ready for review").is_visible()
    tab.get_by_label("What changes, for members").fill(f"Counts patients of {AGE} and more.")
    tab.get_by_role("button", name="Submit for review").click()
    assert "You wrote on this draft" in tab.locator("main").inner_text()
    no_complaints(coordinator)
    return int(re.search(r"\d+", tab.locator("h1").inner_text())[0])


def publish(director, number: int) -> None:
    tab = director.tab
    director.go(f"{MEASURE}review/")
    assert f"[age] >= {AGE}" in tab.locator("table.changes").first.inner_text()
    no_complaints(director)
    tab.get_by_role("button", name=f"Publish version {number}").click()
    tab.get_by_text("Cases are being counted.").wait_for()
    tab.get_by_text("Cases were counted by the newest version").wait_for(timeout=90_000)
    assert f"Counts patients of {AGE} and more." in tab.locator("main").inner_text()
    no_complaints(director)
