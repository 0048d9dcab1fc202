"""Who of the log is eligible: coded reasons to leave somebody out, as conditions over the log's own columns."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from cases.log.errors import RuleTextError
from measures.definition.answers import Answers
from measures.definition.canonical import digest_of
from measures.definition.expression.errors import ExpressionError
from measures.definition.expression.nodes import names
from measures.definition.expression.python import Condition, compile_condition
from measures.definition.expression.resolve import condition
from measures.definition.spec import FormSpec, MissingKind, Section, VariableSpec, VariableType


DATE, TIME, PROCEDURE = "event_date", "event_time", "procedure"
NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
TYPES = (
    VariableType.INTEGER,
    VariableType.DECIMAL,
    VariableType.TEXT,
    VariableType.DATE,
    VariableType.YES_NO,
)


@dataclass(frozen=True, kw_only=True)
class LogColumn:
    """What a log holds of an operation beside its number, date, time and procedure."""

    name: str
    label: str
    type: VariableType


@dataclass(frozen=True, kw_only=True)
class LogExclusion:
    """A reason to leave an operation out, tried in the order of the rule. True excludes; unknown does not."""

    code: str
    label: str
    when: str


@dataclass(frozen=True, kw_only=True)
class Eligibility:
    """The columns of a log and the reasons over them."""

    columns: tuple[LogColumn, ...] = ()
    exclusions: tuple[LogExclusion, ...] = ()

    @cached_property
    def form(self) -> FormSpec:
        """The log as a form, so that our language reads its columns as it reads answers."""
        standard = (
            LogColumn(name=DATE, label="Date of the event", type=VariableType.DATE),
            LogColumn(name=TIME, label="Time of the event", type=VariableType.TIME),
            LogColumn(name=PROCEDURE, label="Procedure", type=VariableType.TEXT),
        )
        return FormSpec(
            slug="log",
            name="Log",
            case_noun="operation",
            case_noun_plural="operations",
            event_date=DATE,
            sections=(Section(name="log", label="Log"),),
            variables=tuple(
                VariableSpec(
                    name=each.name, label=each.label, type=each.type, section="log", missing=tuple(MissingKind)
                )
                for each in (*standard, *self.columns)
            ),
        )

    @cached_property
    def _conditions(self) -> tuple[tuple[str, Condition], ...]:
        return tuple((each.code, compile_condition(condition(each.when, self.form))) for each in self.exclusions)

    @cached_property
    def asked(self) -> frozenset[str]:
        """The columns that a reason looks at; a log without them cannot be judged."""
        return frozenset().union(*(names(condition(each.when, self.form)) for each in self.exclusions))

    def reason(self, values: Answers) -> str:
        """Code of the first reason that is true; empty is eligible, as is whatever cannot be told from the log."""
        return next((code for code, applies in self._conditions if applies(values) is True), "")

    @property
    def labels(self) -> dict[str, str]:
        return {each.code: each.label for each in self.exclusions}

    @property
    def digest(self) -> str:
        return digest_of(self)


# As people write them: one a line ---------------------------------------------------------------------------------


def read_columns(text: str) -> tuple[LogColumn, ...]:
    """`age | integer | Age in years`, one a line.

    Raises
    ------
    RuleTextError
        Names the line and what would be right.
    """
    found: dict[str, LogColumn] = {}
    for line, parts in _lines(text, 3, "age | integer | Age in years"):
        name, kind, label = parts
        if not NAME.fullmatch(name) or name in (DATE, TIME, PROCEDURE):
            raise RuleTextError(line, f'"{name}" cannot be the name of a column.', "Use small letters, digits and _.")
        if name in found:
            raise RuleTextError(line, f'The column "{name}" is there twice.', "Remove one of them.")
        if kind not in {each.value for each in TYPES}:
            known = ", ".join(TYPES)
            raise RuleTextError(line, f'"{kind}" is no type of a column.', f"Use one of {known}.")
        found[name] = LogColumn(name=name, label=label, type=VariableType(kind))
    return tuple(found.values())


def read_exclusions(text: str, columns: Sequence[LogColumn]) -> tuple[LogExclusion, ...]:
    """`minor | Under 18 years | [age] < 18`, one a line. Raises RuleTextError as `read_columns` does."""
    found: dict[str, LogExclusion] = {}
    form = Eligibility(columns=tuple(columns)).form
    for line, (code, label, when) in _lines(text, 3, "minor | Under 18 years | [age] < 18"):
        if not NAME.fullmatch(code):
            raise RuleTextError(line, f'"{code}" cannot be a code.', "Use small letters, digits and _.")
        if code in found:
            raise RuleTextError(line, f'The code "{code}" is there twice.', "Give each reason a code of its own.")
        try:
            condition(when, form)
        except ExpressionError as problem:
            raise RuleTextError(line, problem.message, problem.remedy) from problem
        found[code] = LogExclusion(code=code, label=label, when=when)
    return tuple(found.values())


def read_caps(text: str) -> dict[str, int]:
    """`hernia | 5`, one a line: the most of one procedure in a cycle."""
    found: dict[str, int] = {}
    for line, (procedure, most) in _lines(text, 2, "49650 | 5"):
        if not most.isdecimal() or not 0 < int(most) < 10_000:
            raise RuleTextError(line, f'"{most}" is no number of cases.', "Write a whole number above 0.")
        found[procedure] = int(most)
    return found


def _lines(text: str, count: int, example: str) -> list[tuple[int, list[str]]]:
    found = []
    for line, words in enumerate(text.splitlines(), 1):
        parts = [part.strip() for part in words.split("|", count - 1)]
        if not words.strip():
            continue
        if len(parts) != count or not all(parts):
            raise RuleTextError(line, f"This has not {count} parts.", f"Write them as in: {example}")
        found.append((line, parts))
    return found


def written(items: Sequence[Sequence[object]]) -> str:
    """Back to text, one a line."""
    return "\n".join(" | ".join(map(str, each)) for each in items)
