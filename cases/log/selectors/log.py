"""The operative log as pages show it: cycles with their figures, and the entries of one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from cases.log.enums import EntryState, SubstitutionReason, UploadState
from cases.log.models import CaseLogEntry, Cycle, Draw, LogUpload, SamplingRule
from cases.log.selectors.figures import CycleFigures, cycle_figures
from cases.log.selectors.rules import eligibility_of, rule_of
from cases.selectors.clock import today_of
from collaboratives.models import Collaborative, Participation
from privacy.roles import Capacity, Permission
from privacy.viewer import Viewer, require


ViewedUpload: TypeAlias = LogUpload  # names for views, which may hold rows but not look them up
ViewedEntry: TypeAlias = CaseLogEntry
PER_PAGE = 50
TABS: Mapping[str, tuple[str, Q]] = {
    "todo": ("To begin", Q(state=EntryState.SAMPLED, case=None)),
    "sampled": ("Sampled", Q(state=EntryState.SAMPLED)),
    "listed": ("Listed", Q(state=EntryState.LISTED)),
    "not_sampled": ("Not sampled", Q(state=EntryState.NOT_SAMPLED)),
    "excluded": ("Not eligible", Q(state=EntryState.EXCLUDED)),
    "substituted": ("Substituted", Q(state=EntryState.SUBSTITUTED)),
    "all": ("All", Q()),
}
REASONS = {"after_draw": "Came after the draw", **dict(SubstitutionReason.choices)}


@dataclass(frozen=True, kw_only=True)
class LogListPage:
    """A year of cycles of the own hospital."""

    year: int
    years: tuple[int, ...]
    rows: tuple[CycleFigures, ...]
    today: date


def own_logs(viewer: Viewer, collaborative: Collaborative, year: int | None) -> LogListPage:
    """The cycles that begin in a year; without one, in this year or the latest that has some."""
    require(viewer, Permission.CASE_VIEW)
    today, years = today_of(collaborative), _years(collaborative)
    fallback = today.year if today.year in years else next(iter(years), today.year)
    shown = year if year in years else fallback
    cycles = Cycle.objects.filter(collaborative=collaborative, first_day__year=shown).values_list("pk", flat=True)
    rows = cycle_figures(collaborative, cycles=list(cycles), hospitals=[viewer.participation_id or 0])
    return LogListPage(year=shown, years=years, rows=rows, today=today)


def _years(collaborative: Collaborative) -> tuple[int, ...]:
    found = Cycle.objects.filter(collaborative=collaborative).dates("first_day", "year", order="DESC")
    return tuple(each.year for each in found)


@dataclass(frozen=True, kw_only=True)
class HospitalRow:
    name: str
    public_id: UUID
    figures: CycleFigures


@dataclass(frozen=True, kw_only=True)
class CentreLogPage:
    """One cycle, hospital by hospital."""

    cycle: Cycle | None
    cycles: tuple[Cycle, ...]
    rows: tuple[HospitalRow, ...]


def all_logs(viewer: Viewer, collaborative: Collaborative, cycle: UUID | None) -> CentreLogPage:
    """Every member in the cycle that was asked for, or in the last that is over."""
    require(viewer, Permission.CASE_VIEW)
    cycles = tuple(Cycle.objects.filter(collaborative=collaborative).select_related("form").order_by("-first_day"))
    today = today_of(collaborative)
    over = next((each for each in cycles if each.last_day < today), None) or next(iter(cycles), None)
    shown = next((each for each in cycles if each.public_id == cycle), over)
    if shown is None:
        return CentreLogPage(cycle=None, cycles=(), rows=())
    members = Participation.objects.filter(collaborative=collaborative).select_related("site").order_by("site__name")
    figures = {each.participation_id: each for each in cycle_figures(collaborative, cycles=[shown.pk])}
    rows = (HospitalRow(name=each.site.name, public_id=each.public_id, figures=figures[each.pk]) for each in members)
    return CentreLogPage(cycle=shown, cycles=cycles, rows=tuple(rows))


@dataclass(frozen=True, kw_only=True)
class EntryRow:
    """One operation of the log."""

    entry: CaseLogEntry
    reason: str

    @property
    def state(self) -> str:
        return EntryState(self.entry.state).label

    @property
    def is_to_begin(self) -> bool:
        return self.entry.state == EntryState.SAMPLED and self.entry.case_id is None

    @property
    def may_substitute(self) -> bool:
        case = self.entry.case
        return self.entry.state == EntryState.SAMPLED and not (case and case.is_counted)


@dataclass(frozen=True, kw_only=True)
class LogPage:
    """The log of one hospital and cycle."""

    cycle: Cycle
    figures: CycleFigures
    rule: SamplingRule | None
    drawn: Draw | None
    upload: LogUpload | None
    counts: Mapping[str, int]
    tab: str
    rows: tuple[EntryRow, ...]
    number: int
    is_own: bool
    is_over: bool

    @property
    def may_draw(self) -> bool:
        return (
            self.is_own and self.is_over and self.drawn is None and self.figures.eligible > 0 and self.rule is not None
        )


def log_page(cycle: Cycle, participation_id: int, viewer: Viewer, *, tab: str, number: int) -> LogPage:
    """A tab of the entries, by itself the first that says what to do."""
    require(viewer, Permission.CASE_VIEW)
    entries = CaseLogEntry.objects.filter(participation_id=participation_id, cycle=cycle)
    counts = entries.aggregate(**{name: Count("pk", filter=where) for name, (_, where) in TABS.items()})
    tab = (
        tab
        if tab in TABS
        else next(name for name in ("todo", "sampled", "listed", "all") if counts[name] or name == "all")
    )
    drawn = (
        Draw.objects.filter(participation_id=participation_id, cycle=cycle).select_related("rule", "drawn_by").first()
    )
    rule = drawn.rule if drawn else rule_of(cycle)
    (figures,) = cycle_figures(cycle.collaborative, cycles=[cycle.pk], hospitals=[participation_id])
    return LogPage(
        cycle=cycle,
        figures=figures,
        rule=rule,
        drawn=drawn,
        upload=_last_file(participation_id, cycle),
        counts=counts,
        tab=tab,
        rows=_rows(entries.filter(TABS[tab][1]), rule, number),
        number=number,
        is_own=viewer.capacity is Capacity.HOSPITAL,
        is_over=cycle.last_day < today_of(cycle.collaborative),
    )


def _last_file(participation_id: int, cycle: Cycle) -> LogUpload | None:
    found = LogUpload.objects.filter(participation_id=participation_id, cycle=cycle, state=UploadState.COMMITTED)
    return found.select_related("uploaded_by").defer("content", "problems").order_by("-pk").first()


def _rows(entries: QuerySet[CaseLogEntry], rule: SamplingRule | None, number: int) -> tuple[EntryRow, ...]:
    words = {**REASONS, **eligibility_of(rule).labels}
    start = (number - 1) * PER_PAGE
    case = ("case__public_id", "case__status", "case__case_number")
    found = entries.select_related("case").only(*_OF_AN_ENTRY, *case).order_by("event_date", "pk")
    return tuple(
        EntryRow(entry=each, reason=words.get(each.reason, each.reason)) for each in found[start : start + PER_PAGE]
    )


_OF_AN_ENTRY = ("public_id", "log_number", "event_date", "event_time", "procedure", "state", "reason", "case")


def log_cycle(viewer: Viewer, public_id: UUID) -> Cycle | None:
    require(viewer, Permission.CASE_VIEW)
    found = Cycle.objects.filter(collaborative_id=viewer.collaborative_id, public_id=public_id)
    return found.select_related("collaborative", "form").first()


def upload_for(viewer: Viewer, public_id: UUID) -> LogUpload | None:
    """A file of the own hospital; nobody else opens one."""
    require(viewer, Permission.LOG_MANAGE)
    found = LogUpload.objects.filter(participation_id=viewer.participation_id or 0, public_id=public_id)
    return found.select_related("cycle__form", "collaborative").first()


def entry_for(viewer: Viewer, public_id: str) -> CaseLogEntry | None:
    """An entry of the own hospital's log."""
    found = CaseLogEntry.objects.filter(participation_id=viewer.participation_id or 0, public_id=public_id)
    return found.select_related("cycle__form", "cycle__collaborative", "case").first()
