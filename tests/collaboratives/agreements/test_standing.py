"""When a signature counts: the first and the last day, the day of ending, renewals, reminders. All by hand."""

from datetime import date

import pytest

from collaboratives.agreements.definition.standing import Stands, Term, months_later, reminder_due, standing_of


TODAY = date(2026, 11, 22)
YEAR = Term(starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31))


@pytest.mark.parametrize(
    ("term", "stands", "left"),
    [
        (Term(starts_on=TODAY), Stands.ACTIVE, None),
        (Term(starts_on=TODAY, ends_on=TODAY), Stands.EXPIRING, 0),
        (Term(starts_on=date(2026, 1, 1), ends_on=date(2026, 11, 21)), Stands.EXPIRED, None),
        (Term(starts_on=date(2026, 11, 23)), Stands.LATER, None),
        (Term(starts_on=date(2026, 1, 1), ended_on=TODAY), Stands.ENDED, None),
        (Term(starts_on=date(2026, 1, 1), ended_on=date(2026, 11, 23)), Stands.ACTIVE, None),
        (YEAR, Stands.EXPIRING, 39),
        (Term(starts_on=date(2026, 1, 1), ends_on=date(2027, 1, 21)), Stands.EXPIRING, 60),
        (Term(starts_on=date(2026, 1, 1), ends_on=date(2027, 1, 22)), Stands.ACTIVE, 61),
    ],
)
def test_first_and_last_days(term: Term, stands: Stands, left: int | None) -> None:
    found = standing_of([term], TODAY)

    assert (found.stands, found.days_left) == (stands, left)


def test_nothing_signed_is_missing() -> None:
    assert standing_of([], TODAY).stands is Stands.MISSING


def test_a_renewal_counts_before_what_it_renews() -> None:
    renewed = Term(starts_on=date(2026, 11, 1), ends_on=date(2027, 12, 31))

    assert standing_of([renewed, YEAR], TODAY).term is renewed


def test_what_was_ended_gives_way_to_what_still_counts() -> None:
    assert standing_of([Term(starts_on=date(2026, 1, 1), ended_on=TODAY), YEAR], TODAY).stands is Stands.EXPIRING


@pytest.mark.parametrize(
    ("left", "due"), [(61, None), (60, 60), (31, 60), (30, 30), (8, 30), (7, 7), (0, 7), (-1, None)]
)
def test_each_reminder_has_its_days(left: int, due: int | None) -> None:
    assert reminder_due(left) == due


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 11, 22), 12, date(2027, 11, 22)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 10, 31), 120, date(2036, 10, 31)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
    ],
)
def test_months_later(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later
