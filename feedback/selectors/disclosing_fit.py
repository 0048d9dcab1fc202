"""What members may know of a fitted risk model: every coefficient, and nothing from which a small count follows."""

from collections.abc import Mapping
from typing import Any

from feedback.models import MemberFit, ModelFit


ROUGHLY = 10  # members see counts of all hospitals to the nearest ten
FEW = 11  # events, or cases without one, that a group of a member's chart has at least
# Of how the fit that members had before does on these cases; its counts and errors are the centre's.
OF_EARLIER = {"ratio": 2, "intercept": 3, "slope": 3, "c": 3, "brier": 4}
ABOUT_EARLIER = ("release", "version", "same_version", "unknown")


def member_fit(fit: ModelFit) -> MemberFit:
    """As members know it, not stored yet."""
    return MemberFit(
        collaborative_id=fit.collaborative_id,
        release_id=fit.release_id,
        measure_version_id=fit.measure_version_id,
        risk_model_version_id=fit.risk_model_version_id,
        **told_of(fit),
    )


def told_of(fit: ModelFit) -> dict[str, Any]:
    """Every column of a `MemberFit` but its keys."""
    return {
        "design": fit.design,
        "terms": fit.terms,
        "cases": roughly(fit.cases),
        "events": roughly(fit.events),
        **{name: round(getattr(fit, name), 3) for name in ("c_statistic", "c_low", "c_high")},
        "brier": round(fit.brier, 4),
        "calibration": [_rates(group) for group in fit.calibration if not _has_few(group)],
        "between": {name: value for name, value in fit.between.items() if name != "warnings"},
        "details": _details(fit.details),
    }


def roughly(count: float) -> int:
    """To the nearest ten; some are never told as none."""
    return max(ROUGHLY, round(count / ROUGHLY) * ROUGHLY) if count else 0


def _has_few(group: Mapping[str, float]) -> bool:
    return min(group["observed"], group["cases"] - group["observed"]) < FEW


def _rates(group: Mapping[str, float]) -> dict[str, float]:
    rates = {name: round(group[name] / group["cases"], 2) for name in ("expected", "observed")}
    return {"cases": roughly(group["cases"]), **rates}


def _details(found: Mapping[str, Any]) -> dict[str, Any]:
    """Nothing for fits that are older than these figures."""
    if not found:
        return {}
    test = found["hosmer_lemeshow"]
    digits = {"chi2": 2, "df": 0, "p": 3}
    return {
        "scaled_brier": round(found["scaled_brier"], 4),
        "in_the_large": _rounded(found["in_the_large"], 3),
        "slope": _rounded(found["slope"], 3),
        "hosmer_lemeshow": {name: _rounded(test[name], places) for name, places in digits.items()},
        "dropped": found.get("dropped", []),
        "missing": [_missing(each) for each in found.get("missing", ())],
        **({"r": found["r"]} if "r" in found else {}),
        "earlier": _earlier(found.get("earlier", {})),
    }


def _missing(each: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": each["name"],
        "label": each["label"],
        "missing": roughly(each["missing"]),
        "unseen": roughly(each["unseen"]),
        "share": round(each["missing"] / each["cases"], 2),
        "fill": each["fill"],
    }


def _earlier(found: Mapping[str, Any]) -> dict[str, Any]:
    about = {name: found[name] for name in ABOUT_EARLIER if name in found}
    return {**about, **{name: _rounded(found[name], places) for name, places in OF_EARLIER.items() if name in found}}


def _rounded(value: float | None, places: int) -> float | None:
    return None if value is None else round(value, places)
