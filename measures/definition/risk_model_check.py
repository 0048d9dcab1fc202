"""Checks one risk model that is not in a file: as if it stood in one beside its form and the measure it predicts."""

from collections.abc import Iterator
from datetime import date

from measures.definition.draft import read_draft
from measures.definition.draft_check import AROUND, FormProblem, Heard, said_plainly
from measures.definition.evaluate import resolve_measure
from measures.definition.expression.errors import ExpressionError
from measures.definition.expression.nodes import names
from measures.definition.file_data import form_data, measure_data, risk_model_data
from measures.definition.semantics import check_draft
from measures.definition.shape import check_shape
from measures.definition.spec import FormSpec, FormVersionSpec, MeasureSpec, RiskModelSpec
from measures.definition.yaml_source import Data, Path


NEEDED = {"reference level": "reference", "no knots": "knots"}


def check_model_spec(model: RiskModelSpec, form: FormSpec, outcome: MeasureSpec | None) -> tuple[FormProblem, ...]:
    """All that stands in the way of publishing; `field` names the box of the editor. `form` understands all versions."""
    if not model.covariates:
        return (
            FormProblem("risk_model", model.slug, "covariate-0-variable", "No covariate yet.", "Add the first one."),
        )
    version = FormVersionSpec(number=1, effective_from=date(2000, 1, 1), effective_to=None, note="Draft", form=form)
    data: dict[str, Data] = {
        "format": 1,
        "collaborative": dict(AROUND),
        "forms": {form.slug: form_data([version])},
        "measures": {outcome.slug: measure_data(outcome)} if outcome else {},
        "risk_models": {model.slug: risk_model_data(model)},
    }
    source = Heard("", data)
    check_shape(source)
    check_draft(read_draft(source))
    own = ("risk_models", model.slug)
    heard = [(path[2:], message, remedy) for path, message, remedy in source.problems if path[:2] == own]
    return (*(_problem(model, *each) for each in heard), *_of_outcome(model, form, outcome))


def _problem(model: RiskModelSpec, path: Path, message: str, remedy: str) -> FormProblem:
    return FormProblem("risk_model", model.slug, _field(path, message), *said_plainly(path, message, remedy))


def _field(path: Path, message: str) -> str:
    """`covariates`, 1, `scale` is the box `covariate-1-scale`; what a covariate lacks is said under the box for it."""
    if len(path) > 1 and path[0] == "covariates":
        lacking = next((box for words, box in NEEDED.items() if words in message), "variable")
        return f"covariate-{path[1]}-{path[2] if len(path) > 2 else lacking}"
    return str(path[0]) if path else ""


def _of_outcome(model: RiskModelSpec, form: FormSpec, outcome: MeasureSpec | None) -> Iterator[FormProblem]:
    """What says whether the outcome happened cannot also predict it."""
    if outcome is None:
        return
    try:
        resolved = resolve_measure(outcome, form)
    except ExpressionError:
        return  # the measure's own page tells what is wrong with it
    told = names(resolved.numerator) if resolved.numerator is not None else frozenset[str]()
    for place, covariate in enumerate(model.covariates):
        if covariate.variable in told:
            message = f"{covariate.variable} says whether the outcome happened, so it cannot predict it."
            yield FormProblem(
                "risk_model", model.slug, f"covariate-{place}-variable", message, "Use what was known before."
            )
