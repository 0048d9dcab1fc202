"""Which questions of a form matter: required ones, and those behind the measures and their risk models."""

from collections.abc import Iterable, Iterator

from measures.definition.compiled import resolve_form
from measures.definition.evaluate import resolve_measure
from measures.definition.expression.nodes import names
from measures.definition.spec import FormSpec, MeasureSpec, RiskModelSpec


def needed_by(measure: MeasureSpec, model: RiskModelSpec | None, form: FormSpec) -> frozenset[str]:
    """The questions a person answers for this measure: a calculated value stands for what it is made of."""
    read = set(resolve_measure(measure, form).names)
    if model is not None:
        read |= {covariate.variable for covariate in model.covariates}
    return frozenset(_asked(read, form))


def questions_that_matter(form: FormSpec, measured: Iterable[frozenset[str]]) -> tuple[str, ...]:
    """In the order of the form."""
    needed = frozenset().union(*measured)
    return tuple(
        each.name
        for each in form.variables
        if not each.calculation and (each.required or each.required_if or each.name in needed)
    )


def _asked(read: Iterable[str], form: FormSpec) -> Iterator[str]:
    formulas = resolve_form(form).calculations
    waiting, seen = list(read), set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in form.by_name:
            continue
        seen.add(name)
        if name in formulas:
            waiting += names(formulas[name])
        else:
            yield name
