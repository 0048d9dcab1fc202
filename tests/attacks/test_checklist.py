"""The feedback checklist adds up, and what it names is there."""

import re
from pathlib import Path

import pytest

from tests.attacks.test_catalogue import test_a_named_test_is_collected as find_test


ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "feedback-checklist.md").read_text(encoding="utf-8")
ROWS = {
    int(number): (int(score), where, tests)
    for number, score, where, tests in re.findall(
        r"^\| (\d+) \| [^|]+ \| ([012]) \| ([^|]+) \| ([^|]+) \|$", TEXT, re.MULTILINE
    )
}
NEVER_ZERO, LEAST = {7, 10, 13, 14, 17, 23}, 50
NAMED = sorted({test for _, _, tests in ROWS.values() for test in re.findall(r"`(tests/[\w/]+\.py::\w+)`", tests)})
TEMPLATES = sorted({path for _, where, _ in ROWS.values() for path in re.findall(r"`([\w/-]+\.html)`", where)})


def test_there_are_thirty_items_and_they_add_up() -> None:
    total = sum(score for score, _, _ in ROWS.values())

    assert list(ROWS) == list(range(1, 31))
    assert f"**{total} of 60.**" in TEXT
    assert total >= LEAST
    assert {number for number in NEVER_ZERO if not ROWS[number][0]} == set()


def test_what_is_shown_says_where_and_has_a_test() -> None:
    scored = {number: row for number, row in ROWS.items() if row[0]}

    assert [
        number for number, (_, where, tests) in scored.items() if ".html`" not in where or "::test_" not in tests
    ] == []


@pytest.mark.parametrize("path", TEMPLATES)
def test_a_named_template_is_there(path: str) -> None:
    assert (ROOT / path).is_file()


@pytest.mark.parametrize("test", NAMED)
def test_a_named_test_of_the_checklist_is_collected(test: str) -> None:
    find_test(test)
