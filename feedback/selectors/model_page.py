"""A fitted risk model for those who judge it. No hospital is in it; members see its size only roughly."""

from dataclasses import dataclass
from math import exp
from uuid import UUID

from django.http import Http404
from django.urls import reverse

from feedback.charts import PERCENT, Calibration, CalibrationGroup, Drawing, draw_calibration
from feedback.models import ModelFit, Release
from feedback.selectors.releases import release_for, release_line
from feedback.selectors.statements import Statement, centre_statements, model_statement, statement_of
from measures.definition.spec import MeasureSpec
from privacy.roles import Permission
from privacy.viewer import Viewer
from ui.parts import Crumb, Fact


MEDIAN_OR = 2**0.5 * 0.6744897501960817  # Larsen K, Merlo J. Am J Epidemiol 2005;161:81-88
ROUGHLY = 10  # members see counts of all hospitals to the nearest ten


@dataclass(frozen=True, kw_only=True)
class TermRow:
    label: str
    coefficient: str
    se: str
    interval: str
    odds_ratio: str


@dataclass(frozen=True, kw_only=True)
class DesignRow:
    name: str
    kind: str
    detail: str


@dataclass(frozen=True, kw_only=True)
class ModelPage:
    spec: MeasureSpec
    name: str
    line: str
    crumbs: tuple[Crumb, ...]
    terms: tuple[TermRow, ...]
    facts: tuple[Fact, ...]
    between: tuple[Fact, ...]
    provenance: tuple[Fact, ...]
    calibration: Drawing
    design: tuple[DesignRow, ...]
    warnings: tuple[str, ...]
    exact: bool
    statement: Statement


def model_page(viewer: Viewer, public_id: UUID, slug: str) -> ModelPage:
    """The model of a measure in a release, 404 where there is none."""
    release = release_for(viewer, public_id)
    found = ModelFit.objects.filter(release=release, measure_version__measure__slug=slug)
    fit = found.select_related("measure_version__measure", "risk_model_version__risk_model").first()
    if fit is None:
        raise Http404
    exact = viewer.can(Permission.UNBLINDED_VIEW)
    spec = fit.measure_version.definition
    return ModelPage(
        spec=spec,
        name=fit.risk_model_version.definition.name,
        line=release_line(release),
        crumbs=_crumbs(viewer, release, slug, spec, exact=exact),
        terms=tuple(_term(term) for term in fit.terms),
        facts=tuple(_facts(fit, exact=exact)),
        between=tuple(_between(fit)),
        provenance=tuple(_provenance(release, fit, exact=exact)),
        calibration=_calibration(fit, spec, exact=exact),
        design=tuple(_design(column) for column in fit.design["columns"]),
        warnings=(*fit.warnings, *fit.between.get("warnings", ())) if exact else (),
        exact=exact,
        statement=_statement(viewer, release, fit, exact=exact),
    )


def _statement(viewer: Viewer, release: Release, fit: ModelFit, *, exact: bool) -> Statement:
    if exact:
        return statement_of(centre_statements(viewer, release), fit.measure_version_id)
    return model_statement(release, fit.measure_version_id)


def _crumbs(viewer: Viewer, release: Release, slug: str, spec: MeasureSpec, *, exact: bool) -> tuple[Crumb, ...]:
    place = viewer.collaborative_slug
    if exact:
        return (
            Crumb("Releases", reverse("feedback:release-list", args=[place])),
            Crumb(release.name, reverse("feedback:release-detail", args=[place, release.public_id])),
        )
    address = f"{reverse('feedback:measure-detail', args=[place, slug])}?release={release.public_id}"
    return (Crumb("Measures", reverse("feedback:measure-list", args=[place])), Crumb(spec.short_name, address))


def _term(term: dict[str, object]) -> TermRow:
    coefficient, se, low, high = (float(str(term[name])) for name in ("coefficient", "se", "low", "high"))
    return TermRow(
        label=str(term["label"]),
        coefficient=f"{coefficient:.4f}",
        se=f"{se:.4f}",
        interval=f"{low:.3f} to {high:.3f}",
        odds_ratio="" if term["name"] == "intercept" else f"{exp(coefficient):.2f} ({exp(low):.2f} to {exp(high):.2f})",
    )


def _count(number: float, *, exact: bool) -> str:
    return f"{number:,.0f}" if exact else f"about {round(number / ROUGHLY) * ROUGHLY:,.0f}"


def _facts(fit: ModelFit, *, exact: bool) -> list[Fact]:
    return [
        Fact("Cases", _count(fit.cases, exact=exact)),
        Fact("With the outcome", _count(fit.events, exact=exact)),
        Fact("c statistic", f"{fit.c_statistic:.3f}", f"95% {fit.c_low:.3f} to {fit.c_high:.3f}"),
        Fact("Brier score", f"{fit.brier:.4f}"),
        *([Fact("Log likelihood", f"{fit.log_likelihood:.3f}")] if exact else []),
    ]


def _between(fit: ModelFit) -> list[Fact]:
    """How much hospitals differ beyond their patients and chance; nothing for a model without hospital effects."""
    if not fit.between:
        return []
    sigma = float(fit.between["sigma"])
    return [
        Fact("Standard deviation", f"{sigma:.3f}", "log-odds"),
        Fact("Median odds ratio", f"{exp(MEDIAN_OR * sigma):.2f}", "between two hospitals taken at random"),
        Fact("No variation at all", f"p = {float(fit.between['p_value']):.3g}"),
    ]


def _provenance(release: Release, fit: ModelFit, *, exact: bool) -> list[Fact]:
    facts = [
        Fact("Risk model", f"{fit.risk_model_version.risk_model.name} v{fit.risk_model_version.number}"),
        Fact("Measure definition", f"v{fit.measure_version.number}"),
        Fact("Computed by", release.code_version),
    ]
    if exact and release.snapshot:
        facts += [Fact("Snapshot", f"{release.snapshot.cases:,} cases"), Fact("Digest", release.snapshot.digest[:16])]
    return facts


def _calibration(fit: ModelFit, spec: MeasureSpec, *, exact: bool) -> Drawing:
    groups = tuple(
        CalibrationGroup(
            cases=group["cases"] if exact else round(group["cases"] / ROUGHLY) * ROUGHLY,
            expected=group["expected"] / group["cases"],
            observed=group["observed"] / group["cases"],
            low=group["low"] if exact else None,
            high=group["high"] if exact else None,
        )
        for group in fit.calibration
    )
    return draw_calibration(
        Calibration(
            key="calibration",
            title="Observed and expected by tenth of predicted risk",
            groups=groups,
            form=PERCENT,
            outcome=spec.short_name.lower(),
        )
    )


def _design(column: dict[str, object]) -> DesignRow:
    levels, knots = column.get("levels") or [], column.get("knots") or []
    parts = []
    if isinstance(levels, list) and levels:
        parts.append(f"levels {', '.join(map(str, levels))}; reference {column.get('reference')}")
    if isinstance(knots, list) and knots:
        parts.append(f"knots {', '.join(f'{knot:g}' for knot in knots)}")
    if column.get("centre") or column.get("scale") not in {None, 1.0}:
        parts.append(f"(x - {column.get('centre')}) / {column.get('scale')}")
    parts.append(f"missing: {column.get('missing')}")
    return DesignRow(name=str(column["name"]), kind=str(column["kind"]).replace("_", " "), detail="; ".join(parts))
