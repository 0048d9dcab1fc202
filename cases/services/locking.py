"""Lock complete cases, and unlock one. Only the worker does either; the database refuses everybody else."""

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from cases.enums import UNLOCKED, CaseStatus
from cases.models import Case
from tenancy.context import say_way


@transaction.atomic
def lock_cases(cases: QuerySet[Case]) -> int:
    """Lock the complete ones among these cases; locking twice does it once. Nobody is named as their last editor."""
    now = timezone.now()
    say_way("lock")
    count = cases.filter(status=CaseStatus.COMPLETE).update(
        status=CaseStatus.LOCKED, locked_at=now, updated_at=now, updated_by=None, revision=F("revision") + 1
    )
    say_way("")
    return count


@transaction.atomic
def unlock_case(*, case: Case, reason: str, decided_by_id: int) -> bool:
    """Make a locked case complete again, in the name of whoever decided it, with the reason in its history."""
    case = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if not case.is_locked:
        return False
    case.status, case.locked_at = CaseStatus.COMPLETE, None
    case.reasons[UNLOCKED] = reason
    case.revision += 1
    case.updated_at, case.updated_by_id = timezone.now(), decided_by_id
    say_way("unlock")
    case.save(update_fields=["status", "locked_at", "reasons", "revision", "updated_at", "updated_by"])
    say_way("")
    return True
