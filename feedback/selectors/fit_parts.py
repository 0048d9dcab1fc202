"""What is told of one fit, of a release or of a trial: terms, figures, calibration, what was left out, and against another."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp
from typing import Any, TypeAlias

from feedback.charts import PERCENT, Calibration, CalibrationGroup, Drawing, draw_calibration
from feedback.models import MemberFit, ModelFit
from feedback.selectors.disclosing_fit import roughly
from ui.parts import Fact


MEDIAN_OR = 2**0.5 * 0.6744897501960817  # Larsen K, Merlo J. Am J Epidemiol 2005;161:81-88
FEWEST_GROUPS = 2  # of a chart
SLOPE, LARGE = (0.9, 1.1), 0.1  # gates of a model version on later cases (STATISTICS 2.15)
AnyFit: TypeAlias = ModelFit | MemberFit  # the centre's, or the one that members read


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
class MissingRow:
    label: str
    missing: str
    share: str
    unseen: str
    handling: str


@dataclass(frozen=True, kw_only=True)
class SideRow:
    """One figure or coefficient of two fits."""

    label: str
    before: str
    after: str
    difference: str = ""


@dataclass(frozen=True, kw_only=True)
class GateRow:
    label: str
    value: str
    wanted: str
    passed: bool


def term_rows(fit: AnyFit) -> tuple[TermRow, ...]:
    return tuple(_term(term) for term in fit.terms)


def _term(term: Mapping[str, object]) -> TermRow:
    coefficient, se, low, high = (float(str(term[name])) for name in ("coefficient", "se", "low", "high"))
    return TermRow(
        label=str(term["label"]),
        coefficient=f"{coefficient:.4f}",
        se=f"{se:.4f}",
        interval=f"{low:.3f} to {high:.3f}",
        odds_ratio="" if term["name"] == "intercept" else f"{exp(coefficient):.2f} ({exp(low):.2f} to {exp(high):.2f})",
    )


def count_text(number: float, *, exact: bool) -> str:
    return f"{number:,.0f}" if exact else f"about {roughly(number):,}"


def quality_facts(fit: AnyFit, *, exact: bool) -> Iterator[Fact]:
    yield Fact("Cases", count_text(fit.cases, exact=exact))
    yield Fact("With the outcome", count_text(fit.events, exact=exact))
    yield Fact("c statistic", f"{fit.c_statistic:.3f}", f"95% {fit.c_low:.3f} to {fit.c_high:.3f}")
    yield Fact("Brier score", f"{fit.brier:.4f}")
    yield from _judged_facts(fit.details)
    if isinstance(fit, ModelFit):
        yield Fact("Log likelihood", f"{fit.log_likelihood:.3f}")


def _judged_facts(details: Mapping[str, Any]) -> Iterator[Fact]:
    """Nothing for fits that are older than these figures."""
    if not details:
        return
    yield Fact("Scaled Brier", f"{details['scaled_brier']:.4f}", "0 is no better than the mean, 1 is certainty")
    if details["in_the_large"] is not None:
        # Maximum likelihood makes it nothing on its own cases; minus zero is a rounding of it.
        yield Fact("Calibration in the large", f"{details['in_the_large'] + 0.0:.3f}".replace("-0.000", "0.000"))
    if details["slope"] is not None:
        yield Fact("Calibration slope", f"{details['slope']:.3f}", "1 by construction on its own cases")
    if (test := hosmer_lemeshow(details["hosmer_lemeshow"])) is not None:
        yield test


def hosmer_lemeshow(found: Mapping[str, float | None]) -> Fact | None:
    chi2, df, p = found["chi2"], found["df"], found["p"]
    if chi2 is None or df is None or p is None:
        return None
    return Fact("Hosmer-Lemeshow", f"{chi2:.2f}", f"{df:.0f} degrees of freedom, p = {p:.3f}")


def between_facts(fit: AnyFit) -> list[Fact]:
    """How much hospitals differ beyond their patients and chance; nothing for a model without hospital effects."""
    if not fit.between:
        return []
    sigma = float(fit.between["sigma"])
    return [
        Fact("Standard deviation", f"{sigma:.3f}", "log-odds"),
        Fact("Median odds ratio", f"{exp(MEDIAN_OR * sigma):.2f}", "between two hospitals taken at random"),
        Fact("No variation at all", f"p = {float(fit.between['p_value']):.3g}"),
    ]


def calibration_drawing(fit: AnyFit, outcome: str, *, exact: bool) -> Drawing | None:
    """Members' fits hold whole per cents, and no group with few events or few cases without one (STATISTICS 6.3, R7)."""
    if len(fit.calibration) < FEWEST_GROUPS:
        return None
    groups = tuple(map(_exact_group if exact else _rounded_group, fit.calibration))
    title = "Observed and expected by tenth of predicted risk"
    return draw_calibration(
        Calibration(key="calibration", title=title, groups=groups, form=PERCENT, outcome=outcome.lower())
    )


def _exact_group(group: Mapping[str, float]) -> CalibrationGroup:
    rates = {name: group[name] / group["cases"] for name in ("expected", "observed")}
    return CalibrationGroup(cases=int(group["cases"]), low=group["low"], high=group["high"], **rates)


def _rounded_group(group: Mapping[str, float]) -> CalibrationGroup:
    return CalibrationGroup(cases=int(group["cases"]), expected=group["expected"], observed=group["observed"])


def design_rows(fit: AnyFit) -> tuple[DesignRow, ...]:
    return tuple(_design(column) for column in fit.design["columns"])


def _design(column: Mapping[str, object]) -> DesignRow:
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


def dropped_words(fit: AnyFit) -> tuple[str, ...]:
    return tuple(
        f"{each['label']} ({each['name']}): "
        + ("the same in every case." if each["constant"] else "follows from the terms before it.")
        for each in fit.details.get("dropped", ())
    )


def missing_rows(fit: AnyFit, *, exact: bool) -> tuple[MissingRow, ...]:
    return tuple(
        MissingRow(
            label=each["label"],
            missing=count_text(each["missing"], exact=exact) if each["missing"] else "0",
            share=f"{each['missing'] / each['cases']:.1%}" if exact else f"{each['share']:.0%}",
            unseen=count_text(each["unseen"], exact=exact) if each["unseen"] else "0",
            handling=_handling(each),
        )
        for each in fit.details.get("missing", ())
    )


def _handling(each: Mapping[str, Any]) -> str:
    if not each["missing"] and not each["unseen"]:
        return "Nothing to handle"
    if each["fill"] is None:
        return "Own term “other or missing”"
    return f"Read as {each['fill']:g}, with a term of its own"


def recalibration_facts(told: Mapping[str, Any], *, exact: bool) -> tuple[Fact, ...]:
    """How the fit that members have now would do on these cases; empty where there is none, or it cannot be read."""
    if not told or "unknown" in told:
        return ()
    facts = [
        Fact("Observed / expected", f"{told['ratio']:.2f}", f"95% {told['low']:.2f} to {told['high']:.2f}")
        if exact
        else Fact("Observed / expected", f"{told['ratio']:.2f}"),
        Fact(
            "Intercept shift",
            f"{told['intercept']:+.3f}",
            f"standard error {told['intercept_se']:.3f}" if exact else "",
        ),
    ]
    if "slope" in told:
        facts.append(Fact("Slope", f"{told['slope']:.3f}", f"standard error {told['slope_se']:.3f}" if exact else ""))
    return (*facts, Fact("c statistic", f"{told['c']:.3f}"), Fact("Brier score", f"{told['brier']:.4f}"))


def coefficient_rows(before: AnyFit, after: AnyFit) -> tuple[SideRow, ...]:
    """Coefficients side by side, in the order of the newer fit; terms that only one of them has are said so."""
    old, new = ({str(term["name"]): term for term in fit.terms} for fit in (before, after))
    rows = []
    for name in dict.fromkeys([*new, *old]):
        one, other = old.get(name), new.get(name)
        rows.append(
            SideRow(
                label=str((other or one or {})["label"]),
                before=_coefficient(one),
                after=_coefficient(other),
                difference=f"{other['coefficient'] - one['coefficient']:+.3f}" if one and other else "",
            )
        )
    return tuple(rows)


def _coefficient(term: Mapping[str, Any] | None) -> str:
    return "not in it" if term is None else f"{term['coefficient']:.4f} ({term['se']:.4f})"


def figure_rows(before: AnyFit, after: AnyFit) -> tuple[SideRow, ...]:
    figures = [
        ("c statistic", before.c_statistic, after.c_statistic, 3),
        ("Brier score", before.brier, after.brier, 4),
        ("Scaled Brier", before.details.get("scaled_brier"), after.details.get("scaled_brier"), 4),
        ("Hosmer-Lemeshow", _chi2(before), _chi2(after), 2),
        ("Standard deviation between hospitals", before.between.get("sigma"), after.between.get("sigma"), 3),
    ]
    return tuple(_side(label, one, other, digits) for label, one, other, digits in figures)


def _chi2(fit: AnyFit) -> float | None:
    found: float | None = fit.details.get("hosmer_lemeshow", {}).get("chi2")
    return found


def _side(label: str, one: float | None, other: float | None, digits: int) -> SideRow:
    written = ["not kept" if value is None else f"{value:.{digits}f}" for value in (one, other)]
    difference = "" if one is None or other is None else f"{other - one:+.{digits}f}"
    return SideRow(label=label, before=written[0], after=written[1], difference=difference)


def gate_rows(later: Mapping[str, Any]) -> tuple[GateRow, ...]:
    """What a version should pass on later cases before it is frozen."""
    if not later or "problem" in later:
        return ()
    slope, large, few = later["slope"], later["in_the_large"], later["few_expected"]
    return (
        GateRow(
            label="Calibration slope",
            value="none" if slope is None else f"{slope:.2f}",
            wanted=f"{SLOPE[0]} to {SLOPE[1]}",
            passed=slope is not None and SLOPE[0] <= slope <= SLOPE[1],
        ),
        GateRow(
            label="Calibration in the large",
            value="none" if large is None else f"{large:+.3f}",
            wanted=f"within {LARGE} of 0",
            passed=large is not None and abs(large) < LARGE,
        ),
        GateRow(label="Tenths with fewer than 5 expected", value=str(few), wanted="none", passed=few == 0),
    )


TOLD = ("was left out", "cases without a value", "cases with a level the model does not know")


def warnings_of(fit: ModelFit) -> tuple[str, ...]:
    """What neither the terms left out nor the table of missing answers says already."""
    found: Sequence[str] = (*fit.warnings, *fit.between.get("warnings", ()))
    new = (each for each in found if not (fit.details and each.endswith(TOLD)))
    return tuple(dict.fromkeys(each[:1].upper() + each[1:] for each in new))
