"""Results by named hospital: the one place where a name and a result meet, for the coordinating centre's audited page."""

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404
from django.urls import reverse

from collaboratives.selectors.places import Place
from feedback.charts import (
    RATIO,
    Bar,
    Caterpillar,
    Drawing,
    Funnel,
    FunnelCurve,
    FunnelPoint,
    ValueFormat,
    draw_caterpillar,
    draw_funnel,
)
from feedback.charts.caterpillar import HIGHEST, Beyond
from feedback.charts.funnel import Flag
from feedback.enums import Reading
from feedback.models import MeasureResult, Release, SiteResult
from feedback.selectors.measure_page import context_of
from feedback.selectors.number_facts import odds_ratio_text
from feedback.selectors.releases import counted_release, release_line
from feedback.selectors.results import finding_of
from feedback.selectors.statements import Statement, hospital_statements, quality_url, statement_of
from feedback.selectors.unblinded_parts import (
    NO_SIGNALS,
    OVER_TIME,
    SIGNALS,
    HospitalTime,
    PartRow,
    Signals,
    hospital_time,
    part_rows,
    signals_of,
)
from feedback.selectors.units import form_of, value_name
from feedback.selectors.wording import Finding, few_cases_text, percent
from measures.definition.spec import Average, MeasureKind, MeasureSpec
from measures.models import MeasureVersion
from measures.selectors.definitions import form_spec_of
from privacy.viewer import Viewer
from ui.parts import Crumb, Fact, Kind


CURVES = (("95", "95%"), ("998", "99.8%"))
FLAGS = {"look-better": "look", "look-worse": "look", "act-better": "act", "act-worse": "act"}
KINDS: dict[str, Kind] = {Reading.BETTER: "good", Reading.WORSE: "warn"}


@dataclass(frozen=True, kw_only=True)
class HospitalRow:
    name: str
    public_id: UUID
    cases: int
    denominator: int
    observed: int
    expected: str
    oe: str
    interval: str
    rate: str
    adjusted: str
    odds_ratio: str
    reliability: str
    rank: str
    missing: str
    gap: str
    trend_signal: str
    cumulative_signal: str
    reading: str
    reading_kind: Kind
    statement: Statement


@dataclass(frozen=True, kw_only=True)
class UnblindedPage:
    spec: MeasureSpec
    version: MeasureVersion
    release: Release
    line: str
    context: str
    crumbs: tuple[Crumb, ...]
    funnel: Drawing | None
    caterpillar: Drawing | None
    note: str
    facts: tuple[Fact, ...]
    rows: tuple[HospitalRow, ...]
    adjusted: bool
    model_url: str
    statement: Statement
    parts: tuple[PartRow, ...]
    time: HospitalTime | None
    watched: bool


def unblinded_page(viewer: Viewer, place: Place, public_id: UUID, slug: str, hospital: str = "") -> UnblindedPage:
    """One measure of a release with every hospital by name, in the order of the names."""
    release = counted_release(viewer, public_id)
    found = MeasureResult.objects.filter(release=release, measure_version__measure__slug=slug)
    pooled = found.select_related("measure_version__measure", "measure_version__form").first()
    if pooled is None:
        raise Http404
    version, adjusted = pooled.measure_version, pooled.expected is not None
    results = _results(release, version)
    signals = signals_of(results)
    statements, together = hospital_statements(release, version.pk, url=quality_url(viewer))
    routes = [viewer.collaborative_slug, release.public_id]
    return UnblindedPage(
        spec=version.definition,
        version=version,
        release=release,
        line=release_line(release),
        context=context_of(version.definition, version.number),
        crumbs=(
            Crumb("Releases", reverse("feedback:release-list", args=routes[:1])),
            Crumb(release.name, reverse("feedback:release-detail", args=routes)),
        ),
        funnel=_funnel(pooled, results, version.definition),
        caterpillar=_caterpillar(results, version.definition, pooled.rate),
        note=str(pooled.funnel.get("note", "")),
        facts=tuple(_facts(pooled)),
        rows=tuple(
            _row(
                result,
                place,
                statement_of(statements, result.participation_id),
                signals.get(result.participation_id, NO_SIGNALS),
                compared=pooled.benchmark is not None,
            )
            for result in results
        ),
        adjusted=adjusted,
        model_url=reverse("feedback:model-detail", args=[*routes, slug]) if version.definition.risk_model else "",
        statement=together,
        parts=part_rows(results, form_spec_of(version) if any(each.strata for each in results) else None),
        time=hospital_time(results, hospital, version.definition),
        watched=any(signal.watched for signal in signals.values()),
    )


def _results(release: Release, version: MeasureVersion) -> list[SiteResult]:
    found = SiteResult.objects.filter(release=release, measure_version=version).annotate(**SIGNALS)
    found = found.defer(*OVER_TIME, "flow", "missing").select_related("participation__site")
    results = list(found.order_by("participation__site__name", "pk"))
    for each in results:
        each.release, each.measure_version = release, version
    return results


def _row(result: SiteResult, place: Place, statement: Statement, signals: Signals, *, compared: bool) -> HospitalRow:
    finding = finding_of(result, None, place)
    told = result.denominator + result.cannot_tell
    reading = (
        few_cases_text(finding.minimum)
        if finding.few_cases
        else _reading(result, finding.higher_is_better)
        if compared
        else "Not compared"
    )
    return HospitalRow(
        name=result.participation.site.name,
        public_id=result.participation.public_id,
        cases=result.cases,
        denominator=result.denominator,
        observed=result.observed,
        expected="" if result.expected is None else f"{result.expected:.1f}",
        oe="" if result.oe is None else f"{result.oe:.2f}",
        interval=_interval(result, finding),
        rate=finding.write(result.rate),
        adjusted=percent(result.adjusted_rate),
        odds_ratio=odds_ratio_text(result),
        reliability="" if result.reliability is None else f"{result.reliability:.2f}",
        rank=_rank(result),
        missing=percent(result.cannot_tell / told) if told else "",
        gap="" if result.gap is None else f"{result.gap:,}",
        trend_signal=signals.trend,
        cumulative_signal=signals.cumulative,
        reading=reading,
        reading_kind="" if finding.few_cases or not compared else KINDS.get(result.reading, ""),
        statement=statement,
    )


def _reading(result: SiteResult, higher_is_better: bool) -> str:  # noqa: FBT001 -- one caller, a few lines above
    words = FLAGS.get(result.flag, "")
    if result.reading == Reading.BETTER:
        return f"Better than the collaborative{f': {words}' if words else ''}"
    if result.reading == Reading.WORSE:
        return f"{'Lower' if higher_is_better else 'Higher'} than the collaborative{f': {words}' if words else ''}"
    return "Within expected variation"


def _interval(result: SiteResult, finding: Finding) -> str:
    if result.oe is not None:
        return f"{result.oe_low or 0:.2f} to {result.oe_high or 0:.2f}"
    return finding.write_range(result.rate_low, result.rate_high)


def _rank(result: SiteResult) -> str:
    """A rank never stands without its interval."""
    return "" if result.rank is None else f"{result.rank} ({result.rank_low} to {result.rank_high})"


def _facts(pooled: MeasureResult) -> list[Fact]:
    facts = [
        Fact("Hospitals with cases", f"{pooled.hospitals:,}"),
        _counted_fact(pooled),
    ]
    if pooled.expected is not None:
        facts.append(Fact("Expected", f"{pooled.expected:,.1f}", _expected_note(pooled)))
    if pooled.benchmark is not None:
        note = f"{pooled.benchmark_hospitals} best hospital{'' if pooled.benchmark_hospitals == 1 else 's'}, at least a tenth of the cases"
        form = form_of(pooled.measure_version.definition)
        facts.append(Fact("Achievable benchmark", form.write(pooled.benchmark), note))
    if "phi" in pooled.funnel:
        facts.append(Fact("Over-dispersion", f"φ {pooled.funnel['phi']:.2f}", f"τ² {pooled.funnel['tau2']:.4f}"))
    return facts


def _counted_fact(pooled: MeasureResult) -> Fact:
    spec = pooled.measure_version.definition
    value = "" if pooled.rate is None else form_of(spec).write(pooled.rate)
    if spec.kind is MeasureKind.CONTINUOUS:
        return Fact(value_name(spec), value, f"of {pooled.denominator:,} cases")
    counts = f"{pooled.observed:,} / {pooled.denominator:,}"
    if spec.has_value:
        total = f"{pooled.values.get('total', 0.0):,.1f} {spec.value_unit or 'expected'}"
        return Fact("Numerator / denominator", counts, f"{value}, by {total}")
    return Fact("Numerator / denominator", counts, value)


def _expected_note(pooled: MeasureResult) -> str:
    """Our own model's expected counts add up by construction; a supplier's may be of other hospitals too."""
    if not pooled.measure_version.definition.is_aggregate:
        return "adds up to the observed"
    ratio = pooled.observed / pooled.expected if pooled.expected else 0.0
    return f"by the supplier's model; O/E of all hospitals {ratio:.3f}"


def _funnel(pooled: MeasureResult, results: list[SiteResult], spec: MeasureSpec) -> Drawing | None:
    stored = pooled.funnel
    if "grid" not in stored:
        return None
    adjusted = stored["kind"] == "oe"
    points = tuple(_point(result, stored["flags"], adjusted=adjusted) for result in results if result.denominator)
    form: ValueFormat = RATIO if adjusted else form_of(spec)
    return draw_funnel(
        Funnel(
            key="funnel",
            title=f"{spec.short_name}: every hospital by volume",
            value_name="O/E ratio" if adjusted else value_name(spec),
            volume_name="expected events" if adjusted else _volume_name(spec),
            form=form,
            points=points,
            target=stored["target"],
            target_name="as expected" if adjusted else "collaborative",
            curves=tuple(_curves(stored)),
        )
    )


def _volume_name(spec: MeasureSpec) -> str:
    return (spec.value_unit or "expected events") if spec.has_value else "cases"


def _caterpillar(results: list[SiteResult], spec: MeasureSpec, overall: float | None) -> Drawing | None:
    if spec.kind is MeasureKind.CONTINUOUS:
        return _typical_values(results, spec, overall)
    bars = tuple(_bar(result) for result in results if result.odds_ratio is not None)
    if not bars:
        return None
    title = f"{spec.short_name}: every hospital against the average hospital"
    return draw_caterpillar(Caterpillar(key="caterpillar", title=title, value_name="Odds ratio", bars=bars))


def _typical_values(results: list[SiteResult], spec: MeasureSpec, overall: float | None) -> Drawing | None:
    """Every hospital's mean against that of all: a ratio, or a difference."""
    geometric = spec.average is Average.GEOMETRIC
    known = [result for result in results if result.rate_low is not None]
    bars = tuple(_contrast_bar(result, overall or 0.0, ratio=geometric) for result in known)
    if not bars or overall is None:
        return None
    return draw_caterpillar(
        Caterpillar(
            key="caterpillar",
            title=f"{spec.short_name}: every hospital against all hospitals",
            value_name="Ratio of geometric means" if geometric else "Difference of means",
            bars=bars,
            average=1.0 if geometric else 0.0,
            form=RATIO if geometric else form_of(spec),
            highest=HIGHEST if geometric else None,
        )
    )


def _contrast_bar(result: SiteResult, overall: float, *, ratio: bool) -> Bar:
    ends = [value or 0.0 for value in (result.rate, result.rate_low, result.rate_high)]
    value, low, high = (end / overall if ratio else end - overall for end in ends)
    average = 1.0 if ratio else 0.0
    beyond: Beyond = "high" if low > average else "low" if high < average else ""
    return Bar(label=result.participation.site.name, value=value, low=low, high=high, beyond=beyond)


def _bar(result: SiteResult) -> Bar:
    value, low, high = result.odds_ratio or 0.0, result.or_low or 0.0, result.or_high or 0.0
    name = result.participation.site.name
    return Bar(label=name, value=value, low=low, high=high, beyond="high" if low > 1 else "low" if high < 1 else "")


def _point(result: SiteResult, flags: dict[str, Flag], *, adjusted: bool) -> FunnelPoint:
    volume = (result.expected or 0.0) if adjusted else float(result.values.get("total", result.denominator))
    value = (result.oe or 0.0) if adjusted else (result.rate or 0.0)
    return FunnelPoint(result.participation.site.name, volume, value, flags.get(str(result.participation_id), ""))


def _curves(stored: dict[str, dict[str, dict[str, list[float]]]]) -> list[FunnelCurve]:
    kinds: tuple[tuple[str, str], ...] = (("exact", ""), ("overdispersed", " over-dispersed"))
    return [
        FunnelCurve(
            name=f"{name}{words}",
            kind="exact" if kind == "exact" else "overdispersed",
            volumes=stored["grid"],  # type: ignore[arg-type]  # the grid is a plain list beside the curves
            lower=stored[kind][tail]["low"],
            upper=stored[kind][tail]["high"],
        )
        for kind, words in kinds
        for tail, name in CURVES
        if tail in stored[kind]
    ]
