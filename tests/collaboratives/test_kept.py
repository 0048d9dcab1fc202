"""A statement that is put together once reads with other values each time, behind the wall of that moment."""

from datetime import date
from itertools import pairwise

import pytest
from django.db.models import BigIntegerField, QuerySet

from cases.questions.enums import Side
from cases.questions.selectors.inbox import waiting_count
from cases.selectors import burden, hospital_cases, import_problems
from collaboratives.ballots.selectors import closing as ballots
from collaboratives.models import Participation
from collaboratives.notifications.selectors.inbox import unread_of
from collaboratives.selectors import by_hospital, places
from collaboratives.selectors.kept import Given, Kept
from config import shell
from coordination.meetings.selectors import next_meeting
from coordination.week.selectors.matrix import ASKS
from feedback.models import MeasureResult, Release
from feedback.selectors import (
    fits,
    gate,
    moved,
    previews,
    release_card,
    release_course,
    releases,
    statements,
    unblinded,
)
from measures.selectors import at_review, reviews_due
from tests.world import World
from tests.worlds.counting import page_queries


PLACES = (("cora", "colectomy-mi"), ("hanna", "hernia-lakes"), ("cora", "colectomy-mi"))


def hospitals(here: object) -> "QuerySet[Participation]":
    found = Participation.objects.filter(collaborative_id=here).select_related("site")
    return found.order_by("site__name", "pk")


@pytest.fixture
def kept() -> Kept[Participation]:
    return Kept(lambda: hospitals(Given("here", BigIntegerField())))


def test_each_reading_has_its_own_values(world: World, kept: Kept[Participation]) -> None:
    seen = []
    for name, slug in PLACES:
        with world.acting_as(name, slug) as viewer:
            found = kept.read(here=viewer.collaborative_id)
            assert found == list(hospitals(viewer.collaborative_id))
            seen.append([each.site.name for each in found])
    assert seen[0] == seen[2] != seen[1]
    assert all(seen)


def test_the_wall_stands_before_every_reading(world: World, kept: Kept[Participation]) -> None:
    with world.acting_as("cora") as cora:
        assert len(kept.read(here=cora.collaborative_id)) > 1
    with world.acting_as("hanna", "hernia-lakes"):
        assert kept.read(here=cora.collaborative_id) == []


def test_a_value_that_is_not_given_is_an_error(world: World, kept: Kept[Participation]) -> None:
    with world.acting_as("cora"), pytest.raises(KeyError, match="here"):
        kept.read(there=1)


def test_it_is_put_together_once(world: World) -> None:
    made = []

    def put_together() -> "QuerySet[Participation]":
        made.append(1)
        return hospitals(Given("here", BigIntegerField()))

    kept: Kept[Participation] = Kept(put_together)
    with world.acting_as("cora") as cora:
        assert kept.read(here=cora.collaborative_id) == kept.read(here=cora.collaborative_id)
    assert made == [1]


def test_the_homes_of_two_programmes_show_their_own_hospitals(world: World) -> None:
    for name, slug in PLACES:
        text = world.client(name).get(f"/c/{slug}/").content.decode()
        with world.acting_as(name, slug) as viewer:
            mine = {str(each.public_id) for each in hospitals(viewer.collaborative_id) if each.stage != "left"}
        assert text.count('name="hospital"') == len(mine)
        assert all(f'value="{each}"' in text for each in mine)
    assert len(page_queries(world.client("cora"), "/c/colectomy-mi/")) <= 12


def test_no_statement_that_is_kept_holds_a_number_or_a_moment(world: World) -> None:
    with world.acting_as("cora") as cora:
        of_the_home = by_hospital._kept((*ASKS, ballots.asked, *import_problems.asks(cora), *at_review.asks(cora)))
    meetings = (next_meeting._coming(drafts=drafts) for drafts in (False, True))
    counts = (shell._counting(side, at_hospital=there) for side in (None, *Side) for there in (False, True))
    of_releases = (
        *(releases._page_of(every=every) for every in (False, True)),
        *(releases._RESULTS, gate._CHECKS, release_course._COURSE, statements._SUMS, statements._SUMS_OF_ONE),
        *(fits._MODEL_FITS, fits._MEMBER_FITS, moved._RESULTS, unblinded._RESULTS, previews._HOSPITALS),
    )
    others = (burden._VERSIONS, hospital_cases._ROWS, places._GRANTS, release_card._SHOWN, reviews_due._BOTH)
    everything = (of_the_home, *meetings, *counts, *of_releases, *others)
    held = [value for kept in everything for value in kept._compiled.parameters]
    assert any(isinstance(value, Given) for value in held)
    assert {value for value in held if isinstance(value, (int, date))} <= {0, 1}  # counts that the code compares with


def test_the_counts_beside_the_navigation_are_those_of_the_reader(world: World) -> None:
    for name, slug in (*PLACES, ("alder.abstractor", "colectomy-mi"), ("birch.sampler", "colectomy-mi"), PLACES[0]):
        with world.acting_as(name, slug) as viewer:
            counts = shell._counts(viewer)
            assert counts["notifications:notification-list"] == unread_of(viewer).count()
            assert counts["questions:question-list"] == waiting_count(viewer)


# What reads a release by its key, each as it is put together afresh.
OF_A_RELEASE = (
    (releases._RESULTS, releases._results),
    (gate._CHECKS, gate._checks),
    (release_course._COURSE, release_course._course),
    (statements._SUMS, statements._sums),
    (previews._HOSPITALS, previews._hospitals),
)


def test_two_releases_are_read_each_with_its_own_rows(world: World) -> None:
    with world.acting_as("ben") as ben:
        keys = list(
            Release.objects.filter(collaborative_id=ben.collaborative_id).order_by("pk").values_list("pk", flat=True)
        )
        assert len(keys) > 1
        for kept, afresh in OF_A_RELEASE:
            found = {key: kept.read(release=key) for key in (*keys, *keys)}
            assert all(found[key] == Kept(afresh).read(release=key) for key in keys)
            assert any(found.values())
        versions = list(MeasureResult.objects.filter(release_id=keys[0]).values_list("measure_version_id", flat=True))
        for kept in (statements._SUMS_OF_ONE, moved._RESULTS, unblinded._RESULTS):
            told = [kept.read(release=keys[0], version=version) for version in versions]
            assert all(rows for rows in told)
            assert all(one != other for one, other in pairwise(told))
    with world.acting_as("hanna", "hernia-lakes"):
        for kept, _ in OF_A_RELEASE:
            assert not any(kept.read(release=key) for key in keys)
        for kept in (statements._SUMS_OF_ONE, moved._RESULTS, unblinded._RESULTS):
            assert not any(kept.read(release=keys[0], version=version) for version in versions)


def test_a_page_of_a_release_is_of_those_that_the_reader_may_know(world: World) -> None:
    with world.acting_as("ben") as ben:
        known = list(Release.objects.filter(collaborative_id=ben.collaborative_id))
        for each in known:
            asked = {"here": ben.collaborative_id, "release": each.public_id}
            assert releases._page_of(every=True).read(**asked) == [each]
            assert releases._page_of(every=False).read(**asked) == ([each] if each.state in releases.SEEN else [])
    with world.acting_as("hanna", "hernia-lakes"):
        assert not any(
            releases._page_of(every=True).read(here=ben.collaborative_id, release=each.public_id) for each in known
        )
