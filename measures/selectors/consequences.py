"""What a changed form means for the measures and risk models that read it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from measures.definition.draft_check import FormProblem
from measures.definition.errors import did_you_mean
from measures.definition.evaluate import resolve_measure
from measures.definition.expression.errors import ExpressionError
from measures.definition.semantics import FITTING
from measures.definition.spec import CovariateKind, FormSpec, MeasureSpec, RiskModelSpec, merge_versions
from measures.enums import VersionStatus
from measures.models import Form, MeasureVersion, RiskModelVersion


@dataclass(frozen=True)
class Reader:
    """A measure or risk model, and the variables of the form that it reads."""

    kind: str  # measure, risk model
    slug: str
    name: str
    variables: frozenset[str]


@dataclass(frozen=True)
class Effect:
    """What a version does to a measure or model from its first day on. Nothing to correct; something to know."""

    reader: Reader
    message: str


def _measures(form: Form) -> list[MeasureVersion]:
    versions = MeasureVersion.objects.filter(form=form, status=VersionStatus.PUBLISHED)
    return list(versions.select_related("measure").order_by("measure__position", "measure_id"))


def _models(form: Form) -> list[RiskModelSpec]:
    versions = RiskModelVersion.objects.filter(
        collaborative_id=form.collaborative_id, status=VersionStatus.PUBLISHED
    ).order_by("risk_model_id")
    return [each.definition for each in versions if each.definition.form == form.slug]


def readers_of(form: Form, spec: FormSpec) -> list[Reader]:
    """The published measures and models of a form; `spec` understands all its versions."""
    found = []
    for version in _measures(form):
        measure = version.definition
        found.append(Reader("measure", measure.slug, measure.name, _names(measure, spec)))
    for model in _models(form):
        names = frozenset(covariate.variable for covariate in model.covariates)
        found.append(Reader("risk model", model.slug, model.name, names))
    return found


def _names(measure: MeasureSpec, spec: FormSpec) -> frozenset[str]:
    try:
        return resolve_measure(measure, spec).names | frozenset(measure.stratifiers)
    except ExpressionError:
        return frozenset(measure.stratifiers)


def blocking_problems(form: Form, spec: FormSpec, published: Sequence[FormSpec]) -> tuple[FormProblem, ...]:
    """Measures and models that could not read the cases of all versions any more."""
    merged = merge_versions([*published, spec])
    measures = [problem for each in _measures(form) for problem in _of_measure(each.definition, merged)]
    models = [problem for each in _models(form) for problem in _of_model(each, merged)]
    return (*measures, *models)


def _of_measure(measure: MeasureSpec, merged: FormSpec) -> Iterator[FormProblem]:
    try:
        resolve_measure(measure, merged)
    except ExpressionError as error:
        message = f"Measure “{measure.name}” could not read this form: {error.message}"
        remedy = f"{error.remedy} Or keep the question as it was and add the changed one under a new name."
        yield FormProblem("measure", measure.slug, "", message, remedy.strip())
    for name in measure.stratifiers:
        if name not in merged.by_name:
            message = f"Measure “{measure.name}” is grouped by {name}, which no version asks."
            yield FormProblem("measure", measure.slug, "", message, did_you_mean(name, list(merged.by_name)))


def _of_model(model: RiskModelSpec, merged: FormSpec) -> Iterator[FormProblem]:
    for covariate in model.covariates:
        variable = merged.by_name.get(covariate.variable)
        if variable is None:
            message = f"Risk model “{model.name}” reads {covariate.variable}, which no version asks."
            yield FormProblem("risk model", model.slug, "", message, "Add the question again.")
        elif variable.type not in FITTING[covariate.kind]:
            message = f"Risk model “{model.name}” reads {variable.name} as {covariate.kind.replace('_', ' ')}; it is {variable.type.replace('_', ' ')} now."
            remedy = "Keep its type, and add the changed question under a new name."
            yield FormProblem("risk model", model.slug, "", message, remedy)
        elif covariate.kind is CovariateKind.CATEGORY and covariate.reference not in variable.code_labels:
            message = f"Risk model “{model.name}” compares with code {covariate.reference} of {variable.name}."
            yield FormProblem("risk model", model.slug, "", message, "Keep that code.")


def effects(form: Form, old: FormSpec, new: FormSpec, number: int) -> list[Effect]:
    """Changes that do not break a measure or model, but change what its numbers mean."""
    merged = merge_versions([old, new])
    return [
        Effect(reader, sentence)
        for reader in readers_of(form, merged)
        for sentence in _sentences(reader, old, new, number)
    ]


def _sentences(reader: Reader, old: FormSpec, new: FormSpec, number: int) -> Iterator[str]:
    lost = sorted(name for name in reader.variables if name in old.by_name and name not in new.by_name)
    if lost:
        yield f"Version {number} does not ask {', '.join(lost)}: it cannot tell for its cases."
    for name in sorted(reader.variables):
        before, after = old.by_name.get(name), new.by_name.get(name)
        if before is None or after is None or before == after:
            continue
        gone = [code.value for code in before.codes if code.value not in after.code_labels]
        came = [code.value for code in after.codes if code.value not in before.code_labels]
        if gone:
            yield f"{name} loses code {', '.join(gone)}: its trend changes with version {number}."
        if came and reader.kind == "risk model":
            yield f"{name} gains code {', '.join(came)}, for which the model has no coefficient until it is fitted again."
        elif came:
            yield f"{name} gains code {', '.join(came)}: its trend changes with version {number}."
        if before.definition != after.definition or before.show_if != after.show_if:
            yield f"{name} is defined or asked otherwise: its trend is marked where version {number} begins."
