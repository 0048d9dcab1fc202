"""Where the coordinating centre lands: what waits for it, and how every hospital is getting on with its cases."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils import timezone

from cases.enums import CaseStatus, ImportState
from cases.models import Case, CaseImport
from collaboratives.enums import Stage
from collaboratives.models import Participation
from feedback.enums import ReleaseState
from feedback.models import Release
from feedback.selectors.releases import release_steps
from privacy.viewer import Viewer
from ui.parts import Step


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

    name: str
    public_id: UUID
    complete: int
    in_progress: int
    last: datetime | None
    quiet: bool

    @property
    def total(self) -> int:
        return self.complete + self.in_progress

    @property
    def share(self) -> str:
        return f"{100 * self.complete / self.total:.0f}% complete" if self.total else "no cases"


@dataclass(frozen=True, kw_only=True)
class CentreHome:
    release: Release | None
    steps: tuple[Step, ...]
    cards: tuple[FigureCard, ...]
    hospitals: tuple[HospitalLine, ...]


def centre_page(viewer: Viewer) -> CentreHome:
    releases = Release.objects.filter(collaborative_id=viewer.collaborative_id).exclude(state=ReleaseState.DISCARDED)
    release = releases.select_related("snapshot").order_by("-created_at").first()
    lines = sorted(_hospitals(viewer), key=lambda line: (line.last or NEVER, line.name))
    return CentreHome(
        release=release,
        steps=release_steps(release) if release else (),
        cards=_cards(viewer, lines, releases.filter(state__in=[ReleaseState.DRAFT, ReleaseState.APPROVED]).count()),
        hospitals=tuple(lines),
    )


def _hospitals(viewer: Viewer) -> list[HospitalLine]:
    complete = Q(status=CaseStatus.COMPLETE)
    found = Case.objects.filter(collaborative_id=viewer.collaborative_id).order_by().values("participation_id")
    counted = found.annotate(
        done=Count("pk", filter=complete), waiting=Count("pk", filter=~complete), last=Max("completed_at")
    )
    counts = {
        row[0]: (row[1], row[2], row[3]) for row in counted.values_list("participation_id", "done", "waiting", "last")
    }
    members = Participation.objects.filter(collaborative_id=viewer.collaborative_id).exclude(stage=Stage.LEFT)
    since = timezone.now() - RECENT
    lines = []
    for member in members.select_related("site"):
        done, waiting, last = counts.get(member.pk, (0, 0, None))
        quiet = last is None or last < since
        lines.append(
            HospitalLine(
                name=member.site.name,
                public_id=member.public_id,
                complete=done,
                in_progress=waiting,
                last=last,
                quiet=quiet,
            )
        )
    return lines


def _cards(viewer: Viewer, lines: list[HospitalLine], waiting: int) -> tuple[FigureCard, ...]:
    rejected = Q(state=ImportState.REFUSED) | Q(state=ImportState.CHECKED, summary__actions__rejected__gt=0)
    imports = CaseImport.objects.filter(rejected, collaborative_id=viewer.collaborative_id).count()
    busy = sum(1 for line in lines if line.in_progress)
    quiet = sum(1 for line in lines if line.quiet)
    cases, files, releases = (
        reverse(name, args=[viewer.collaborative_slug])
        for name in ("cases:case-list", "cases:import-list", "feedback:release-list")
    )
    entered = sum(line.in_progress for line in lines)
    return (
        FigureCard("Cases in progress", entered, f"{busy} hospital{'' if busy == 1 else 's'}", cases),
        FigureCard("Imports with problems", imports, "to correct or discard", files),
        FigureCard("Releases waiting", waiting, "to approve or release", releases),
        FigureCard("Hospitals without recent cases", quiet, "nothing completed in 90 days", "#hospitals"),
    )
