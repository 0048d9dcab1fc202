"""What a person sent with the case form: each answer read by the same function as in an import."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from django.http import QueryDict

from measures.definition.answers import Answers, from_json
from measures.definition.display import input_text
from measures.definition.errors import StoredAnswerError, ValueProblem
from measures.definition.spec import DateOrder, FormSpec, MissingKind, Value, VariableSpec, VariableType
from measures.definition.values import parse_value


REASON, MISSING = "reason:", "missing:"
NONE_OF_THESE = ";"
Answer = Value | MissingKind | None


@dataclass(frozen=True, kw_only=True)
class Submission:
    """Answers that could be read, and texts that could not, with what is wrong with each."""

    revision: int
    base: Answers
    answers: Mapping[str, Answer] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, ValueProblem] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    resume_at: str = ""

    def without(self, name: str, problem: ValueProblem) -> "Submission":
        """The same without one answer, which turned out to be impossible."""
        text = answer_text(self.answers.get(name))
        answers = {other: answer for other, answer in self.answers.items() if other != name}
        return replace(
            self, answers=answers, problems={**self.problems, name: problem}, texts={**self.texts, name: text}
        )


def read_submission(data: QueryDict, spec: FormSpec, order: DateOrder, today: date) -> Submission:
    """Only questions that the page showed are read: what it hid keeps its answer."""
    base = _base(data.get("base", ""), spec)
    reading = Reading(base, order, today)
    answers: dict[str, Answer] = {}
    problems: dict[str, ValueProblem] = {}
    texts: dict[str, str] = {}
    for variable in _shown(data, spec):
        text = ";".join(data.getlist(variable.name))
        try:
            answers[variable.name] = _answer(variable, text, data.getlist(MISSING + variable.name), reading)
        except ValueProblem as problem:
            problems[variable.name], texts[variable.name] = problem, text
    revision = data.get("revision", "")
    return Submission(
        revision=int(revision) if revision.isdecimal() else 0,
        base=base,
        answers=answers,
        reasons={key.removeprefix(REASON): str(data[key]) for key in data if key.startswith(REASON)},
        problems=problems,
        texts=texts,
        resume_at=data.get("at", ""),
    )


def _shown(data: QueryDict, spec: FormSpec) -> Iterator[VariableSpec]:
    names = " ".join(data.getlist("shown")).split()
    return (
        spec.variable(name)
        for name in dict.fromkeys(names)
        if name in spec.by_name and not spec.variable(name).calculation
    )


@dataclass(frozen=True)
class Reading:
    """How to read dates, and what the page showed before."""

    base: Answers
    order: DateOrder
    today: date

    def parsed(self, variable: VariableSpec, text: str) -> Answer:
        if variable.type is VariableType.MANY_OF and not text.strip():
            return None
        return parse_value(variable, text, self.order, today=self.today)


def _answer(variable: VariableSpec, text: str, ticked: Sequence[str], reading: Reading) -> Answer:
    """The value or the missing kind, whichever is new; a box ticked beside an old value replaces it."""
    before = reading.base.missing.get(variable.name)
    kinds = [kind for kind in variable.missing if kind.value in ticked]
    fresh = [kind for kind in kinds if kind is not before]
    if fresh:
        return fresh[0]
    value = reading.parsed(variable, text)
    if value is not None and value != reading.base.values.get(variable.name):
        return value
    return value if value is not None else (kinds[0] if kinds else None)


def _base(text: str, spec: FormSpec) -> Answers:
    """The answers as the page showed them; nonsense here only makes a later comparison less helpful."""
    try:
        return read_base(json.loads(text or "{}"), spec)
    except (ValueError, AttributeError):
        return Answers()


def read_base(data: Mapping[str, object], spec: FormSpec) -> Answers:
    try:
        return from_json(spec, data.get("answers", {}), data.get("missing", {}))  # type: ignore[arg-type]  # or it raises
    except (AttributeError, StoredAnswerError):
        return Answers()


def base_text(answers: Mapping[str, object], missing: Mapping[str, object]) -> str:
    return json.dumps({"answers": answers, "missing": missing}, separators=(",", ":"), ensure_ascii=False)


def answer_text(answer: Answer) -> str:
    """An answer as text that `parse_value` reads back as the same answer."""
    if answer is None:
        return ""
    if isinstance(answer, MissingKind):
        return answer.value
    return input_text(answer) or NONE_OF_THESE
