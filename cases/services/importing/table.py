"""An uploaded file as a table: its heading, and its rows as often as they are wanted. Knows nothing of forms."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple, TypeVar

from cases.errors import ImportRefusedError


MOST_ROWS, MOST_COLUMNS = 200_000, 2_000
TITLE_ROWS = 10  # the heading is looked for among the first rows
Item = TypeVar("Item")


class Row(NamedTuple):
    """One row, and the line of the file or sheet on which it begins (the first is 1)."""

    line: int
    cells: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows are read anew each time, so that a large file never lies in memory as cells."""

    kind: str  # CSV, XLSX or ODS
    header: tuple[str, ...]
    heading_line: int
    lines: Callable[[], Iterator[Row]]
    size: int  # about how many rows, for the progress
    encoding: str = ""
    guessed: bool = False
    mixed: bool = False  # some letters are in another encoding than the rest
    delimiter: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    left: int = 0  # columns of the sheet before the first of the table
    formulas: Mapping[int, tuple[int, ...]] = field(default_factory=dict)  # line → positions

    @property
    def rows(self) -> Iterator[Row]:
        """Every row under the heading that holds anything."""
        found = (row for row in self.lines() if row.line > self.heading_line)
        return (row for row in found if any(row.cells) and not "".join(row.cells).isspace())

    @property
    def delimiter_name(self) -> str:
        return {",": "comma", ";": "semicolon", "\t": "tab", "": ""}[self.delimiter]


def batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    source = iter(items)
    return iter(lambda: list(islice(source, size)), [])


def find_heading(lines: Iterable[Row]) -> Row:
    """The row that names the columns: the first, unless single cells above it are a title.

    Raises
    ------
    ImportRefusedError
        There is none.
    """
    first = list(islice(lines, TITLE_ROWS))
    filled = [sum(1 for cell in row.cells if cell.strip()) for row in first]
    if not any(filled):
        raise ImportRefusedError("The file is empty.", "Export it again; the first row must name the columns.")
    widest = max(filled)
    for row, count in zip(first, filled, strict=True):
        if count > 1 or (count == 1 and widest < 3):  # a title stands alone over a wide table
            return row
    return first[filled.index(widest)]


def readable(text: str) -> str:
    """The text without bytes that are no letters, which no database keeps."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def column_names(heading: Row) -> tuple[str, ...]:
    """The names in the heading.

    Raises
    ------
    ImportRefusedError
        A column without a name, a name that is there twice, or far too many columns.
    """
    names = tuple(readable(cell.strip()) for cell in heading.cells)
    while names and not names[-1]:
        names = names[:-1]
    if len(names) > MOST_COLUMNS:
        message = f"The file has {len(names):,} columns; at most {MOST_COLUMNS:,} are read."
        raise ImportRefusedError(message, "Leave out those that the form does not ask for.")
    where = "in the heading" if heading.line == 1 else f"in the heading, line {heading.line}"
    earlier: dict[str, int] = {}
    for position, name in enumerate(names, start=1):
        if not name:
            message = f"Column {position} has no name {where}."
            raise ImportRefusedError(message, "Give every column a name, in the first row.")
        first = earlier.setdefault(name.casefold(), position)
        if first != position:
            message = f'The heading has the column "{name}" twice, as columns {first} and {position}.'
            raise ImportRefusedError(message, "Rename or remove one of them.")
    return names


def refuse_without_rows(rows: Iterable[Row]) -> None:
    if next(iter(rows), None) is None:
        raise ImportRefusedError("The file has a heading but no rows.", "Add one row for each case.")


def too_many_rows() -> ImportRefusedError:
    message = f"The file has more than {MOST_ROWS:,} rows."
    return ImportRefusedError(message, "Split it, for example by year, and upload the parts.")
