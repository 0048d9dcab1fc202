"""Targets that hospitals set themselves: the own hospital's with their history; for the centre the latest of each."""

from dataclasses import dataclass
from datetime import date, datetime

from django.http import Http404

from cases.selectors.clock import in_zone, today_of
from collaboratives.selectors.places import Place
from feedback.models import SiteResult
from feedback.reviews.models import LocalTarget
from feedback.selectors.releases import latest_release
from feedback.selectors.wording import percent
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
    now: str = ""


@dataclass(frozen=True, kw_only=True)
class TargetPage:
    version: MeasureVersion
    lines: tuple[TargetLine, ...]
    today: date
    now: str
    has_target: bool
    at_centre: bool
    may_set: bool


def target_page(viewer: Viewer, place: Place, slug: str) -> TargetPage:
    version = _published(viewer, slug)
    at_centre = viewer.capacity is Capacity.CENTRE
    rates = _rates(viewer, version)
    own = {} if at_centre else {"participation_id": viewer.participation_id or 0}
    found = LocalTarget.objects.filter(collaborative_id=viewer.collaborative_id, measure=version.measure_id, **own)
    found = found.select_related("participation__site", "set_by")
    if at_centre:
        found = found.order_by("participation_id", "-set_at", "-pk").distinct("participation_id")
    else:
        found = found.order_by("-set_at", "-pk")
    lines = [_line(each, place, rates.get(each.participation_id)) for each in found]
    return TargetPage(
        version=version,
        lines=tuple(sorted(lines, key=lambda line: line.hospital) if at_centre else lines),
        today=today_of(place.collaborative),
        now=percent(rates.get(viewer.participation_id or 0)),
        has_target=bool(lines) and not at_centre and bool(lines[0].value),
        at_centre=at_centre,
        may_set=viewer.can(Permission.TARGET_SET),
    )


def _rates(viewer: Viewer, version: MeasureVersion) -> dict[int, float | None]:
    """What was reached by the release in force, by hospital: a hospital's viewer gets no other one's."""
    results = SiteResult.objects.filter(
        release=latest_release(viewer),
        measure_version__measure=version.measure_id,
        collaborative_id=viewer.collaborative_id,
    )
    return dict(results.values_list("participation_id", "rate"))


def _line(target: LocalTarget, place: Place, rate: float | None) -> TargetLine:
    return TargetLine(
        hospital=target.participation.site.name,
        value="" if target.value is None else percent(target.value),
        by=target.by,
        reason=target.reason,
        who=target.set_by.full_name,
        at=in_zone(target.set_at, place.collaborative),
        now=percent(rate),
    )


def _published(viewer: Viewer, slug: str) -> MeasureVersion:
    found = MeasureVersion.objects.filter(PUBLISHED, collaborative_id=viewer.collaborative_id, measure__slug=slug)
    version = found.select_related("measure").first()
    if version is None:
        raise Http404
    return version
