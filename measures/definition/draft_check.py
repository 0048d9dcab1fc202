"""Checks one version of a form that is not in a file: as if it stood in one, so that both hear the same words."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import cast

from measures.definition.draft import read_draft
from measures.definition.errors import nearest
from measures.definition.expression.coerce import KINDS
from measures.definition.expression.errors import ExpressionError, UnknownVariableError
from measures.definition.expression.resolve import calculation, condition
from measures.definition.file_data import form_data
from measures.definition.form_semantics import check_form
from measures.definition.shape import check_shape
from measures.definition.spec import FormSpec, FormVersionSpec, VariableSpec, VariableType
from measures.definition.yaml_source import Data, Path, Source


# Around the form, only so that the file is whole; nothing of it is checked.
AROUND: dict[str, Data] = {
    "slug": "draft", "name": "Draft", "specialty": "-", "time_zone": "UTC", "date_order": "ymd", "confidentiality_footer": "-",
}  # fmt: skip
_SLUG = "draft"
_KEY = re.compile(r"`(\w+):`")
# Keys of the file, in the words of the editor.
_WORDS = {
    "hard_min": "the least possible", "soft_min": "the least usual",
    "soft_max": "the most usual", "hard_max": "the most possible", "show_if": "asked if", "required_if": "needed if",
}  # fmt: skip
_LISTS = {"variables": "variable", "sections": "section", "rules": "rule"}


@dataclass(frozen=True)
class FormProblem:
    """Something to correct before a version can be published, and where: a part of the form, and a field of it."""

    part: str  # form, section, variable, rule
    name: str
    field: str
    message: str
    remedy: str


class FormProblemsError(Exception):
    """What stands in the way of publishing."""

    def __init__(self, problems: Sequence[FormProblem]) -> None:
        super().__init__(f"{len(problems)} to correct before this can be published.")
        self.problems = tuple(problems)


@dataclass
class Heard(Source):
    """Keeps the places themselves beside the words."""

    problems: list[tuple[Path, str, str]] = field(default_factory=list)

    def add(self, path: Path, message: str, remedy: str) -> None:
        super().add(path, message, remedy)
        if (path, message, remedy) not in self.problems:
            self.problems.append((path, message, remedy))


def check_form_spec(form: FormSpec, published: Sequence[FormSpec] = ()) -> tuple[FormProblem, ...]:
    """All that stands in the way of publishing `form` after the versions `published`, in the order of the form."""
    if not form.variables or not form.sections:
        return (_empty(form),)
    version = FormVersionSpec(number=1, effective_from=date(2000, 1, 1), effective_to=None, note="Draft", form=form)
    data: dict[str, Data] = {"format": 1, "collaborative": dict(AROUND), "forms": {_SLUG: form_data([version])}}
    source = Heard("", data)
    check_shape(source)
    check_form(read_draft(source).forms[_SLUG], source)
    found = [_problem(form, path[2:], message, remedy) for path, message, remedy in source.problems]
    return (*found, *_without_questions(form), *_of_other_type(form, published))


def _empty(form: FormSpec) -> FormProblem:
    if not form.sections:
        return FormProblem("form", "", "sections", "The form has no section.", "Add one; questions stand in sections.")
    return FormProblem("section", form.sections[0].name, "", "The form has no question.", "Add the first one.")


def _problem(form: FormSpec, path: Path, message: str, remedy: str) -> FormProblem:
    words = said_plainly(path, message, remedy)
    if len(path) > 1 and path[0] in _LISTS and isinstance(path[1], int):
        part = _LISTS[str(path[0])]
        items = {"variable": form.variables, "section": form.sections, "rule": form.rules}[part]
        name = cast("VariableSpec", items[path[1]]).name
        return FormProblem(part, name, str(path[2]) if len(path) > 2 else "", *words)
    return FormProblem("form", "", str(path[0]) if path else "", *words)


def said_plainly(path: Path, message: str, remedy: str) -> tuple[str, str]:
    """The words of the file, in those of the editor."""
    if message.startswith("This is empty") and path:
        return f"The {str(path[-1]).replace('_', ' ')} is empty.", "Write it."
    remedy = _KEY.sub(lambda key: _WORDS.get(key[1], key[1]), remedy)
    for key, plain in _WORDS.items():
        message = re.sub(rf"^{key}\b", plain.capitalize(), message)
        message = re.sub(rf"\b{key}\b", plain, message)
    return message, remedy


def _without_questions(form: FormSpec) -> Iterator[FormProblem]:
    for section in form.sections:
        if not form.in_section(section.name):
            message = f"Section “{section.label}” has no question."
            yield FormProblem("section", section.name, "", message, "Add one, or remove the section.")


def _of_other_type(form: FormSpec, published: Sequence[FormSpec]) -> Iterator[FormProblem]:
    """A name keeps its type, so that measures can read the cases of all versions."""
    for variable in form.variables:
        earlier = next((each.by_name[variable.name] for each in published if variable.name in each.by_name), None)
        if earlier is not None and earlier.type is not variable.type:
            message = f'"{variable.name}" was {earlier.type} in an earlier version and is {variable.type} now.'
            yield FormProblem("variable", variable.name, "type", message, "Give the changed variable a new name.")


@dataclass(frozen=True)
class ExpressionProblem:
    """What is wrong with an expression while it is typed; `suggestion` is the name that was probably meant."""

    message: str
    remedy: str
    position: int
    wrong: str = ""
    suggestion: str = ""


def check_expression(form: FormSpec, text: str, kind: VariableType | None = None) -> ExpressionProblem | None:
    """One expression against the questions of `form`: a condition, or a calculation that gives a value of `kind`."""
    try:
        if kind is None:
            condition(text, form)
        else:
            calculation(text, form, KINDS[kind])
    except UnknownVariableError as error:
        guess = nearest(error.name, form.by_name) or ""
        return ExpressionProblem(error.message, error.remedy, error.position, error.name, guess)
    except ExpressionError as error:
        return ExpressionProblem(error.message, error.remedy, error.position)
    return None
