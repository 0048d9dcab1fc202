"""From the text of a cell to an answer, once for each text of a column: files repeat themselves."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from cases.services.columns import IGNORED
from measures.definition.answers import json_value
from measures.definition.check import value_findings
from measures.definition.errors import ValueProblem
from measures.definition.moments import FIRST_YEAR, LAST_YEAR
from measures.definition.spec import DateOrder, MissingKind, Range, Value, VariableSpec, VariableType
from measures.definition.values import parse_value, says_missing


WITHOUT_VALUE = frozenset({IGNORED, *MissingKind})
MOST_REMEMBERED = 20_000  # texts of one column
NOT_A_LETTER = re.compile("[\udc80-\udcff]")  # a byte that the file's encoding does not know
ISO_MOMENT = re.compile(r"([0-9]{4})-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}")


class Problem(NamedTuple):
    rule: str
    message: str
    remedy: str


class Cell(NamedTuple):
    """What one text of one column means. `odd` ones are looked at by the full check, row by row."""

    value: Value | None = None
    fragment: str = ""  # of the JSON object of a case's answers
    kind: MissingKind | None = None
    odd: bool = False
    problem: Problem | None = None


class Cells(dict[str, Cell]):
    """The meaning of each text of one column, found out when it is met first."""

    def __init__(
        self, variable: VariableSpec, specs: Sequence[VariableSpec], order: DateOrder, codes: Mapping[str, str]
    ) -> None:
        super().__init__()
        self.variable, self.specs, self.order, self.codes = variable, specs, order, codes
        self.has_odd = self.has_kinds = False
        # A value of the right type without codes and bounds cannot be wrong by itself.
        self.is_free = all(not spec.codes and spec.range == Range() for spec in specs)
        self.name = json.dumps(variable.name)

    def __missing__(self, text: str) -> Cell:
        cell = self._read(text)
        self.has_odd, self.has_kinds = self.has_odd or cell.odd, self.has_kinds or cell.kind is not None
        if len(self) >= MOST_REMEMBERED:
            self.clear()
        self[text] = cell
        return cell

    def _read(self, text: str) -> Cell:
        if not text.isascii() and (found := NOT_A_LETTER.search(text)):
            byte = ord(found[0]) - 0xDC00
            message = f"Byte {byte:02X} (hexadecimal) is no letter in UTF-8, as the rest of the file is."
            return Cell(
                odd=True, problem=Problem("encoding", message, "Type the text again, or save the file as “CSV UTF-8”.")
            )
        if self.variable.type is VariableType.DATETIME and self.is_free and (moment := _iso_moment(text)):
            return Cell(moment, f'{self.name}: "{text[:10]}T{text[11:]}"')
        meant = (said_of(self.variable, text, self.codes) or text) if self.codes else text
        try:
            answer = None if meant == IGNORED and self.codes else parse_value(self.variable, meant, self.order)
        except ValueProblem as problem:
            return Cell(odd=True, problem=Problem(f"value:{self.variable.name}", problem.message, problem.remedy))
        if answer is None:
            return Cell()
        if isinstance(answer, MissingKind):
            return Cell(kind=answer, odd=any(answer not in spec.missing for spec in self.specs))
        odd = not self.is_free and any(value_findings(spec, answer) for spec in self.specs)
        return Cell(value=answer, fragment=fragment(self.variable.name, answer), odd=odd)


def _iso_moment(text: str) -> datetime | None:
    """A shorter way for the commonest writing of a moment, which rarely repeats; a test holds it to `parse_value`."""
    if found := ISO_MOMENT.fullmatch(text):
        try:
            return datetime.fromisoformat(text) if FIRST_YEAR <= int(found[1]) <= LAST_YEAR else None
        except ValueError:
            return None  # parse_value says what is wrong
    return None


def fragment(name: str, value: Value) -> str:
    """One entry of the JSON object in which a case keeps its answers."""
    return f"{json.dumps(name)}: {json.dumps(json_value(value))}"


def said_of(variable: VariableSpec, text: str, codes: Mapping[str, str]) -> str:
    """What a person said that the text stands for; empty where nothing was said.

    Missing is not No: an empty cell, or "unknown", stands for a kind of missing or for nothing, whatever was said.
    """
    said = codes.get(folded(text), "")
    return "" if said not in WITHOUT_VALUE and says_missing(variable, text) else said


def folded(text: str) -> str:
    """Texts that a person need not decide about twice."""
    return " ".join(text.split()).casefold()
