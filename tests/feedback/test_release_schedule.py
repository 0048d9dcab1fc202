"""When members see a release: the director's moment, the programme's clock, a worker that may be late or come twice."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from collaboratives.definition.clock import moment_of, next_morning, told_in
from collaboratives.errors import NoSuchTimeError
from events.enums import EventKind
from events.models import Event, Job
from feedback.enums import ReleaseState
from feedback.errors import ReasonMissingError, ReleaseStateError, ScheduleError, TwoPeopleError
from feedback.models import PeerDistribution, Release, SiteResult
from feedback.services.publishing import publish_release as write_release
from feedback.services.releases import discard_release
from feedback.services.scheduling import cancel_schedule, publish_due, publish_release, schedule_release
from privacy.roles import Role
from privacy.viewer import PermissionRefusedError, Viewer
from tenancy.context import acting
from tests.world import World
from tests.worlds import releases


pytestmark = pytest.mark.worker
DETROIT = "America/Detroit"


def in_days(days: float) -> datetime:
    return timezone.now() + timedelta(days=days)


@pytest.fixture
def approved(world: World) -> Release:
    """The only one that waits: the world's own is put back."""
    with world.acting_as("dana") as by:
        cancel_schedule(release=Release.objects.get(name=releases.SCHEDULED), by=by)
    release = releases.draft("Winter 2026", *releases.WINDOW)
    releases.approve(release)
    return release


def schedule(world: World, release: Release, at: datetime, *, reason: str = "", who: str = "dana") -> Release:
    with world.acting_as(who) as by:
        return schedule_release(release=release, at=at, reason=reason, by=by)


def found(world: World, release: Release) -> Release:
    with world.acting_as("dana"):
        return Release.objects.get(pk=release.pk)


def due(world: World, release: Release, now: datetime) -> Release | None:
    with acting(releases.worker()), transaction.atomic():
        return publish_due(release.collaborative_id, now)


# The clock -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "at", "utc"),
    [
        (date(2026, 1, 15), time(8), datetime(2026, 1, 15, 13, tzinfo=UTC)),
        (date(2026, 7, 15), time(8), datetime(2026, 7, 15, 12, tzinfo=UTC)),
        # 1 November 2026: 1:30 comes twice; the second one is meant, so that nothing is earlier than expected.
        (date(2026, 11, 1), time(1, 30), datetime(2026, 11, 1, 6, 30, tzinfo=UTC)),
        (date(2026, 3, 8), time(3), datetime(2026, 3, 8, 7, tzinfo=UTC)),
    ],
)
def test_moment_is_what_the_programmes_clock_shows(day: date, at: time, utc: datetime) -> None:
    assert moment_of(day, at, DETROIT) == utc


def test_time_that_clocks_jump_over_is_refused() -> None:
    with pytest.raises(NoSuchTimeError, match=r"There is no 02:30 on 8 March 2026: clocks go forward over it\."):
        moment_of(date(2026, 3, 8), time(2, 30), DETROIT)


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        (datetime(2026, 7, 15, 10, 59, tzinfo=UTC), datetime(2026, 7, 15, 11, tzinfo=UTC)),
        (datetime(2026, 7, 15, 11, tzinfo=UTC), datetime(2026, 7, 16, 11, tzinfo=UTC)),
        # The night in which clocks go back is an hour longer, and the one in which they go forward shorter.
        (datetime(2026, 10, 31, 12, tzinfo=UTC), datetime(2026, 11, 1, 12, tzinfo=UTC)),
        (datetime(2026, 3, 7, 13, tzinfo=UTC), datetime(2026, 3, 8, 11, tzinfo=UTC)),
    ],
)
def test_next_morning_is_seven_there(now: datetime, morning: datetime) -> None:
    assert next_morning(now, DETROIT) == morning


def test_moment_is_told_on_the_programmes_clock() -> None:
    assert told_in(datetime(2026, 12, 1, 13, tzinfo=UTC), DETROIT) == "Tuesday 1 December 2026, 08:00 (America/Detroit)"


# The steps -----------------------------------------------------------------------------------------------------------


def test_members_see_nothing_before_the_moment(world: World, approved: Release) -> None:
    schedule(world, approved, in_days(10))

    assert due(world, approved, in_days(9.9)) is None
    assert found(world, approved).state == ReleaseState.SCHEDULED
    for name in ("alder.clinician", "birch.abstractor"):
        with world.acting_as(name):
            assert not Release.objects.filter(pk=approved.pk).exists()
            assert not SiteResult.objects.filter(release=approved).exists()
            assert not PeerDistribution.objects.filter(release=approved).exists()


def test_worker_releases_what_is_due_in_the_directors_name(world: World, approved: Release) -> None:
    schedule(world, approved, in_days(10))
    due(world, approved, in_days(10.1))

    releasing = found(world, approved)
    assert releasing.state == ReleaseState.RELEASING
    assert releasing.released_by_id == world.viewer("dana").user_id
    with world.acting_as("alder.clinician"):
        assert not Release.objects.filter(pk=approved.pk).exists(), "its comparisons are not written yet"
    releases.write(approved)
    with world.acting_as("alder.clinician"):
        assert Release.objects.get(pk=approved.pk).state == ReleaseState.RELEASED
        assert SiteResult.objects.filter(release=approved).count() == 3


def test_two_beats_release_once(world: World, approved: Release) -> None:
    schedule(world, approved, in_days(10))

    assert [due(world, approved, in_days(11)), due(world, approved, in_days(11))] == [approved, None]
    releases.write(approved)
    assert due(world, approved, in_days(11)) is None
    with world.acting_as("dana"):
        assert Job.objects.filter(kind="feedback.publish_release", subject_id=approved.pk).count() == 1
        assert Event.objects.filter(kind=EventKind.RELEASE_PUBLISHED, subject_id=approved.pk).count() == 1


def test_worker_that_is_killed_while_writing_leaves_nothing_half_written(world: World, approved: Release) -> None:
    schedule(world, approved, in_days(10))
    due(world, approved, in_days(11))

    with pytest.raises(KeyboardInterrupt), acting(releases.worker()), transaction.atomic():  # noqa: PT012 -- killed inside
        write_release(Job(subject_id=approved.pk))
        raise KeyboardInterrupt
    assert found(world, approved).state == ReleaseState.RELEASING
    with acting(releases.worker()), transaction.atomic():
        assert not PeerDistribution.objects.filter(release=approved).exists()
    releases.write(approved)
    releases.write(approved)
    assert found(world, approved).state == ReleaseState.RELEASED
    with acting(releases.worker()), transaction.atomic():
        assert PeerDistribution.objects.filter(release=approved, stratum="all").count() == 3


def test_after_a_long_outage_the_later_one_supersedes_the_earlier(world: World, approved: Release) -> None:
    later = releases.draft("Spring 2027", *releases.WINDOW)
    releases.approve(later)
    schedule(world, later, in_days(12))
    schedule(world, approved, in_days(10))
    now = in_days(60)

    assert due(world, approved, now) == approved
    assert due(world, approved, now) is None, "one at a time"
    releases.write(approved)
    assert due(world, approved, now) == later
    releases.write(later)
    assert [found(world, each).state for each in (approved, later)] == [ReleaseState.SUPERSEDED, ReleaseState.RELEASED]


def test_schedule_is_cancelled_before_it(world: World, approved: Release) -> None:
    schedule(world, approved, in_days(10))
    with world.acting_as("dana") as by:
        cancel_schedule(release=approved, by=by)

    back = found(world, approved)
    assert (back.state, back.scheduled_for, back.scheduled_by_id) == (ReleaseState.APPROVED, None, None)
    assert due(world, approved, in_days(11)) is None
    with world.acting_as("dana") as by, pytest.raises(ReleaseStateError, match="nothing to cancel"):
        cancel_schedule(release=approved, by=by)


def test_scheduled_release_is_not_discarded_or_scheduled_again(world: World, approved: Release) -> None:
    schedule(world, approved, in_days(10))

    with world.acting_as("cora") as by, pytest.raises(ReleaseStateError, match="Cancel its schedule first"):
        discard_release(release=approved, by=by)
    with pytest.raises(ReleaseStateError):
        schedule(world, approved, in_days(20))


@pytest.mark.parametrize(("days", "words"), [(-0.01, "over"), (400, "more than a year")])
def test_moment_lies_in_the_coming_year(world: World, approved: Release, days: float, words: str) -> None:
    with pytest.raises(ScheduleError, match=words):
        schedule(world, approved, in_days(days))


@pytest.mark.parametrize("who", ["cora", "ben", "vera"])
def test_only_the_director_decides(world: World, approved: Release, who: str) -> None:
    with pytest.raises(PermissionRefusedError):
        schedule(world, approved, in_days(10), who=who)


def test_whoever_approved_does_not_schedule(world: World, approved: Release) -> None:
    ben = world.viewer("ben")
    both = Viewer(**{**vars(ben), "roles": frozenset({Role.BIOSTATISTICIAN, Role.DIRECTOR})})

    with world.acting_as("ben"), pytest.raises(TwoPeopleError):
        schedule_release(release=approved, at=in_days(10), by=both)
    with world.acting_as("dana"), pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.filter(pk=approved.pk).update(
            state="scheduled", scheduled_for=in_days(10), scheduled_at=timezone.now(), scheduled_by=ben.user_id
        )


# The days of notice --------------------------------------------------------------------------------------------------


def test_schedule_inside_the_days_of_notice_needs_a_reason(world: World, approved: Release) -> None:
    with pytest.raises(ReasonMissingError, match="7 days before members"):
        schedule(world, approved, in_days(6))
    schedule(world, approved, in_days(6), reason="The hospital heard it at the meeting.")

    assert found(world, approved).early_reason == "The hospital heard it at the meeting."


def test_releasing_now_needs_it_too(world: World, approved: Release) -> None:
    with world.acting_as("dana") as by, pytest.raises(ReasonMissingError):
        publish_release(release=approved, by=by)

    assert found(world, approved).state == ReleaseState.APPROVED


def test_reason_is_not_kept_where_none_is_needed(world: World, approved: Release) -> None:
    schedule(world, approved, in_days(8), reason="Just so.")

    assert found(world, approved).early_reason == ""


@pytest.fixture(autouse=True)
def _somebody_reads_worse(world: World) -> None:
    """Without bad news there would be nothing to promise, and half of these tests would say nothing."""
    with acting(releases.worker()), transaction.atomic():
        assert SiteResult.objects.filter(release__name=releases.NAME, reading="worse").exists()
