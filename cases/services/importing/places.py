"""Which hospital's which case a row is: found for all rows first, so that no case is in a file twice."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cases.errors import CaseNumberError
from cases.services.columns import Columns
from cases.services.importing.table import Row
from cases.services.rows import Place, ReadRow
from cases.validators import clean_case_number


@dataclass(frozen=True, kw_only=True)
class Hospitals:
    """Whose rows are accepted. `own` is set when a hospital uploads: then no other exists for it."""

    by_identifier: Mapping[str, int]
    own: int | None = None
    unsigned: Mapping[int, str] = field(default_factory=dict)  # members that lack an agreement, and which


@dataclass(frozen=True, kw_only=True)
class Placer:
    header: tuple[str, ...]
    columns: Columns
    hospitals: Hospitals
    zero_led: Mapping[Place, str] = field(
        default_factory=dict
    )  # stored numbers, under what is left without their zeros
    _counters: Counter[int | None] = field(default_factory=Counter)

    def place(self, row: Row) -> ReadRow:
        """The row with its hospital and case number; its answers come later, when duplicates are known."""
        read = ReadRow(row.line, participation_id=self.hospitals.own)
        count = len(row.cells)
        if count != len(self.header) and (
            count < len(self.header) or any(map(str.strip, row.cells[len(self.header) :]))
        ):
            message = f"The row has {count} cells, the heading has {len(self.header)}."
            read.refuse("ragged_row", message, "Look for a missing or unquoted delimiter.")
            read.unreadable = True
            return read
        self._find_hospital(row, read)
        if self.columns.by_row:
            self._number(read)
        elif self.columns.case_number is not None:
            self._find_number(row, read, self.columns.case_number)
        return read

    def _find_hospital(self, row: Row, read: ReadRow) -> None:
        position, hospitals = self.columns.hospital, self.hospitals
        if position is None:
            return
        text = row.cells[position].strip()
        if hospitals.own is not None:
            if hospitals.by_identifier.get(text) != hospitals.own:
                # One answer for other members and for numbers nobody has: it must not tell which exist.
                message = f'"{text}" is not the number of your hospital.'
                read.refuse("other_hospital", message, "Upload your own rows only.", {self.header[position]: text})
                read.unreadable = True
        elif text in hospitals.by_identifier:
            read.participation_id = hospitals.by_identifier[text]
            if why := hospitals.unsigned.get(read.participation_id):
                remedy = "Its administrator signs under Agreements, or the centre records the signed paper there. Then check the file again."
                read.refuse(
                    "no_agreement",
                    f"No cases of hospital {text} are taken: {why}.",
                    remedy,
                    {self.header[position]: text},
                )
        else:
            message = f'No member hospital has the number "{text}".'
            read.refuse("unknown_hospital", message, self._guess(text), {self.header[position]: text})

    def _guess(self, text: str) -> str:
        padded = [number for number in self.hospitals.by_identifier if number.lstrip("0") == text.lstrip("0") and text]
        if padded:
            return f"Did you mean {padded[0]}? Spreadsheets drop leading zeros; format the column as text."
        return "Check the number, or let the hospital join first."

    def _number(self, read: ReadRow) -> None:
        """Rows without a case number are counted within their hospital, in the order of the file."""
        if not read.is_refused:
            self._counters[read.participation_id] += 1
            read.case_number = f"{self._counters[read.participation_id]:04d}"

    def _find_number(self, row: Row, read: ReadRow, position: int) -> None:
        column, text = self.header[position], row.cells[position]
        try:
            read.case_number = clean_case_number(text)
        except CaseNumberError as problem:
            read.refuse("case_number", str(problem), "", {column: text})
            return
        stored = self.zero_led.get((read.participation_id, read.case_number)) if self.zero_led else None
        if stored:
            message = f"There is no case {read.case_number} yet, but a case {stored}."
            remedy = "Spreadsheets drop leading zeros: format the column as text, and upload it again."
            read.refuse("leading_zeros", message, remedy, {column: text})


def refuse_duplicates(placed: Iterable[ReadRow]) -> None:
    """Rows of one hospital with one number contradict each other; none of them is taken."""
    first: dict[Place, ReadRow] = {}
    same: dict[Place, list[ReadRow]] = defaultdict(list)
    for read in placed:
        if read.case_number and not (read.findings and read.is_refused):
            place = (read.participation_id, read.case_number)
            if first.setdefault(place, read) is not read:
                same[place].append(read)
    for place, others in same.items():
        rows = [first[place], *others]
        for read in rows:
            other = next(each.line for each in rows if each is not read)
            message = f"Case number {read.case_number} is also on line {other}."
            read.refuse("duplicate_case_number", message, "Keep one of these rows.")
