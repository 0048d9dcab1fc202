"""Which day to enter is the last, for a hospital and a cycle."""

from datetime import date

from cases.log.models import Cycle, LockExtension


def lock_day(cycle: Cycle, participation_id: int) -> date:
    """The date of the latest extension, or the cycle's own."""
    granted = LockExtension.objects.filter(cycle=cycle, participation_id=participation_id).order_by("-pk")
    return granted.values_list("locks_on", flat=True).first() or cycle.locks_on


def extended_days(cycle: Cycle) -> dict[int, date]:
    """Hospitals with a date of their own for this cycle."""
    granted = LockExtension.objects.filter(cycle=cycle).order_by("pk")
    return dict(granted.values_list("participation_id", "locks_on"))
