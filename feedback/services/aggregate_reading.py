"""Read a file of supplied figures: every row that cannot be right is named, with its line, its column and the way out."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from cases.errors import ImportRefusedError
from cases.services.columns import HOSPITAL_NAMES
from cases.services.importing.read_file import read_file
from cases.services.importing.table import Row, Table, readable
from feedback.selectors.aggregate_slices import period_name
from measures.definition.errors import did_you_mean
from measures.definition.spec import Figures


HOSPITAL, NAME, PERIOD = "hospital", "hospital_name", "period"
NUMERATOR, DENOMINATOR, EXPECTED = "numerator", "denominator", "expected"
NAMES = {
    HOSPITAL: (*HOSPITAL_NAMES, "hospital code", "facility id", "provider number"),
    NAME: ("hospital name", "facility name", "name"),
    PERIOD: ("period", "quarter", "year"),
    NUMERATOR: ("numerator", "observed", "events"),
    DENOMINATOR: ("denominator", "cases", "n"),
    EXPECTED: ("expected", "expected events", "expected count"),
}
EARLIEST = 1990
LONGEST_SHOWN = 60
LARGEST = 2_000_000_000  # what a column of the database holds
PERIODS = (
    re.compile(r"(?P<year>\d{4})"),
    re.compile(r"(?P<year>\d{4})\s?[-–]\s?(?P<to>\d{4})"),  # noqa: RUF001 -- a dash that people type
    re.compile(r"(?P<year>\d{4})[\s_/-]*Q(?P<quarter>[1-4])", re.IGNORECASE),
    re.compile(r"Q(?P<quarter>[1-4])[\s_/-]*(?P<year>\d{4})", re.IGNORECASE),
)
WHOLE = re.compile(r"\d+(\.0+)?|\d{1,3}(,\d{3})+")
NUMBER = re.compile(r"\d+(\.\d+)?|\.\d+")


@dataclass(frozen=True, kw_only=True)
class FigureProblem:
    line: int
    column: str
    message: str
    remedy: str


@dataclass(frozen=True, kw_only=True)
class Member:
    """A hospital that figures can be of."""

    participation_id: int
    identifier: str
    name: str


@dataclass(frozen=True, kw_only=True)
class FigureRow:
    """The sums of one hospital and period, as the file has them."""

    line: int
    member: Member
    first_day: date
    last_day: date
    numerator: int
    denominator: int
    expected: float | None

    @property
    def period(self) -> str:
        return period_name(self.first_day, self.last_day)

    @property
    def key(self) -> tuple[int, date, date]:
        return self.member.participation_id, self.first_day, self.last_day


@dataclass(frozen=True, kw_only=True)
class ReadFigures:
    rows: tuple[FigureRow, ...]
    problems: tuple[FigureProblem, ...]
    not_read: tuple[str, ...]


class _RowError(Exception):
    def __init__(self, line: int, column: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.problem = FigureProblem(line=line, column=column, message=message, remedy=remedy)


@dataclass(frozen=True, kw_only=True)
class FigureReader:
    """Everything that is the same for all rows of a file."""

    figures: Figures
    members: Sequence[Member]
    today: date
    _seen: dict[int, list[FigureRow]] = field(default_factory=dict)

    def read(self, content: bytes) -> ReadFigures:
        """Raises ImportRefusedError where the file as a whole cannot be read as figures."""
        self._seen.clear()
        table = read_file(content)
        at = self._columns(table)
        rows, problems = [], []
        for row in table.rows:
            try:
                rows.append(self._row(table, at, row))
            except _RowError as refused:
                problems.append(refused.problem)
        used = {table.header[position] for position in at.values()}
        not_read = tuple(name for name in table.header if name not in used)
        if not rows and not problems:
            raise ImportRefusedError("The file has a heading but no rows.", "Add one row for each hospital and period.")
        return ReadFigures(rows=tuple(rows), problems=tuple(problems), not_read=not_read)

    def _columns(self, table: Table) -> dict[str, int]:
        """Where each thing is, by its name; the first column of a name counts."""
        known = {_folded(name): target for target, names in self._names() for name in names}
        found: dict[str, int] = {}
        for position, name in enumerate(table.header):
            target = known.get(_folded(name))
            if target is not None and target not in found:
                found[target] = position
        if HOSPITAL not in found and NAME in found:
            found[HOSPITAL] = found.pop(NAME)
        needed = (HOSPITAL, PERIOD, NUMERATOR, DENOMINATOR, *((EXPECTED,) if self.figures.expected else ()))
        if lacking := [name for name in needed if name not in found]:
            raise ImportRefusedError(
                f"The file has no column {', '.join(lacking)}.",
                f"Name the columns {', '.join(needed)}, or fill in the template of this page.",
            )
        return found

    def _names(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Ours, and the words of the definition; an expected count that nobody asks for is not read."""
        own = {NUMERATOR: (self.figures.numerator,), DENOMINATOR: (self.figures.denominator,)}
        for target, names in NAMES.items():
            if target != EXPECTED or self.figures.expected:
                yield target, (*names, *own.get(target, ()))

    def _row(self, table: Table, at: Mapping[str, int], row: Row) -> FigureRow:
        self._refuse_cells(table, at, row)
        cells = {name: readable(row.cells[position].strip()) for name, position in at.items()}
        member = self._member(row.line, cells[HOSPITAL], cells.get(NAME, ""))
        first, last = self._period(row.line, cells[PERIOD])
        numerator = _whole(row.line, NUMERATOR, cells[NUMERATOR])
        denominator = _whole(row.line, DENOMINATOR, cells[DENOMINATOR])
        if numerator > denominator:
            message = f"The numerator {numerator:,} is larger than the denominator {denominator:,}."
            raise _RowError(row.line, NUMERATOR, message, "Look whether the two columns are swapped.")
        found = FigureRow(
            line=row.line,
            member=member,
            first_day=first,
            last_day=last,
            numerator=numerator,
            denominator=denominator,
            expected=self._expected(row.line, cells.get(EXPECTED, ""), denominator),
        )
        self._refuse_twice(found)
        return found

    def _refuse_cells(self, table: Table, at: Mapping[str, int], row: Row) -> None:
        if len(row.cells) < len(table.header):
            message = f"The row has {len(row.cells)} cells, the heading has {len(table.header)}."
            raise _RowError(row.line, "", message, "Look for a missing or unquoted delimiter.")
        for position in table.formulas.get(row.line, ()):
            if position in at.values():
                message = "The cell holds a formula, and formulas are not read."
                raise _RowError(row.line, table.header[position], message, "Paste the cells as values.")

    def _member(self, line: int, code: str, name: str) -> Member:
        if not code and not name:
            message = "The hospital is empty."
            raise _RowError(line, HOSPITAL, message, "Write its official number or its name, or remove the row.")
        by_code = self._called(code) or [each for each in self._called(name) if _same_number(code, each.identifier)]
        if not by_code:
            shown = (code or name)[:LONGEST_SHOWN]
            # The nearest number is another hospital's; of a name it is what was meant.
            known = [] if shown.isdigit() else [each.name for each in self.members]
            otherwise = "Use its number or name as the page Hospitals has it, or remove the row."
            raise _RowError(
                line, HOSPITAL, f'"{shown}" is no member hospital.', did_you_mean(shown, known, otherwise=otherwise)
            )
        if len(by_code) > 1:
            message = f'Several member hospitals are called "{code[:LONGEST_SHOWN]}".'
            raise _RowError(line, HOSPITAL, message, "Write the official number of the hospital instead.")
        found, named = by_code[0], self._called(name)
        if named and found not in named:
            message = f"{found.identifier} is {found.name}, not {named[0].name}."
            raise _RowError(line, NAME, message, "Correct the number or the name.")
        return found

    def _called(self, text: str) -> list[Member]:
        """By official number, where leading zeros count; else by name."""
        if not text:
            return []
        numbered = [each for each in self.members if each.identifier == text]
        return numbered or [each for each in self.members if each.name.casefold() == text.casefold()]

    def _period(self, line: int, text: str) -> tuple[date, date]:
        found = next((match for shape in PERIODS if (match := shape.fullmatch(text))), None)
        if found is None:
            message = f'"{text[:LONGEST_SHOWN]}" is no period.' if text else "The period is empty."
            raise _RowError(line, PERIOD, message, "Write a quarter, 2025-Q3, a year, 2025, or years, 2023-2025.")
        parts = found.groupdict()
        first, last = _days(int(parts["year"]), int(parts.get("quarter") or 0))
        last = last.replace(year=int(parts.get("to") or last.year))
        if last < first:
            raise _RowError(line, PERIOD, f"{text} ends before it begins.", "Write the earlier year first.")
        if first.year < EARLIEST:
            raise _RowError(line, PERIOD, f"{text} is before {EARLIEST}.", "Check the year.")
        if last >= self.today:
            message = f"{text} is not over yet."
            raise _RowError(line, PERIOD, message, "Check the period; supply its figures when it is over.")
        return first, last

    def _expected(self, line: int, text: str, denominator: int) -> float | None:
        if not self.figures.expected or (not text and not denominator):
            return None
        if not text:
            message = "The expected count is missing."
            raise _RowError(line, EXPECTED, message, "This measure compares with it: add it, or remove the row.")
        if text.startswith(("-", "\u2212")):
            raise _RowError(line, EXPECTED, f"{text} is below 0.", "Give the number of events expected.")
        if not NUMBER.fullmatch(text):
            message = f'"{text[:LONGEST_SHOWN]}" is not a number.'
            raise _RowError(line, EXPECTED, message, "Write it in digits with a decimal point: 14.2.")
        value = float(text)
        if denominator and (value <= 0 or not math.isfinite(value)):
            message = "An expected count of 0 cannot be compared with."
            raise _RowError(line, EXPECTED, message, "Give it with more decimals, or pool the period with others.")
        if value > denominator:
            message = f"The expected count {text} is larger than the denominator {denominator:,}."
            raise _RowError(line, EXPECTED, message, "Give a count of events: cases times the expected rate.")
        return value

    def _refuse_twice(self, row: FigureRow) -> None:
        """A period of a hospital stands once, and not inside another one of it."""
        others = self._seen.setdefault(row.member.participation_id, [])
        for other in others:
            if other.key == row.key:
                message = f"{row.member.name}, {row.period} is in line {other.line} already."
                raise _RowError(row.line, PERIOD, message, "Remove one of the two rows.")
            if other.first_day <= row.last_day and row.first_day <= other.last_day:
                message = f"{row.period} overlaps {other.period} of the same hospital in line {other.line}."
                raise _RowError(row.line, PERIOD, message, "Give either the year or its quarters.")
        others.append(row)


def _same_number(text: str, identifier: str) -> bool:
    """A spreadsheet drops leading zeros; the name beside it says that it was one."""
    return not text or text.lstrip("0") == identifier.lstrip("0")


def _days(year: int, quarter: int) -> tuple[date, date]:
    if not quarter:
        return date(year, 1, 1), date(year, 12, 31)
    following = date(year + quarter // 4, quarter % 4 * 3 + 1, 1)
    return date(year, quarter * 3 - 2, 1), following - timedelta(days=1)


def _whole(line: int, column: str, text: str) -> int:
    shown = text[:LONGEST_SHOWN]
    if not text:
        raise _RowError(line, column, f"The {column} is empty.", "Write 0 where there was none, or remove the row.")
    if text.startswith(("-", "\u2212")) and WHOLE.fullmatch(text[1:]):
        raise _RowError(line, column, f"{shown} is below 0.", "Give a count, 0 or more.")
    if text.startswith(("<", "*")):
        remedy = "Ask the supplier for the count itself: small counts are kept from members by the release."
        raise _RowError(line, column, f'"{shown}" hides the count.', remedy)
    if not WHOLE.fullmatch(text):
        raise _RowError(line, column, f'"{shown}" is not a whole number.', "Write the count in digits.")
    value = int(text.partition(".")[0].replace(",", ""))
    if value > LARGEST:
        raise _RowError(line, column, f"{shown} is too large.", "Check the count.")
    return value


def _folded(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name).strip().casefold()
