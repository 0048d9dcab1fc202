"""The stretches of days that figures are of: the cycles of a form, and the last twelve months."""

from datetime import date

from cases.log.models import Cycle, LockExtension
from cases.selectors.clock import today_of
from collaboratives.models import Collaborative
from measures.models import Form


def past_year(collaborative: Collaborative) -> tuple[date, date]:
    """Twelve whole months of events up to today: from the first day of the month eleven months ago."""
    today = today_of(collaborative)
    return months_before(today.replace(day=1), 11), today


def months_before(day: date, months: int) -> date:
    """The first day of the month that many months earlier."""
    count = day.year * 12 + day.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)


def cycles_of(form: Form, until: date) -> list[Cycle]:
    """Those that have begun, oldest first."""
    return list(Cycle.objects.filter(form=form, first_day__lte=until).order_by("first_day"))


def lock_days(cycles: list[Cycle]) -> dict[int, dict[int, date]]:
    """By cycle: under 0 everybody's day, and the own day of each hospital that was given more time."""
    found = {cycle.pk: {0: cycle.locks_on} for cycle in cycles}
    given = LockExtension.objects.filter(cycle__in=cycles).order_by("pk")
    for cycle, hospital, day in given.values_list("cycle_id", "participation_id", "locks_on"):
        found[cycle][hospital] = day
    return found
