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


MOST_CELLS = 5_000_000  # of the rectangle around all cells: the reader makes room for each
LARGEST_INDEX = 5 * 2**20
XLSX_FORMULA = re.compile(
    rb'<(?:\w+:)?c\b[^>]{0,200}?\br="([A-Z]{1,3})([0-9]{1,7})"[^>]{0,200}>\s{0,20}<(?:\w+:)?f[\s/>]'
)
XLSX_ROW = re.compile(rb'\br="[A-Z]{0,3}([0-9]{5,})"')  # few rows need no counting
XLSX_COLUMN = re.compile(rb'\br="([A-Z]{2,})[0-9]')
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
    _refuse_wide_spread(archive, kind)
    sheets, chosen = _sheets_with_data(_open(content), sheet)
    lines = partial(_lines, chosen)
    heading = find_heading(lines())
    left = (chosen.start or (0, 0))[1]  # empty columns beside the table are not read
    table = Table(
        kind=kind,
        header=column_names(heading),
        heading_line=heading.line,
        lines=lines,
        size=chosen.height,
        sheet=chosen.name,
        sheets=sheets,
        left=left,
        formulas=_formulas(archive, kind, chosen.name, left),
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


def _sheets_with_data(book: CalamineWorkbook, wanted: str) -> tuple[tuple[str, ...], CalamineSheet]:
    """The names of the sheets that hold rows, and the one to read; only that one stays in memory."""
    names: list[str] = []
    chosen: CalamineSheet | None = None
    for about in book.sheets_metadata:
        sheet = _sheet(book, about.name) if about.typ == SheetTypeEnum.WorkSheet else None
        if sheet is not None and sheet.height > 1:
            names.append(about.name)
            chosen = sheet if chosen is None or about.name == wanted else chosen
    if chosen is None:
        message = "No sheet of the workbook has rows."
        raise ImportRefusedError(message, "Name the columns in the first row, one case in each row below.")
    return tuple(names), chosen


def _sheet(book: CalamineWorkbook, name: str) -> CalamineSheet:
    try:
        sheet = book.get_sheet_by_name(name)
    except (CalamineError, ValueError) as problem:
        raise ImportRefusedError(f'The sheet "{name}" cannot be read ({str(problem)[:100]}).', REMEDY) from problem
    if sheet.height > MOST_ROWS + 1:
        raise too_many_rows()
    return sheet


def _refuse_wide_spread(archive: Archive, kind: str) -> None:
    """Two cells in opposite corners of a sheet would cost the reader a gigabyte: look where cells are before it does."""
    if kind == "XLSX":
        parts = [name for name in archive.members if name.startswith("xl/worksheets/") and name.endswith(".xml")]
        extents = [_xlsx_extent(archive, part) for part in parts]
    else:
        extents = _ods_scan(archive).extents
    for lines, width in extents:
        if lines * width > MOST_CELLS:
            message = f"A sheet of the workbook reaches over {lines:,} rows and {width:,} columns."
            way = "Delete the empty rows and columns around the table, or save it as “CSV UTF-8”."
            raise ImportRefusedError(message, way)


def _xlsx_extent(archive: Archive, part: str) -> tuple[int, int]:
    lines, letters = 0, {b"Z"}  # names of one letter are not worth looking at
    for piece in archive.overlapping(part):
        lines = max(lines, *map(int, XLSX_ROW.findall(piece)), 0)
        letters.update(XLSX_COLUMN.findall(piece))
    return lines, 1 + max(column_position(name.decode()) for name in letters)


def _lines(sheet: CalamineSheet) -> Iterator[Row]:
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
    return _ods_scan(archive).formulas.get(sheet, [])


def _ods_scan(archive: Archive) -> "_OdsScan":
    scan = _OdsScan()
    try:
        for piece in archive.pieces("content.xml") if "content.xml" in archive.members else ():
            scan.parser.Parse(piece, False)  # noqa: FBT003 -- expat's signature
    except (expat.ExpatError, ValueError) as problem:
        raise ImportRefusedError("The workbook is damaged.", "Open it, save it again and upload that.") from problem
    return scan


class _OdsScan:
    """Counts rows and cells, repeated ones too: how far each sheet reaches, and which cells hold a formula."""

    def __init__(self) -> None:
        self.extents: list[tuple[int, int]] = []
        self.formulas: dict[str, list[tuple[int, int]]] = {}
        self.sheet = ""
        self.line = self.position = self.last_line = self.width = 0
        self.repeated = 1
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def _start(self, tag: str, given: dict[str, str]) -> None:
        if tag == "table:table":
            self.sheet, self.line, self.last_line, self.width = given.get("table:name", ""), 0, 0, 0
        elif tag == "table:table-row":
            self.line, self.position = self.line + 1, 0
            self.repeated = int(given.get("table:number-rows-repeated", "1"))
        elif tag in {"table:table-cell", "table:covered-table-cell"}:
            self._cell(given)

    def _cell(self, given: dict[str, str]) -> None:
        count = int(given.get("table:number-columns-repeated", "1"))
        if "office:value-type" in given or "calcext:value-type" in given:
            self.width = max(self.width, self.position + count)
            self.last_line = self.line + self.repeated - 1
        if "table:formula" in given and count <= MOST_COLUMNS:
            places = [(self.line, self.position + each) for each in range(count)]
            self.formulas.setdefault(self.sheet, []).extend(places)
        self.position += count

    def _end(self, tag: str) -> None:
        if tag == "table:table-row":
            self.line += self.repeated - 1
        elif tag == "table:table":
            self.extents.append((self.last_line, self.width))
