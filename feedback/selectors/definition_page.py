"""What a measure counts, and how it is adjusted, in the words and expressions of its definition."""

from dataclasses import dataclass

from measures.definition.spec import CovariateKind, Figures, FormSpec, MeasureSpec, RiskModelSpec
from measures.models import MeasureVersion


KINDS = {
    CovariateKind.YES_NO: "yes or no",
    CovariateKind.CATEGORY: "categories",
    CovariateKind.LINEAR: "linear",
    CovariateKind.SPLINE: "restricted cubic spline",
    CovariateKind.SQUARE: "with its square",
}


@dataclass(frozen=True, kw_only=True)
class Rule:
    label: str
    expression: str


@dataclass(frozen=True, kw_only=True)
class DefinitionPart:
    spec: MeasureSpec
    rules: tuple[Rule, ...]
    model_name: str
    covariates: tuple[str, ...]
    model_url: str
    people: str
    note: str


def definition_part(version: MeasureVersion, form: FormSpec | None, model_url: str) -> DefinitionPart:
    spec = version.definition
    model = version.risk_model_version.definition if version.risk_model_version else None
    return DefinitionPart(
        spec=spec,
        rules=tuple(_rules(spec, form)),
        model_name=model.name if model else "",
        covariates=tuple(_covariates(model, form)) if model and form else (),
        model_url=model_url if model else "",
        people=_people(spec),
        note=version.note,
    )


def _rules(spec: MeasureSpec, form: FormSpec | None) -> list[Rule]:
    if form is None:
        return _supplied(spec.figures) if spec.figures else []
    everybody = spec.population.strip() == "true"
    rules = [Rule(label="Population: every complete case", expression="" if everybody else spec.population)]
    if not everybody:
        rules = [Rule(label=f"Population: {form.case_noun_plural} for which this is true", expression=spec.population)]
    rules += [Rule(label=f"Excluded: {each.label}", expression=each.when) for each in spec.exclusions]
    if spec.numerator:
        rules.append(Rule(label=f"Counted ({spec.unit_noun})", expression=spec.numerator))
    if spec.value:
        unit = f", in {spec.value_unit}" if spec.value_unit else ""
        rules.append(Rule(label=f"Value of a case{unit}", expression=spec.value))
    return rules


def _supplied(figures: Figures) -> list[Rule]:
    rules = [Rule(label=f"Numerator: {figures.numerator}", expression="")]
    rules.append(Rule(label=f"Denominator: {figures.denominator}", expression=""))
    return [*rules, Rule(label="Expected count, by the supplier's model", expression="")] if figures.expected else rules


def _covariates(model: RiskModelSpec, form: FormSpec) -> list[str]:
    return [f"{form.variable(each.variable).label} ({KINDS[each.kind]})" for each in model.covariates]


def _people(spec: MeasureSpec) -> str:
    parts = [f"Author: {spec.author}" if spec.author else "", f"checked by {spec.checker}" if spec.checker else ""]
    parts.append(f"next review {spec.next_review_on:%-d %b %Y}" if spec.next_review_on else "")
    return ", ".join(part for part in parts if part)
