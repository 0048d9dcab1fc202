"""The page of one measure as its viewer may see it: comparison, own cases, definition."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse

from collaboratives.selectors.places import Place
from feedback.charts import Drawing
from feedback.models import PeerDistribution, Release, SiteResult
from feedback.selectors.aggregate_page import SuppliedPart, supplied_facts, supplied_part
from feedback.selectors.baselines import BaselinePart, baseline_part
from feedback.selectors.case_list import PER_PAGE, CasesPart, cases_part
from feedback.selectors.comparing import ALL, Comparing, ComparisonPart, comparison_part
from feedback.selectors.definition_page import DefinitionPart, definition_part
from feedback.selectors.number_facts import number_facts
from feedback.selectors.over_time import CumulativePart, cumulative_of, reading_of, trend_of
from feedback.selectors.peers import peers_by_stratum
from feedback.selectors.reading_aids import dots_aid, trend_aid
from feedback.selectors.releases import chosen_release, period, release_line
from feedback.selectors.results import LiveCounts, dots_of, finding_of, live_counts
from feedback.selectors.since import own_results, sentences_since
from feedback.selectors.statements import Statement, live_statement, own_statements, statement_of
from feedback.selectors.trend_notes import NoteLine, note_lines
from feedback.selectors.wording import Finding, Span, percent, reading_kind, reading_text, sentence
from measures.definition.spec import FormSpec, MeasureKind, MeasureSpec
from measures.models import MeasureVersion
from measures.selectors.definitions import PUBLISHED, form_spec_of, noun_in
from privacy.roles import Permission
from privacy.viewer import Viewer
from ui.parts import Crumb, Fact, Kind, Tab


VIEWS = ("compare", "time", "cases", "definition")
OTHER_NAMES = {"cumulative": "time", "trend": "time"}


@dataclass(frozen=True, kw_only=True)
class Question:
    """What the address asks for; anything unknown means the default."""

    view: str = "compare"
    release: str = ""
    outcome: str = ""
    page: int = 1
    per_page: int = PER_PAGE
    group: str = ""


@dataclass(frozen=True, kw_only=True)
class FlowStep:
    label: str
    count: int
    left: int


@dataclass(frozen=True, kw_only=True)
class ComparePart:
    finding: Finding
    spans: tuple[Span, ...]
    reading: str
    reading_kind: Kind
    dots: Drawing | None
    dots_aid: str
    comparison: ComparisonPart | None
    time: "TimePart"
    numbers: tuple[Fact, ...]
    data: tuple[Fact, ...]
    flow: tuple[FlowStep, ...]
    missing: tuple[Fact, ...]
    since: tuple[str, ...]
    csv_url: str
    model_url: str


@dataclass(frozen=True, kw_only=True)
class TimePart:
    """The hospital over time: control chart with its notes, and its cases one by one."""

    trend: Drawing | None
    trend_aid: str
    reading: tuple[str, ...]
    notes: tuple[NoteLine, ...]
    cumulative: CumulativePart | None


@dataclass(frozen=True, kw_only=True)
class MeasurePage:
    spec: MeasureSpec
    version: MeasureVersion
    context: str
    crumbs: tuple[Crumb, ...]
    view: str
    tabs: tuple[Tab, ...]
    line: str = ""
    release: Release | None = None
    compare: ComparePart | None = None
    time: TimePart | None = None
    cases: CasesPart | None = None
    supplied: SuppliedPart | None = None
    definition: DefinitionPart | None = None
    live: LiveCounts | None = None
    live_rate: str = ""
    statement: Statement | None = None
    centre_url: str = ""
    may_note: bool = False
    baselines: BaselinePart | None = None

    @property
    def file_query(self) -> str:
        """What a file of this view is asked with: only what was understood of this page's own address."""
        chosen = self.compare.comparison.chosen if self.compare and self.compare.comparison else ALL
        parts = {
            "view": self.view,
            "release": self.release.public_id if self.release else "",
            "outcome": self.cases.outcome if self.cases else "",
            "group": "" if chosen == ALL else chosen,
        }
        return urlencode({name: value for name, value in parts.items() if value})

    @property
    def can_be_printed(self) -> bool:
        """Whether the view that is open has anything to put into a file."""
        shown = self.compare or self.time or self.cases or self.definition
        return bool(shown or (self.view == "cases" and self.supplied))


def measure_page(
    viewer: Viewer, place: Place, slug: str, asked: Question, *, target: float | None = None
) -> MeasurePage:
    """One measure of the latest release, or of the one asked for; `target` is the hospital's own, as a fraction."""
    release = chosen_release(viewer, asked.release)
    hospital = viewer.can(Permission.COMPARISON_VIEW) and viewer.participation_id is not None
    result, before = own_results(viewer, release, slug) if release and hospital else (None, None)
    version = result.measure_version if result else _published(viewer, slug)
    spec = version.definition
    wanted = OTHER_NAMES.get(asked.view, asked.view)
    view = wanted if hospital and wanted in VIEWS else "compare" if hospital else "definition"
    time = time_part(viewer, result, target) if result and view in {"compare", "time"} else None
    form = form_spec_of(version)
    supplied = supplied_part(viewer, result, version) if hospital and form is None else None
    live = _live(viewer, release, version) if hospital and form and view == "compare" else None
    model_url = _model_url(viewer, release, slug, spec)
    return MeasurePage(
        spec=spec,
        version=version,
        context=context_of(spec, version.number),
        crumbs=(Crumb("Measures", reverse("feedback:measure-list", args=[viewer.collaborative_slug])),),
        view=view,
        tabs=_tabs(viewer, spec, result, view, asked.release) if hospital else (),
        line=release_line(release) if release else "",
        release=release,
        compare=_compare(Comparand(viewer, place, result, form, live, before, supplied), asked, time)
        if result and time and view == "compare"
        else None,
        time=time if view == "time" else None,
        cases=cases_part(viewer, result, form, asked.outcome, (asked.page, asked.per_page))
        if result and form and view == "cases"
        else None,
        supplied=supplied,
        definition=definition_part(version, form, model_url) if view == "definition" else None,
        live=live,
        live_rate=_live_rate(spec, live),
        statement=_statement(viewer, result, supplied) if hospital and view != "definition" else None,
        centre_url=_centre_url(viewer, release, slug),
        may_note=viewer.can(Permission.TREND_NOTE),
        baselines=baseline_part(viewer, version.measure_id, result.release.created_at)
        if result and view == "time"
        else None,
    )


def _live_rate(spec: MeasureSpec, live: LiveCounts | None) -> str:
    """Months count cases; what their values come to only a release adds up."""
    return percent(live.met / live.denominator) if live and live.denominator and not spec.has_value else ""


def _statement(viewer: Viewer, result: SiteResult | None, supplied: SuppliedPart | None) -> Statement:
    """What was frozen with the number; beside live counts, what was last counted."""
    if result is None:
        return supplied.statement if supplied else live_statement(viewer)
    return statement_of(own_statements(viewer, result.release), result.measure_version_id)


def _live(viewer: Viewer, release: Release | None, version: MeasureVersion) -> LiveCounts:
    return live_counts(viewer, release.window_from if release else None).get(version.pk, LiveCounts())


def _published(viewer: Viewer, slug: str) -> MeasureVersion:
    found = MeasureVersion.objects.filter(PUBLISHED, collaborative_id=viewer.collaborative_id, measure__slug=slug)
    version = found.select_related("measure", "form").first()
    if version is None:
        raise Http404
    return version


def context_of(spec: MeasureSpec, number: int) -> str:
    """Outcome · lower is better · risk-adjusted · definition v3."""
    adjusted = " · risk-adjusted" if spec.is_adjusted else ""
    return f"{spec.domain.capitalize()} · {spec.direction} is better{adjusted} · definition v{number}"


def _tabs(viewer: Viewer, spec: MeasureSpec, result: SiteResult | None, view: str, release: str) -> tuple[Tab, ...]:
    address = reverse("feedback:measure-detail", args=[viewer.collaborative_slug, spec.slug])
    count = _tab_count(spec, result) if result else ""
    named = (
        ("compare", "Compare", ""),
        ("time", "Over time", ""),
        ("cases", "Our figures" if spec.is_aggregate else "Our cases", count),
        ("definition", "Definition and method", ""),
    )
    extra = {"release": release} if release else {}
    return tuple(
        Tab(label, f"{address}?{urlencode({'view': name, **extra})}", shown, current=name == view)
        for name, label, shown in named
    )


def _tab_count(spec: MeasureSpec, result: SiteResult) -> str:
    if spec.kind is MeasureKind.CONTINUOUS:
        return f"{result.denominator:,}"
    return f"{result.observed:,} of {result.denominator:,}"


def _model_url(viewer: Viewer, release: Release | None, slug: str, spec: MeasureSpec) -> str:
    if release is None or not spec.risk_model or not viewer.can(Permission.MODEL_VIEW):
        return ""
    return reverse("feedback:model-detail", args=[viewer.collaborative_slug, release.public_id, slug])


def _centre_url(viewer: Viewer, release: Release | None, slug: str) -> str:
    if release is None or not viewer.can(Permission.UNBLINDED_VIEW):
        return ""
    return reverse("feedback:release-measure", args=[viewer.collaborative_slug, release.public_id, slug])


def time_part(viewer: Viewer, result: SiteResult, target: float | None = None) -> TimePart:
    """What the release kept of the own hospital over time, with the notes of today on it."""
    spec = result.measure_version.definition
    notes = note_lines(viewer, result.measure_version.measure_id)
    return TimePart(
        trend=trend_of(result, spec, target=target, marks=[note.mark for note in notes]),
        trend_aid=trend_aid(result),
        reading=reading_of(result.control),
        notes=notes,
        cumulative=cumulative_of(result, spec),
    )


@dataclass(frozen=True)
class Comparand:
    """The own result with what it is read against and written with."""

    viewer: Viewer
    place: Place
    result: SiteResult
    form: FormSpec | None
    live: LiveCounts | None
    before: SiteResult | None
    supplied: SuppliedPart | None = None


def _compare(given: Comparand, asked: Question, time: TimePart) -> ComparePart:
    result, place, before = given.result, given.place, given.before
    peers = peers_by_stratum(result)
    spec = result.measure_version.definition
    finding = finding_of(result, peers.get(ALL), place, case_noun=noun_in(spec, given.form))
    slug, route = spec.slug, [place.collaborative.slug, spec.slug]
    comparison = _comparison(given, asked, finding, peers)
    chosen = comparison is not None and comparison.chosen != ALL
    return ComparePart(
        finding=finding,
        spans=sentence(finding),
        reading=reading_text(finding),
        reading_kind=reading_kind(finding),
        dots=comparison.dots if comparison and chosen else dots_of(result, finding, peers.get(ALL)),
        dots_aid=dots_aid(result, finding, comparison),
        comparison=comparison,
        time=time,
        numbers=tuple(number_facts(result, finding)),
        data=supplied_facts(result, given.supplied)
        if given.supplied
        else tuple(_data_facts(result, given.live, route)),
        flow=flow_of(result),
        missing=_missing_facts(result, given.form) if given.form else (),
        since=sentences_since(before, result) if before else (),
        csv_url=_csv_url(route, result, comparison),
        model_url=reverse("feedback:model-detail", args=[route[0], result.release.public_id, slug])
        if finding.adjusted_rate is not None and spec.risk_model
        else "",
    )


def _comparison(
    given: Comparand, asked: Question, finding: Finding, peers: dict[str, PeerDistribution]
) -> ComparisonPart | None:
    """Groups to choose among; supplied sums have no strata."""
    place, result = given.place, given.result
    route = [place.collaborative.slug, result.measure_version.definition.slug]
    comparing = Comparing(
        result=result,
        finding=finding,
        peers=peers,
        form=given.form,
        rules=place.collaborative.disclosure_rules,
        address=reverse("feedback:measure-detail", args=route),
        release=asked.release,
    )
    return comparison_part(comparing, asked.group)


def _csv_url(route: list[str], result: SiteResult, comparison: ComparisonPart | None) -> str:
    asked = {"release": str(result.release.public_id)}
    if comparison and comparison.chosen != ALL:
        asked["group"] = comparison.chosen
    return f"{reverse('feedback:measure-export', args=route)}?{urlencode(asked)}"


def _data_facts(result: SiteResult, live: LiveCounts | None, route: list[str]) -> list[Fact]:
    told = result.denominator + result.cannot_tell
    release = result.release
    address = reverse("feedback:measure-detail", args=route)
    facts = [
        Fact("Complete", percent(result.denominator / told) if told else "no cases"),
        Fact("Cannot tell", f"{result.cannot_tell:,} of {told:,}", url=f"{address}?view=cases&outcome=cannot_tell"),
        Fact("Excluded", f"{result.excluded:,} of {result.cases:,}", url="#case-flow"),
        Fact("Period", period(release.window_from, release.window_to)),
        Fact("Data closed", f"{release.created_at:%-d %b %Y}"),
        Fact("Definition", f"v{result.measure_version.number}", url=f"{address}?view=definition"),
    ]
    if live is not None:
        facts.append(Fact("Completed since then", counted_cases(live.cases - result.cases)))
    return facts


def counted_cases(number: int) -> str:
    number = max(0, number)
    return f"{number:,} case{'' if number == 1 else 's'}"


def flow_of(result: SiteResult) -> tuple[FlowStep, ...]:
    """From all cases of the window to those that count, in the order of the definition; supplied sums have no cases."""
    if result.measure_version.definition.is_aggregate:
        return ()
    left, steps = (
        result.cases,
        [FlowStep(label="All complete cases of the period", count=result.cases, left=result.cases)],
    )
    for entry in [*result.flow, {"label": "Cannot tell, an answer is missing", "count": result.cannot_tell}]:
        left -= entry["count"]
        steps.append(FlowStep(label=entry["label"], count=entry["count"], left=left))
    return tuple(steps)


def _missing_facts(result: SiteResult, form: FormSpec) -> tuple[Fact, ...]:
    labels = {name: form.variable(name).label if name in form.by_name else name for name in result.missing}
    return tuple(Fact(labels[name], counted_cases(count)) for name, count in result.missing.items())
