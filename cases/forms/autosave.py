"""What the page's script sends on leaving a question, and what it gets back. Texts are read as in the form itself."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from cases.errors import CaseChangedError
from cases.forms.conflict import Choice, conflict_page
from cases.forms.submission import Answer, Reading, Submission, read_base
from cases.models import Case
from measures.definition.answers import Answers, to_json
from measures.definition.errors import ValueProblem
from measures.definition.spec import DateOrder, FormSpec, MissingKind, VariableSpec
from measures.definition.values import answers_to


class AutosaveFormatError(ValueError):
    """The request is not what our own page sends."""


@dataclass(frozen=True)
class Sent:
    """One autosave: its key, and the body to tell it from another with the same key."""

    key: str
    body: Mapping[str, object]

    def submission(self, spec: FormSpec, order: DateOrder, today: date) -> Submission:
        base = read_base(self._mapping("base"), spec)
        reading = Reading(base, order, today)
        answers: dict[str, Answer] = {}
        problems: dict[str, ValueProblem] = {}
        for name, raw in self._mapping("answers").items():
            variable = spec.by_name.get(name)
            if variable is None or variable.calculation:
                continue
            try:
                answers[name] = _answer(variable, raw, reading)
            except ValueProblem as problem:
                problems[name] = problem
        revision = self.body.get("revision")
        return Submission(
            revision=revision if isinstance(revision, int) else 0,
            base=base,
            answers=answers,
            reasons={rule: str(text) for rule, text in self._mapping("reasons").items()},
            problems=problems,
            resume_at=str(self.body.get("at", "")),
        )

    def _mapping(self, name: str) -> Mapping[str, object]:
        found = self.body.get(name, {})
        if not isinstance(found, dict):
            raise AutosaveFormatError(name)
        return found


def read_sent(body: bytes) -> Sent:
    try:
        data = json.loads(body)
    except ValueError as problem:
        raise AutosaveFormatError("body") from problem
    if not isinstance(data, dict) or not isinstance(data.get("key"), str):
        raise AutosaveFormatError("key")
    return Sent(data["key"], data)


def _answer(variable: VariableSpec, raw: object, reading: Reading) -> Answer:
    """A text is read, a missing kind comes as an object, null takes the answer back."""
    if isinstance(raw, dict):
        kind = next((kind for kind in variable.missing if kind.value == raw.get("missing")), None)
        if kind is None:
            raise ValueProblem(
                f'"{raw.get("missing")}" is not an answer to {variable.label}.', f"Enter {answers_to(variable)}."
            )
        return kind
    return None if raw is None else reading.parsed(variable, str(raw))


def saved_json(case: Case, submission: Submission, changed_by_others: Iterable[str]) -> dict[str, object]:
    """The state after a save: what could not be read, and what colleagues answered meanwhile."""
    values = case.values
    return {
        "revision": case.revision,
        "problems": {
            name: {"message": problem.message, "remedy": problem.remedy}
            for name, problem in submission.problems.items()
        },
        "others": {name: _stored(values, name) for name in changed_by_others if name not in submission.answers},
    }


def conflict_json(case: Case, changed: CaseChangedError) -> dict[str, object]:
    """Each question that both answered, with the three answers in words; `case` is as the other left it."""
    page = conflict_page(case, changed)
    values = case.values
    fields = [_choice(choice, values) for choice in page.choices if choice.name in changed.clashing]
    return {"by": page.changed_by, "at": page.changed_at, "revision": case.revision, "fields": fields}


def _choice(choice: Choice, theirs: Answers) -> dict[str, object]:
    return {
        "name": choice.name,
        "label": choice.label,
        "before": choice.before,
        "mine": choice.mine.words,
        "theirs": choice.theirs.words,
        "answer": _stored(theirs, choice.name),
    }


def _stored(answers: Answers, name: str) -> dict[str, object] | None:
    answer = answers.answer(name)
    if answer is None:
        return None
    if isinstance(answer, MissingKind):
        return {"missing": answer.value}
    return {"value": to_json(Answers({name: answer})).answers[name]}
