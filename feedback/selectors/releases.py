"""Releases: which one a viewer looks at, and the steps of one that is on its way."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import BigIntegerField, Exists, OuterRef, QuerySet, Subquery, UUIDField
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.models import User
from collaboratives.models import Participation
from collaboratives.selectors.by_hospital import HERE
from collaboratives.selectors.kept import Given, Kept
from collaboratives.selectors.places import Place
from feedback.enums import Reading, ReleaseState
from feedback.models import MeasureResult, ModelFit, PeerDistribution, Release, SiteResult
from feedback.selectors.since import release_before
from feedback.selectors.statements import Statement, centre_statements, statement_of
from feedback.selectors.units import form_of
from measures.definition.spec import MeasureSpec
from privacy.roles import Permission
from privacy.viewer import Viewer
from ui.addresses import Addresses
from ui.parts import Step, StepState


SEEN = (ReleaseState.RELEASED, ReleaseState.SUPERSEDED)


# Those whose names stand beside the steps of a release, and what of them is not needed for that.
PEOPLE = ("created_by", "approved_by", "scheduled_by", "released_by", "withdrawn_by")
UNNAMED = [each.name for each in User._meta.concrete_fields if each.name not in {"id", "full_name"}]  # noqa: SLF001 -- Django documents it


def _releases(viewer: Viewer) -> QuerySet[Release]:
    return _known(viewer.collaborative_id, every=viewer.can(Permission.RELEASE_VIEW))


def _known(collaborative: Any, *, every: bool) -> QuerySet[Release]:  # noqa: ANN401 -- its key, or what stands for it
    found = Release.objects.filter(collaborative_id=collaborative)
    return found.select_related("snapshot") if every else found.filter(state__in=SEEN)


def _with_people(viewer: Viewer, public_id: UUID) -> Release:
    """With its first hospital too; 404 where the viewer may not know of it."""
    found = _page_of(every=viewer.can(Permission.RELEASE_VIEW)).read(here=viewer.collaborative_id, release=public_id)
    if not found:
        raise Http404
    return found[0]


@cache
def _page_of(*, every: bool) -> Kept[Release]:
    """Of every release, or of those that members have seen."""
    return Kept(lambda: _named(_known(HERE, every=every).filter(public_id=Given("release", UUIDField()))))


def _named(releases: QuerySet[Release]) -> QuerySet[Release]:
    unread = [f"{person}__{name}" for person in PEOPLE for name in UNNAMED]
    return releases.annotate(first_hospital=_first_hospital()).select_related("snapshot", *PEOPLE).defer(*unread)


def latest_release(viewer: Viewer) -> Release | None:
    """The release that is in force for members."""
    found = Release.objects.filter(collaborative_id=viewer.collaborative_id, state=ReleaseState.RELEASED)
    return found.order_by("-released_at").first()


def release_for(viewer: Viewer, public_id: UUID | str) -> Release:
    """The release of this public id, 404 where the viewer may not know of it."""
    return _found(_releases(viewer), public_id)


def _found(releases: QuerySet[Release], public_id: UUID | str) -> Release:
    try:
        key = UUID(str(public_id))
    except ValueError:
        raise Http404 from None
    return get_object_or_404(releases, public_id=key)


def counted_release(viewer: Viewer, public_id: UUID | str) -> Release:
    """A release whose numbers are all there: neither being computed nor refused."""
    release = release_for(viewer, public_id)
    if not has_numbers(release):
        raise Http404
    return release


def has_numbers(release: Release) -> bool:
    return release.state != ReleaseState.COMPUTING and not release.problem


def chosen_release(viewer: Viewer, public_id: str) -> Release | None:
    """The release asked for, else the latest."""
    return release_for(viewer, public_id) if public_id else latest_release(viewer)


def period(first: date, last: date) -> str:
    """Jul 2025 - Jun 2026."""
    return f"{first:%b %Y} – {last:%b %Y}"  # noqa: RUF001 -- a dash between dates


def release_line(release: Release) -> str:
    closed = f"{release.created_at:%-d %b %Y}"
    return f"Release {release.name} · cases {period(release.window_from, release.window_to)} · data closed {closed}"


@dataclass(frozen=True, kw_only=True)
class ReleaseListPage:
    releases: tuple[Release, ...]
    time_zone: str
    may_build: bool
    may_set: bool


def release_list_page(viewer: Viewer, place: Place) -> ReleaseListPage:
    return ReleaseListPage(
        releases=tuple(_releases(viewer).order_by("-created_at")),
        time_zone=place.collaborative.time_zone,
        may_build=viewer.can(Permission.RELEASE_BUILD),
        may_set=viewer.can(Permission.RELEASE_PUBLISH),
    )


@dataclass(frozen=True, kw_only=True)
class ReleaseMeasure:
    """One measure of a release for the centre: all hospitals together, without names."""

    spec: MeasureSpec
    version: int
    result: MeasureResult
    c_statistic: str
    compared: bool
    better: int
    worse: int
    too_few: int
    changed: int
    statement: Statement
    url: str
    model_url: str

    @property
    def rate(self) -> str:
        return _told(self.spec, self.result.rate)

    @property
    def benchmark(self) -> str:
        return _told(self.spec, self.result.benchmark)


def _told(spec: MeasureSpec, value: float | None) -> str:
    return "" if value is None else form_of(spec).write(value)


@dataclass(frozen=True, kw_only=True)
class ReleasePage:
    release: Release
    steps: tuple[Step, ...]
    measures: tuple[ReleaseMeasure, ...]
    line: str
    before: Release | None
    preview_url: str
    may_approve: bool
    may_publish: bool
    may_discard: bool
    may_withdraw: bool
    own_approval: bool


def release_page(viewer: Viewer, public_id: UUID) -> ReleasePage:
    release = _with_people(viewer, public_id)
    open_states = {ReleaseState.COMPUTING, ReleaseState.DRAFT, ReleaseState.APPROVED}
    approved = release.state == ReleaseState.APPROVED
    own = release.approved_by_id == viewer.user_id
    before = release_before(release)
    return ReleasePage(
        release=release,
        steps=release_steps(release),
        measures=tuple(_release_measures(viewer, release, before)) if has_numbers(release) else (),
        line=release_line(release),
        before=before,
        preview_url=_preview_url(viewer, release),
        may_approve=release.state == ReleaseState.DRAFT and viewer.can(Permission.RELEASE_APPROVE),
        may_publish=approved and not own and viewer.can(Permission.RELEASE_PUBLISH),
        may_discard=release.state in open_states and viewer.can(Permission.RELEASE_BUILD),
        may_withdraw=release.state == ReleaseState.RELEASED and viewer.can(Permission.RELEASE_PUBLISH),
        own_approval=approved and own and viewer.can(Permission.RELEASE_PUBLISH),
    )


class _Readings(NamedTuple):
    """How many hospitals read how in one measure of a release, and how many otherwise than in the one before."""

    better: int = 0
    worse: int = 0
    too_few: int = 0
    changed: int = 0


# A row for each measure: hospitals and measures are thousands of pairs, which the database counts where they are.
READINGS = """
SELECT version, count(*) FILTER (WHERE now = %(better)s), count(*) FILTER (WHERE now = %(worse)s),
  count(*) FILTER (WHERE now = %(too_few)s), count(*) FILTER (WHERE before <> now)
FROM (
  SELECT max(s.measure_version_id) FILTER (WHERE s.release_id = %(release)s) AS version,
    max(s.reading) FILTER (WHERE s.release_id = %(release)s) AS now,
    max(s.reading) FILTER (WHERE s.release_id = %(earlier)s) AS before
  FROM feedback_siteresult AS s
  JOIN measures_measureversion AS v ON v.id = s.measure_version_id
  WHERE s.collaborative_id = %(collaborative)s AND s.release_id IN (%(release)s, %(earlier)s)
  GROUP BY v.measure_id, s.participation_id
) AS readings
WHERE version IS NOT NULL
GROUP BY version
"""


def _readings(release: Release, before: Release | None) -> dict[int, _Readings]:
    """By measure version."""
    asked: dict[str, str | int] = {
        "collaborative": release.collaborative_id,
        "release": release.pk,
        "earlier": before.pk if before else 0,
        **{each.name.lower(): each.value for each in (Reading.BETTER, Reading.WORSE, Reading.TOO_FEW)},
    }
    with connection.cursor() as cursor:
        cursor.execute(READINGS, asked)
        return {version: _Readings(*counts) for version, *counts in cursor.fetchall()}


def _first_hospital() -> Subquery:
    """Of those with a result in the release, by name."""
    results = SiteResult.objects.filter(release=OuterRef(OuterRef("pk")), participation=OuterRef("pk"))
    there = Participation.objects.filter(Exists(results), collaborative=OuterRef("collaborative"))
    return Subquery(there.order_by("site__name", "pk").values("public_id")[:1])


def _preview_url(viewer: Viewer, release: Release) -> str:
    """The page that shows the release as its first hospital will see it; others are a click away there."""
    first: UUID | None = release.first_hospital  # type: ignore[attr-defined]  # annotated above
    if first is None or not viewer.can(Permission.UNBLINDED_VIEW) or not has_numbers(release):
        return ""
    return reverse("feedback:release-preview", args=[viewer.collaborative_slug, release.public_id, first])


def _release_measures(viewer: Viewer, release: Release, before: Release | None) -> Iterator[ReleaseMeasure]:
    statements, readings = centre_statements(viewer, release), _readings(release, before)
    place = viewer.collaborative_slug, release.public_id
    address, model_address = Addresses("feedback:release-measure", *place), Addresses("feedback:model-detail", *place)
    for result in _RESULTS.read(release=release.pk):
        version, spec = result.measure_version, result.measure_version.definition
        yield ReleaseMeasure(
            spec=spec,
            version=version.number,
            result=result,
            c_statistic="" if result.c_statistic is None else f"{result.c_statistic:.3f}",
            compared=result.benchmark is not None,
            **readings.get(version.pk, _Readings())._asdict(),
            statement=statement_of(statements, version.pk),
            url=address(spec.slug),
            model_url=model_address(spec.slug),
        )


def _results() -> "QuerySet[Any, Any]":
    of_release = {"release_id": Given("release", BigIntegerField())}
    fits = ModelFit.objects.filter(**of_release, measure_version=OuterRef("measure_version"))
    found = MeasureResult.objects.filter(**of_release).defer("funnel", "trend", "values")
    found = found.select_related("measure_version__measure").annotate(c_statistic=Subquery(fits.values("c_statistic")))
    return found.order_by("measure_version__measure__position", "pk")


_RESULTS: Kept[Any] = Kept(_results)


def release_steps(release: Release) -> tuple[Step, ...]:
    """The rail of a release: closed, computed, approved, scheduled, released; each with who and when."""
    state = ReleaseState(release.state)
    failed = bool(release.problem)
    computed = release.snapshot_id is not None and has_numbers(release)
    cases = f"{release.snapshot.cases:,} cases" if release.snapshot else ""
    after = state in {*SEEN, ReleaseState.RELEASING, ReleaseState.WITHDRAWN}
    steps = [
        Step("Data closed", "done", _who(release.created_by, release.created_at)),
        Step("Snapshot and results", _computing(failed=failed, computed=computed), cases),
        Step(
            "Checked and approved",
            _step(done=release.approved_at is not None, now=state is ReleaseState.DRAFT),
            _who(release.approved_by, release.approved_at),
        ),
        Step(
            "Scheduled",
            _step(done=after or state is ReleaseState.SCHEDULED, now=state is ReleaseState.APPROVED),
            _who(release.scheduled_by, release.scheduled_at) or ("at once" if after else ""),
        ),
        Step(
            "Released to members",
            _step(done=after and state is not ReleaseState.RELEASING, now=state is ReleaseState.RELEASING),
            _who(release.released_by, release.released_at),
        ),
    ]
    if state is ReleaseState.WITHDRAWN:
        steps.append(Step("Withdrawn", "problem", _who(release.withdrawn_by, release.withdrawn_at)))
    if state is ReleaseState.SUPERSEDED:
        steps.append(Step("Superseded", "done", "a later one is in force"))
    return tuple(steps)


def _computing(*, failed: bool, computed: bool) -> StepState:
    return "problem" if failed else "done" if computed else "now"


def _step(*, done: bool, now: bool) -> StepState:
    return "done" if done else "now" if now else "waiting"


def _who(person: User | None, moment: datetime | None) -> str:
    """Helen Kessler, 3 Nov 2026; a worker has no name."""
    parts = [person.full_name] if person else []
    return ", ".join([*parts, f"{moment:%-d %b %Y}"]) if moment else ""


def peer_distributions(release: Release) -> dict[int, PeerDistribution]:
    """By measure version."""
    return {row.measure_version_id: row for row in PeerDistribution.objects.filter(release=release, stratum="all")}
