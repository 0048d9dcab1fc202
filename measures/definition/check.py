"""Checks the answers of a case. One function for the web form, the CSV import and the API."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Context, Decimal

from measures.definition.answers import Answers
from measures.definition.compiled import CompiledForm, compile_form
from measures.definition.display import format_value, plain
from measures.definition.expression.python import Result, rounded
from measures.definition.identifiers import REMEDY, find_identifiers
from measures.definition.spec import (
    FormSpec,
    IdentifierClass,
    MissingKind,
    Rule,
    Severity,
    Value,
    VariableSpec,
    VariableType,
)
from measures.definition.values import MAXIMUM_DECIMALS, MAXIMUM_DIGITS, answers_to, choices, expected


@dataclass(frozen=True)
class Finding:
    """Something about a case that should be looked at. `variable` is where to go first."""

    severity: Severity
    rule: str
    variable: str | None
    message: str
    remedy: str
    variables: tuple[str, ...] = ()


@dataclass(frozen=True)
class Derived:
    """Answers with calculations done and hidden variables emptied, and what is hidden."""

    answers: Answers
    hidden: frozenset[str]


def derive(form: FormSpec, answers: Answers) -> Derived:
    return _derive(compile_form(form), answers)


def hidden(form: FormSpec, answers: Answers) -> frozenset[str]:
    """The variables that skip logic hides: all whose `show_if` is not true."""
    return derive(form, answers).hidden


def calculate(form: FormSpec, answers: Answers) -> Answers:
    """The answers with calculated values. What skip logic hides keeps its value until `clear`."""
    derived = derive(form, answers)
    computed = [variable.name for variable in form.variables if variable.calculation]
    kept = answers.without(computed)
    values = {name: derived.answers.values[name] for name in computed if name in derived.answers.values}
    return Answers({**kept.values, **values}, kept.missing)


def clear(form: FormSpec, answers: Answers) -> Answers:
    """The answers as a complete case keeps them: calculated, and without what skip logic hides."""
    return derive(form, answers).answers


def check(form: FormSpec, answers: Answers, *, today: date | None = None) -> list[Finding]:
    """All findings, in the order of the form, then those of its rules.

    Errors block completion, warnings want a reason, notes only tell. With `today`, an event
    after it is an error.
    """
    compiled = compile_form(form)
    derived = _derive(compiled, answers)
    findings = [
        finding for variable in form.variables for finding in _of_variable(compiled, variable, answers, derived)
    ]
    if today is not None:
        findings += _future(form, derived.answers, today)
    findings += [_of_rule(form, rule, derived.answers) for rule, applies in compiled.rules if applies(derived.answers)]
    return findings


def _derive(compiled: CompiledForm, answers: Answers) -> Derived:
    values, missing, concealed = dict(answers.values), dict(answers.missing), set[str]()
    current = Answers(values, missing)
    for variable in compiled.derived:
        name = variable.name
        show = compiled.show_if.get(name)
        shown = show is None or show(current) is True
        formula = compiled.calculations.get(name)
        if not shown or formula:
            values.pop(name, None)
            missing.pop(name, None)
        if not shown:
            concealed.add(name)
        elif formula and (value := _calculated(variable, formula(current))) is not None:
            values[name] = value
    return Derived(current, frozenset(concealed))


def _calculated(variable: VariableSpec, result: Result) -> Value | None:
    if variable.type is VariableType.INTEGER and isinstance(result, Decimal):
        return int(rounded(result, 0))
    if not isinstance(result, Decimal):
        return result
    number = _STORABLE.plus(rounded(result, MAXIMUM_DECIMALS)).normalize()
    return number or abs(number)


_STORABLE = Context(prec=MAXIMUM_DIGITS, rounding=ROUND_HALF_UP)


def _of_variable(
    compiled: CompiledForm, variable: VariableSpec, answers: Answers, derived: Derived
) -> Iterator[Finding]:
    name = variable.name
    if name in derived.hidden:
        if answers.is_answered(name) and not variable.calculation:
            yield _hidden_answer(variable, answers)
    elif name in derived.answers.values:
        yield from _of_value(variable, derived.answers.values[name])
    elif name in derived.answers.missing:
        yield from _of_missing(variable, derived.answers.missing[name])
    elif not variable.calculation:
        condition = compiled.required_if.get(name)
        if variable.required or (condition and condition(derived.answers)):
            yield _unanswered(variable)


def _finding(
    variable: VariableSpec, rule: str, message: str, remedy: str, severity: Severity = Severity.ERROR
) -> Finding:
    return Finding(severity, rule, variable.name, message, remedy, (variable.name,))


def _hidden_answer(variable: VariableSpec, answers: Answers) -> Finding:
    kind = answers.missing.get(variable.name)
    given = kind.label if kind else format_value(variable, answers.values[variable.name])
    message = f"{variable.label} is not asked in this case; its answer ({given}) will be cleared."
    return _finding(
        variable, "skip_logic", message, "Check the answers before it if it should be asked.", Severity.NOTE
    )


def _unanswered(variable: VariableSpec) -> Finding:
    return _finding(variable, "required", f"{variable.label} is not answered.", f"Enter {answers_to(variable)}.")


def _of_missing(variable: VariableSpec, kind: MissingKind) -> Iterator[Finding]:
    if kind not in variable.missing:
        message = f'"{kind.label}" is not an answer to {variable.label}.'
        yield _finding(variable, "missing_kind", message, f"Enter {answers_to(variable)}.")


def value_findings(variable: VariableSpec, value: Value) -> list[Finding]:
    """What is wrong with one value by itself, whatever the other answers are."""
    return list(_of_value(variable, value))


def _of_value(variable: VariableSpec, value: Value) -> Iterator[Finding]:
    if not _IS_OF_TYPE[variable.type](value):
        yield _finding(variable, "type", f"{value} is no {variable.type}.", f"Enter {expected(variable)}.")
    elif wrong := _wrong_codes(variable, value):
        message = f'"{wrong[0]}" is not a code of {variable.label}.'
        yield _finding(variable, "codes", message, f"Use {choices(variable.codes)}.")
    elif isinstance(value, str) and variable.type is VariableType.TEXT:
        yield from _of_text(variable, value)
    else:
        yield from _of_range(variable, value)


def _of_text(variable: VariableSpec, text: str) -> Iterator[Finding]:
    """One warning for the first identifier a text seems to hold; a local reference is there to hold one."""
    found = None if variable.identifier is not IdentifierClass.NONE else next(find_identifiers(text), None)
    if found:
        message = f"{variable.label} seems to hold {found.words}."
        yield _finding(variable, "identifier", message, REMEDY, Severity.WARNING)


def _wrong_codes(variable: VariableSpec, value: Value) -> list[str]:
    chosen = value if isinstance(value, tuple) else (str(value),) if variable.type is VariableType.ONE_OF else ()
    return [code for code in chosen if code not in variable.code_labels]


def _of_range(variable: VariableSpec, value: Value) -> Iterator[Finding]:
    bounds = variable.range
    if passed := _passed(variable, value, bounds.hard_min, bounds.hard_max):
        way = "Check what it is computed from." if variable.calculation else f"Enter {_allowed(variable)}."
        yield _finding(variable, "hard_range", f"{plain(value)} is {passed}.", way)
    elif passed := _passed(variable, value, bounds.soft_min, bounds.soft_max):
        message = f"{format_value(variable, value)} is unusual: {passed}."
        way = "Check the chart. If it is right, give the reason."
        yield _finding(variable, "soft_range", message, way, Severity.WARNING)


def _passed(variable: VariableSpec, value: Value, least: Value | None, most: Value | None) -> str:
    below, above = ("before", "after") if variable.type in _MOMENTS else ("less than", "more than")
    if least is not None and value < least:  # type: ignore[operator]  # a bound is of its variable's type
        return f"{below} {plain(least)}"
    if most is not None and value > most:  # type: ignore[operator]  # the same
        return f"{above} {plain(most)}"
    return ""


def _allowed(variable: VariableSpec) -> str:
    least, most = variable.range.hard_min, variable.range.hard_max
    units = f" {variable.units}" if variable.units else ""
    if least is not None and most is not None:
        return f"{plain(least)} to {plain(most)}{units}"
    bound = f"{plain(least if most is None else most)}{units}"  # type: ignore[arg-type]  # one of them was passed
    return f"at least {bound}" if most is None else f"at most {bound}"


def _future(form: FormSpec, answers: Answers, today: date) -> Iterator[Finding]:
    variable = form.variable(form.event_date)
    day = answers.values.get(variable.name)
    if isinstance(day, date) and day > today:
        message = f"{variable.label} ({plain(day)}) is in the future."
        yield _finding(variable, "future", message, f"Enter a date up to today, {plain(today)}.")


_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def placeholders(rule: Rule) -> list[str]:
    """The variables whose values a rule's words show."""
    return _PLACEHOLDER.findall(f"{rule.message} {rule.remedy}")


def _of_rule(form: FormSpec, rule: Rule, answers: Answers) -> Finding:
    def shown(found: re.Match[str]) -> str:
        value = answers.values.get(found[1])
        return "not answered" if value is None else format_value(form.variable(found[1]), value)

    first = rule.variables[0] if rule.variables else None
    message, remedy = (_PLACEHOLDER.sub(shown, text) for text in (rule.message, rule.remedy))
    return Finding(rule.severity, rule.name, first, message, remedy, rule.variables)


def _is_number(value: Value) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


_MOMENTS = (VariableType.DATE, VariableType.TIME, VariableType.DATETIME)
_IS_OF_TYPE: Mapping[VariableType, Callable[[Value], bool]] = {
    VariableType.INTEGER: lambda value: isinstance(value, int) and not isinstance(value, bool),
    VariableType.DECIMAL: _is_number,
    VariableType.TEXT: lambda value: isinstance(value, str),
    VariableType.DATE: lambda value: isinstance(value, date) and not isinstance(value, datetime),
    VariableType.TIME: lambda value: isinstance(value, time),
    VariableType.DATETIME: lambda value: isinstance(value, datetime),
    VariableType.YES_NO: lambda value: isinstance(value, bool),
    VariableType.ONE_OF: lambda value: isinstance(value, str),
    VariableType.MANY_OF: lambda value: isinstance(value, tuple),
}
