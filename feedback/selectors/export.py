"""A measure's numbers as a file: what the page shows, neither more nor less."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import Http404

from collaboratives.selectors.places import Place
from feedback.selectors.aggregate_page import SuppliedPart
from feedback.selectors.comparing import ComparisonPart
from feedback.selectors.measure_page import ComparePart, MeasurePage, Question, measure_page
from feedback.selectors.wording import plain
from privacy.viewer import Viewer


FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run what begins with one of these


@dataclass(frozen=True)
class File:
    name: str
    content: str


def measure_file(viewer: Viewer, place: Place, slug: str, asked: Question) -> File:
    page = measure_page(viewer, place, slug, Question(view="compare", release=asked.release, group=asked.group))
    if page.compare is None:
        raise Http404
    out = io.StringIO(newline="")
    csv.writer(out).writerows([harmless(cell) for cell in row] for row in _rows(page, page.compare))
    return File(f"{slug}.csv", f"\ufeff{out.getvalue()}")


def harmless(cell: str) -> str:
    """The text as text in every spreadsheet program."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _rows(page: MeasurePage, compare: ComparePart) -> Iterable[tuple[str, ...]]:
    yield (page.spec.name, page.context)
    yield (page.line,)
    yield (plain(compare.spans),)
    if page.statement:
        yield (page.statement.whose, *page.statement.parts)
    yield ()
    for fact in (*compare.numbers, *compare.data, *compare.missing):
        yield (fact.label, fact.value, fact.note)
    yield ()
    yield from _supplied(page.supplied) if page.supplied else _flow(compare)
    if compare.comparison:
        yield from _comparison(compare.comparison)
    cumulative = compare.time.cumulative
    charts = (compare.dots, compare.time.trend, cumulative.cusum if cumulative else None)
    for drawing in filter(None, charts):
        yield ()
        yield (drawing.title,)
        yield tuple(drawing.table.headers)
        yield from drawing.table.rows


def _flow(compare: ComparePart) -> Iterable[tuple[str, ...]]:
    yield ("Case flow", "Left out", "Left")
    for step in compare.flow:
        yield (step.label, str(step.count), str(step.left))


def _supplied(part: SuppliedPart) -> Iterable[tuple[str, ...]]:
    yield ("Period", part.asked.numerator, part.asked.denominator, "Rate", "Expected", "Source", "Supplied")
    for line in part.lines:
        counts = (line.numerator, line.denominator, line.rate, line.expected)
        yield (line.period, *counts, line.source, line.supplied_on.isoformat())


def _comparison(part: ComparisonPart) -> Iterable[tuple[str, ...]]:
    yield ()
    yield ("Compared with", part.label)
    if part.sentence:
        yield (part.sentence,)
    if part.strata:
        yield (f"Strata, {part.strata_note}",)
        yield ("Stratum", "Cases", "Expected", "Rate", "95% interval", "Hospital in the middle")
    for line in part.strata:
        yield (line.label, line.counts, line.expected, line.rate, line.interval, line.middle)
