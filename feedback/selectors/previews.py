"""A release as one hospital will see it, for those who decide on it; hospitals are named here."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.db.models.fields.json import KT
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
from measures.enums import VersionStatus
from measures.models import FormVersion
from measures.selectors.definitions import noun_in
from privacy.viewer import Viewer
from ui.parts import Crumb, Kind, Pages


PER_PAGE = 5  # each with a chart of every hospital
NOT_SHOWN = {*KEPT_OVER_TIME, "trend", "strata", "flow", "missing"}


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
    pages: Pages


def preview_page(viewer: Viewer, place: Place, public_id: UUID, hospital_id: UUID, page: int = 1) -> PreviewPage:
    """Every measure of a release in the words and with the peers that this hospital will see, some to a page."""
    release = counted_release(viewer, public_id)
    hospitals = previewed_hospitals(release)
    hospital = next((each for each in hospitals if each.public_id == hospital_id), None)
    if hospital is None:
        raise Http404
    pooled, start = _previewed_measures(release, hospital), (page - 1) * PER_PAGE
    return PreviewPage(
        release=release,
        hospital=hospital,
        hospitals=hospitals,
        line=release_line(release),
        crumbs=_crumbs(viewer, release),
        measures=tuple(_measures(release, hospital, place, pooled[start : start + PER_PAGE])),
        pages=Pages(number=page, total=len(pooled), per_page=PER_PAGE),
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


def _previewed_measures(release: Release, hospital: Participation) -> list[Any]:
    """All hospitals together in every measure in which this one has a result, with what its cases are called."""
    own = SiteResult.objects.filter(release=release, participation=hospital).values("measure_version")
    forms = FormVersion.objects.filter(form=OuterRef("measure_version__form"), status=VersionStatus.PUBLISHED)
    noun = Subquery(forms.order_by("-number").values_list(KT("spec__case_noun_plural"))[:1])
    found = MeasureResult.objects.filter(release=release, measure_version__in=own).annotate(noun=noun)
    found = found.defer("funnel", "trend").select_related("measure_version__measure")
    return list(found.order_by("measure_version__measure__position", "pk"))


def _measures(
    release: Release, hospital: Participation, place: Place, pooled: Sequence[Any]
) -> Iterator[MeasurePreview]:
    sites = _sites(release, [result.measure_version_id for result in pooled])
    there = replace(place, site_name=hospital.site.name)
    statements = statements_of(release, hospital.pk)
    changed = few_changed_since(release, [result.measure_version.measure_id for result in pooled])
    for result in pooled:
        version = result.measure_version
        all_sites = sites[version.pk]
        own = next(SiteResult(**vars(site)) for site in all_sites if site.participation_id == hospital.pk)
        own.measure_version = version
        few = changed.get(version.measure_id, UNCHANGED)
        peers = peers_shown(result, all_sites, place.collaborative.disclosure_rules, few)
        noun = result.noun or noun_in(version.definition, None)
        yield _measure(own, peers, there, statement_of(statements, version.pk), noun)


def _sites(release: Release, versions: Collection[int]) -> Mapping[int, list[Any]]:
    """Every hospital's result by measure version, without what is not shown: rows, for objects of hundreds take longer."""
    fields = SiteResult._meta.concrete_fields  # noqa: SLF001 -- Django documents it
    shown = [each.attname for each in fields if each.name not in NOT_SHOWN]
    sites: dict[int, list[Any]] = {version: [] for version in versions}
    for row in SiteResult.objects.filter(release=release, measure_version__in=versions).values(*shown):
        sites[row["measure_version_id"]].append(SimpleNamespace(**row))
    return sites


def _measure(own: SiteResult, peers: PeerDistribution, place: Place, statement: Statement, noun: str) -> MeasurePreview:
    spec = own.measure_version.definition
    finding = finding_of(own, peers, place, case_noun=noun)
    return MeasurePreview(
        name=spec.name,
        spans=sentence(finding),
        reading=reading_text(finding),
        reading_kind=reading_kind(finding),
        dots=dots_of(own, finding, peers, key=f"compare-{spec.slug.replace('_', '-')}"),
        statement=statement,
    )
