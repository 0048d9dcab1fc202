"""A release as a hospital will see it, before it does; and what changed since the release before."""

import re

import pytest

from collaboratives.models import Participation
from collaboratives.selectors.places import places_of
from events.models import AccessLog
from feedback.models import Release
from feedback.selectors.measure_page import Question, measure_page
from feedback.selectors.releases import release_page
from tests.feedback.test_pages import SLUG, public_id, text_of, url, words
from tests.world import World
from tests.worlds import releases
from tests.worlds.programme import HOSPITALS


def preview_of(world: World, release: str, hospital: str) -> str:
    with world.acting_as("cora"):
        place = Participation.objects.get(site__identifier=HOSPITALS[hospital][0], collaborative__slug=SLUG)
    return url("release-preview", public_id(world, release), place.public_id)


def ledes(page: str) -> list[str]:
    return [words(each) for each in re.findall(r'<p class="lede">(.*?)</p>', page, re.DOTALL)]


@pytest.mark.parametrize("hospital", ["alder", "birch", "cedar"])
def test_preview_says_what_the_hospital_reads_after_the_release(world: World, hospital: str) -> None:
    seen = ledes(text_of(world, "ben", preview_of(world, releases.NAME, hospital)))
    own = [
        ledes(text_of(world, f"{hospital}.champion", url("measure-detail", slug)))[0]
        for slug in ("ssi", "antibiotic", "readmission")
    ]

    assert sorted(seen) == sorted(own)


def test_draft_can_be_seen_as_a_hospital_but_not_by_it(world: World) -> None:
    address = preview_of(world, releases.DRAFT, "alder")

    assert len(ledes(text_of(world, "dana", address))) == 3
    text_of(world, "alder.champion", address, status=403)


def test_preview_is_noted_for_the_hospital(world: World) -> None:
    text_of(world, "ben", preview_of(world, releases.NAME, "birch"))

    with world.acting_as("birch.champion"):
        assert AccessLog.objects.filter(subject=f"preview of release {releases.NAME}").exists()


def test_release_page_leads_to_the_preview(world: World) -> None:
    page = text_of(world, "ben", url("release-detail", public_id(world, releases.NAME)))

    assert "See it as a hospital will" in page
    assert "differently than in" not in page, "there is no release before it"


@pytest.fixture
def next_release(world: World) -> Release:
    return releases.publish(
        releases.draft("Winter 2026", releases.WINDOW[0], releases.WINDOW[1].replace(month=10, day=31))
    )


@pytest.mark.worker
def test_hospital_reads_what_changed_since_the_release_before(world: World, next_release: Release) -> None:
    with world.acting_as("alder.champion") as viewer:
        place = next(each for each in places_of(viewer.user_id) if each.participation_id == viewer.participation_id)
    with world.acting_as("alder.champion"):
        compare = measure_page(viewer, place, "ssi", Question()).compare

    assert compare
    (sentence,) = compare.since
    assert re.fullmatch(r"Autumn 2026: \d+\.\d% of 41 cases; now \d+\.\d% of \d+\.", sentence)


@pytest.mark.worker
def test_centre_reads_how_many_hospitals_read_differently(world: World, next_release: Release) -> None:
    with world.acting_as("ben") as viewer:
        page = release_page(viewer, next_release.public_id)

    assert page.before
    assert page.before.name == releases.NAME
    assert [measure.changed for measure in page.measures] == [0, 0, 0], "the same cases, one month without any more"
