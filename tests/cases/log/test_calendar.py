"""Cycles and the moment at which they close."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest

from cases.log.definition.calendar import Span, eight_day_spans, lock_moment, month_spans


def test_eight_day_cycles_start_on_rotating_weekdays() -> None:
    spans = list(eight_day_spans(date(2026, 1, 1), date(2026, 12, 31)))
    assert len(spans) == 46
    weekdays = [span.first.weekday() for span in spans]
    assert all(after == (before + 1) % 7 for before, after in itertools.pairwise(weekdays))
    assert all(after.first - before.last == timedelta(days=1) for before, after in itertools.pairwise(spans))


def test_months_and_quarters_leave_no_day_out() -> None:
    months = list(month_spans(date(2027, 11, 15), date(2028, 3, 1)))
    assert months[0] == Span(date(2027, 11, 1), date(2027, 11, 30))
    assert months[3] == Span(date(2028, 2, 1), date(2028, 2, 29))
    assert list(month_spans(date(2026, 1, 1), date(2026, 12, 1), months=3))[-1] == Span(
        date(2026, 10, 1), date(2026, 12, 31)
    )
    assert date(2027, 11, 30) in months[0]
    assert date(2027, 12, 1) not in months[0]


@pytest.mark.parametrize(
    ("locks_on", "zone", "moment"),
    [
        (date(2026, 12, 14), "America/Detroit", datetime(2026, 12, 15, 5, tzinfo=UTC)),
        (date(2026, 3, 7), "America/Detroit", datetime(2026, 3, 8, 5, tzinfo=UTC)),  # the night before clocks change
        (date(2026, 3, 8), "America/Detroit", datetime(2026, 3, 9, 4, tzinfo=UTC)),  # the night after
        (date(2026, 11, 1), "America/Detroit", datetime(2026, 11, 2, 5, tzinfo=UTC)),
        (date(2024, 9, 7), "America/Santiago", datetime(2024, 9, 8, 4, tzinfo=UTC)),  # midnight did not exist
        (date(2026, 6, 30), "UTC", datetime(2026, 7, 1, tzinfo=UTC)),
    ],
)
def test_a_cycle_closes_when_its_last_day_is_over_where_the_centre_is(
    locks_on: date, zone: str, moment: datetime
) -> None:
    assert lock_moment(locks_on, zone) == moment
