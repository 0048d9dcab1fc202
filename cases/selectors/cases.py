"""Cases for the pages: one case, the work list, and how many each hospital has."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth

from cases.enums import CaseStatus
from cases.models import Case
from collaboratives.models import Participation
from measures.definition.check import check, hidden
from measures.definition.spec import Severity
from privacy.viewer import Viewer
from ui.parts import Pages


ViewedCase: TypeAlias = Case  # the name for views, which may hold a case but not look one up
PER_PAGE = 50
TABS = {"in-progress": CaseStatus.IN_PROGRESS, "complete": CaseStatus.COMPLETE, "all": None}
SORTS = {
    "-event": ("-event_date", "-id"),
    "event": ("event_date", "id"),
    "number": ("case_number",),
    "-updated": ("-updated_at", "-id"),
}


@dataclass(frozen=True, kw_only=True)
class ListFilter:
    """The state of the list, as its address says it."""

    tab: str = "in-progress"
    search: str = ""
    month: str = ""
    sort: str = "-event"
    page: int = 1

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "ListFilter":
        month, page = query.get("month", ""), query.get("page", "1")
        return cls(
            tab=query["tab"] if query.get("tab") in TABS else "in-progress",
            search=query.get("q", "").strip()[:40],
            month=month if re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month) else "",
            sort=query["sort"] if query.get("sort") in SORTS else "-event",
            page=max(1, int(page)) if page.isdecimal() and len(page) < 7 else 1,
        )


@dataclass(frozen=True, kw_only=True)
class CaseRow:
    public_id: str
    case_number: str
    event_date: date
    is_complete: bool
    answered: int
    questions: int
    errors: int
    warnings: int
    updated_at: datetime
    updated_by: str


@dataclass(frozen=True, kw_only=True)
class CaseListPage:
    filter: ListFilter
    rows: tuple[CaseRow, ...]
    counts: Mapping[str, int]
    months: tuple[date, ...]
    pages: Pages

    @property
    def is_filtered(self) -> bool:
        return bool(self.filter.search or self.filter.month)


def case_for(viewer: Viewer, public_id: str) -> Case | None:
    """The case, when the viewer may know that it exists."""
    own = Q(participation_id=viewer.participation_id) if viewer.participation_id else Q()
    return (
        Case.objects.filter(own, collaborative_id=viewer.collaborative_id, public_id=public_id)
        .select_related("form_version__form", "collaborative", "participation__site", "updated_by")
        .first()
    )


def hidden_answers(case: Case) -> list[str]:
    """Questions with an answer that skip logic hides; completing the case clears these answers."""
    spec, answers = case.form_version.definition, case.values
    return [
        each.label for each in spec.variables if each.name in hidden(spec, answers) and answers.is_answered(each.name)
    ]


def next_in_progress(after: Case) -> Case | None:
    """The next draft of the hospital's work list, from the newest event to the oldest, beginning after this one."""
    drafts = Case.objects.filter(participation_id=after.participation_id, status=CaseStatus.IN_PROGRESS).exclude(
        pk=after.pk
    )
    older = drafts.filter(Q(event_date__lt=after.event_date) | Q(event_date=after.event_date, pk__lt=after.pk))
    newest_first = ("-event_date", "-pk")
    return older.order_by(*newest_first).first() or drafts.order_by(*newest_first).first()


def case_list(participation_id: int, wanted: ListFilter) -> CaseListPage:
    """One page of a hospital's cases, with the counts of the tabs."""
    everything = Case.objects.filter(participation_id=participation_id)
    matching = _matching(everything, wanted)
    counts = _counts(matching)
    status = TABS[wanted.tab]
    found = matching.filter(status=status) if status else matching
    total = counts[wanted.tab]
    start = (wanted.page - 1) * PER_PAGE
    cases = found.select_related("form_version", "updated_by").order_by(*SORTS[wanted.sort])[start : start + PER_PAGE]
    months = everything.annotate(month=TruncMonth("event_date")).values_list("month", flat=True)
    return CaseListPage(
        filter=wanted,
        rows=tuple(_row(case) for case in cases),
        counts=counts,
        months=tuple(months.distinct().order_by("-month")),
        pages=Pages(number=wanted.page, total=total, per_page=PER_PAGE),
    )


def _matching(cases: QuerySet[Case], wanted: ListFilter) -> QuerySet[Case]:
    if wanted.search:
        cases = cases.filter(case_number__icontains=wanted.search)
    if wanted.month:
        year, month = wanted.month.split("-")
        cases = cases.filter(event_date__year=int(year), event_date__month=int(month))
    return cases


def _counts(cases: QuerySet[Case]) -> dict[str, int]:
    by_status = dict(cases.values_list("status").annotate(Count("pk")).order_by())
    return {tab: by_status.get(status.value, 0) if status else sum(by_status.values()) for tab, status in TABS.items()}


def _row(case: Case) -> CaseRow:
    spec, answers = case.form_version.definition, case.values
    concealed = hidden(spec, answers)
    asked = [each.name for each in spec.variables if each.name not in concealed and not each.calculation]
    complete = case.status == CaseStatus.COMPLETE
    findings = [] if complete else [each for each in check(spec, answers) if each.rule != "required"]
    return CaseRow(
        public_id=case.public_id,
        case_number=case.case_number,
        event_date=case.event_date,
        is_complete=complete,
        answered=sum(answers.is_answered(name) for name in asked),
        questions=len(asked),
        errors=sum(each.severity is Severity.ERROR for each in findings),
        warnings=sum(each.severity is Severity.WARNING for each in findings),
        updated_at=case.updated_at,
        updated_by=case.updated_by.full_name if case.updated_by else "",
    )


@dataclass(frozen=True, kw_only=True)
class HospitalCases:
    """A member hospital as the centre chooses it from."""

    public_id: UUID
    name: str
    in_progress: int
    complete: int


def hospitals_with_cases(viewer: Viewer) -> Sequence[HospitalCases]:
    """Every hospital of the collaborative with its counts, for the centre."""
    members = (
        Participation.objects.filter(collaborative_id=viewer.collaborative_id)
        .annotate(
            drafts=Count("cases", filter=Q(cases__status=CaseStatus.IN_PROGRESS)),
            done=Count("cases", filter=Q(cases__status=CaseStatus.COMPLETE)),
        )
        .select_related("site")
        .order_by("site__name")
    )
    return [
        HospitalCases(public_id=each.public_id, name=each.site.name, in_progress=each.drafts, complete=each.done)
        for each in members
    ]


def hospital_for(viewer: Viewer, public_id: str) -> Participation | None:
    """The hospital that the centre asks for; a hospital's own people never choose."""
    try:
        key = UUID(public_id)
    except ValueError:
        return None
    return (
        Participation.objects.filter(collaborative_id=viewer.collaborative_id, public_id=key)
        .select_related("site")
        .first()
    )
