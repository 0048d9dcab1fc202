"""A release as one hospital will see it, for those who decide on it; hospitals are named here."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery, Window
from django.db.models.fields.json import KT
from django.http import Http404
from django.urls import reverse

from collaboratives.models import Participation
from collaboratives.selectors.kept import Kept
from collaboratives.selectors.places import Place
from feedback.charts import Drawing
from feedback.models import MeasureResult, PeerDistribution, Release, SiteResult
from feedback.selectors.disclosing import UNCHANGED, peers_shown
from feedback.selectors.membership import few_changed_since
from feedback.selectors.releases import counted_release, release_line
from feedback.selectors.results import dots_of, finding_of
from feedback.selectors.statements import RELEASE, Statement, statement_of, statements_of
from feedback.selectors.wording import Span, reading_kind, reading_text, sentence
from measures.enums import VersionStatus
from measures.models import FormVersion
from measures.selectors.definitions import noun_in
from privacy.viewer import Viewer
from ui.addresses import Addresses
from ui.parts import Crumb, Kind, Pages


PER_PAGE = 4  # each with a chart of every hospital
# What a hospital's own result and its part in the peers' picture are made of.
COLUMNS = (
    *("participation_id", "measure_version_id", "denominator", "observed", "reading", "rate", "rate_low", "rate_high"),
    *("expected", "adjusted_rate", "adjusted_low", "adjusted_high", "shrunken_rate", "gap", "values"),
)


@dataclass(frozen=True, kw_only=True)
class MeasurePreview:
    name: str
    spans: tuple[Span, ...]
    reading: str
    reading_kind: Kind
    dots: Drawing | None
    statement: Statement


@dataclass(frozen=True, kw_only=True)
class PreviewedHospital:
    pk: int
    public_id: UUID
    name: str
    url: str


@dataclass(frozen=True, kw_only=True)
class PreviewPage:
    release: Release
    hospital: PreviewedHospital
    hospitals: tuple[PreviewedHospital, ...]
    line: str
    crumbs: tuple[Crumb, ...]
    measures: tuple[MeasurePreview, ...]
    pages: Pages


def preview_page(viewer: Viewer, place: Place, public_id: UUID, hospital_id: UUID, page: int = 1) -> PreviewPage:
    """Every measure of a release in the words and with the peers that this hospital will see, some to a page."""
    release = counted_release(viewer, public_id)
    hospitals = previewed_hospitals(viewer, release)
    hospital = next((each for each in hospitals if each.public_id == hospital_id), None)
    if hospital is None:
        raise Http404
    pooled, total = _previewed_measures(release, hospital, page)
    return PreviewPage(
        release=release,
        hospital=hospital,
        hospitals=hospitals,
        line=release_line(release),
        crumbs=_crumbs(viewer, release),
        measures=tuple(_measures(release, hospital, place, pooled)),
        pages=Pages(number=page, total=total, per_page=PER_PAGE),
    )


def previewed_hospitals(viewer: Viewer, release: Release) -> tuple[PreviewedHospital, ...]:
    """Those with a result in the release, in the order of their names."""
    address = Addresses("feedback:release-preview", viewer.collaborative_slug, release.public_id)
    return tuple(
        PreviewedHospital(pk=key, public_id=public_id, name=name, url=address(public_id))
        for key, public_id, name in _HOSPITALS.read(release=release.pk)
    )


def _hospitals() -> "QuerySet[Participation, tuple[int, UUID, str]]":
    keys = SiteResult.objects.filter(release_id=RELEASE).values("participation")
    found = Participation.objects.filter(pk__in=keys).order_by("site__name", "pk")
    return found.values_list("pk", "public_id", "site__name")


_HOSPITALS: Kept[tuple[int, UUID, str]] = Kept(_hospitals)


def _crumbs(viewer: Viewer, release: Release) -> tuple[Crumb, ...]:
    routes = [viewer.collaborative_slug, release.public_id]
    return (
        Crumb("Releases", reverse("feedback:release-list", args=routes[:1])),
        Crumb(release.name, reverse("feedback:release-detail", args=routes)),
    )


def _previewed_measures(release: Release, hospital: PreviewedHospital, page: int) -> tuple[list[Any], int]:
    """All hospitals together in the measures of one page, and in how many this hospital has a result.

    With what the cases of each are called.
    """
    own = SiteResult.objects.filter(release=release, participation=hospital.pk).values("measure_version")
    forms = FormVersion.objects.filter(form=OuterRef("measure_version__form"), status=VersionStatus.PUBLISHED)
    noun = Subquery(forms.order_by("-number").values_list(KT("spec__case_noun_plural"))[:1])
    found = MeasureResult.objects.filter(release=release, measure_version__in=own)
    found = found.annotate(noun=noun, total=Window(Count("pk"))).defer("funnel", "trend")
    found = found.select_related("measure_version__measure").order_by("measure_version__measure__position", "pk")
    shown: list[Any] = list(found[(page - 1) * PER_PAGE : page * PER_PAGE])
    return shown, shown[0].total if shown else 0


def _measures(
    release: Release, hospital: PreviewedHospital, place: Place, pooled: Sequence[Any]
) -> Iterator[MeasurePreview]:
    sites = _sites(release, [result.measure_version_id for result in pooled])
    there = replace(place, site_name=hospital.name)
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
    """Every hospital's result by measure version: plain rows, for objects of hundreds take longer."""
    sites: dict[int, list[Any]] = {version: [] for version in versions}
    found = SiteResult.objects.filter(release=release, measure_version__in=versions)
    for row in found.values_list(*COLUMNS):
        site = SimpleNamespace(**dict(zip(COLUMNS, row, strict=True)))
        sites[site.measure_version_id].append(site)
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
