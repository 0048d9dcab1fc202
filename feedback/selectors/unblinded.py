"""Results by named hospital: the one place where a name and a result meet, for the coordinating centre's audited page."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse

from collaboratives.selectors.kept import Kept
from collaboratives.selectors.places import Place
from feedback.charts import Drawing
from feedback.models import MeasureResult, Release, SiteResult
from feedback.selectors.measure_page import context_of
from feedback.selectors.releases import counted_release, release_line
from feedback.selectors.statements import RELEASE, VERSION, Statement, hospital_statements, quality_url, statement_of
from feedback.selectors.unblinded_charts import caterpillar_of, funnel_of
from feedback.selectors.unblinded_parts import (
    NO_SIGNALS,
    SIGNALS,
    PartRow,
    part_rows,
    signals_of,
)
from feedback.selectors.unblinded_rows import HospitalRow, reader_of
from feedback.selectors.units import form_of, value_name
from measures.definition.spec import MeasureKind, MeasureSpec
from measures.models import MeasureVersion
from measures.selectors.definitions import form_spec_of
from privacy.viewer import Viewer
from ui.parts import Crumb, Fact, Pages


PER_PAGE = 50
# What the rows, the pictures and the parts are made of.
COLUMNS = (
    *("participation", "cases", "cannot_tell", "denominator", "observed", "rate", "rate_low", "rate_high", "expected"),
    *("oe", "oe_low", "oe_high", "adjusted_rate", "odds_ratio", "or_low", "or_high", "reliability", "flag", "reading"),
    *("rank", "rank_low", "rank_high", "gap", "strata", "values", "comparison_group"),
    *("participation__public_id", "participation__site__name"),
)


@dataclass(frozen=True, kw_only=True)
class UnblindedPage:
    """`pages` is None where all rows are there."""

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
    pages: Pages | None
    adjusted: bool
    model_url: str
    statement: Statement
    parts: tuple[PartRow, ...]
    watched: bool


def unblinded_page(viewer: Viewer, place: Place, public_id: UUID, slug: str, page: int | None = None) -> UnblindedPage:
    """One measure of a release with every hospital by name, in the order of the names; rows of one page, or all."""
    release = counted_release(viewer, public_id)
    pooled = _pooled(release, slug)
    version, spec = pooled.measure_version, pooled.measure_version.definition
    results = _results(release, version)
    pages = _pages(len(results), page)
    rows, together, watched = _rows(viewer, place, pooled, results, pages)
    return UnblindedPage(
        spec=spec,
        version=version,
        release=release,
        line=release_line(release),
        context=context_of(spec, version.number),
        crumbs=_crumbs(viewer, release),
        funnel=funnel_of(pooled, results, spec),
        caterpillar=caterpillar_of(results, spec, pooled.rate),
        note=str(pooled.funnel.get("note", "")),
        facts=tuple(_facts(pooled)),
        rows=rows,
        pages=pages,
        adjusted=pooled.expected is not None,
        model_url=_model_url(viewer, release, spec),
        statement=together,
        parts=part_rows(results, form_spec_of(version) if any(each.strata for each in results) else None),
        watched=watched,
    )


def _pooled(release: Release, slug: str) -> MeasureResult:
    found = MeasureResult.objects.filter(release=release, measure_version__measure__slug=slug)
    pooled = found.select_related("measure_version__measure", "measure_version__form").first()
    if pooled is None:
        raise Http404
    pooled.release = release
    return pooled


def _results(release: Release, version: MeasureVersion) -> list[SiteResult]:
    results = _RESULTS.read(release=release.pk, version=version.pk)
    for each in results:
        each.release, each.measure_version = release, version
    return results


def _all_results() -> QuerySet[SiteResult]:
    found = SiteResult.objects.filter(release_id=RELEASE, measure_version_id=VERSION).annotate(**SIGNALS)
    found = found.select_related("participation__site").only(*COLUMNS)
    return found.order_by("participation__site__name", "pk")


_RESULTS: Kept[SiteResult] = Kept(_all_results)


def _pages(hospitals: int, page: int | None) -> Pages | None:
    """Beyond the last page lies the last one."""
    if page is None:
        return None
    last = Pages(number=1, total=hospitals, per_page=PER_PAGE).count
    return Pages(number=min(max(1, page), last), total=hospitals, per_page=PER_PAGE)


def _rows(
    viewer: Viewer, place: Place, pooled: MeasureResult, results: Sequence[SiteResult], pages: Pages | None
) -> tuple[tuple[HospitalRow, ...], Statement, bool]:
    """The rows, what is said of the data of all hospitals, and whether any is watched case by case."""
    statements, together = hospital_statements(pooled.release_id, pooled.measure_version_id, url=quality_url(viewer))
    signals, reader = signals_of(results), reader_of(pooled, place, viewer.collaborative_slug)
    shown = results[pages.first - 1 : pages.last] if pages and results else results
    rows = tuple(
        reader.row(
            each, statement_of(statements, each.participation_id), signals.get(each.participation_id, NO_SIGNALS)
        )
        for each in shown
    )
    return rows, together, any(signal.watched for signal in signals.values())


def _model_url(viewer: Viewer, release: Release, spec: MeasureSpec) -> str:
    if not spec.risk_model:
        return ""
    return reverse("feedback:model-detail", args=[viewer.collaborative_slug, release.public_id, spec.slug])


def _crumbs(viewer: Viewer, release: Release) -> tuple[Crumb, ...]:
    routes = [viewer.collaborative_slug, release.public_id]
    return (
        Crumb("Releases", reverse("feedback:release-list", args=routes[:1])),
        Crumb(release.name, reverse("feedback:release-detail", args=routes)),
    )


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
