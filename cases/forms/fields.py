"""One question of the case form as the component draws it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cases.forms.submission import MISSING, NONE_OF_THESE, REASON
from cases.validators import finding_key
from measures.definition.answers import Answers
from measures.definition.check import Finding
from measures.definition.display import format_value, input_text
from measures.definition.errors import ValueProblem
from measures.definition.spec import DateOrder, FormSpec, IdentifierClass, Severity, Value, VariableSpec, VariableType
from ui.parts import Caution, Control, Field, Option, Problem


MOST_SEGMENTS = 7
LONGEST_HINT = 140
MOMENTS = (VariableType.DATE, VariableType.DATETIME)
DATE_WORDS = {
    DateOrder.MONTH_FIRST: "mm/dd/yyyy",
    DateOrder.DAY_FIRST: "dd/mm/yyyy",
    DateOrder.YEAR_FIRST: "yyyy-mm-dd",
}
INPUT_MODES = {VariableType.INTEGER: "numeric", VariableType.DECIMAL: "decimal"}


@dataclass(frozen=True, kw_only=True)
class Answered:
    """The state of a case that its fields show."""

    spec: FormSpec
    order: DateOrder
    answers: Answers
    findings: Sequence[Finding] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, ValueProblem] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    dictionary_url: str = ""
    concealed: frozenset[str] = frozenset()

    def findings_of(self, name: str, *severities: Severity) -> list[Finding]:
        return [each for each in self.findings if each.variable == name and each.severity in severities]


def target(variable: VariableSpec) -> str:
    """The element that a link to the question goes to: its control, or the label of a group."""
    grouped = control_of(variable) in {"one", "many"}
    return f"field-{variable.name}-label" if grouped else f"field-{variable.name}"


def control_of(variable: VariableSpec) -> Control:
    if variable.calculation:
        return "text"
    if variable.type is VariableType.MANY_OF:
        return "many"
    if variable.type is VariableType.YES_NO:
        return "one"
    if variable.type is VariableType.ONE_OF:
        return "one" if len(variable.codes) <= MOST_SEGMENTS else "list"
    free = variable.type is VariableType.TEXT and variable.identifier is IdentifierClass.NONE
    return "area" if free else "text"


def case_field(variable: VariableSpec, state: Answered) -> Field:
    name, value = variable.name, state.answers.values.get(variable.name)
    hint, more = _words(variable)
    return Field(
        name=name,
        label=variable.label,
        control=control_of(variable),
        value=state.texts.get(name, _text(variable, value)),
        options=_options(variable, value),
        units=variable.units,
        hint=hint,
        echo=format_value(variable, value) if value is not None and variable.type in MOMENTS else "",
        required=variable.required,
        read_only=bool(variable.calculation),
        input_mode=INPUT_MODES.get(variable.type, ""),
        placeholder=_placeholder(variable, state.order),
        definition=more,
        scenarios=variable.scenarios,
        definition_url=f"{state.dictionary_url}#{name}" if more or variable.scenarios else "",
        definition_label=_definition_label(variable),
        hidden=name in state.concealed,
        shown_by=shown_by(variable, state.spec),
        missing_name=f"{MISSING}{name}",
        missing=tuple(
            Option(kind.value, kind.label, chosen=state.answers.missing.get(name) is kind) for kind in variable.missing
        ),
        errors=_errors(variable, state),
        cautions=_cautions(variable, state),
        notes=tuple(f"{each.message} {each.remedy}" for each in state.findings_of(name, Severity.NOTE)),
    )


def _text(variable: VariableSpec, value: Value | None) -> str:
    if value is None:
        return ""
    if variable.calculation:
        return format_value(variable, value)
    return input_text(value)


def _options(variable: VariableSpec, value: Value | None) -> tuple[Option, ...]:
    if variable.type is VariableType.YES_NO:
        return (Option("1", "Yes", "1", chosen=value is True), Option("0", "No", "0", chosen=value is False))
    chosen = value if isinstance(value, tuple) else (value,)
    options = tuple(
        Option(code.value, code.label, code.value if len(code.value) == 1 else "", chosen=code.value in chosen)
        for code in variable.codes
    )
    # A form may have a code of its own for none, and then that is the answer.
    if variable.type is VariableType.MANY_OF and not any(
        code.label.lower().startswith("none") for code in variable.codes
    ):
        return (*options, Option(NONE_OF_THESE, "None of these", chosen=value == ()))
    return options


def _words(variable: VariableSpec) -> tuple[str, str]:
    """What stands beside the question, and what opens on demand."""
    text, formula = variable.definition, [f"Calculated: {variable.calculation}"] if variable.calculation else []
    short = text if len(text) <= LONGEST_HINT else text.partition(". ")[0].rstrip(".") + "."
    long = [] if short == text else [text]
    return short, "\n".join([*long, *formula])


def shown_by(variable: VariableSpec, spec: FormSpec) -> str:
    """The question whose answer says first whether this one is asked."""
    names = re.findall(r"\[(\w+)", variable.show_if or "")
    return next((name for name in names if name in spec.by_name), "")


def _definition_label(variable: VariableSpec) -> str:
    count = len(variable.scenarios)
    if variable.calculation:
        return "How it is calculated"
    return f"{count} scenario{'s' if count > 1 else ''}" if count else "Definition"


def _placeholder(variable: VariableSpec, order: DateOrder) -> str:
    words = {
        VariableType.DATE: DATE_WORDS[order],
        VariableType.DATETIME: f"{DATE_WORDS[order]} hh:mm",
        VariableType.TIME: "hh:mm",
    }
    return "" if variable.calculation else words.get(variable.type, "")


def _errors(variable: VariableSpec, state: Answered) -> tuple[Problem, ...]:
    unread = state.problems.get(variable.name)
    if unread:
        return (Problem(unread.message, unread.remedy, target(variable)),)
    found = state.findings_of(variable.name, Severity.ERROR)
    return tuple(Problem(each.message, each.remedy, target(variable)) for each in found)


def _cautions(variable: VariableSpec, state: Answered) -> tuple[Caution, ...]:
    keyed = ((each, finding_key(state.spec, each)) for each in state.findings_of(variable.name, Severity.WARNING))
    return tuple(
        Caution(
            message=each.message,
            remedy=each.remedy,
            reason_name=f"{REASON}{key}",
            reason=state.reasons.get(key, ""),
        )
        for each, key in keyed
    )
