"""The answers of one case, and how they are stored.

A question is in one of three states: it has a value, it was answered without one (unknown, not
documented, not applicable), or it is not yet answered. Absent from both maps is the third.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal

from measures.definition.errors import StoredAnswerError
from measures.definition.spec import FormSpec, MissingKind, Value, VariableSpec, VariableType


JsonAnswer = bool | int | float | str | list[str]


@dataclass(frozen=True)
class Answers:
    values: Mapping[str, Value] = field(default_factory=dict)
    missing: Mapping[str, MissingKind] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if both := self.values.keys() & self.missing.keys():
            raise ValueError(f"expected a value or a missing kind for each variable, but got both for {sorted(both)}")

    @property
    def names(self) -> frozenset[str]:
        return frozenset((*self.values, *self.missing))

    def is_answered(self, name: str) -> bool:
        return name in self.values or name in self.missing

    def answer(self, name: str) -> Value | MissingKind | None:
        return self.values.get(name, self.missing.get(name))

    def with_answer(self, name: str, answer: Value | MissingKind | None) -> "Answers":
        """These answers with one of them changed; None takes the answer back."""
        rest = self.without((name,))
        if answer is None:
            return rest
        if isinstance(answer, MissingKind):
            return Answers(rest.values, {**rest.missing, name: answer})
        return Answers({**rest.values, name: answer}, rest.missing)

    def without(self, names: Collection[str]) -> "Answers":
        return Answers(
            {name: value for name, value in self.values.items() if name not in names},
            {name: kind for name, kind in self.missing.items() if name not in names},
        )


@dataclass(frozen=True)
class StoredAnswers:
    """The two JSON columns of a case."""

    answers: dict[str, JsonAnswer]
    missing: dict[str, str]


def to_json(answers: Answers) -> StoredAnswers:
    return StoredAnswers(
        answers={name: json_value(value) for name, value in answers.values.items()},
        missing={name: kind.value for name, kind in answers.missing.items()},
    )


def json_value(value: Value) -> JsonAnswer:
    """Numbers stay numbers: parse_value admits at most 15 digits, which a float keeps exactly."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, datetime):
        return value.isoformat(sep="T", timespec="minutes" if value.second == 0 else "seconds")
    if isinstance(value, time):
        return value.isoformat(timespec="minutes" if value.second == 0 else "seconds")
    if isinstance(value, date):
        return value.isoformat()
    return value


def from_json(form: FormSpec, answers: Mapping[str, object], missing: Mapping[str, object]) -> Answers:
    """The typed answers of a stored case; names that `form` does not have are left out."""
    known = form.by_name
    return Answers(
        {name: stored_value(known[name], data) for name, data in answers.items() if name in known and data is not None},
        {
            name: _missing_kind(known[name], data)
            for name, data in missing.items()
            if name in known and data is not None
        },
    )


def stored_value(variable: VariableSpec, data: object) -> Value:
    try:
        value = _READERS[variable.type](data)
    except ValueError:
        value = None
    if value is None:
        raise StoredAnswerError(variable.name, variable.type.value, data)
    return value


def _missing_kind(variable: VariableSpec, data: object) -> MissingKind:
    try:
        return MissingKind(str(data))
    except ValueError as error:
        raise StoredAnswerError(variable.name, "missing kind", data) from error


def _integer(data: object) -> Value | None:
    number = _decimal(data)
    return int(number) if isinstance(number, Decimal) and number == number.to_integral_value() else None


def _decimal(data: object) -> Value | None:
    if isinstance(data, bool) or not isinstance(data, int | float | Decimal):
        return None
    number = Decimal(repr(data)) if isinstance(data, float) else Decimal(data)
    return number if number.is_finite() else None


def _text(data: object) -> Value | None:
    return data if isinstance(data, str) else None


def _boolean(data: object) -> Value | None:
    return data if isinstance(data, bool) else None


def _codes(data: object) -> Value | None:
    if not isinstance(data, list | tuple) or not all(isinstance(code, str) for code in data):
        return None
    return tuple(data)


def _date(data: object) -> Value | None:
    return date.fromisoformat(data) if isinstance(data, str) else None


def _time(data: object) -> Value | None:
    return time.fromisoformat(data) if isinstance(data, str) else None


def _datetime(data: object) -> Value | None:
    return datetime.fromisoformat(data) if isinstance(data, str) else None


_READERS = {
    VariableType.INTEGER: _integer,
    VariableType.DECIMAL: _decimal,
    VariableType.TEXT: _text,
    VariableType.DATE: _date,
    VariableType.TIME: _time,
    VariableType.DATETIME: _datetime,
    VariableType.YES_NO: _boolean,
    VariableType.ONE_OF: _text,
    VariableType.MANY_OF: _codes,
}
