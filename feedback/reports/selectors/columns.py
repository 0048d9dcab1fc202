"""The columns of every table of numbers, one registry for the screen and for the file (BA-08).

A file has these columns and no other; a test holds the headings of the pages against them, and looks up every cell on its page.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter

from feedback.selectors.export import harmless


@dataclass(frozen=True, kw_only=True)
class Column:
    """`attribute` of a page's row. `beside`: on the screen it stands in another column's cell, or below the row."""

    heading: str
    attribute: str
    empty: str = ""
    beside: bool = False

    def cell(self, row: object) -> str:
        value = attrgetter(self.attribute)(row)
        return self.empty if value is None or value == "" else str(value)


def _column(heading: str, attribute: str, empty: str = "") -> Column:
    return Column(heading=heading, attribute=attribute, empty=empty)


def _beside(heading: str, attribute: str) -> Column:
    return Column(heading=heading, attribute=attribute, beside=True)


QUALITY = _beside("Data quality", "statement.text")
BETTER = _beside("Better", "spec.direction")
# The pictures of a table have no column: they are drawn of values that have one, or of peers.
HOME = (
    _column("Measure", "spec.short_name"),
    BETTER,
    _column("You", "value", "no cases"),
    _column("Collab.", "collaborative", "not shown"),
    _column("Benchmark", "benchmark", "not shown"),
    _beside("Note", "note"),
    _column("Reading", "reading"),
    QUALITY,
)
POOLED = (
    _column("Measure", "spec.name"),
    BETTER,
    _column("Hospitals", "hospitals"),
    _column("Rate", "rate", "not shown"),
    _column("Was", "was", "not shown"),
    _beside("In words", "sentence"),
    _beside("Not shown because", "withheld"),
    QUALITY,
)
_ADJUSTED = frozenset({"Expected", "O/E", "Adjusted rate", "Odds ratio", "Reliability", "Rank"})
_WATCHED = frozenset({"CUSUM signal"})
_HOSPITALS = (
    _column("Hospital", "name"),
    _column("Reading", "reading"),
    _column("Trend signal", "trend_signal", "no limits yet"),
    _column("CUSUM signal", "cumulative_signal"),
    _column("Counted / all cases", "denominator"),
    _beside("All cases", "cases"),
    _column("Observed", "observed"),
    _column("Expected", "expected"),
    _column("O/E", "oe"),
    _column("95% interval", "interval"),
    _column("Rate", "rate"),
    _column("Adjusted rate", "adjusted"),
    _column("Odds ratio", "odds_ratio"),
    _column("Reliability", "reliability"),
    _column("Rank", "rank"),
    _column("Cannot tell", "missing"),
    _column("Gap, patients", "gap"),
    QUALITY,
)
SUMMARY = (
    _column("Measure", "spec.short_name"),
    BETTER,
    _beside("Definition", "version"),
    _column("Hospitals", "result.hospitals"),
    _column("Cases", "result.denominator"),
    _column("Rate", "rate"),
    _column("Benchmark", "benchmark", "not shown"),
    _column("Better / worse / too few", "better"),
    _beside("Worse", "worse"),
    _beside("Too few", "too_few"),
    _column("Risk model", "c_statistic", "not adjusted"),
    QUALITY,
)


def hospitals(*, adjusted: bool, watched: bool) -> tuple[Column, ...]:
    """By named hospital; without a risk model nothing is expected, and not every measure is watched case by case."""
    left_out = (frozenset() if adjusted else _ADJUSTED) | (frozenset() if watched else _WATCHED)
    return tuple(each for each in _HOSPITALS if each.heading not in left_out)


@dataclass(frozen=True, kw_only=True)
class Table:
    """Head lines that say what this is, then the columns."""

    name: str
    head: tuple[tuple[str, ...], ...]
    columns: tuple[Column, ...]
    rows: Sequence[object]

    @property
    def lines(self) -> Iterable[tuple[str, ...]]:
        yield from self.head
        yield ()
        yield tuple(each.heading for each in self.columns)
        yield from (tuple(each.cell(row) for each in self.columns) for row in self.rows)


def csv_text(table: Table) -> str:
    """For spreadsheet programs, which would run a cell that begins like a formula."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([harmless(cell) for cell in line] for line in table.lines)
    return f"\ufeff{out.getvalue()}"
