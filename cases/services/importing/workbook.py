"""Read a workbook (XLSX, ODS) as a table: cells as values, dates in ISO form, formulas named and never taken."""

import io
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from xml.etree import ElementTree as ET
from xml.parsers import expat

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum

from cases.errors import ImportRefusedError
from cases.services.importing.archive import REMEDY, Archive
from cases.services.importing.table import (
    MOST_COLUMNS,
    MOST_ROWS,
    Row,
    Table,
    column_names,
    find_heading,
    refuse_without_rows,
    too_many_rows,
)


MOST_CELLS = 20_000_000
LARGEST_INDEX = 5 * 2**20
XLSX_FORMULA = re.compile(
    rb'<(?:\w+:)?c\b[^>]{0,200}?\br="([A-Z]{1,3})([0-9]{1,7})"[^>]{0,200}>\s{0,20}<(?:\w+:)?f[\s/>]'
)
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
ODS_KIND = b"application/vnd.oasis.opendocument.spreadsheet"


def read_workbook(content: bytes, sheet: str = "") -> Table:
    """The table on a sheet of a workbook; without `sheet` the first one that holds anything.

    Raises
    ------
    ImportRefusedError
        Says what is wrong with the file as a whole and how to save it so that it can be read.
    """
    archive = Archive(content)
    kind = _kind(archive)
    book = _open(content)
    sheets = _sheets_with_data(book)
    name = sheet if sheet in sheets else sheets[0]
    lines = partial(_lines, book, name)
    heading = find_heading(lines())
    left = (_sheet(book, name).start or (0, 0))[1]  # empty columns beside the table are not read
    table = Table(
        kind=kind,
        header=column_names(heading),
        heading_line=heading.line,
        lines=lines,
        size=book.get_sheet_by_name(name).height,
        sheet=name,
        sheets=sheets,
        left=left,
        formulas=_formulas(archive, kind, name, left),
    )
    refuse_without_rows(table.rows)
    return table


def _kind(archive: Archive) -> str:
    if "xl/workbook.xml" in archive.members:
        return "XLSX"
    if archive.read("mimetype").startswith(ODS_KIND):
        return "ODS"
    raise ImportRefusedError(
        "The file is a zip archive, but no XLSX or ODS workbook.", "Unpack it and upload the table in it."
    )


def _open(content: bytes) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(content))
    except (CalamineError, ValueError, OSError) as problem:
        raise ImportRefusedError(f"The workbook cannot be read ({str(problem)[:100]}).", REMEDY) from problem


def _sheets_with_data(book: CalamineWorkbook) -> tuple[str, ...]:
    found = []
    for about in book.sheets_metadata:
        if about.typ == SheetTypeEnum.WorkSheet:
            sheet = _sheet(book, about.name)
            if sheet.height > 1:
                found.append(about.name)
    if not found:
        raise ImportRefusedError(
            "No sheet of the workbook has rows.", "Name the columns in the first row, one case in each row below."
        )
    return tuple(found)


def _sheet(book: CalamineWorkbook, name: str) -> CalamineSheet:
    try:
        sheet = book.get_sheet_by_name(name)
    except (CalamineError, ValueError) as problem:
        raise ImportRefusedError(f'The sheet "{name}" cannot be read ({str(problem)[:100]}).', REMEDY) from problem
    if sheet.height > MOST_ROWS + 1:
        raise too_many_rows()
    if sheet.height * sheet.width > MOST_CELLS or sheet.width > 8 * MOST_COLUMNS:
        message = f'The sheet "{name}" reaches over {sheet.height:,} rows and {sheet.width:,} columns.'
        raise ImportRefusedError(
            message, "Delete the empty rows and columns around the table, or save it as “CSV UTF-8”."
        )
    return sheet


def _lines(book: CalamineWorkbook, name: str) -> Iterator[Row]:
    sheet = _sheet(book, name)
    for line, cells in enumerate(sheet.iter_rows(), start=1):  # empty rows above the table are among them
        yield Row(line, [cell if type(cell) is str else _text(cell) for cell in cells])


def _text(cell: float | str | date | time | timedelta) -> str:  # noqa: PLR0911 -- one line a type
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else f"{Decimal(repr(cell)):f}"
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds" if cell.second else "minutes")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return cell.isoformat("seconds" if cell.second else "minutes")
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(int(cell.total_seconds()), 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}" + (f":{seconds:02d}" if seconds else "")
    return str(cell)


# Formulas: the reader gives what they last came to, and does not say that they were formulas.


def _formulas(archive: Archive, kind: str, sheet: str, left: int) -> Mapping[int, tuple[int, ...]]:
    found: dict[int, list[int]] = {}
    cells = _xlsx_formulas(archive, sheet) if kind == "XLSX" else _ods_formulas(archive, sheet)
    for line, position in cells:
        found.setdefault(line, []).append(position - left)
    return {line: tuple(positions) for line, positions in found.items()}


def _xlsx_formulas(archive: Archive, sheet: str) -> Iterator[tuple[int, int]]:
    part = _xlsx_part(archive, sheet)
    for match in archive.matches(part, XLSX_FORMULA) if part in archive.members else ():
        yield int(match[2]), column_position(match[1].decode())


def _xlsx_part(archive: Archive, sheet: str) -> str:
    """The part of the archive that holds the sheet."""
    try:
        book = ET.fromstring(_small(archive, "xl/workbook.xml"))  # noqa: S314 -- measured before
        relations = ET.fromstring(_small(archive, "xl/_rels/workbook.xml.rels"))  # noqa: S314 -- the same
    except ET.ParseError as problem:
        raise ImportRefusedError("The workbook is damaged.", "Open it, save it again and upload that.") from problem
    keys = {each.get("name"): each.get(RELATION) for each in book.iter() if each.tag.endswith("}sheet")}
    targets = {each.get("Id"): each.get("Target", "") for each in relations}
    target = targets.get(keys.get(sheet), "") or ""
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _small(archive: Archive, name: str) -> bytes:
    if name in archive.members and archive.members[name].file_size > LARGEST_INDEX:
        raise ImportRefusedError("The workbook has far too many sheets.", REMEDY)
    return archive.read(name)


def column_position(letters: str) -> int:
    """0 for A, 25 for Z, 26 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def cell_address(line: int, position: int) -> str:
    letters, rest = "", position + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return f"{letters}{line}"


def _ods_formulas(archive: Archive, sheet: str) -> list[tuple[int, int]]:
    if not any(True for _ in archive.matches("content.xml", re.compile(rb"table:formula="))):
        return []
    finder = _OdsFormulas(sheet)
    for piece in archive.pieces("content.xml"):
        finder.parser.Parse(piece, False)  # noqa: FBT003 -- expat's signature
    return finder.found


class _OdsFormulas:
    """Counts rows and cells of one sheet, repeated ones too, and notes those with a formula."""

    def __init__(self, sheet: str) -> None:
        self.sheet, self.found, self.inside = sheet, list[tuple[int, int]](), False
        self.line = self.position = 0
        self.repeated = 1
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def _start(self, tag: str, given: dict[str, str]) -> None:
        if tag == "table:table":
            self.inside, self.line = given.get("table:name") == self.sheet, 0
        elif self.inside and tag == "table:table-row":
            self.line, self.position = self.line + 1, 0
            self.repeated = int(given.get("table:number-rows-repeated", "1"))
        elif self.inside and tag in {"table:table-cell", "table:covered-table-cell"}:
            count = int(given.get("table:number-columns-repeated", "1"))
            if "table:formula" in given and count <= MOST_COLUMNS:
                self.found += [(self.line, self.position + each) for each in range(count)]
            self.position += count

    def _end(self, tag: str) -> None:
        if tag == "table:table-row":
            self.line += self.repeated - 1
