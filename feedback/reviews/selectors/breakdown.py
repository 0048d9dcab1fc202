"""The own hospital's cases behind a number, split by clinician code and by kind of case. Computed with the release."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse

from feedback.charts import ValueFormat
from feedback.models import Release, SiteResult
from feedback.reviews.models import OwnBreakdown
from feedback.selectors.export import File, harmless
from feedback.selectors.releases import chosen_release, release_line
from feedback.selectors.results import own_hospital
from feedback.selectors.statements import Statement, own_statements, statement_of
from feedback.selectors.units import form_of, value_name
from measures.definition.spec import MeasureKind, MeasureSpec
from privacy.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class Cell:
    label: str
    cases: int
    met: int
    rate: str
    interval: str


@dataclass(frozen=True, kw_only=True)
class Split:
    """One table. `rest` are sentences for what it does not show by itself."""

    label: str
    own_code: bool
    cells: tuple[Cell, ...]
    rest: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class BreakdownPage:
    release: Release
    spec: MeasureSpec
    splits: tuple[Split, ...]
    total: Cell
    line: str
    statement: Statement
    csv_url: str
    computed: bool

    @property
    def counts_events(self) -> bool:
        return self.spec.kind is not MeasureKind.CONTINUOUS

    @property
    def value_name(self) -> str:
        return value_name(self.spec)


def breakdown_page(viewer: Viewer, slug: str, asked: str) -> BreakdownPage:
    release = chosen_release(viewer, asked)
    own = SiteResult.objects.filter(
        release=release, participation_id=own_hospital(viewer), measure_version__measure__slug=slug
    )
    result = own.select_related("measure_version__measure", "release").first()
    if release is None or result is None:
        raise Http404
    kept = OwnBreakdown.objects.filter(
        participation_id=own_hospital(viewer), release=release, measure_version=result.measure_version
    )
    splits = kept.values_list("splits", flat=True).first()
    address = reverse("reviews:breakdown-export", args=[viewer.collaborative_slug, slug])
    return BreakdownPage(
        release=release,
        spec=result.measure_version.definition,
        splits=tuple(_split(each, form_of(result.measure_version.definition)) for each in splits or ()),
        total=_total(result),
        line=release_line(release),
        statement=statement_of(own_statements(viewer, release), result.measure_version_id),
        csv_url=f"{address}?{urlencode({'release': str(release.public_id)})}",
        computed=splits is not None,
    )


def _split(found: dict[str, Any], form: ValueFormat) -> Split:
    return Split(
        label=found["label"],
        own_code=found["own_code"],
        cells=tuple(_cell(each, form) for each in found["cells"]),
        rest=tuple(_rest(found)),
    )


def _cell(found: dict[str, Any], form: ValueFormat) -> Cell:
    return Cell(
        label=found["label"],
        cases=found["cases"],
        met=found["met"],
        rate=form.write(found["rate"]),
        interval=form.write_range(found["low"], found["high"]),
    )


def _rest(found: dict[str, Any]) -> list[str]:
    few, unknown = found["few"], found["unknown"]
    words = []
    if few["values"]:
        others = "1 with" if few["values"] == 1 else f"{few['values']} with"
        words.append(f"{others} fewer than 10 cases, too few to show: {few['cases']} cases together.")
    if unknown:
        words.append(f"Not recorded: {unknown} case{'' if unknown == 1 else 's'}.")
    return words


def _total(result: SiteResult) -> Cell:
    form, low, high = form_of(result.measure_version.definition), result.rate_low, result.rate_high
    return Cell(
        label="All cases that count",
        cases=result.denominator,
        met=result.observed,
        rate="" if result.rate is None else form.write(result.rate),
        interval="" if low is None or high is None else form.write_range(low, high),
    )


def breakdown_file(page: BreakdownPage) -> File:
    """The tables of the page as one file."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([harmless(cell) for cell in row] for row in _lines(page))
    return File(f"{page.spec.slug}-own-breakdown.csv", f"\ufeff{out.getvalue()}")


def _lines(page: BreakdownPage) -> Iterator[tuple[str, ...]]:
    yield (page.spec.name, page.line)
    yield (page.statement.whose, *page.statement.parts)
    yield ()
    yield ("Split by", "Part", "Cases", page.spec.unit_noun.capitalize(), page.value_name, "95% interval")
    for split in page.splits:
        yield from ((split.label, *_columns(cell)) for cell in split.cells)
        yield from ((split.label, words) for words in split.rest)
    yield ("", *_columns(page.total))


def _columns(cell: Cell) -> tuple[str, ...]:
    return cell.label, str(cell.cases), str(cell.met), cell.rate, cell.interval
