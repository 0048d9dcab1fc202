"""Which column of a file holds which variable: by name, alias and label, corrected by a person, filled by constants."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cases.errors import ImportRefusedError
from measures.definition.display import input_text
from measures.definition.errors import ValueProblem
from measures.definition.spec import CaseNumberSource, DateOrder, FormSpec, Value, VariableSpec
from measures.definition.values import parse_value


CASE_NUMBER, HOSPITAL, REASON, IGNORED = "case_number", "hospital", "reason", "-"
CASE_NUMBER_NAMES = ("case_number", "case number", "case_id", "case id", "record_id")
HOSPITAL_NAMES = ("hospital", "hospital_id", "hospital number", "hospital_number", "site", "facility")
REASON_NAMES = ("reason", "reason for unusual values")
OUR_COLUMNS = ("row", "problem")  # those of the file with problems, which may come back corrected


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What a person decided about a file; empty says: by name and alias.

    `codes` holds, by variable, what a text of the file stands for: a code, a missing kind, or nothing (`IGNORED`).
    `orders` holds, by column, the order in which it writes day, month and year; `reasons`, by rule, why its unusual
    values are right.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    by_row: bool | None = None
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    orders: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""

    @classmethod
    def stored(cls, data: Mapping[str, object]) -> "Choices":
        by_row = data.get("by_row")
        codes = _mapping(data, "codes")
        return cls(
            columns=_texts(data, "columns"),
            constants=_texts(data, "constants"),
            by_row=by_row if isinstance(by_row, bool) else None,
            codes={name: _texts(codes, name) for name in codes},
            orders=_texts(data, "orders"),
            reasons=_texts(data, "reasons"),
            sheet=str(data.get("sheet") or ""),
        )

    def to_json(self) -> dict[str, object]:
        stored = {name: value for name, value in vars(self).items() if value not in ({}, "", None)}
        return {**stored, "codes": {name: dict(texts) for name, texts in self.codes.items()}} if self.codes else stored


def _mapping(data: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = data.get(name)
    return found if isinstance(found, Mapping) else {}


def _texts(data: Mapping[str, object], name: str) -> dict[str, str]:
    return {str(key): str(value) for key, value in _mapping(data, name).items()}


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Where to find what: position of each variable's column, and what is the same in every row."""

    positions: Mapping[str, int]
    constants: Mapping[str, Value]
    by_row: bool
    unused: tuple[str, ...]
    names: tuple[str, ...] = ()  # of all columns, in their order

    @property
    def reason(self) -> int | None:
        return self.positions.get(REASON)

    @property
    def case_number(self) -> int | None:
        return None if self.by_row else self.positions.get(CASE_NUMBER)

    @property
    def hospital(self) -> int | None:
        return self.positions.get(HOSPITAL)


def match_columns(header: Sequence[str], spec: FormSpec, choices: Choices) -> dict[str, str]:
    """Column → variable (or case number, hospital, nothing) for every column of the heading."""
    known = dict(_names(spec))
    found: dict[str, str] = {}
    for name in header:
        target = choices.columns.get(name) or known.get(_folded(name), IGNORED)
        taken = target != IGNORED and target in found.values() and name not in choices.columns
        found[name] = IGNORED if taken else target
    return found


def _names(spec: FormSpec) -> Iterator[tuple[str, str]]:
    """Every way to name something, the least certain first, so that later ones win."""
    askable = [variable for variable in spec.variables if not variable.calculation]
    yield from ((_folded(variable.label), variable.name) for variable in askable)
    yield from ((_folded(name), REASON) for name in REASON_NAMES)
    yield from ((_folded(name), HOSPITAL) for name in HOSPITAL_NAMES)
    yield from ((_folded(name), CASE_NUMBER) for name in CASE_NUMBER_NAMES)
    yield from ((_folded(alias), variable.name) for variable in askable for alias in variable.aliases)
    yield from ((_folded(name), HOSPITAL) for name in spec.imports.hospital_aliases)
    yield from ((_folded(name), CASE_NUMBER) for name in spec.imports.case_number_aliases)
    yield from ((_folded(variable.name), variable.name) for variable in askable)


def _folded(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name).strip().casefold()


def resolve_columns(
    header: Sequence[str], spec: FormSpec, choices: Choices, *, order: DateOrder, hospital_needed: bool
) -> Columns:
    """Where every value comes from.

    Raises
    ------
    ImportRefusedError
        Names each needed column that the file lacks, or a constant that is no answer.
    """
    matched = match_columns(header, spec, choices)
    positions = _positions(matched)
    constants = _constants(spec, choices, order, taken=positions)
    by_row = spec.imports.case_number is CaseNumberSource.BY_ROW if choices.by_row is None else choices.by_row
    lacking = list(_lacking(spec, {*positions, *constants}))
    if not by_row and CASE_NUMBER not in positions:
        lacking.append("the case number (case_number)")
    if hospital_needed and HOSPITAL not in positions:
        lacking.append("the hospital (hospital)")
    if lacking:
        raise ImportRefusedError(
            f"The file has no column for {'; '.join(lacking)}.",
            "Say on the page “Columns” which column it is, give one value for all rows, or add the column to the file.",
        )
    unused = tuple(name for name, target in matched.items() if target == IGNORED and name not in OUR_COLUMNS)
    return Columns(positions=positions, constants=constants, by_row=by_row, unused=unused, names=tuple(header))


def _positions(matched: Mapping[str, str]) -> dict[str, int]:
    positions: dict[str, int] = {}
    for position, (name, target) in enumerate(matched.items()):
        if target == IGNORED:
            continue
        if target in positions:
            message = f'Two columns are said to hold "{target}"; one of them is "{name}".'
            raise ImportRefusedError(message, "Choose one of them on the page “Columns”.")
        positions[target] = position
    return positions


def _constants(spec: FormSpec, choices: Choices, order: DateOrder, *, taken: Mapping[str, int]) -> dict[str, Value]:
    found = {name: value for name, value in spec.imports.constants.items() if name not in taken}
    for name, text in choices.constants.items():
        if name in spec.by_name and name not in taken and text.strip():
            found[name] = _constant(spec.variable(name), text, order)
    return found


def _constant(variable: VariableSpec, text: str, order: DateOrder) -> Value:
    try:
        value = parse_value(variable, text, order)
    except ValueProblem as problem:
        raise ImportRefusedError(
            f"The value for all rows of {variable.label} is wrong: {problem.message}", problem.remedy
        ) from problem
    if value is None or value in tuple(variable.missing):
        raise ImportRefusedError(
            f"The value for all rows of {variable.label} is no value.", "Give one, or leave it empty."
        )
    return value


def _lacking(spec: FormSpec, given: set[str]) -> Iterator[str]:
    for variable in spec.variables:
        needed = variable.required and not variable.show_if and not variable.calculation
        if needed and variable.name not in given:
            yield f"{variable.label} ({variable.name})"


def constant_text(value: Value) -> str:
    """A constant as it stands in its text box."""
    return input_text(value)
