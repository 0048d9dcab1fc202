"""Checks the meaning of a definition file: that its parts know each other and fit together."""

from collections.abc import Iterator
from functools import cache
from zoneinfo import available_timezones

from measures.definition.build import Placed
from measures.definition.draft import Draft, DraftForm
from measures.definition.errors import did_you_mean
from measures.definition.expression.nodes import Kind
from measures.definition.form_semantics import Scope, check_form
from measures.definition.spec import (
    Aim,
    Covariate,
    CovariateKind,
    FormSpec,
    MeasureKind,
    MeasureSpec,
    RiskModelSpec,
    VariableType,
    merge_versions,
)
from measures.definition.yaml_source import Path


NUMBERS = (VariableType.INTEGER, VariableType.DECIMAL)
GROUPS = (VariableType.ONE_OF, VariableType.YES_NO)
FITTING = {
    CovariateKind.YES_NO: (VariableType.YES_NO,),
    CovariateKind.CATEGORY: (VariableType.ONE_OF,),
    CovariateKind.LINEAR: NUMBERS,
    CovariateKind.SPLINE: NUMBERS,
    CovariateKind.SQUARE: NUMBERS,
}


def check_draft(draft: Draft) -> None:
    """Add to the draft's source everything that is wrong with its meaning."""
    for form in draft.forms.values():
        check_form(form, draft.source)
    _check_collaborative(draft)
    for placed in draft.measures.values():
        _MeasureChecker(draft, placed).check()
    for model in draft.risk_models.values():
        _RiskModelChecker(draft, model).check()


def _check_collaborative(draft: Draft) -> None:
    collaborative, path = draft.collaborative.spec, draft.collaborative.path
    zone = collaborative.time_zone
    if zone and zone not in _time_zones():
        remedy = did_you_mean(zone, _time_zones(), otherwise="Use an IANA name, such as America/Detroit.")
        draft.source.add((*path, "time_zone"), f'"{zone}" is no time zone.', remedy)
    _check_aim(draft, collaborative.aim, (*path, "aim"))


@cache
def _time_zones() -> tuple[str, ...]:
    return tuple(sorted(available_timezones()))


def _check_aim(draft: Draft, aim: Aim | None, path: Path) -> None:
    if aim is not None and aim.measure is not None:
        _check_known(draft, "measures", aim.measure, (*path, "measure"))


def _check_known(draft: Draft, kind: str, slug: str, path: Path) -> bool:
    known = draft.known[kind]
    if slug in known:
        return True
    thing = {"forms": "form", "measures": "measure", "risk_models": "risk model"}[kind]
    remedy = did_you_mean(slug, known, otherwise=f"Add it under `{kind}:`, or remove this.")
    draft.source.add(path, f'There is no {thing} "{slug}".', remedy)
    return False


def merged(form: DraftForm) -> FormSpec | None:
    """What measures of the form can read; None where a form has no sound version."""
    history = form.history()
    return merge_versions([version.form for version in history.versions]) if history.versions else None


class _PartChecker:
    """What measures and risk models have in common: a form, whose variables they name."""

    def __init__(self, draft: Draft, path: Path, form: str) -> None:
        self.draft = draft
        self.source = draft.source
        self.path = path
        self.slug = form
        self.form = merged(draft.forms[form]) if form in draft.forms else None
        self.broken = draft.forms[form].broken_names if form in draft.forms else frozenset[str]()

    def has_variable(self, form: FormSpec, name: str, path: Path) -> bool:
        if name in form.by_name or name in self.broken:
            return name in form.by_name
        remedy = did_you_mean(name, list(form.by_name), otherwise="Add it to the form first.")
        self.source.add(path, f'There is no variable "{name}" in form "{form.slug}".', remedy)
        return False


class _MeasureChecker(_PartChecker):
    def __init__(self, draft: Draft, placed: Placed[MeasureSpec]) -> None:
        super().__init__(draft, placed.path, placed.spec.form)
        self.measure = placed.spec

    def check(self) -> None:
        measure = self.measure
        _check_aim(self.draft, measure.aim, (*self.path, "aim"))
        if measure.is_aggregate:
            self.check_aggregate()
        else:
            self.check_of_cases()
        self.check_target()
        if measure.reviewed_on and measure.next_review_on and measure.next_review_on <= measure.reviewed_on:
            message = f"The next review ({measure.next_review_on}) is not after the last ({measure.reviewed_on})."
            self.source.add((*self.path, "next_review_on"), message, "Correct one of the dates.")

    def check_of_cases(self) -> None:
        measure = self.measure
        if not measure.form:
            remedy = "Add `form:` with the form whose cases it counts, or write `source: aggregate`."
            self.source.add(self.path, '"form" is missing.', remedy)
        else:
            _check_known(self.draft, "forms", measure.form, (*self.path, "form"))
        if measure.figures is not None:
            message = "A measure that is counted from cases has no figures."
            self.source.add((*self.path, "figures"), message, "Remove `figures:`, or write `source: aggregate`.")
        self.check_parts()
        if measure.risk_model:
            self.check_risk_model(measure.risk_model)
        self.check_value_words()
        if self.form is not None:
            self.check_expressions(self.form)
            self.check_stratifiers(self.form)

    def check_aggregate(self) -> None:
        """Its figures come as sums: there are no cases to choose, to count or to model."""
        measure, bare = self.measure, MeasureSpec.__dataclass_fields__
        for key in OF_CASES:
            if getattr(measure, key) != bare[key].default:
                message = f"An aggregate measure has no {key}: its figures are supplied, not counted from cases."
                self.source.add((*self.path, key), message, f"Remove `{key}:`, or write `source: cases`.")
        if measure.kind is not MeasureKind.PROPORTION:
            message = f"An aggregate measure cannot be of kind {measure.kind} yet."
            self.source.add((*self.path, "kind"), message, "Write `kind: proportion`.")
        if measure.figures is None:
            remedy = "Add `figures:` with `numerator:` and `denominator:`, what is supplied in words."
            self.source.add(self.path, "An aggregate measure needs figures.", remedy)

    def check_parts(self) -> None:
        kind = self.measure.kind
        for key, needed in NEEDED_PARTS[kind].items():
            given = getattr(self.measure, key) is not None
            if needed and not given:
                self.source.add(self.path, f"A measure of kind {kind} needs a {key}.", f"Add `{key}:`.")
            if given and not needed:
                message = f"A measure of kind {kind} has no {key}."
                self.source.add((*self.path, key), message, f"Remove `{key}:`, or change the kind.")

    def check_value_words(self) -> None:
        """A unit, what it is told per, and how it is averaged: each only where it means something."""
        measure, bare = self.measure, MeasureSpec.__dataclass_fields__
        fitting = VALUE_WORDS[measure.kind]
        for key in ("value_unit", "per", "decimals", "average"):
            if key not in fitting and getattr(measure, key) != bare[key].default:
                message = f"A measure of kind {measure.kind} has no {key}."
                self.source.add((*self.path, key), message, f"Remove `{key}:`, or change the kind.")
        if "value_unit" in fitting and not measure.value_unit:
            message = f"A measure of kind {measure.kind} needs the unit of its value."
            self.source.add(self.path, message, "Add `value_unit:`, such as minutes or line days.")

    def check_target(self) -> None:
        target = self.measure.aim.target if self.measure.aim else None
        if target is not None and self.measure.kind is MeasureKind.PROPORTION and not 0 <= target <= 1:
            message = f"{target} is no proportion."
            self.source.add((*self.path, "aim", "target"), message, "Write 0.95 for 95 per cent.")

    def check_risk_model(self, slug: str) -> None:
        path = (*self.path, "risk_model")
        if self.measure.kind is not MeasureKind.PROPORTION:
            message = (
                f"A measure of kind {self.measure.kind} is not adjusted for risk: models are logistic, of yes or no."
            )
            self.source.add(path, message, "Remove `risk_model:`, or measure a proportion.")
            return
        known = _check_known(self.draft, "risk_models", slug, path)
        model = self.draft.risk_models.get(slug)
        if known and model is not None and model.spec.outcome != self.measure.slug:
            message = f'Risk model "{slug}" predicts "{model.spec.outcome}", not this measure.'
            self.source.add(path, message, "Name a risk model whose outcome is this measure.")

    def check_expressions(self, form: FormSpec) -> None:
        scope = Scope(self.source, form, self.broken)
        for path, text in self.conditions():
            scope.resolved(path, text)
        scope.resolved((*self.path, "value"), self.measure.value, Kind.NUMBER)

    def conditions(self) -> Iterator[tuple[Path, str | None]]:
        yield (*self.path, "population"), self.measure.population
        seen: set[str] = set()
        for place, exclusion in enumerate(self.measure.exclusions):
            path = (*self.path, "exclusions", place)
            yield (*path, "when"), exclusion.when
            if exclusion.name in seen:
                message = f'"{exclusion.name}" is the name of two exclusions.'
                self.source.add((*path, "name"), message, "Rename one of them.")
            seen.add(exclusion.name)
        yield (*self.path, "numerator"), self.measure.numerator

    def check_stratifiers(self, form: FormSpec) -> None:
        for place, name in enumerate(self.measure.stratifiers):
            path = (*self.path, "stratifiers", place)
            if self.has_variable(form, name, path) and form.variable(name).type not in GROUPS:
                message = f"{name} is {form.variable(name).type}, which makes no groups."
                self.source.add(path, message, "Use a variable of type one_of or yes_no.")


# What says how cases are chosen, counted and adjusted.
OF_CASES = (
    *("form", "population", "exclusions", "numerator", "value", "stratifiers", "risk_model"),
    *("value_unit", "per", "decimals", "average"),
)
NEEDED_PARTS = {
    MeasureKind.PROPORTION: {"numerator": True, "value": False},
    MeasureKind.RATE: {"numerator": True, "value": True},
    MeasureKind.RATIO: {"numerator": True, "value": True},
    MeasureKind.CONTINUOUS: {"numerator": False, "value": True},
}
VALUE_WORDS: dict[MeasureKind, tuple[str, ...]] = {
    MeasureKind.PROPORTION: (),
    MeasureKind.RATE: ("value_unit", "per", "decimals"),
    MeasureKind.RATIO: ("decimals",),
    MeasureKind.CONTINUOUS: ("value_unit", "decimals", "average"),
}


class _RiskModelChecker(_PartChecker):
    def __init__(self, draft: Draft, placed: Placed[RiskModelSpec]) -> None:
        super().__init__(draft, placed.path, placed.spec.form)
        self.model = placed.spec

    def check(self) -> None:
        _check_known(self.draft, "forms", self.model.form, (*self.path, "form"))
        if _check_known(self.draft, "measures", self.model.outcome, (*self.path, "outcome")):
            self.check_outcome()
        self.check_dates()
        if self.form is not None:
            for place, covariate in enumerate(self.model.covariates):
                self.check_covariate(self.form, covariate, (*self.path, "covariates", place))

    def check_dates(self) -> None:
        reviewed, following = self.model.reviewed_on, self.model.next_review_on
        if reviewed and following and following <= reviewed:
            message = f"The next review ({following}) is not after the last ({reviewed})."
            self.source.add((*self.path, "next_review_on"), message, "Correct one of the dates.")

    def check_outcome(self) -> None:
        placed = self.draft.measures.get(self.model.outcome)
        if placed is None:
            return
        measure, path = placed.spec, (*self.path, "outcome")
        if measure.is_aggregate:
            message = f'Measure "{measure.slug}" is aggregate: its expected counts are supplied, not modelled here.'
            self.source.add(path, message, "Model a measure that is counted from cases.")
            return
        if measure.form != self.model.form:
            message = f'Measure "{measure.slug}" is of form "{measure.form}", this model of form "{self.model.form}".'
            self.source.add(path, message, "Model a measure of the same form.")
        if measure.kind is not MeasureKind.PROPORTION:
            message = f'Measure "{measure.slug}" is of kind {measure.kind}; a logistic model predicts yes or no.'
            self.source.add(path, message, "Model a measure of kind proportion.")

    def check_covariate(self, form: FormSpec, covariate: Covariate, path: Path) -> None:
        if not self.has_variable(form, covariate.variable, (*path, "variable")):
            return
        if [each.variable for each in self.model.covariates[: int(path[-1])]].count(covariate.variable):
            message = f"{covariate.variable} is a covariate twice."
            remedy = "Remove one of them; square and spline already hold the linear term."
            self.source.add((*path, "variable"), message, remedy)
        variable, kind = form.variable(covariate.variable), covariate.kind
        if variable.type not in FITTING[kind]:
            message = f"{variable.name} is {variable.type}, which cannot be a covariate of kind {kind}."
            fitting = [other.value for other, types in FITTING.items() if variable.type in types]
            remedy = f"Use kind {fitting[0]}." if fitting else "Use another variable."
            self.source.add((*path, "kind"), message, remedy)
        elif kind is CovariateKind.CATEGORY:
            self.check_reference(covariate, list(variable.code_labels), path)
        self.check_options(covariate, path)

    def check_reference(self, covariate: Covariate, codes: list[str], path: Path) -> None:
        if covariate.reference is None:
            message = f"Category {covariate.variable} has no reference level."
            self.source.add(path, message, f'Add `reference: "{codes[0]}"`, or another code.')
        elif covariate.reference not in codes:
            message = f'"{covariate.reference}" is not a code of {covariate.variable}.'
            self.source.add((*path, "reference"), message, did_you_mean(covariate.reference, codes))

    def check_options(self, covariate: Covariate, path: Path) -> None:
        knots = covariate.knots
        if covariate.kind is CovariateKind.SPLINE and not knots:
            self.source.add(path, f"Spline {covariate.variable} has no knots.", "Add `knots:`, at least three.")
        if list(knots) != sorted(set(knots)):
            self.source.add((*path, "knots"), "Knots must rise from one to the next.", "Sort them, each once.")
