"""The worker's half of locks: complete cases are locked once their last day to enter is over, hospital by hospital."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from cases.enums import CaseStatus
from cases.log.definition.calendar import last_day_over
from cases.log.enums import Decision
from cases.log.models import Cycle, UnlockRequest
from cases.log.selectors.lock_days import extended_days
from cases.models import Case
from cases.services.locking import lock_cases
from collaboratives.models import Collaborative
from collaboratives.selectors.collaboratives import collaborative_keys
from collaboratives.selectors.places import worker_viewer
from events.enums import EventKind
from events.services import record_event
from privacy.viewer import Viewer
from tenancy.context import Acting, acting


def lock_everywhere() -> None:
    """Every collaborative by its own clock, each in a transaction of its own."""
    for key in collaborative_keys():
        with acting(Acting("compute", collaborative_id=key)), transaction.atomic():
            lock_due_cycles(Collaborative.objects.get(pk=key), timezone.now())


@transaction.atomic
def lock_due_cycles(collaborative: Collaborative, now: datetime) -> int:
    """Lock what is due; doing it again finds nothing. Drafts stay drafts, and are locked once they are complete."""
    over, by = last_day_over(now, collaborative.time_zone), worker_viewer(collaborative)
    cycles = Cycle.objects.filter(collaborative=collaborative, locks_on__lte=over).order_by("first_day", "pk")
    return sum(_lock(cycle, over, by) for cycle in cycles)


def _lock(cycle: Cycle, over: date, by: Viewer) -> int:
    due = _due(cycle, over)
    hospitals = sorted(set(due.values_list("participation_id", flat=True)))
    return sum(_lock_hospital(cycle, due.filter(participation_id=each), each, by) for each in hospitals)


def _due(cycle: Cycle, over: date) -> QuerySet[Case]:
    """Complete cases of the cycle whose hospital has no more time, and which are not being corrected."""
    later = [hospital for hospital, day in extended_days(cycle).items() if day > over]
    correcting = UnlockRequest.objects.filter(case=OuterRef("pk"), decision=Decision.GRANTED, relocks_on__gt=over)
    return (
        Case.objects.filter(
            ~Exists(correcting),
            collaborative_id=cycle.collaborative_id,
            form_version__form_id=cycle.form_id,
            event_date__range=(cycle.first_day, cycle.last_day),
            status=CaseStatus.COMPLETE,
        )
        .exclude(participation_id__in=later)
        .order_by()
    )


def _lock_hospital(cycle: Cycle, cases: QuerySet[Case], participation_id: int, by: Viewer) -> int:
    count = lock_cases(cases)
    if count:
        details = {"count": count}
        record_event(EventKind.CASES_LOCKED, by=by, subject=cycle, participation_id=participation_id, details=details)
    return count
