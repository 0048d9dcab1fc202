"""One list of what waits for somebody: every line from the application it belongs to, and nothing of anybody else."""

from datetime import date

import pytest
from django.conf import settings
from django.utils.module_loading import import_string

from coordination.week.selectors.tasks import LATER, OPEN, OVERDUE, WEEK, due_of, task_page, when_due
from tests.world import World
from tests.worlds.counting import page_queries


HERE = "/c/colectomy-mi/"
EVERYBODY = (
    "alder.champion",
    "alder.clinician",
    "alder.abstractor",
    "alder.administrator",
    "dana",
    "cora",
    "ben",
    "vera",
)


def kinds(world: World, name: str) -> set[str]:
    with world.acting_as(name) as viewer:
        return {each.kind for each in due_of(viewer)}


def test_each_role_has_what_is_its_own(world: World) -> None:
    assert "vote" in kinds(world, "alder.champion")
    assert "cases" in kinds(world, "alder.abstractor")
    assert "vote" not in kinds(world, "alder.clinician")
    assert "contests" in kinds(world, "cora")
    assert kinds(world, "cora").isdisjoint({"vote", "cases", "review"})
    assert kinds(world, "sam") <= {"meeting_reply"}


@pytest.mark.parametrize("name", EVERYBODY)
def test_every_line_leads_to_a_page_that_its_reader_may_open(world: World, name: str) -> None:
    client = world.client(name)
    with world.acting_as(name) as viewer:
        found = due_of(viewer)
    for each in found:
        assert client.get(each.url).status_code == 200, each


@pytest.mark.parametrize("name", EVERYBODY)
def test_the_page_shows_every_line_of_its_reader_and_no_other_hospital(world: World, name: str) -> None:
    page = world.client(name).get(HERE + "tasks/").content.decode()
    with world.acting_as(name) as viewer:
        found = task_page(viewer)
    assert page.count('<th scope="row">') == found.count
    if name.startswith("alder."):
        assert "Birchgrove" not in page


def test_an_attested_release_waits_no_more(world: World) -> None:
    """Alder's champion attested in the world, its clinician did not."""
    assert "review" not in kinds(world, "alder.champion")
    assert "review" in kinds(world, "alder.clinician")


@pytest.mark.parametrize(
    ("day", "when"),
    [
        (date(2026, 11, 21), OVERDUE),
        (date(2026, 11, 22), WEEK),
        (date(2026, 11, 29), WEEK),
        (date(2026, 11, 30), LATER),
        (None, OPEN),
    ],
)
def test_how_urgent_a_day_is(day: date | None, when: str) -> None:
    assert when_due(day, date(2026, 11, 22)) == when


@pytest.mark.parametrize("path", [*settings.TASK_SOURCES, *settings.CALENDAR_SOURCES])
def test_every_source_of_the_settings_is_there(path: str) -> None:
    assert callable(import_string(path))


@pytest.mark.parametrize(("name", "path"), [("cora", "tasks/"), ("alder.champion", "tasks/"), ("sam", "tasks/")])
def test_the_page_of_tasks_asks_the_database_little(world: World, name: str, path: str) -> None:
    """It reads rows that a worker keeps, whatever the number of applications."""
    client = world.client(name)
    assert len(page_queries(client, HERE + path)) <= 12


@pytest.mark.parametrize("name", ["cora", "alder.champion"])
def test_the_calendar_asks_the_database_little(world: World, name: str) -> None:
    assert len(page_queries(world.client(name), HERE + "calendar/")) <= 12
