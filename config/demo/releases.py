"""Two releases, each drafted, approved and released by three different people; their numbers come from the worker's own code."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from collaboratives.selectors.places import acting_for
from config.demo.cast import SURGERY
from config.demo.people import Cast
from events.models import Event, Job
from events.outbox import react, run_job
from feedback.enums import CheckName, ReleaseState
from feedback.models import Release
from feedback.services.releases import approve_release, draft_release
from feedback.services.scheduling import publish_release
from privacy.roles import Role
from privacy.viewer import Viewer
from tenancy.context import Acting, acting


@dataclass(frozen=True, kw_only=True)
class Planned:
    name: str
    window_from: date
    window_to: date
    drafted: datetime


REASON = "Seen with the hospitals in the steering meeting."
RELEASES = (
    Planned(
        name="2026-1",
        window_from=date(2025, 1, 1),
        window_to=date(2025, 12, 31),
        drafted=datetime(2026, 2, 9, 14, 30, tzinfo=UTC),
    ),
    Planned(
        name="2026-2",
        window_from=date(2025, 10, 1),
        window_to=date(2026, 9, 30),
        drafted=datetime(2026, 11, 9, 14, 30, tzinfo=UTC),
    ),
)


AFTER_START = "reports.prepare"  # files of releases, which nobody waits for: the worker makes them


class ReleaseFailedError(Exception):
    """The worker's code refused or broke a release of the demo."""


def work_off(collaborative_id: int) -> None:
    """Do here what the worker would do after commit: the reactions to all events, then the waiting jobs."""
    with acting(Acting("compute", collaborative_id=collaborative_id)), transaction.atomic():
        events = list(
            Event.objects.filter(collaborative_id=collaborative_id, done_at=None)
            .order_by("pk")
            .values_list("pk", flat=True)
        )
        jobs = list(
            Job.objects.filter(collaborative_id=collaborative_id, finished_at=None)
            .exclude(kind=AFTER_START)
            .order_by("pk")
            .values_list("pk", flat=True)
        )
    for event_id in events:
        react(event_id=event_id, collaborative_id=collaborative_id)
    for job_id in jobs:
        run_job(job_id=job_id, collaborative_id=collaborative_id)


def release_all(cast: Cast, releases: Sequence[Planned], say: Callable[[str], None]) -> None:
    for planned in releases:
        release = _release(cast, planned)
        say(f"release {release.name}: {release.snapshot.cases if release.snapshot else 0:,} cases")


def _release(cast: Cast, planned: Planned) -> Release:
    release = approved(cast, planned)
    director = cast.viewer(Role.DIRECTOR, SURGERY)
    released = _step(
        director, lambda: publish_release(release=release, reason=REASON, by=director), ReleaseState.RELEASED
    )
    _date_back(released, planned)
    return released


def drafted(cast: Cast, planned: Planned) -> Release:
    """Computed and checked; a biostatistician has to look at it."""
    coordinator = cast.viewer(Role.COORDINATOR, SURGERY)
    window = {"window_from": planned.window_from, "window_to": planned.window_to}
    return _step(coordinator, lambda: draft_release(name=planned.name, by=coordinator, **window), ReleaseState.DRAFT)


def approved(cast: Cast, planned: Planned) -> Release:
    release, biostatistician = drafted(cast, planned), cast.viewer(Role.BIOSTATISTICIAN, SURGERY)
    reasons = dict.fromkeys(CheckName.values, REASON)
    return _step(
        biostatistician,
        lambda: approve_release(release=release, reasons=reasons, by=biostatistician),
        ReleaseState.APPROVED,
    )


def _step(by: Viewer, take: Callable[[], Release], wanted: ReleaseState) -> Release:
    """One step by one person, and the worker's part of it."""
    with acting(acting_for(by)):
        release = take()
    work_off(by.collaborative_id)
    with acting(acting_for(by)), transaction.atomic():
        found = Release.objects.select_related("snapshot").get(pk=release.pk)
    if found.state != wanted:
        raise ReleaseFailedError(f"Release {found.name} is {found.state}, not {wanted}. {found.problem}")
    return found


def _date_back(release: Release, planned: Planned) -> None:
    """The programme has a past: without this both releases would be of today."""
    now = timezone.now()
    release.created_at = min(planned.drafted, now)
    release.approved_at = min(planned.drafted + timedelta(days=3), now)
    release.released_at = min(planned.drafted + timedelta(days=7), now)
    with acting(Acting("compute", collaborative_id=release.collaborative_id)), transaction.atomic():
        release.save(update_fields=["created_at", "approved_at", "released_at"])
