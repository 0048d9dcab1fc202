"""What changed from one version of a risk model to another, in words, with the changed words marked."""

from dataclasses import dataclass

from measures.definition.difference import FieldChange, PartChange, changed_fields, changed_parts
from measures.definition.spec import Covariate, CovariateKind, MissingRule, RiskModelSpec


KIND_WORDS = {
    CovariateKind.YES_NO: "yes or no",
    CovariateKind.CATEGORY: "category",
    CovariateKind.LINEAR: "linear",
    CovariateKind.SPLINE: "restricted cubic spline",
    CovariateKind.SQUARE: "linear and square",
}
RULE_WORDS = {
    MissingRule.INDICATOR: "A missing answer gets a term of its own",
    MissingRule.EXCLUDE: "A case without an answer is left out: nobody can tell",
}


@dataclass(frozen=True, kw_only=True)
class RiskModelDifference:
    whole: tuple[FieldChange, ...]
    covariates: tuple[PartChange, ...]

    def __bool__(self) -> bool:
        return bool(self.whole or self.covariates)


def risk_model_difference(old: RiskModelSpec, new: RiskModelSpec) -> RiskModelDifference:
    return RiskModelDifference(
        whole=tuple(changed_fields(_whole(old), _whole(new))),
        covariates=tuple(changed_parts(old.covariates, new.covariates, _covariate, lambda each: each.variable)),
    )


def all_model_changes(old: RiskModelSpec, new: RiskModelSpec) -> tuple[FieldChange, ...]:
    """One list, for two people who changed one draft."""
    said = [{**_whole(each), "Covariates": "\n".join(map(covariate_words, each.covariates))} for each in (old, new)]
    return tuple(changed_fields(*said))


def covariate_words(covariate: Covariate) -> str:
    return "; ".join(
        part for part in (f"{covariate.variable}: {KIND_WORDS[covariate.kind]}", coding_words(covariate)) if part
    )


def coding_words(covariate: Covariate) -> str:
    """How it is coded: reference, centre and scale, knots; empty where the kind says it all."""
    parts = []
    if covariate.reference is not None:
        parts.append(f"reference {covariate.reference}")
    if covariate.centre is not None or covariate.scale is not None:
        parts.append(f"(x - {covariate.centre or 0:f}) / {covariate.scale or 1:f}")
    if covariate.knots:
        parts.append(f"knots {', '.join(f'{knot:f}' for knot in covariate.knots)}")
    return "; ".join(parts)


def _covariate(covariate: Covariate) -> dict[str, str]:
    return {
        "Coding": KIND_WORDS[covariate.kind],
        "Reference": covariate.reference or "",
        "Centre": "" if covariate.centre is None else f"{covariate.centre:f}",
        "Scale": "" if covariate.scale is None else f"{covariate.scale:f}",
        "Knots": ", ".join(f"{knot:f}" for knot in covariate.knots),
    }


def _whole(model: RiskModelSpec) -> dict[str, str]:
    return {
        "Name": model.name,
        "Outcome": model.outcome,
        "Method": model.method.replace("_", " "),
        "Missing answers": RULE_WORDS[model.missing_rule],
        "Reviewed on": model.reviewed_on.isoformat() if model.reviewed_on else "",
        "Next review on": model.next_review_on.isoformat() if model.next_review_on else "",
    }
