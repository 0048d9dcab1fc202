"""Who is to be followed up: cases that are still open when their day 30 is over, and what was tried.

A case that is complete needs nobody any more: its form asks how the patient was on that day. So the list is short however
many cases a hospital has, and reads the index of the work list.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse

from cases.enums import CaseStatus
from cases.log.enums import FollowUpState
from cases.log.models import FollowUp, FollowUpAttempt, FollowUpCount, SamplingRule
from cases.log.selectors.rules import FollowUpPlan, follow_up_plans
from cases.models import Case
from cases.selectors.clock import today_of
from collaboratives.models import Collaborative, Participation
from measures.models import FormVersion
from privacy.roles import Permission
from privacy.viewer import Viewer, require


PER_PAGE = 50
SOON = timedelta(days=14)
TABS = {"due": "Due", "soon": "Coming up", "reached": "Reached", "not_reached": "Not reached"}


@dataclass(frozen=True, kw_only=True)
class _Period:
    """Days of events that one plan covers; None is without an end."""

    versions: Sequence[int]
    first: date | None
    before: date | None
    plan: FollowUpPlan

    def covers(self, version: int, day: date) -> bool:
        begun = self.first is None or self.first <= day
        return version in self.versions and begun and (self.before is None or day < self.before)

    def due_by(self, day: date) -> Q:
        """Cases whose follow-up is due on that day or before."""
        where = Q(form_version_id__in=self.versions, event_date__lte=day - timedelta(days=self.plan.days))
        where &= Q(event_date__gte=self.first) if self.first else Q()
        return where & (Q(event_date__lt=self.before) if self.before else Q())


def _periods(collaborative: Collaborative) -> list[_Period]:
    """What each version of the sampling rules says of the days it covers."""
    versions: dict[int, list[int]] = {}
    found = FormVersion.objects.filter(form__collaborative=collaborative).values_list("form_id", "pk")
    for form, version in found.order_by("pk"):
        versions.setdefault(form, []).append(version)
    rules = SamplingRule.objects.filter(collaborative=collaborative).order_by("number")
    said = list(rules.values_list("form_id", "effective_from", "follow_up_days", "follow_up_attempts"))
    return [
        period
        for form, keys in versions.items()
        for period in _of_form(keys, [each[1:] for each in said if each[0] == form])
    ]


def _of_form(versions: Sequence[int], said: Sequence[tuple[date, int, int]]) -> Iterator[_Period]:
    """Of several rules that cover a day the last one counts; before all of them, what is usual."""
    days = sorted({first for first, _, _ in said})
    yield _Period(versions=versions, first=None, before=days[0] if days else None, plan=FollowUpPlan())
    for place, first in enumerate(days):
        latest = [each for each in said if each[0] <= first][-1]
        before = days[place + 1] if place + 1 < len(days) else None
        plan = FollowUpPlan(days=latest[1], attempts=latest[2])
        yield _Period(versions=versions, first=first, before=before, plan=plan)


@dataclass(frozen=True, kw_only=True)
class FollowUpRow:
    public_id: str
    case_number: str
    event_date: date
    due_on: date
    overdue: int  # days; negative is still to come
    attempts: int
    most: int
    last_tried_on: date | None
    assigned: str
    url: str
    days: Mapping[str, str]  # in words: a template's date filter is slow enough to be felt on a page of fifty cases


@dataclass(frozen=True, kw_only=True)
class FollowUpPage:
    tab: str
    counts: Mapping[str, int]
    rows: tuple[FollowUpRow, ...]
    number: int


def follow_up_list(
    viewer: Viewer, participation_id: int, collaborative: Collaborative, *, tab: str, number: int
) -> FollowUpPage:
    """One page of a hospital's follow-up, the longest waiting first."""
    require(viewer, Permission.CASE_VIEW)
    today, periods = today_of(collaborative), _periods(collaborative)
    tab = tab if tab in TABS else "due"
    open_cases = _open([participation_id])
    waits = {"due": _due(periods, today), "soon": _due(periods, today + SOON) & ~_due(periods, today)}
    counts = {
        **open_cases.aggregate(**{name: Count("participation_id", filter=where) for name, where in waits.items()})
    }
    counts |= _closed_counts([participation_id]).get(participation_id, dict.fromkeys(("reached", "not_reached"), 0))
    if tab in waits:
        found = open_cases.filter(waits[tab]).order_by("event_date", "pk")
    else:
        found = Case.objects.filter(follow_up__participation_id=participation_id, follow_up__state=tab)
        found = found.order_by("-follow_up__due_on", "-pk")
    start = (number - 1) * PER_PAGE
    columns = found.values_list(*COLUMNS)[start : start + PER_PAGE]
    place = reverse("caselog:follow-up-detail", args=[viewer.collaborative_slug, PLACE])  # once, not fifty times
    rows = tuple(_row(each, periods, today, place) for each in columns)
    return FollowUpPage(tab=tab, counts=counts, rows=rows, number=number)


PLACE = "CASE"


COLUMNS = (
    *("public_id", "case_number", "event_date", "form_version_id", "assigned_to__full_name"),
    *("follow_up__attempts", "follow_up__last_tried_on"),
)


def _open(participations: Sequence[int]) -> QuerySet[Case]:
    """Drafts whose follow-up is not closed. Hospital and state lead the index of the work list."""
    drafts = Case.objects.filter(participation_id__in=participations, status=CaseStatus.IN_PROGRESS)
    return drafts.filter(Q(follow_up=None) | Q(follow_up__state=FollowUpState.OPEN))


def _due(periods: Sequence[_Period], day: date) -> Q:
    return reduce(or_, (each.due_by(day) for each in periods), Q(pk__in=[]))


def _row(found: tuple, periods: Sequence[_Period], today: date, place: str) -> FollowUpRow:  # type: ignore[type-arg]  # of COLUMNS
    public_id, number, day, version, assigned, attempts, tried = found
    plan = next((each.plan for each in periods if each.covers(version, day)), FollowUpPlan())
    due_on = day + timedelta(days=plan.days)
    return FollowUpRow(
        public_id=public_id,
        case_number=number,
        event_date=day,
        due_on=due_on,
        overdue=(today - due_on).days,
        attempts=attempts or 0,
        most=plan.attempts,
        last_tried_on=tried,
        assigned=assigned or "",
        url=place.replace(PLACE, public_id),
        days={"event": _words(day), "due": _words(due_on), "tried": _words(tried) if tried else "never"},
    )


def _words(day: date) -> str:
    return f"{day:%-d %b %Y}"


def _closed_counts(participations: Sequence[int]) -> dict[int, dict[str, int]]:
    """Reached and not reached, by hospital."""
    closed = FollowUp.objects.filter(participation_id__in=participations).order_by().values("participation_id")
    counted = closed.annotate(
        reached=Count("state", filter=Q(state=FollowUpState.REACHED)),
        not_reached=Count("state", filter=Q(state=FollowUpState.NOT_REACHED)),
    )
    found = counted.values_list("participation_id", "reached", "not_reached")
    return {hospital: {"reached": reached, "not_reached": lost} for hospital, reached, lost in found}


def waiting_and_closed(collaborative: Collaborative) -> dict[int, dict[str, int]]:
    """What waits now and how it ended, of every hospital with a case. Reads every draft: a worker's work."""
    today, periods = today_of(collaborative), _periods(collaborative)
    keys = list(Participation.objects.filter(collaborative=collaborative).values_list("pk", flat=True))
    due, soon = _due(periods, today), _due(periods, today + SOON)
    waiting = _open(keys).order_by().values("participation_id")
    waiting = waiting.annotate(due=Count("status", filter=due), soon=Count("status", filter=soon) - F("due"))
    closed = _closed_counts(keys)
    rows = {
        hospital: {"due": now, "soon": later}
        for hospital, now, later in waiting.values_list("participation_id", "due", "soon")
    }
    return {key: NONE | rows.get(key, {}) | closed.get(key, {}) for key in keys}


NONE = {"due": 0, "soon": 0, "reached": 0, "not_reached": 0}


@dataclass(frozen=True, kw_only=True)
class HospitalFollowUp:
    public_id: UUID
    name: str
    count: FollowUpCount | None


def follow_up_by_hospital(viewer: Viewer, collaborative: Collaborative) -> tuple[HospitalFollowUp, ...]:
    """What waits at every member, and how it ended, as last counted, for the centre."""
    require(viewer, Permission.CASE_VIEW)
    counts = FollowUpCount.objects.filter(collaborative=collaborative).in_bulk(field_name="participation_id")
    members = Participation.objects.filter(collaborative=collaborative).select_related("site")
    return tuple(
        HospitalFollowUp(public_id=each.public_id, name=each.site.name, count=counts.get(each.pk))
        for each in members.order_by("site__name", "pk")
    )


@dataclass(frozen=True, kw_only=True)
class CaseFollowUp:
    """What was tried for one case."""

    case: Case
    due_on: date
    plan: FollowUpPlan
    follow_up: FollowUp | None
    attempts: tuple[FollowUpAttempt, ...]
    is_due: bool

    @property
    def may_try(self) -> bool:
        return self.follow_up is None or self.follow_up.state != FollowUpState.REACHED


def case_follow_up(case: Case) -> CaseFollowUp:
    form = case.form_version.form_id
    plan = follow_up_plans([form], case.event_date)[form]
    due_on = case.event_date + timedelta(days=plan.days)
    found = FollowUp.objects.filter(case=case).select_related("closed_by").first()
    tried = FollowUpAttempt.objects.filter(follow_up=found).select_related("recorded_by").order_by("-tried_on", "-pk")
    return CaseFollowUp(
        case=case,
        due_on=due_on,
        plan=plan,
        follow_up=found,
        attempts=tuple(tried) if found else (),
        is_due=due_on <= today_of(case.collaborative),
    )
