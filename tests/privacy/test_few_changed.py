"""Joining and leaving: two pooled values must not tell the one hospital by which they differ (SECURITY 4.3.5)."""

import pytest

from privacy.disclosure import few_changed


@pytest.mark.parametrize(
    ("now", "before", "few"),
    [
        ({1, 2, 3}, {1, 2, 3}, False),
        ({1, 2, 3, 4}, {1, 2, 3}, True),
        ({1, 2}, {1, 2, 3}, True),
        ({1, 2, 4}, {1, 2, 3}, True),  # one left, one joined
        ({1, 2, 3, 4, 5, 6}, {1, 2, 3}, False),
        ({1, 4, 5}, {1, 2, 3}, False),
        ({1, 2, 3}, set(), False),
    ],
)
def test_one_or_two_are_too_few(now: set[int], before: set[int], few: bool) -> None:  # noqa: FBT001
    assert few_changed(now, before) == few
