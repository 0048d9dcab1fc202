"""Read an uploaded file as a table: its encoding, delimiter, heading and rows. Knows nothing of forms."""

import csv
import io
from dataclasses import dataclass

from charset_normalizer import from_bytes

from cases.errors import ImportRefusedError


DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
LONGEST_CELL = 10_000
MOST_ROWS = 200_000
GUESSED_FROM = 200_000  # bytes: enough to tell an encoding, far quicker than the whole file
# What spreadsheets of our members save when they do not save UTF-8, the likeliest first.
LIKELY = ["cp1252", "cp1250", "mac_roman", "cp1251", "cp1253", "cp1254", "cp1257", "cp850", "shift_jis", "gb18030"]
SPREADSHEETS = {
    b"PK\x03\x04": "an Excel workbook (or another zip archive)",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
}


@dataclass(frozen=True)
class Row:
    """One row, and the line of the file on which it begins (the heading is on line 1)."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Table:
    encoding: str
    guessed: bool
    delimiter: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def delimiter_name(self) -> str:
        return DELIMITERS[self.delimiter]


def read_table(content: bytes) -> Table:
    """The table in an uploaded file.

    Raises
    ------
    ImportRefusedError
        Says what is wrong with the file as a whole and how to save it so that it can be read.
    """
    text, encoding, guessed = _decode(content)
    delimiter = _delimiter(text)
    lines = _lines(text, delimiter)
    if not lines:
        raise ImportRefusedError("The file is empty.", "Export it again; the first row must name the columns.")
    header = _header(lines[0])
    rows = tuple(row for row in lines[1:] if any(cell.strip() for cell in row.cells))
    if not rows:
        raise ImportRefusedError("The file has a heading but no rows.", "Add one row for each case.")
    return Table(encoding=encoding, guessed=guessed, delimiter=delimiter, header=header, rows=rows)


def _decode(content: bytes) -> tuple[str, str, bool]:
    for start, kind in SPREADSHEETS.items():
        if content.startswith(start):
            raise ImportRefusedError(f"The file is {kind}, not a CSV file.", "Save it as “CSV UTF-8” and upload that.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decoded(content, "utf-16"), "UTF-16", False
    if b"\x00" in content:
        raise ImportRefusedError("The file is not text.", "Save it as “CSV UTF-8” and upload that.")
    try:
        return content.decode("utf-8-sig"), "UTF-8", False
    except UnicodeDecodeError:
        return _guess(content)


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as problem:
        message = f"The file begins as {encoding.upper()} text but breaks off at byte {problem.start + 1:,}."
        raise ImportRefusedError(message, "Save it again as “CSV UTF-8” and upload that.") from problem


def _guess(content: bytes) -> tuple[str, str, bool]:
    """Text in an older encoding: the likeliest one, said on the page so that a person can look at the letters."""
    best = from_bytes(content[:GUESSED_FROM], cp_isolation=LIKELY).best()
    if best is None:
        raise ImportRefusedError(
            "The encoding of the file cannot be recognised.", "Save it as “CSV UTF-8” and upload that."
        )
    # Several encodings may give the same letters; all else equal it is the likeliest.
    encoding = next((each for each in LIKELY if each in best.could_be_from_charset), best.encoding)
    try:
        return content.decode(encoding), encoding, True
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        message = f"Line {line:,} has bytes that are no letters in {encoding}."
        raise ImportRefusedError(message, "Save the file as “CSV UTF-8” and upload that.") from problem


def _delimiter(text: str) -> str:
    """The delimiter that cuts the heading into most columns."""
    heading = text.lstrip("\r\n").partition("\n")[0]
    return max(DELIMITERS, key=heading.count)


def _lines(text: str, delimiter: str) -> list[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    line = 1
    try:
        for cells in reader:
            if cells and len(rows) <= MOST_ROWS:
                rows.append(Row(line, tuple(cells)))
            line = reader.line_num + 1
    except csv.Error as problem:
        message = f"The file cannot be read from line {line:,} on ({problem})."
        raise ImportRefusedError(message, "Look for a quotation mark that is opened and not closed.") from problem
    if len(rows) > MOST_ROWS:
        message = f"The file has more than {MOST_ROWS:,} rows."
        raise ImportRefusedError(message, "Split it, for example by year, and upload the parts.")
    return rows


def _header(first: Row) -> tuple[str, ...]:
    names = tuple(cell.strip() for cell in first.cells)
    while names and not names[-1]:
        names = names[:-1]
    for position, name in enumerate(names):
        if not name:
            message = f"Column {position + 1} has no name in the heading."
            raise ImportRefusedError(message, "Give every column a name, in the first row.")
        earlier = [each.casefold() for each in names[:position]]
        if name.casefold() in earlier:
            message = f'The heading has the column "{name}" twice, as columns {earlier.index(name.casefold()) + 1} and {position + 1}.'
            raise ImportRefusedError(message, "Rename or remove one of them.")
    return names


def write_table(rows: list[list[str]], delimiter: str = ",") -> bytes:
    """Rows as CSV in UTF-8 with a mark that spreadsheets recognise; no cell can run as a formula."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows([[neutral(cell) for cell in row] for row in rows])
    return out.getvalue().encode("utf-8-sig")


def neutral(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; plain numbers stay numbers."""
    if not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")):
        return cell
    try:
        float(cell)
    except ValueError:
        return f"'{cell}"
    return cell
