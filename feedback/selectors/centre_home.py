"""Where the coordinating centre lands: what waits for it, and how every hospital is getting on with its cases."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from cases.enums import ImportState
from cases.models import CaseImport
from cases.selectors.burden import BurdenTable, burden_table
from cases.selectors.hospital_cases import HospitalCases, counted_at, hospitals_with_cases
from collaboratives.definition.clock import told_in
from collaboratives.models import Collaborative
from feedback.enums import ReleaseState
from feedback.models import Release
from feedback.selectors.releases import release_steps
from measures.selectors.reviews_due import ReviewDue, reviews_due
from privacy.roles import Permission
from privacy.viewer import Viewer
from ui.parts import Step


WAITING = [ReleaseState.DRAFT, ReleaseState.APPROVED, ReleaseState.SCHEDULED]
RECENT = timedelta(days=90)
NEVER = datetime.min.replace(tzinfo=timezone.get_fixed_timezone(0))


@dataclass(frozen=True)
class FigureCard:
    label: str
    value: int
    note: str
    url: str


@dataclass(frozen=True, kw_only=True)
class HospitalLine:
    """A hospital's cases, never its results."""

    cases: HospitalCases
    quiet: bool

    @property
    def share(self) -> str:
        return f"{100 * self.cases.complete / self.cases.all:.0f}% complete" if self.cases.all else "no cases"


@dataclass(frozen=True, kw_only=True)
class Totals:
    """The sums of the columns."""

    drafts: int
    due: int
    overdue: int
    problems: int
    questions: int
    complete: int


@dataclass(frozen=True, kw_only=True)
class CentreHome:
    release: Release | None
    steps: tuple[Step, ...]
    calendar: tuple[str, ...]
    cards: tuple[FigureCard, ...]
    hospitals: tuple[HospitalLine, ...]
    totals: Totals
    counted_at: datetime | None
    time_zone: str
    burden: BurdenTable
    reviews: tuple[ReviewDue, ...]


def centre_page(viewer: Viewer, collaborative: Collaborative) -> CentreHome:
    releases = Release.objects.filter(collaborative_id=viewer.collaborative_id).exclude(state=ReleaseState.DISCARDED)
    latest = releases.order_by("-created_at").values("pk")[:1]
    shown = releases.filter(Q(pk__in=latest) | Q(state__in=WAITING)).order_by("-created_at")
    people = ("created_by", "approved_by", "scheduled_by", "released_by", "withdrawn_by")
    found = list(shown.select_related("snapshot", *people))
    release = found[0] if found else None
    lines = _hospitals(viewer)
    waiting = [each for each in found if each.state in WAITING]
    return CentreHome(
        release=release,
        steps=release_steps(release) if release else (),
        calendar=_calendar(waiting, collaborative),
        cards=_cards(viewer, lines, sum(each.state != ReleaseState.SCHEDULED for each in waiting)),
        hospitals=tuple(lines),
        totals=Totals(**{each.name: sum(getattr(line.cases, each.name) for line in lines) for each in fields(Totals)}),
        counted_at=counted_at([line.cases for line in lines]),
        time_zone=collaborative.time_zone,
        burden=burden_table(viewer),
        reviews=tuple(reviews_due(collaborative)) if viewer.can(Permission.DEFINITION_EDIT) else (),
    )


def _calendar(waiting: list[Release], collaborative: Collaborative) -> tuple[str, ...]:
    """When members see what is scheduled, the next one first."""
    planned = [(each.scheduled_for, each.name) for each in waiting if each.scheduled_for]
    zone = collaborative.time_zone
    return tuple(f"{name}: members see it on {told_in(day, zone)}." for day, name in sorted(planned))


def _hospitals(viewer: Viewer) -> list[HospitalLine]:
    """Members by need: the most overdue first, then the longest silent."""
    since = timezone.now() - RECENT
    lines = [
        HospitalLine(cases=each, quiet=each.last is None or each.last < since)
        for each in hospitals_with_cases(viewer)
        if not each.has_left
    ]
    return sorted(lines, key=lambda line: (-line.cases.overdue, line.cases.last or NEVER, line.cases.name))


def _cards(viewer: Viewer, lines: list[HospitalLine], waiting: int) -> tuple[FigureCard, ...]:
    rejected = Q(state=ImportState.REFUSED) | Q(state=ImportState.CHECKED, summary__actions__rejected__gt=0)
    imports = CaseImport.objects.filter(rejected, collaborative_id=viewer.collaborative_id).count()
    late = sum(1 for line in lines if line.cases.overdue)
    quiet = sum(1 for line in lines if line.quiet)
    files, releases = (
        reverse(name, args=[viewer.collaborative_slug]) for name in ("cases:import-list", "feedback:release-list")
    )
    overdue = sum(line.cases.overdue for line in lines)
    return (
        FigureCard("Cases overdue", overdue, f"{late} hospital{'' if late == 1 else 's'}", "#hospitals"),
        FigureCard("Imports with problems", imports, "to correct or discard", files),
        FigureCard("Releases waiting", waiting, "to approve or release", releases),
        FigureCard("Hospitals without recent cases", quiet, "nothing completed in 90 days", "#hospitals"),
    )
