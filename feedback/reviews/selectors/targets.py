"""Targets that hospitals set themselves: the own hospital's with their history; for the centre the latest of each."""

from dataclasses import dataclass
from datetime import date, datetime

from django.http import Http404

from cases.selectors.clock import in_zone
from collaboratives.selectors.places import Place
from feedback.charts import ValueFormat
from feedback.models import SiteResult
from feedback.reviews.models import LocalTarget
from feedback.selectors.releases import latest_release, release_line
from feedback.selectors.results import finding_of
from feedback.selectors.statements import Statement, own_statements, statement_of
from feedback.selectors.units import form_of
from measures.models import MeasureVersion
from measures.selectors.definitions import PUBLISHED
from privacy.roles import Capacity, Permission
from privacy.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class TargetLine:
    hospital: str
    value: str
    by: date | None
    reason: str
    who: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class TargetPage:
    version: MeasureVersion
    written: ValueFormat
    lines: tuple[TargetLine, ...]
    now: str
    line: str
    statement: Statement | None
    has_target: bool
    at_centre: bool
    may_set: bool


def target_page(viewer: Viewer, place: Place, slug: str) -> TargetPage:
    version = _published(viewer, slug)
    at_centre = viewer.capacity is Capacity.CENTRE
    result = None if at_centre else _own_result(viewer, version)
    own = {} if at_centre else {"participation_id": viewer.participation_id or 0}
    found = LocalTarget.objects.filter(collaborative_id=viewer.collaborative_id, measure=version.measure_id, **own)
    found = found.select_related("participation__site", "set_by")
    if at_centre:
        found = found.order_by("participation_id", "-set_at", "-pk").distinct("participation_id")
    else:
        found = found.order_by("-set_at", "-pk")
    written = form_of(version.definition)
    lines = [_line(each, place, written) for each in found]
    return TargetPage(
        version=version,
        written=written,
        lines=tuple(sorted(lines, key=lambda line: line.hospital) if at_centre else lines),
        now=_now(result, version, place) if result else "",
        line=release_line(result.release) if result else "",
        statement=statement_of(own_statements(viewer, result.release), result.measure_version_id) if result else None,
        has_target=bool(lines) and not at_centre and bool(lines[0].value),
        at_centre=at_centre,
        may_set=viewer.can(Permission.TARGET_SET),
    )


def _own_result(viewer: Viewer, version: MeasureVersion) -> SiteResult | None:
    """What the own hospital reached by the release in force."""
    results = SiteResult.objects.filter(
        release=latest_release(viewer),
        measure_version__measure=version.measure_id,
        participation_id=viewer.participation_id or 0,
    )
    return results.select_related("release").first()


def _now(result: SiteResult, version: MeasureVersion, place: Place) -> str:
    """As the sentence of the measure's page has it."""
    result.measure_version = version
    finding = finding_of(result, None, place)
    return f"{finding.write(finding.rate)} ({finding.counts})"


def _line(target: LocalTarget, place: Place, written: ValueFormat) -> TargetLine:
    return TargetLine(
        hospital=target.participation.site.name,
        value="" if target.value is None else written.write(target.value),
        by=target.by,
        reason=target.reason,
        who=target.set_by.full_name,
        at=in_zone(target.set_at, place.collaborative),
    )


def _published(viewer: Viewer, slug: str) -> MeasureVersion:
    found = MeasureVersion.objects.filter(PUBLISHED, collaborative_id=viewer.collaborative_id, measure__slug=slug)
    version = found.select_related("measure").first()
    if version is None:
        raise Http404
    return version
