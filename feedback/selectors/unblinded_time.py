"""One hospital by name over time, as a release kept it: for the coordinating centre's audited page."""

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404
from django.urls import reverse

from collaboratives.selectors.places import Place
from feedback.charts import Drawing
from feedback.models import Release, SiteResult
from feedback.selectors.measure_page import context_of
from feedback.selectors.number_facts import number_facts
from feedback.selectors.over_time import CumulativePart, cumulative_of, reading_of, trend_of
from feedback.selectors.reading_aids import trend_aid
from feedback.selectors.releases import counted_release, release_line
from feedback.selectors.results import finding_of
from feedback.selectors.statements import Statement, quality_url, statement_of, statements_of
from measures.definition.spec import MeasureSpec
from privacy.viewer import Viewer
from ui.parts import Crumb, Fact


@dataclass(frozen=True, kw_only=True)
class HospitalPage:
    spec: MeasureSpec
    release: Release
    hospital: int
    name: str
    line: str
    context: str
    crumbs: tuple[Crumb, ...]
    facts: tuple[Fact, ...]
    statement: Statement
    trend: Drawing | None
    trend_aid: str
    reading: tuple[str, ...]
    cumulative: CumulativePart | None


def hospital_page(viewer: Viewer, place: Place, public_id: UUID, slug: str, hospital_id: UUID) -> HospitalPage:
    """What the release kept of one hospital and measure over time, with its numbers."""
    release = counted_release(viewer, public_id)
    result = _result(release, slug, hospital_id)
    version, hospital = result.measure_version, result.participation
    spec, name = version.definition, hospital.site.name
    statements = statements_of(release, hospital.pk, url=quality_url(viewer, hospital.public_id))
    return HospitalPage(
        spec=spec,
        release=release,
        hospital=hospital.pk,
        name=name,
        line=release_line(release),
        context=context_of(spec, version.number),
        crumbs=_crumbs(viewer, release, spec),
        facts=tuple(number_facts(result, finding_of(result, None, place))),
        statement=statement_of(statements, version.pk),
        trend=trend_of(result, spec, hospital=name),
        trend_aid=trend_aid(result, name),
        reading=reading_of(result.control),
        cumulative=cumulative_of(result, spec),
    )


def _result(release: Release, slug: str, hospital_id: UUID) -> SiteResult:
    found = SiteResult.objects.filter(
        release=release, measure_version__measure__slug=slug, participation__public_id=hospital_id
    )
    result = found.select_related("measure_version__measure", "participation__site").first()
    if result is None:
        raise Http404
    result.release = release
    return result


def _crumbs(viewer: Viewer, release: Release, spec: MeasureSpec) -> tuple[Crumb, ...]:
    routes = [viewer.collaborative_slug, release.public_id]
    return (
        Crumb("Releases", reverse("feedback:release-list", args=routes[:1])),
        Crumb(release.name, reverse("feedback:release-detail", args=routes)),
        Crumb(spec.short_name, reverse("feedback:release-measure", args=[*routes, spec.slug])),
    )
