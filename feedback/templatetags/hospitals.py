"""The rows of hospitals in the tables of all of them."""

from collections.abc import Iterator
from typing import Protocol

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString

from ui.parts import Kind
from ui.templatetags.ui import tag


register = template.Library()


class HospitalRow(Protocol):
    """What the table shows of a hospital. Only the audited page has such rows."""

    denominator: int
    cases: int
    observed: int
    expected: str
    oe: str
    interval: str
    rate: str
    adjusted: str
    odds_ratio: str
    reliability: str
    rank: str
    missing: str
    gap: str


@register.filter
def hospital_numbers(row: HospitalRow, adjusted: bool) -> SafeString:  # noqa: FBT001 -- a filter's argument has no name
    """Written here: eleven in the row of every hospital, and a template is slow enough at that to be felt."""
    cells = (f'<td class="{kind}">{escape(text)}</td>' for kind, text in _cells(row, adjusted=adjusted))
    return SafeString("".join(cells))


def _cells(row: HospitalRow, *, adjusted: bool) -> Iterator[tuple[str, str]]:
    yield "num tight", f"{row.denominator:,} / {row.cases:,}"
    yield "num", str(row.observed)
    if adjusted:
        yield "num", row.expected
        yield "num", row.oe
    yield "num tight", row.interval
    yield "num", row.rate
    if adjusted:
        yield "num", row.adjusted
        yield "num tight", row.odds_ratio
        yield "num", row.reliability
        yield "num tight", row.rank
    yield "num", row.missing
    yield "num", row.gap


class MovedRow(Protocol):
    """A hospital by two models or in two releases."""

    name: str
    cases: int
    before: str
    before_kind: Kind
    after: str
    after_kind: Kind
    moved: bool
    odds_before: str
    odds_after: str
    expected_before: str
    expected_after: str


class MovedPage(Protocol):
    """What stands over the two columns of readings."""

    before: str
    after: str


@register.filter
def moved_row(row: MovedRow, page: MovedPage) -> SafeString:
    """Written here, as the numbers above."""
    moved = f" {tag('Moved', 'warn')}" if row.moved else ""
    odds = f"{row.odds_before or 'none'} → {row.odds_after or 'none'}"
    expected = f"{row.expected_before or 'none'} → {row.expected_after or 'none'}"
    return SafeString(
        f'<tr><th scope="row">{escape(row.name)}{moved}</th>'
        f'<td class="num" data-label="Cases">{row.cases:,}</td>'
        f'<td data-label="{escape(page.before)}">{tag(row.before, row.before_kind)}</td>'
        f'<td data-label="{escape(page.after)}">{tag(row.after, row.after_kind)}</td>'
        f'<td class="num tight" data-label="Odds ratio">{escape(odds)}</td>'
        f'<td class="num tight" data-label="Expected">{escape(expected)}</td></tr>'
    )
