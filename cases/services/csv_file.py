"""Read an uploaded text file as a table: its encoding, delimiter, heading and rows. Knows nothing of forms."""

import csv
import io
from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

from charset_normalizer import from_bytes

from cases.errors import ImportRefusedError
from cases.services.importing.table import (
    MOST_ROWS,
    Row,
    Table,
    column_names,
    find_heading,
    refuse_without_rows,
    too_many_rows,
)


DELIMITERS = (",", ";", "\t")
PIECE = 2**20
GUESSED_FROM = 200_000  # bytes: enough to tell an encoding, far quicker than the whole file
# What spreadsheets of our members save when they do not save UTF-8, the likeliest first.
LIKELY = ["cp1252", "cp1250", "mac_roman", "cp1251", "cp1253", "cp1254", "cp1257", "cp850", "shift_jis", "gb18030"]
RIGHT_WAY = "Save it as “CSV UTF-8” and upload that."


@dataclass(frozen=True)
class _Encoding:
    codec: str
    name: str
    guessed: bool = False
    mixed: bool = False


def read_csv(content: bytes) -> Table:
    """The table in a text file.

    Raises
    ------
    ImportRefusedError
        Says what is wrong with the file as a whole and how to save it so that it can be read.
    """
    encoding = _encoding(content)
    delimiter = _delimiter(content, encoding)
    lines = partial(_lines, content, encoding, delimiter)
    heading = find_heading(lines())
    table = Table(
        kind="CSV",
        header=column_names(heading),
        heading_line=heading.line,
        lines=lines,
        size=content.count(b"\n"),
        encoding=encoding.name,
        guessed=encoding.guessed,
        mixed=encoding.mixed,
        delimiter=delimiter,
    )
    refuse_without_rows(table.rows)
    return table


def _encoding(content: bytes) -> _Encoding:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        if (wrong := _first_wrong_byte(content, "utf-16")) is not None:
            message = f"The file begins as UTF-16 text but breaks off at byte {wrong + 1:,}."
            raise ImportRefusedError(message, "Save it again as “CSV UTF-8” and upload that.")
        return _Encoding("utf-16", "UTF-16")
    if b"\x00" in content:
        raise ImportRefusedError("The file is not text.", RIGHT_WAY)
    if _first_wrong_byte(content, "utf-8-sig") is None:
        return _Encoding("utf-8-sig", "UTF-8")
    return _Encoding("utf-8-sig", "UTF-8", mixed=True) if _is_mostly_utf8(content) else _guess(content)


def _first_wrong_byte(content: bytes, codec: str) -> int | None:
    decoder, size = getincrementaldecoder(codec)(), len(content)
    for begin in range(0, size + PIECE, PIECE):
        held = len(decoder.getstate()[0])  # bytes of a letter that was cut in two
        try:
            decoder.decode(content[begin : begin + PIECE], final=begin >= size)
        except UnicodeDecodeError as problem:
            return min(begin, size) - held + problem.start
    return None


def _is_mostly_utf8(content: bytes) -> bool:
    """Whether more lines with accents are UTF-8 than are not: then the others were pasted from another program."""
    right = wrong = 0
    for line in content.splitlines():
        if not line.isascii():
            try:
                line.decode()
                right += 1
            except UnicodeDecodeError:
                wrong += 1
    return right > wrong


def _guess(content: bytes) -> _Encoding:
    """Text in an older encoding: the likeliest one, said on the page so that a person can look at the letters."""
    best = from_bytes(content[:GUESSED_FROM], cp_isolation=LIKELY).best()
    if best is None:
        raise ImportRefusedError("The encoding of the file cannot be recognised.", RIGHT_WAY)
    # Several encodings may give the same letters; all else equal it is the likeliest.
    codec = next((each for each in LIKELY if each in best.could_be_from_charset), best.encoding)
    if (wrong := _first_wrong_byte(content, codec)) is not None:
        line = content.count(b"\n", 0, wrong) + 1
        message = f"Line {line:,} has bytes that are no letters in {codec}."
        raise ImportRefusedError(message, "Save the file as “CSV UTF-8” and upload that.")
    return _Encoding(codec, codec, guessed=True)


def _text(content: bytes, encoding: _Encoding) -> io.TextIOWrapper:
    """Bytes that are no letters stay recognisable, so that their row can be named."""
    errors = "surrogateescape" if encoding.mixed else "strict"
    return io.TextIOWrapper(io.BytesIO(content), encoding=encoding.codec, errors=errors, newline="")


def _delimiter(content: bytes, encoding: _Encoding) -> str:
    """The delimiter that cuts most of the first lines, and those into most columns."""
    first = list(islice(_text(content, encoding), 10))
    counts = {each: [line.count(each) for line in first] for each in DELIMITERS}
    return max(DELIMITERS, key=lambda each: (sum(map(bool, counts[each])), sum(counts[each])))


def _lines(content: bytes, encoding: _Encoding, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(_text(content, encoding), delimiter=delimiter, strict=True)
    line, count = 1, 0
    try:
        for cells in reader:
            if cells:
                count += 1
                yield Row(line, cells)
            line = reader.line_num + 1
            if count > MOST_ROWS + 1:
                raise too_many_rows()
    except csv.Error as problem:
        message = f"The file cannot be read from line {line:,} on ({problem})."
        raise ImportRefusedError(message, "Look for a quotation mark that is opened and not closed.") from problem


def write_table(rows: Iterable[Sequence[str]], delimiter: str = ",") -> bytes:
    """Rows as CSV in UTF-8 with a mark that spreadsheets recognise; no cell can run as a formula."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows([neutral(cell) for cell in row] for row in rows)
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
