"""Bad news: champion and administrator read their own hospital's some days before members; nobody else anything."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from collaboratives.models import Grant
from collaboratives.selectors.places import Place, places_of
from collaboratives.services.people import end_role, grant_role
from events.models import Job
from feedback.definition.policy import Policy
from feedback.models import (
    DataQualityStatement,
    PeerDistribution,
    PooledResult,
    PrivateNotice,
    Release,
    SiteResult,
)
from feedback.selectors.measure_page import Question, measure_page
from feedback.selectors.notices import notice_page
from feedback.services.noticing import give_notice
from feedback.services.policies import set_release_policy
from feedback.services.scheduling import cancel_schedule, publish_due, schedule_release
from privacy.roles import Role
from privacy.viewer import Viewer
from tenancy.context import acting
from tests.feedback.test_pages import HOME, public_id, text_of, url, words
from tests.feedback.test_previews import ledes
from tests.world import World
from tests.worlds import releases
from tests.worlds.programme import HOSPITALS


WORSE, OTHERS = "birch", "alder"  # in the world's cases birch gives antibiotics late more often than chance explains
TABLES = (Release, SiteResult, DataQualityStatement, PrivateNotice, PeerDistribution, PooledResult)
NOTHING = dict.fromkeys(
    ("Release", "SiteResult", "DataQualityStatement", "PrivateNotice", "PeerDistribution", "PooledResult"), 0
)
OWN = NOTHING | {"SiteResult": 3, "DataQualityStatement": 3, "PrivateNotice": 1}


@pytest.fixture
def scheduled(world: World) -> Release:
    """Members see it in seven days, so that the notice is open now."""
    return schedule(world, 7)


def schedule(world: World, days: float) -> Release:
    with world.acting_as("dana") as by:
        cancel_schedule(release=Release.objects.get(name=releases.SCHEDULED), by=by)
    release = releases.draft("Winter 2026", *releases.WINDOW)
    releases.approve(release)
    with world.acting_as("dana") as by:
        schedule_release(release=release, at=timezone.now() + timedelta(days=days), by=by)
    give(release)
    return release


def give(release: Release) -> None:
    with acting(releases.worker()), transaction.atomic():
        give_notice(Job(subject_id=release.pk))


def seen(world: World, name: str, release: Release) -> dict[str, int]:
    """Rows of the release that the database shows this person, whatever a page asks for."""
    with world.acting_as(name):
        return {
            table.__name__: table.objects.filter(**{"pk" if table is Release else "release_id": release.pk}).count()
            for table in TABLES
        }


# The wall ------------------------------------------------------------------------------------------------------------


@pytest.mark.worker
@pytest.mark.parametrize("name", [f"{WORSE}.champion", f"{WORSE}.administrator"])
def test_champion_and_administrator_see_their_own_rows(world: World, scheduled: Release, name: str) -> None:
    assert seen(world, name, scheduled) == OWN


@pytest.mark.worker
@pytest.mark.parametrize(
    "name",
    [
        *(f"{WORSE}.{role}" for role in ("clinician", "abstractor", "sampler")),
        *(f"{OTHERS}.{role}" for role in ("champion", "administrator", "clinician")),
        "ida",
    ],
)
def test_nobody_else_at_any_hospital_sees_a_row(world: World, scheduled: Release, name: str) -> None:
    hospital = WORSE if name == "ida" else None
    with world.acting_as(name, "colectomy-mi", hospital):
        assert not SiteResult.objects.filter(release_id=scheduled.pk).exists()
        assert not PrivateNotice.objects.exists()
        assert not Release.objects.filter(pk=scheduled.pk).exists()


@pytest.mark.worker
def test_notice_opens_when_its_days_begin(world: World) -> None:
    release = schedule(world, 30)

    assert seen(world, f"{WORSE}.champion", release) == NOTHING
    with acting(releases.worker()), transaction.atomic():
        (row,) = PrivateNotice.objects.filter(release=release)
        assert (row.members_from - row.opens_at) == timedelta(days=7)
        PrivateNotice.objects.filter(pk=row.pk).update(opens_at=timezone.now())
    assert seen(world, f"{WORSE}.champion", release) == OWN


@pytest.mark.worker
def test_notice_closes_with_the_schedule_and_opens_with_the_next(world: World, scheduled: Release) -> None:
    with world.acting_as("dana") as by:
        cancel_schedule(release=scheduled, by=by)
    assert seen(world, f"{WORSE}.champion", scheduled) == NOTHING

    with world.acting_as("dana") as by:
        schedule_release(release=scheduled, at=timezone.now() + timedelta(days=7), by=by)
    give(scheduled)
    give(scheduled)
    assert seen(world, f"{WORSE}.champion", scheduled) == OWN


@pytest.mark.worker
def test_role_that_ends_takes_the_notice_away_at_once(world: World, scheduled: Release) -> None:
    champion = world.viewer(f"{WORSE}.champion")
    with world.acting_as("dana") as by:
        grant_role(
            user=world.user(f"{WORSE}.champion"), role=Role.CLINICIAN, participation=world.participation(WORSE), by=by
        )
    assert seen(world, f"{WORSE}.champion", scheduled) == OWN
    with world.acting_as("dana") as by:
        end_role(grant=Grant.objects.get(user_id=champion.user_id, role=Role.CHAMPION), by=by)

    assert seen(world, f"{WORSE}.champion", scheduled) == NOTHING


@pytest.mark.worker
def test_nobody_writes_a_notice_but_the_worker(world: World, scheduled: Release) -> None:
    for name in (f"{WORSE}.champion", "dana", "ben"):
        with world.acting_as(name), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            PrivateNotice.objects.update(opens_at=timezone.now())


@pytest.mark.worker
def test_after_the_release_everybody_sees_their_own_and_the_notice_is_over(world: World, scheduled: Release) -> None:
    with acting(releases.worker()), transaction.atomic():
        publish_due(scheduled.collaborative_id, timezone.now() + timedelta(days=8))
    assert seen(world, f"{WORSE}.champion", scheduled) == OWN, "while it is being released"
    releases.write(scheduled)

    for name in (f"{WORSE}.champion", f"{WORSE}.clinician"):
        rows = seen(world, name, scheduled)
        assert (rows["Release"], rows["SiteResult"], rows["PrivateNotice"]) == (1, 3, 0)


@pytest.mark.worker
def test_programme_that_gives_no_notice_gives_none_before_the_moment(world: World) -> None:
    with world.acting_as("dana") as by:
        set_release_policy(policy=Policy(notice_days=0), by=by)
    release = schedule(world, 1)

    assert seen(world, f"{WORSE}.champion", release) == NOTHING


@pytest.mark.worker
def test_sentence_is_the_one_that_everybody_of_the_hospital_reads_later(world: World, scheduled: Release) -> None:
    with world.acting_as(f"{WORSE}.champion") as viewer:
        place = place_of(viewer)
    with world.acting_as(f"{WORSE}.champion"):
        (told,) = notice_page(viewer, place).releases
        (before,) = told.measures
    with acting(releases.worker()), transaction.atomic():
        publish_due(scheduled.collaborative_id, timezone.now() + timedelta(days=8))
    releases.write(scheduled)
    with world.acting_as(f"{WORSE}.champion"):
        after = measure_page(viewer, place, "antibiotic", Question()).compare

    assert after
    assert before.spans == after.spans


def place_of(viewer: Viewer) -> Place:
    return next(each for each in places_of(viewer.user_id) if each.participation_id == viewer.participation_id)


# The page, of the release that the world has scheduled --------------------------------------------------------------


@pytest.mark.parametrize("role", ["champion", "administrator"])
def test_page_says_what_the_hospital_will_read(world: World, role: str) -> None:
    page = text_of(world, f"{WORSE}.{role}", url("notice"))

    assert words(ledes(page)[0]).startswith("Birchgrove Zantar Medical: ")
    assert "lower than the collaborative (" in words(page)
    assert "is contested from the list behind the number" in words(page)
    assert "Data quality" in page
    others = [name for key, (_, name, _) in HOSPITALS.items() if key != WORSE]
    assert not any(name in page for name in others)
    assert "chart-" not in page, "no distribution of peers"


@pytest.mark.parametrize("name", [f"{WORSE}.clinician", f"{WORSE}.abstractor", "dana", "sam"])
def test_others_are_refused_the_page(world: World, name: str) -> None:
    text_of(world, name, url("notice"), status=403)


def test_champion_without_bad_news_reads_that_there_is_nothing(world: World) -> None:
    page = text_of(world, f"{OTHERS}.champion", url("notice"))

    assert "Nothing to read in private" in page
    assert releases.SCHEDULED not in page


def test_home_leads_there_and_to_nobody_else(world: World) -> None:
    said = f"before members see release {releases.SCHEDULED}"
    assert said in words(text_of(world, f"{WORSE}.champion", HOME))
    for name in (f"{WORSE}.clinician", f"{OTHERS}.champion", "sam"):
        assert releases.SCHEDULED not in text_of(world, name, HOME)


def test_other_pages_say_nothing_of_it(world: World) -> None:
    for address in (url("measure-list"), url("measure-detail", "antibiotic"), url("pooled-results")):
        assert releases.SCHEDULED not in text_of(world, f"{WORSE}.champion", address)
    hidden = f"{url('measure-detail', 'antibiotic')}?release={public_id(world, releases.SCHEDULED)}"
    text_of(world, f"{WORSE}.champion", hidden, status=404)
