"""What a program sent as a case: JSON as cases store it, or texts as people type them; both read by `parse_value`."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from measures.definition.errors import ValueProblem, did_you_mean
from measures.definition.spec import DateOrder, FormSpec, MissingKind, Value, VariableSpec, VariableType
from measures.definition.values import answers_to, parse_value


Answer = Value | MissingKind | None
LONGEST_REASON = 500
NUMBERS = {VariableType.INTEGER, VariableType.DECIMAL}
CODED = {VariableType.ONE_OF, VariableType.YES_NO}
# What PostgreSQL cannot keep in JSON, and what no sentence holds.
UNKEPT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True)
class ReadingProblem:
    """Something in a body that cannot be taken over, and where."""

    field: str
    message: str
    remedy: str


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Answers and reasons that could be read, and what could not."""

    answers: Mapping[str, Answer] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[ReadingProblem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Sent:
    """The parts of a body that hold answers."""

    answers: Mapping[str, object] = field(default_factory=dict)
    missing: Mapping[str, object] = field(default_factory=dict)
    reasons: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Reader:
    """Reads for one version of one form; dates in the collaborative's order."""

    spec: FormSpec
    order: DateOrder
    today: date

    def read(self, sent: Sent) -> Reading:
        answers: dict[str, Answer] = {}
        reasons: dict[str, str] = {}
        problems: list[ReadingProblem] = []
        for place, name, read in self._parts(sent):
            try:
                value = read()
            except ValueProblem as problem:
                problems.append(ReadingProblem(f"{place}.{name}", problem.message, problem.remedy))
                continue
            if place == "reasons":
                reasons[name] = str(value)
            else:
                answers[name] = value
        return Reading(answers=answers, reasons=reasons, problems=tuple(problems))

    def _parts(self, sent: Sent) -> Iterator[tuple[str, str, "_Later"]]:
        for name, data in sent.answers.items():
            yield "answers", name, _Later(self._answer, name, data)
        for name, data in sent.missing.items():
            if name not in sent.answers or data is not None:
                yield "missing", name, _Later(self._missing, name, data)
            if data is not None and sent.answers.get(name) is not None:
                yield "missing", name, _Later(_both, name, data)
        for name, data in sent.reasons.items():
            yield "reasons", name, _Later(self._reason, name, data)

    def _variable(self, name: str) -> VariableSpec:
        variable = self.spec.by_name.get(name)
        if variable is None:
            guess = did_you_mean(name, list(self.spec.by_name), otherwise="The dictionary names them all.")
            raise ValueProblem(f'The form has no question "{name[:60]}".', guess)
        if variable.calculation:
            raise ValueProblem(f"{variable.label} is calculated.", "Leave it out.")
        return variable

    def _answer(self, name: str, data: object) -> Answer:
        variable = self._variable(name)
        if data is None:
            return None
        return parse_value(variable, _text(variable, data), self.order, today=self.today)

    def _missing(self, name: str, data: object) -> Answer:
        variable = self._variable(name)
        if data is None:
            return None
        kind = next((kind for kind in variable.missing if kind.value == data), None)
        if kind is None:
            allowed = " or ".join(kind.value for kind in variable.missing)
            remedy = f"Use {allowed}." if allowed else f"Enter {answers_to(variable)}, or leave it out."
            raise ValueProblem(f"{_shown(data)} is not why {variable.label} may be missing.", remedy)
        return kind

    def _reason(self, name: str, data: object) -> str:
        rule, _, variable = name.partition(":")
        if not (variable in self.spec.by_name or any(rule == each.name for each in self.spec.rules)):
            raise ValueProblem("No finding wants a reason under this name.", "Use reason_key of a finding.")
        if data is not None and (not isinstance(data, str) or UNKEPT.search(data)):
            raise ValueProblem("The reason is not plain text.", "Send a sentence.")
        text = (data or "").strip()
        if len(text) > LONGEST_REASON:
            raise ValueProblem(f"The reason has {len(text)} characters.", f"Shorten it to {LONGEST_REASON}.")
        return text


@dataclass(frozen=True)
class _Later:
    """Reading one part, so that each can fail for itself."""

    function: Callable[[str, object], Answer]
    name: str
    data: object

    def __call__(self) -> Answer:
        return self.function(self.name, self.data)


def _both(name: str, data: object) -> MissingKind:
    raise ValueProblem(f'{name} has an answer and is "{data}" as well.', "Send one of the two.")


def _text(variable: VariableSpec, data: object) -> str:
    """A JSON value as the text that means the same; `parse_value` says whether it answers the question."""
    if isinstance(data, str):
        return data
    if isinstance(data, bool) and variable.type is VariableType.YES_NO:
        return "1" if data else "0"
    if isinstance(data, int | float) and not isinstance(data, bool) and variable.type in NUMBERS | CODED:
        return format(Decimal(repr(data)).normalize() if isinstance(data, float) else Decimal(data), "f")
    if isinstance(data, list) and variable.type is VariableType.MANY_OF and all(isinstance(each, str) for each in data):
        return ";".join(data) or ";"
    raise ValueProblem(f"{_shown(data)} does not answer {variable.label}.", f"Send {answers_to(variable)}.")


def _shown(data: object) -> str:
    """A value in a message, cut short; what is packed in lists is not repeated."""
    if isinstance(data, str):
        return f'"{data[:40]}"'
    if isinstance(data, bool):
        return str(data).lower()
    if isinstance(data, list):
        return "A list"
    return "An object" if isinstance(data, dict) else str(data)[:40]
