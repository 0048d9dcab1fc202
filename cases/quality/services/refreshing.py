"""When figures are counted: every night for everybody, and within minutes after something happened at a hospital."""

from django.db import transaction
from django.db.models import Max, Min

from cases.quality.models import QualityFigures
from cases.quality.services.anomalies import look_for_anomalies
from cases.quality.services.measuring import measure_quality
from cases.quality.services.medians import write_medians
from collaboratives.selectors.collaboratives import collaborative_keys
from events.enums import EventKind
from events.models import Event, Job
from tenancy.context import Acting, acting


# What changes a figure. Without a hospital, an event concerns them all.
WATCHED = (
    EventKind.CASE_SAVED,
    EventKind.CASE_COMPLETED,
    EventKind.CASE_REOPENED,
    EventKind.CASES_LOCKED,
    EventKind.CYCLE_CREATED,
    EventKind.LOCK_EXTENDED,
    EventKind.UNLOCK_DECIDED,
    EventKind.IMPORT_COMMITTED,
    EventKind.IMPORT_UNDONE,
    EventKind.QUERY_RAISED,
    EventKind.QUESTION_CLOSED,
    EventKind.QUESTION_REOPENED,
    EventKind.DEFINITION_PUBLISHED,
    EventKind.HOSPITAL_JOINED,
)


def measure_everywhere() -> None:
    """Every collaborative, each in a transaction of its own."""
    for key in collaborative_keys():
        with acting(Acting("compute", collaborative_id=key)):
            measure_night(key)


@transaction.atomic
def measure_night(collaborative_id: int) -> None:
    """What looks odd, the figures of all hospitals with the queries about it, and what members may know of each other."""
    look_for_anomalies(collaborative_id)
    measure_quality(collaborative_id)
    write_medians(collaborative_id)


def measure_job(job: Job) -> None:
    """Job: what a night does, now."""
    measure_night(job.collaborative_id)


def refresh_everywhere() -> None:
    for key in collaborative_keys():
        with acting(Acting("compute", collaborative_id=key)), transaction.atomic():
            refresh_quality(key)


@transaction.atomic
def refresh_quality(collaborative_id: int) -> None:
    """Count again where something happened since the last count; what commits meanwhile is found at night."""
    rows = QualityFigures.objects.filter(collaborative_id=collaborative_id).order_by()
    counted = dict(rows.values_list("participation_id").annotate(at=Min("computed_at")))
    if not counted:
        measure_night(collaborative_id)
        return
    events = Event.objects.filter(
        collaborative_id=collaborative_id, kind__in=WATCHED, created_at__gt=min(counted.values())
    )
    latest = dict(events.order_by().values_list("participation_id").annotate(at=Max("created_at")))
    everybodys = latest.pop(None, None)
    stale = {hospital for hospital, at in latest.items() if hospital not in counted or at > counted[hospital]}
    stale |= {hospital for hospital, at in counted.items() if everybodys and everybodys > at}
    if stale:
        measure_quality(collaborative_id, sorted(stale))
