"""The numbers of a hospital in the table of all of them."""

from collections.abc import Iterator
from typing import Protocol

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString


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
