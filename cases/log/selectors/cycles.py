"""Cycles for the centre: their dates, what is in them, who has more time."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias
from uuid import UUID

from django.db.models import Count
from django.utils import timezone

from cases.enums import CaseStatus
from cases.log.definition.calendar import last_day_over
from cases.log.models import Cycle, LockExtension
from cases.models import Case
from cases.selectors.clock import today_of
from collaboratives.models import Collaborative, Participation
from measures.models import Form
from privacy.roles import Permission
from privacy.viewer import Viewer, require


ViewedCycle: TypeAlias = Cycle  # the name for views, which may hold a cycle but not look one up
Counts = Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class GivenTime:
    """A hospital's own date."""

    hospital: str
    locks_on: date
    reason: str
    note: str


@dataclass(frozen=True, kw_only=True)
class CycleRow:
    public_id: UUID
    name: str
    form: str
    first_day: date
    last_day: date
    locks_on: date
    over: bool
    complete: int
    drafts: int
    locked: int
    extensions: tuple[GivenTime, ...]


@dataclass(frozen=True, kw_only=True)
class CycleListPage:
    year: int
    years: tuple[int, ...]
    rows: tuple[CycleRow, ...]


def cycle_list(viewer: Viewer, collaborative: Collaborative, year: int | None) -> CycleListPage:
    """The cycles that begin in a year; without one, in this year or the latest that has some."""
    require(viewer, Permission.LOCK_MANAGE)
    cycles = Cycle.objects.filter(collaborative_id=viewer.collaborative_id).select_related("form")
    years = tuple(each.year for each in cycles.dates("first_day", "year", order="DESC"))
    today = today_of(collaborative)
    shown = year if year in years else next(iter({today.year} & set(years)), next(iter(years), today.year))
    chosen = list(cycles.filter(first_day__year=shown).order_by("first_day", "form__name"))
    given, over = _given(chosen), last_day_over(timezone.now(), collaborative.time_zone)
    counts = _counts(chosen)
    rows = (_row(each, counts[each.pk], given.get(each.pk, ()), over) for each in chosen)
    return CycleListPage(year=shown, years=years, rows=tuple(rows))


def _row(cycle: Cycle, counts: Counts, given: Iterable[GivenTime], over: date) -> CycleRow:
    return CycleRow(
        public_id=cycle.public_id,
        name=cycle.name,
        form=cycle.form.name,
        first_day=cycle.first_day,
        last_day=cycle.last_day,
        locks_on=cycle.locks_on,
        over=cycle.locks_on <= over,
        complete=counts.get(CaseStatus.COMPLETE, 0),
        drafts=counts.get(CaseStatus.IN_PROGRESS, 0),
        locked=counts.get(CaseStatus.LOCKED, 0),
        extensions=tuple(given),
    )


def _counts(cycles: Sequence[Cycle]) -> dict[int, Counter[str]]:
    """Cases by state in each cycle, from one query over their days."""
    found: dict[int, Counter[str]] = {each.pk: Counter() for each in cycles}
    if not cycles:
        return found
    days = (min(each.first_day for each in cycles), max(each.last_day for each in cycles))
    cases = Case.objects.filter(collaborative_id=cycles[0].collaborative_id, event_date__range=days).order_by()
    by_day = cases.values_list("form_version__form_id", "event_date", "status").annotate(count=Count("pk"))
    for form, day, status, count in by_day:
        for cycle in cycles:
            if cycle.form_id == form and cycle.first_day <= day <= cycle.last_day:
                found[cycle.pk][status] += count
    return found


def _given(cycles: Sequence[Cycle]) -> dict[int, list[GivenTime]]:
    """By cycle the dates in force of hospitals that have their own: the latest of each."""
    extensions = LockExtension.objects.filter(cycle__in=cycles).select_related("participation__site").order_by("pk")
    latest = {(each.cycle_id, each.participation_id): each for each in extensions}
    found: dict[int, list[GivenTime]] = {}
    for (cycle, _), each in latest.items():
        words = each.get_reason_display()
        time = GivenTime(hospital=each.participation.site.name, locks_on=each.locks_on, reason=words, note=each.note)
        found.setdefault(cycle, []).append(time)
    return found


def cycle_for(viewer: Viewer, public_id: UUID) -> Cycle | None:
    found = Cycle.objects.filter(collaborative_id=viewer.collaborative_id, public_id=public_id)
    return found.select_related("collaborative", "form").first()


def members(viewer: Viewer) -> list[Participation]:
    """Hospitals that take part, by name."""
    found = Participation.objects.filter(collaborative_id=viewer.collaborative_id, left_on=None)
    return list(found.select_related("site").order_by("site__name"))


def forms(viewer: Viewer) -> list[Form]:
    return list(Form.objects.filter(collaborative_id=viewer.collaborative_id).order_by("name"))
