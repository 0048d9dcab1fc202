"""One page of the work list. It reads what every save keeps in columns; no answer and no definition is looked at."""

from calendar import month_name
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias
from uuid import UUID

from django.db.models import Count, F, Max, Min, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast
from django.urls import reverse

from cases.enums import COUNTED, CaseStatus, ImportState
from cases.models import Case, CaseImport, SavedFilter
from cases.selectors.clock import today_of
from cases.selectors.list_filter import SOON, SORTS, ListFilter, ListScope, tabs_for
from collaboratives.models import Collaborative
from collaboratives.selectors.colleagues import Colleague, data_team
from measures.models import Form
from privacy.viewer import Viewer
from ui.parts import Pages


ChosenCases: TypeAlias = QuerySet[Case]  # the name for views, which may hand them on
PER_PAGE = 50
PLACE = "CASE"
MOST_FILES, MOST_MONTHS = 20, 120  # offered to choose from
COLUMNS = (
    *("public_id", "case_number", "event_date", "status", "answered", "questions", "errors", "warnings", "sections"),
    *("form_version_id", "assigned_to_id", "assigned_to__full_name", "updated_at", "updated_by__full_name"),
)


@dataclass(frozen=True, kw_only=True)
class CaseRow:
    public_id: str
    case_number: str
    event_date: date
    due_in: int | None
    answered: int
    questions: int
    errors: int
    warnings: int
    sections: Mapping[str, Sequence[int]]
    form_version_id: int
    is_locked: bool
    assigned: str
    is_mine: bool
    updated_at: datetime
    updated_by: str
    url: str

    @property
    def event_on(self) -> str:
        """In words, made here: a template's date filter is slow enough to be felt on a page of fifty cases."""
        return f"{self.event_date:%-d %b %Y}"

    @property
    def is_complete(self) -> bool:
        return self.due_in is None

    @property
    def due(self) -> str:
        """In words; a complete case is due no more."""
        if self.due_in is None:
            return ""
        if self.due_in < 0:
            return f"overdue {-self.due_in} d"
        return {0: "today", 1: "tomorrow"}.get(self.due_in, f"in {self.due_in} days")

    @property
    def is_late(self) -> bool:
        return self.due_in is not None and self.due_in < 0

    @property
    def is_soon(self) -> bool:
        return self.due_in is not None and 0 <= self.due_in <= SOON.days

    @property
    def sections_asked(self) -> int:
        return sum(1 for _, asked, _ in self.sections.values() if asked)

    @property
    def sections_done(self) -> int:
        return sum(
            1 for answered, asked, to_check in self.sections.values() if asked and answered >= asked and not to_check
        )


@dataclass(frozen=True, kw_only=True)
class SavedView:
    public_id: UUID
    name: str
    query: str
    current: bool


@dataclass(frozen=True, kw_only=True)
class CaseListPage:
    filter: ListFilter
    rows: tuple[CaseRow, ...]
    counts: Mapping[str, int]
    months: tuple[tuple[str, str], ...]  # as the address has it, and in words
    files: tuple[tuple[UUID, str], ...]
    forms: tuple[tuple[str, str], ...]
    people: tuple[Colleague, ...]
    views: tuple[SavedView, ...]
    pages: Pages

    @property
    def total(self) -> int:
        return self.counts[self.filter.tab]

    @property
    def cleared(self) -> str:
        return self.filter.address(search="", month="", assigned="", file="", form="")

    @property
    def first_page(self) -> str:
        return self.filter.address()

    @property
    def everything(self) -> str:
        return self.filter.address(tab="all", sort="")

    @property
    def all_drafts(self) -> str:
        return self.filter.address(tab="drafts", sort="")

    @property
    def as_list(self) -> str:
        return self.filter.address(view="")

    @property
    def as_grid(self) -> str:
        return self.filter.address(view="grid")

    @property
    def with_colleagues(self) -> int:
        """Drafts of this view that wait for somebody else."""
        return self.counts["drafts"] - self.counts.get("todo", 0)


def list_scope(viewer: Viewer, participation_id: int, collaborative: Collaborative) -> ListScope:
    return ListScope(
        participation_id=participation_id,
        user_id=viewer.user_id,
        today=today_of(collaborative),
        due_days=collaborative.due_days,
    )


def wanted_cases(scope: ListScope, wanted: ListFilter) -> QuerySet[Case]:
    """All the cases of the tab the address names, in no order."""
    return Case.objects.filter(scope.narrowed(wanted), scope.tab(wanted.tab))


def chosen_cases(scope: ListScope, wanted: ListFilter, public_ids: Sequence[str] | None) -> QuerySet[Case]:
    """The cases that were ticked on a page, or (None) all that match."""
    if public_ids is None:
        return wanted_cases(scope, wanted)
    return Case.objects.filter(participation_id=scope.participation_id, public_id__in=public_ids)


def case_list(viewer: Viewer, scope: ListScope, wanted: ListFilter) -> CaseListPage:
    """One page of a hospital's cases, with the counts of the tabs under the same filters."""
    counts, choices = _counts(viewer, scope, wanted), _choices(viewer, scope, wanted)
    start = (wanted.page - 1) * PER_PAGE
    place = reverse("cases:case-detail", args=[viewer.collaborative_slug, PLACE])  # once, not fifty times
    found = wanted_cases(scope, wanted).order_by(*SORTS[wanted.order])[start : start + PER_PAGE].values(*COLUMNS)
    return CaseListPage(
        filter=wanted,
        rows=tuple(_row(each, scope, place) for each in found),
        counts=counts,
        months=_months(scope),
        files=choices.files,
        forms=choices.forms,
        people=data_team(viewer.collaborative_id, scope.participation_id),
        views=choices.views,
        pages=Pages(number=wanted.page, total=counts[wanted.tab], per_page=PER_PAGE),
    )


def _counts(viewer: Viewer, scope: ListScope, wanted: ListFilter) -> dict[str, int]:
    # The hospital stands for the row: the key is not in the index that holds everything else.
    apart = {"all", "questions"}
    tabs = {name: Count("participation_id", filter=scope.tab(name)) for name in tabs_for(viewer) if name not in apart}
    matching = Case.objects.filter(scope.narrowed(wanted))
    # Questions are counted elsewhere, of few cases: a count of its own, which PostgreSQL makes once in the same query.
    asked = matching.filter(scope.tab("questions")).order_by().values("participation_id").annotate(of=Count("pk"))
    found = matching.aggregate(all=Count("participation_id"), questions=Max(Subquery(asked.values("of"))), **tabs)
    return {name: count or 0 for name, count in found.items()}


def _row(case: dict[str, Any], scope: ListScope, place: str) -> CaseRow:
    complete = case["status"] in COUNTED
    same = ("public_id", "case_number", "event_date", "answered", "questions", "errors", "warnings", "sections")
    return CaseRow(
        **{name: case[name] for name in same},
        form_version_id=case["form_version_id"],
        is_locked=case["status"] == CaseStatus.LOCKED,
        due_in=None if complete else (scope.due_on(case["event_date"]) - scope.today).days,
        assigned=case["assigned_to__full_name"] or "",
        is_mine=case["assigned_to_id"] == scope.user_id,
        updated_at=case["updated_at"],
        updated_by=case["updated_by__full_name"] or "",
        url=place.replace(PLACE, case["public_id"]),
    )


def _months(scope: ListScope) -> tuple[tuple[str, str], ...]:
    """From the newest month with a case to the oldest: two looks into an index, however many cases there are."""
    found = Case.objects.filter(participation_id=scope.participation_id).aggregate(
        first=Min("event_date"), last=Max("event_date")
    )
    if found["first"] is None:
        return ()
    numbers = range(_month_number(found["last"]), _month_number(found["first"]) - 1, -1)[:MOST_MONTHS]
    return tuple((f"{at // 12}-{at % 12 + 1:02}", f"{month_name[at % 12 + 1]} {at // 12}") for at in numbers)


def _month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


@dataclass(frozen=True, kw_only=True)
class _Choices:
    """What the filters offer. Forms are empty for a collaborative of one: nobody needs to choose."""

    files: tuple[tuple[UUID, str], ...]
    forms: tuple[tuple[str, str], ...]
    views: tuple[SavedView, ...]


def _choices(viewer: Viewer, scope: ListScope, wanted: ListFilter) -> _Choices:
    """Three short lists of three tables in one query."""
    files = CaseImport.objects.filter(participation_id=scope.participation_id, state=ImportState.COMMITTED)
    forms = Form.objects.filter(collaborative_id=viewer.collaborative_id)
    parts = [_choice(forms, "form", F("slug"), "name")]
    if viewer.participation_id is not None:  # saved views are of hospitals' people; the centre may not even look
        saved = SavedFilter.objects.filter(participation_id=viewer.participation_id, user_id=viewer.user_id)
        parts.append(_choice(saved, "view", Cast("public_id", TextField()), "name", F("query")))
    latest = files.order_by("-pk")[:MOST_FILES]
    rows = list(_choice(latest, "file", Cast("public_id", TextField()), "file_name").union(*parts, all=True))
    of_files, of_forms, of_views = (sorted(row for row in rows if row[0] == kind) for kind in ("file", "form", "view"))
    here = wanted.address().removeprefix("?")
    return _Choices(
        files=tuple((UUID(key), name) for _, _, key, name, _ in reversed(of_files)),
        forms=tuple((key, name) for _, _, key, name, _ in of_forms) if len(of_forms) > 1 else (),
        views=tuple(
            SavedView(public_id=UUID(key), name=name, query=query, current=query == here)
            for _, _, key, name, query in sorted(of_views, key=lambda row: row[3])
        ),
    )


def _choice(
    rows: QuerySet[Any], kind: str, key: Cast | F, name: str, query: F | Value | None = None
) -> QuerySet[Any, tuple[str, int, str, str, str]]:
    columns = {"kind": Value(kind), "key": key, "text": F(name), "asks": query or Value("")}
    chosen: QuerySet[Any, tuple[str, int, str, str, str]] = rows.annotate(**columns).values_list(
        "kind", "pk", "key", "text", "asks"
    )
    return chosen
