"""Changes of a form while it is drafted, each giving the form that follows. Nothing here judges; draft_check does."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from measures.definition.expression.errors import ExpressionError
from measures.definition.expression.tokens import TokenKind, tokenize
from measures.definition.spec import FormSpec, MeasureSpec, RiskModelSpec, Rule, Section, VariableSpec


Part = VariableSpec | Section | Rule
Item = TypeVar("Item", VariableSpec, Section, Rule)
FIELDS = {"variable": "variables", "section": "sections", "rule": "rules"}


@dataclass(frozen=True)
class Shown:
    """A part of a draft as a page showed it: its name and digest then."""

    kind: str
    name: str
    digest: str


class PartChangedError(Exception):
    """Somebody else changed this part in the meantime. `theirs` is None where they removed it."""

    def __init__(self, theirs: Part | None) -> None:
        super().__init__("Somebody else changed this in the meantime.")
        self.theirs = theirs


class SpecChangedError(Exception):
    """Somebody else saved the draft since the page was shown. Nothing is saved; `theirs` is what they saved."""

    def __init__(self, theirs: MeasureSpec) -> None:
        super().__init__("Somebody else changed this draft in the meantime.")
        self.theirs = theirs


class ModelChangedError(Exception):
    """The same, of the draft of a risk model."""

    def __init__(self, theirs: RiskModelSpec) -> None:
        super().__init__("Somebody else changed this draft in the meantime.")
        self.theirs = theirs


def part_of(form: FormSpec, kind: str, name: str) -> Part | None:
    parts: Sequence[Part] = getattr(form, FIELDS[kind])
    return next((part for part in parts if part.name == name), None)


def with_question(form: FormSpec, variable: VariableSpec, was: str = "") -> FormSpec:
    """The variable in the place of the one called `was`; a new one at the end of its section."""
    old = form.by_name.get(was)
    if old is None:
        return replace(form, variables=_grouped(form, (*form.variables, variable)))
    changed = replace(form, variables=tuple(variable if each is old else each for each in form.variables))
    if old.section != variable.section:
        rest = tuple(each for each in changed.variables if each is not variable)
        changed = replace(changed, variables=_grouped(form, (*rest, variable)))
    return renamed(changed, was, variable.name) if variable.name != was else changed


def _grouped(form: FormSpec, variables: Iterable[VariableSpec]) -> tuple[VariableSpec, ...]:
    """In the order of the sections: what is last in a section stands before the next one."""
    places = {section.name: place for place, section in enumerate(form.sections)}
    return tuple(sorted(variables, key=lambda each: places.get(each.section, len(places))))


def with_section(form: FormSpec, section: Section, was: str = "") -> FormSpec:
    if not was:
        return replace(form, sections=(*form.sections, section))
    return replace(
        form,
        sections=tuple(section if each.name == was else each for each in form.sections),
        variables=tuple(
            replace(each, section=section.name) if each.section == was else each for each in form.variables
        ),
    )


def with_rule(form: FormSpec, rule: Rule, was: str = "") -> FormSpec:
    if not was:
        return replace(form, rules=(*form.rules, rule))
    return replace(form, rules=tuple(rule if each.name == was else each for each in form.rules))


def without(form: FormSpec, kind: str, name: str) -> FormSpec:
    field = FIELDS[kind]
    parts: Sequence[Part] = getattr(form, field)
    return replace(form, **{field: tuple(part for part in parts if part.name != name)})  # type: ignore[arg-type]  # as named


def put_back(form: FormSpec, part: Part, place: int) -> FormSpec:
    """A part that was removed, where it stood."""
    field = FIELDS[kind_of(part)]
    parts: Sequence[Part] = getattr(form, field)
    return replace(form, **{field: (*parts[:place], part, *parts[place:])})  # type: ignore[arg-type]  # as named


def kind_of(part: Part) -> str:
    return {VariableSpec: "variable", Section: "section", Rule: "rule"}[type(part)]


def moved(form: FormSpec, kind: str, name: str, step: int) -> FormSpec:
    """One place up (-1) or down (1); a variable stays in its section."""
    if kind == "section":
        sections = _shifted(form.sections, name, step, lambda _: True)
        return replace(form, sections=sections, variables=_grouped(replace(form, sections=sections), form.variables))
    if kind == "rule":
        return replace(form, rules=_shifted(form.rules, name, step, lambda _: True))
    section = form.by_name[name].section if name in form.by_name else ""
    return replace(form, variables=_shifted(form.variables, name, step, lambda each: each.section == section))


def _shifted(items: tuple[Item, ...], name: str, step: int, among: Callable[[Item], bool]) -> tuple[Item, ...]:
    places = [place for place, item in enumerate(items) if among(item)]
    here = next((order for order, place in enumerate(places) if items[place].name == name), None)
    if here is None or not 0 <= here + step < len(places):
        return items
    one, other = places[here], places[here + step]
    swapped = list(items)
    swapped[one], swapped[other] = swapped[other], swapped[one]
    return tuple(swapped)


def renamed(form: FormSpec, was: str, name: str) -> FormSpec:
    """All that names the variable `was` names it `name`: logic, checks, the event date, fixed values of imports."""

    def said(text: str | None) -> str | None:
        return _renamed_in(text, was, name) if text else text

    variables = tuple(
        replace(
            each,
            show_if=said(each.show_if),
            required_if=said(each.required_if),
            calculation=said(each.calculation),
        )
        for each in form.variables
    )
    constants = {name if key == was else key: value for key, value in form.imports.constants.items()}
    return replace(
        form,
        variables=variables,
        rules=tuple(_renamed_rule(rule, was, name) for rule in form.rules),
        event_date=name if form.event_date == was else form.event_date,
        imports=replace(form.imports, constants=constants),
    )


def _renamed_rule(rule: Rule, was: str, name: str) -> Rule:
    return replace(
        rule,
        when=_renamed_in(rule.when, was, name),
        message=rule.message.replace(f"{{{was}}}", f"{{{name}}}"),
        remedy=rule.remedy.replace(f"{{{was}}}", f"{{{name}}}"),
        variables=tuple(name if each == was else each for each in rule.variables),
    )


def _renamed_in(text: str, was: str, name: str) -> str:
    try:
        tokens = [token for token in tokenize(text) if token.kind is TokenKind.VARIABLE and token.text == was]
    except ExpressionError:
        return text
    for token in reversed(tokens):
        start = token.position - 1
        text = text[:start] + re.sub(rf"{re.escape(was)}", name, text[start:], count=1)
    return text
