"""Closing a window from the page: months in, a release being computed out."""

from datetime import date

from feedback.enums import ReleaseState
from feedback.models import Release
from tests.world import World


URL = "/c/colectomy-mi/releases/new/"


def test_months_become_the_window_of_a_release_being_computed(world: World) -> None:
    answer = world.client("cora").post(URL, {"name": "Spring", "first_month": "2026-01", "last_month": "2026-02"})

    assert answer.status_code == 302
    with world.acting_as("cora"):
        release = Release.objects.get(name="Spring")
        window = (release.window_from, release.window_to)
        assert (window, release.state) == ((date(2026, 1, 1), date(2026, 2, 28)), ReleaseState.COMPUTING)


def test_a_month_that_is_none_is_refused_with_an_example(world: World) -> None:
    answer = world.client("cora").post(URL, {"name": "Spring", "first_month": "2026-13", "last_month": "2026-02"})

    assert answer.status_code == 422
    assert "is not a month. Write year and month, such as 2026-06." in answer.content.decode()


def test_a_window_that_ends_before_it_begins_makes_no_release(world: World) -> None:
    answer = world.client("cora").post(URL, {"name": "Spring", "first_month": "2026-03", "last_month": "2026-02"})

    assert answer.status_code == 422
    with world.acting_as("cora"):
        assert not Release.objects.filter(name="Spring").exists()
