"""What the reports of one hospital say: the values of its pages, put together by the selectors that make the pages.

Everything is frozen with the release; nothing that is counted live stands in a file.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from collaboratives.models import Collaborative, Participation
from collaboratives.selectors.places import Place
from feedback.charts import Drawing
from feedback.models import PeerDistribution, Release, SiteResult
from feedback.selectors.comparing import ALL, Comparing, ComparisonPart, comparison_part
from feedback.selectors.definition_page import DefinitionPart, definition_part
from feedback.selectors.disclosing_parts import group_name
from feedback.selectors.home import Priority, measure_rows, priorities
from feedback.selectors.measure_page import FlowStep, context_of, flow_of
from feedback.selectors.number_facts import number_facts
from feedback.selectors.over_time import CumulativePart, cumulative_of, trend_of
from feedback.selectors.releases import period
from feedback.selectors.results import dots_of, finding_of, interval_of, own_hospital
from feedback.selectors.statements import Statement, statement_of, statements_of
from feedback.selectors.wording import Finding, gap_text, plain, reading_kind, reading_text, sentence
from measures.definition.spec import FormSpec, MeasureSpec
from measures.models import MeasureVersion
from measures.selectors.definitions import case_noun_of, form_spec_of
from privacy.roles import Capacity
from privacy.viewer import Viewer
from ui.parts import Fact, Kind


@dataclass(frozen=True, kw_only=True)
class MeasureContent:
    """One measure of one hospital. `value` to `gap` are the texts of the table; the rest is the page."""

    spec: MeasureSpec
    version: int
    context: str
    result: SiteResult
    finding: Finding
    sentence: str
    reading: str
    reading_kind: Kind
    value: str
    interval: str
    collaborative: str
    benchmark: str
    gap: str
    numbers: tuple[Fact, ...]
    dots: Drawing | None
    trend: Drawing | None
    cumulative: CumulativePart | None
    comparison: ComparisonPart | None
    similar: ComparisonPart | None
    flow: tuple[FlowStep, ...]
    definition: DefinitionPart
    statement: Statement


@dataclass(frozen=True, kw_only=True)
class HospitalContent:
    programme: str
    footer: str
    aim: str
    hospital: str
    release: str
    period: str
    closed: str
    released: str
    dated: int
    priorities: tuple[Priority, ...]
    measures: tuple[MeasureContent, ...]


def place_of(hospital: Participation) -> Place:
    """Where the people of this hospital look from. The hospital comes with its site and collaborative."""
    return Place(
        collaborative=hospital.collaborative,
        capacity=Capacity.HOSPITAL,
        roles=frozenset(),
        participation_id=hospital.pk,
        participation_public_id=hospital.public_id,
        site_name=hospital.site.name,
    )


def programme_place(collaborative: Collaborative) -> Place:
    """The bench of observers: nobody's hospital."""
    return Place(collaborative=collaborative, capacity=Capacity.OBSERVER, roles=frozenset())


def hospital_content(release: Release, place: Place) -> HospitalContent:
    """Everything of one hospital in a release; whoever asks sees what the wall lets them see of it."""
    viewer = place.viewer(0, "")
    collaborative, moment = place.collaborative, release.released_at or release.created_at
    return HospitalContent(
        programme=collaborative.name,
        footer=collaborative.confidentiality_footer or collaborative.name,
        aim=collaborative.aim,
        hospital=place.site_name,
        release=release.name,
        period=period(release.window_from, release.window_to),
        closed=f"{release.created_at:%-d %B %Y}",
        released=f"{moment:%-d %B %Y}",
        dated=int(moment.timestamp()),
        priorities=priorities(measure_rows(viewer, place, release)),
        measures=measure_contents(viewer, release, place),
    )


def own_hospital_of(viewer: Viewer) -> Participation:
    """The viewer's own, 404 for whoever has none."""
    return get_object_or_404(Participation.objects.select_related("site"), pk=viewer.participation_id or 0)


def measure_contents(viewer: Viewer, release: Release, place: Place, *, slug: str = "") -> tuple[MeasureContent, ...]:
    """In the order of the pages; with `slug`, of this measure only."""
    peers, statements = _peers(release), statements_of(release, viewer.participation_id or 0)
    forms: dict[int | None, FormSpec | None] = {}
    found = []
    for result in _results(viewer, release, slug):
        version = result.measure_version
        if version.form_id not in forms:
            forms[version.form_id] = form_spec_of(version)
        statement = statement_of(statements, version.pk)
        found.append(content_of(result, peers.get(version.pk, {}), place, forms[version.form_id], statement))
    return tuple(found)


def _peers(release: Release) -> dict[int, dict[str, PeerDistribution]]:
    """By measure version and part: all cases, strata, groups of similar hospitals."""
    found: dict[int, dict[str, PeerDistribution]] = {}
    for row in PeerDistribution.objects.filter(release=release):
        found.setdefault(row.measure_version_id, {})[row.stratum] = row
    return found


def _results(viewer: Viewer, release: Release, slug: str) -> QuerySet[SiteResult]:
    found = SiteResult.objects.filter(release=release, participation_id=own_hospital(viewer))
    found = found.filter(measure_version__measure__slug=slug) if slug else found
    return found.select_related(
        "measure_version__measure", "measure_version__form", "measure_version__risk_model_version"
    ).order_by("measure_version__measure__position", "pk")


def content_of(
    result: SiteResult,
    parts: Mapping[str, PeerDistribution],
    place: Place,
    form: FormSpec | None,
    statement: Statement,
) -> MeasureContent:
    """`parts` are what the release tells of peers: of all cases, and of each stratum and group."""
    version: MeasureVersion = result.measure_version
    spec, peers = version.definition, parts.get(ALL)
    finding = finding_of(result, peers, place, case_noun=case_noun_of(version))
    comparison, similar = _compared(result, finding, parts, place, form)
    return MeasureContent(
        spec=spec,
        version=version.number,
        context=context_of(spec, version.number),
        result=result,
        finding=finding,
        sentence=plain(sentence(finding)),
        reading=reading_text(finding),
        reading_kind=reading_kind(finding),
        value=finding.write(finding.value),
        interval=interval_text(result, finding),
        collaborative=finding.tell(finding.collaborative),
        benchmark=finding.tell(finding.benchmark),
        gap=gap_text(finding),
        numbers=tuple(number_facts(result, finding)),
        dots=dots_of(result, finding, peers, key=f"dots-{spec.slug.replace('_', '-')}"),
        trend=trend_of(result, spec),
        cumulative=cumulative_of(result, spec),
        comparison=comparison,
        similar=similar,
        flow=flow_of(result),
        definition=definition_part(version, form, ""),
        statement=statement,
    )


def _compared(
    result: SiteResult,
    finding: Finding,
    parts: Mapping[str, PeerDistribution],
    place: Place,
    form: FormSpec | None,
) -> tuple[ComparisonPart | None, ComparisonPart | None]:
    """The strata beside their peers, and the own group of similar hospitals."""
    if form is None:
        return None, None
    rules = place.collaborative.disclosure_rules
    given = Comparing(result=result, finding=finding, peers=parts, form=form, rules=rules, address="", release="")
    similar = comparison_part(given, group_name(result.comparison_group)) if result.comparison_group else None
    return comparison_part(given, ALL), similar if similar and similar.is_group else None


def interval_text(result: SiteResult, finding: Finding) -> str:
    """Of the value that is compared, which is the risk-adjusted one where there is a model."""
    low, high = interval_of(result)
    return finding.write_range(low, high)
