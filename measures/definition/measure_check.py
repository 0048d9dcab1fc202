"""Checks one measure that is not in a file: as if it stood in one beside its form, so that both hear the same words."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from measures.definition.draft import read_draft
from measures.definition.draft_check import AROUND, FormProblem, Heard, said_plainly
from measures.definition.file_data import form_data, measure_data, risk_model_data
from measures.definition.semantics import check_draft
from measures.definition.shape import check_shape
from measures.definition.spec import FormSpec, FormVersionSpec, MeasureSpec, RiskModelSpec
from measures.definition.yaml_source import Data, Path


def check_measure_spec(
    measure: MeasureSpec, form: FormSpec | None, models: Sequence[RiskModelSpec] = ()
) -> tuple[FormProblem, ...]:
    """All that stands in the way of publishing; `field` names the box of the editor.

    `form` understands all versions; there is none where figures are supplied.
    """
    data: dict[str, Data] = {
        "format": 1,
        "collaborative": dict(AROUND),
        **({"forms": {form.slug: form_data([_alone(form)])}} if form else {}),
        "measures": {measure.slug: measure_data(measure)},
        "risk_models": {model.slug: risk_model_data(model) for model in models},
    }
    source = Heard("", data)
    check_shape(source)
    check_draft(read_draft(source))
    own = ("measures", measure.slug)
    heard = [(path[2:], message, remedy) for path, message, remedy in source.problems if path[:2] == own]
    return (*(_problem(measure, *each) for each in heard), *_of_people(measure))


def _alone(form: FormSpec) -> FormVersionSpec:
    return FormVersionSpec(number=1, effective_from=date(2000, 1, 1), effective_to=None, note="Draft", form=form)


def _problem(measure: MeasureSpec, path: Path, message: str, remedy: str) -> FormProblem:
    return FormProblem("measure", measure.slug, _field(path), *said_plainly(path, message, remedy))


def _field(path: Path) -> str:
    """`exclusions`, 1, `when` is the box `exclusion-1-when`; `aim`, `target` is `aim_target`."""
    if len(path) > 2 and path[0] == "exclusions":
        return f"exclusion-{path[1]}-{path[2]}"
    if len(path) > 1 and path[0] in {"aim", "figures"}:
        return f"{path[0]}_{path[1]}"
    return str(path[0]) if path else ""


def _of_people(measure: MeasureSpec) -> Iterator[FormProblem]:
    author, checker = (" ".join(each.casefold().split()) for each in (measure.author, measure.checker))
    if author and author == checker:
        message = "Author and checker are the same."
        yield FormProblem("measure", measure.slug, "checker", message, "Name somebody else who checked the definition.")


def by_field(problems: Sequence[FormProblem]) -> Mapping[str, tuple[FormProblem, ...]]:
    """What is wrong, under the box it is wrong in; "" holds what is wrong with the whole."""
    found: dict[str, tuple[FormProblem, ...]] = {}
    for problem in problems:
        found[problem.field] = (*found.get(problem.field, ()), problem)
    return found
