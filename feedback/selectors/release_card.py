"""Where the release that the centre works on stands: what the centre's home shows of releases."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.urls import reverse

from collaboratives.definition.clock import told_in
from collaboratives.models import Collaborative, Participation
from collaboratives.selectors.kept import Given, Kept
from feedback.enums import ReleaseState
from feedback.models import MeasureResult, ModelFit, Release, SiteResult
from feedback.selectors.releases import SEEN, has_numbers
from privacy.roles import Permission
from privacy.viewer import Viewer
from ui.parts import Step, StepState


WAITING = (ReleaseState.DRAFT, ReleaseState.APPROVED, ReleaseState.SCHEDULED)
AFTER = {*SEEN, ReleaseState.RELEASING, ReleaseState.WITHDRAWN}


@dataclass(frozen=True, kw_only=True)
class ReleaseCard:
    """The latest release, and what else waits. `is_in_force`: members see it, and say that they reviewed it."""

    name: str
    public_id: UUID
    url: str
    preview_url: str
    steps: tuple[Step, ...]
    calendar: tuple[str, ...]
    is_in_force: bool
    to_decide: int


def release_card(viewer: Viewer, collaborative: Collaborative) -> ReleaseCard | None:
    """The latest release that was not discarded, with what waits behind it; one statement."""
    found = _SHOWN.read(here=viewer.collaborative_id)
    if not found:
        return None
    release, slug = found[0], viewer.collaborative_slug
    return ReleaseCard(
        name=release.name,
        public_id=release.public_id,
        url=reverse("feedback:release-detail", args=[slug, release.public_id]),
        preview_url=_preview(viewer, release),
        steps=_steps(release, collaborative),
        calendar=_calendar(found, collaborative),
        is_in_force=release.state == ReleaseState.RELEASED,
        to_decide=sum(each.state in {ReleaseState.DRAFT, ReleaseState.APPROVED} for each in found),
    )


def _shown() -> QuerySet[Release]:
    here: Any = Given("here", BigIntegerField())
    releases = Release.objects.filter(collaborative_id=here).exclude(state=ReleaseState.DISCARDED)
    latest = releases.order_by("-created_at").values("pk")[:1]
    shown = releases.filter(Q(pk__in=latest) | Q(state__in=WAITING)).order_by("-created_at")
    return _counted(shown.select_related("snapshot"))


_SHOWN: Kept[Release] = Kept(_shown)


def _counted(releases: QuerySet[Release]) -> QuerySet[Release]:
    """With its models, fitted and wanted, and the first hospital that has a result in it."""
    of_release = {"release": OuterRef("pk")}
    fits = ModelFit.objects.filter(**of_release).order_by().values("release")
    named = KeyTextTransform("risk_model", "measure_version__spec")
    wanted = MeasureResult.objects.filter(**of_release).annotate(model=named).filter(model__gt="")
    results = SiteResult.objects.filter(release=OuterRef(OuterRef("pk")), participation=OuterRef("pk"))
    first = Participation.objects.filter(Exists(results), collaborative=OuterRef("collaborative"))
    return releases.annotate(
        fitted=Subquery(fits.annotate(n=Count("pk")).values("n"), output_field=IntegerField()),
        models=Subquery(
            wanted.order_by().values("release").annotate(n=Count("pk")).values("n"), output_field=IntegerField()
        ),
        first_hospital=Subquery(first.order_by("site__name").values("public_id")[:1]),
    )


def _preview(viewer: Viewer, release: Release) -> str:
    """As its first hospital will see it; others are a click away there."""
    hospital = getattr(release, "first_hospital", None)
    if not hospital or not has_numbers(release) or not viewer.can(Permission.UNBLINDED_VIEW):
        return ""
    return reverse("feedback:release-preview", args=[viewer.collaborative_slug, release.public_id, hospital])


def _steps(release: Release, collaborative: Collaborative) -> tuple[Step, ...]:
    """From closing the window to the members; each with its day or its count."""
    state, zone = ReleaseState(release.state), collaborative.time_zone
    failed, computed = bool(release.problem), release.snapshot_id is not None and has_numbers(release)
    doing: StepState = "problem" if failed else "done" if computed else "now"
    fitted, wanted = getattr(release, "fitted", 0) or 0, getattr(release, "models", 0) or 0
    return (
        Step("Data closed", "done", _day(release.created_at)),
        Step("Snapshot", doing, f"{release.snapshot.cases:,} cases" if release.snapshot else ""),
        Step("Models fitted", doing, f"{fitted} of {max(fitted, wanted)}" if computed else ""),
        Step(
            "Approved by statistician",
            "done" if release.approved_at else "now" if state is ReleaseState.DRAFT else "waiting",
            _day(release.approved_at),
        ),
        Step("Release to members", _released(state), _when(release, state, zone)),
    )


def _released(state: ReleaseState) -> StepState:
    if state is ReleaseState.WITHDRAWN:
        return "problem"
    if state in SEEN:
        return "done"
    on_its_way = {ReleaseState.APPROVED, ReleaseState.SCHEDULED, ReleaseState.RELEASING}
    return "now" if state in on_its_way else "waiting"


def _when(release: Release, state: ReleaseState, zone: str) -> str:
    if state is ReleaseState.WITHDRAWN:
        return f"withdrawn {_day(release.withdrawn_at)}"
    if state is ReleaseState.SCHEDULED and release.scheduled_for:
        return f"scheduled {told_in(release.scheduled_for, zone)}"
    return _day(release.released_at)


def _day(moment: datetime | None) -> str:
    return f"{moment:%-d %b %Y}" if moment else ""


def _calendar(releases: list[Release], collaborative: Collaborative) -> tuple[str, ...]:
    """When members see what is scheduled behind the first, the next one first."""
    planned = [(each.scheduled_for, each.name) for each in releases[1:] if each.scheduled_for]
    zone = collaborative.time_zone
    return tuple(f"{name}: members see it on {told_in(day, zone)}." for day, name in sorted(planned))
