"""A release as one hospital will see it, for those who decide on it; hospitals are named here."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import UUID

from django.http import Http404
from django.urls import reverse

from collaboratives.models import Participation
from collaboratives.selectors.places import Place
from feedback.charts import Drawing
from feedback.models import MeasureResult, PeerDistribution, Release, SiteResult
from feedback.models.results import KEPT_OVER_TIME
from feedback.selectors.disclosing import UNCHANGED, peers_shown
from feedback.selectors.membership import few_changed_since
from feedback.selectors.releases import counted_release, release_line
from feedback.selectors.results import dots_of, finding_of
from feedback.selectors.statements import Statement, statement_of, statements_of
from feedback.selectors.wording import Span, reading_kind, reading_text, sentence
from measures.selectors.definitions import case_noun_of
from privacy.viewer import Viewer
from ui.parts import Crumb, Kind


@dataclass(frozen=True, kw_only=True)
class MeasurePreview:
    name: str
    spans: tuple[Span, ...]
    reading: str
    reading_kind: Kind
    dots: Drawing | None
    statement: Statement


@dataclass(frozen=True, kw_only=True)
class PreviewPage:
    release: Release
    hospital: Participation
    hospitals: tuple[Participation, ...]
    line: str
    crumbs: tuple[Crumb, ...]
    measures: tuple[MeasurePreview, ...]


def preview_page(viewer: Viewer, place: Place, public_id: UUID, hospital_id: UUID) -> PreviewPage:
    """Every measure of a release in the words and with the peers that this hospital will see."""
    release = counted_release(viewer, public_id)
    hospitals = previewed_hospitals(release)
    hospital = next((each for each in hospitals if each.public_id == hospital_id), None)
    if hospital is None:
        raise Http404
    return PreviewPage(
        release=release,
        hospital=hospital,
        hospitals=hospitals,
        line=release_line(release),
        crumbs=_crumbs(viewer, release),
        measures=tuple(_measures(release, hospital, place)),
    )


def previewed_hospitals(release: Release) -> tuple[Participation, ...]:
    """Those with a result in the release, in the order of their names."""
    keys = SiteResult.objects.filter(release=release).values("participation")
    return tuple(Participation.objects.filter(pk__in=keys).select_related("site").order_by("site__name", "pk"))


def _crumbs(viewer: Viewer, release: Release) -> tuple[Crumb, ...]:
    routes = [viewer.collaborative_slug, release.public_id]
    return (
        Crumb("Releases", reverse("feedback:release-list", args=routes[:1])),
        Crumb(release.name, reverse("feedback:release-detail", args=routes)),
    )


def _measures(release: Release, hospital: Participation, place: Place) -> Iterator[MeasurePreview]:
    found = SiteResult.objects.filter(release=release).defer(*KEPT_OVER_TIME)
    found = found.select_related("measure_version__measure", "measure_version__form")
    sites: dict[int, list[SiteResult]] = {}
    for site in found:
        sites.setdefault(site.measure_version_id, []).append(site)
    pooled = MeasureResult.objects.filter(release=release).select_related("measure_version__measure")
    there = replace(place, site_name=hospital.site.name)
    statements, changed = statements_of(release, hospital.pk), few_changed_since(release)
    for result in pooled.order_by("measure_version__measure__position", "pk"):
        all_sites = sites.get(result.measure_version_id, [])
        own = next((site for site in all_sites if site.participation_id == hospital.pk), None)
        if own is not None:
            few = changed.get(result.measure_version.measure_id, UNCHANGED)
            peers = peers_shown(result, all_sites, place.collaborative.disclosure_rules, few)
            yield _measure(own, peers, there, statement_of(statements, own.measure_version_id))


def _measure(own: SiteResult, peers: PeerDistribution, place: Place, statement: Statement) -> MeasurePreview:
    spec = own.measure_version.definition
    finding = finding_of(own, peers, place, case_noun=case_noun_of(own.measure_version))
    return MeasurePreview(
        name=spec.name,
        spans=sentence(finding),
        reading=reading_text(finding),
        reading_kind=reading_kind(finding),
        dots=dots_of(own, finding, peers, key=f"compare-{spec.slug.replace('_', '-')}"),
        statement=statement,
    )
