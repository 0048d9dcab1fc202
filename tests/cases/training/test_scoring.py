"""Answers against the reference, at the edges: kinds of missing, hidden questions, shares that just reach a threshold."""

from datetime import date
from decimal import Decimal

import pytest

from cases.training.definition.scoring import Answer, Score, Tally, compare, months_later, score_of, scored_questions
from measures.definition.answers import Answers
from measures.definition.spec import FormSpec, MissingKind
from tests.world import World
from tests.worlds import definitions
from tests.worlds.training import NO, REFERENCE


UNKNOWN, UNDOCUMENTED = MissingKind.UNKNOWN, MissingKind.NOT_DOCUMENTED


@pytest.fixture
def spec(world: World) -> FormSpec:
    with world.acting_as("cora"):
        return definitions.form().versions.get(number=2).definition


def differing(spec: FormSpec, given: Answers, reference: Answers = REFERENCE) -> list[str]:
    found = compare(spec, reference=reference, given=given)
    return [each.variable.name for each in found if not each.agrees]


def test_what_the_reference_answers_is_scored_but_for_texts_the_day_and_calculations(spec: FormSpec) -> None:
    names = [each.name for each in scored_questions(spec, REFERENCE.with_answer("comment", "Anything."))]

    assert names == [
        *("age", "weight", "asa", "conditions", "antibiotic", "antibiotic_at", "drain", "discharge_date", "ssi"),
        "readmitted",
    ]


def test_the_same_answers_agree_whatever_the_order_and_the_zeros(spec: FormSpec) -> None:
    given = REFERENCE.with_answer("conditions", ("copd", "dm")).with_answer("weight", Decimal("82.50"))

    assert differing(spec, given) == []


@pytest.mark.parametrize("answer", [UNDOCUMENTED, None, False, True])
def test_unknown_agrees_with_unknown_only(spec: FormSpec, answer: Answer) -> None:
    assert differing(spec, REFERENCE.with_answer("readmitted", answer)) == ["readmitted"]


@pytest.mark.parametrize("answer", [UNDOCUMENTED, UNKNOWN, None])
def test_a_missing_answer_is_not_no(spec: FormSpec, answer: MissingKind | None) -> None:
    assert differing(spec, REFERENCE.with_answer("drain", answer)) == ["drain"]


def test_what_the_own_answers_hide_differs(spec: FormSpec) -> None:
    """No antibiotic, yet the time of one left over in the sheet: the time is not asked, so it is not given."""
    assert differing(spec, REFERENCE.with_answer("antibiotic", NO)) == ["antibiotic", "antibiotic_at"]


def test_what_the_reference_hides_is_not_scored(spec: FormSpec) -> None:
    reference = REFERENCE.with_answer("antibiotic", NO)

    assert differing(spec, REFERENCE, reference) == ["antibiotic"]


def test_tiers_are_counted_apart(spec: FormSpec) -> None:
    given = REFERENCE.with_answer("ssi", NO).with_answer("age", 72)
    score = score_of(compare(spec, reference=REFERENCE, given=given))

    assert (score.tier_1, score.tier_2) == (Tally(scored=1, agreeing=0), Tally(scored=9, agreeing=8))
    assert score + score == Score(tier_1=Tally(scored=2, agreeing=0), tier_2=Tally(scored=18, agreeing=16))


@pytest.mark.parametrize(
    ("agreeing", "scored", "percent", "reaches"),
    [
        (95, 100, "95", True),
        (94, 100, "95", False),
        (19, 20, "95", True),
        (9507, 10000, "95.07", True),
        (9506, 10000, "95.07", False),
        (2, 3, "66.67", False),  # 66.666… is less
        (2, 3, "66.66", True),
        (0, 5, "0", True),
        (0, 0, "100", True),  # nothing scored, nothing missed
        (7, 7, "100", True),
        (6, 7, "100", False),
    ],
)
def test_a_share_reaches_a_threshold_exactly_or_not(agreeing: int, scored: int, percent: str, *, reaches: bool) -> None:
    assert Tally(scored=scored, agreeing=agreeing).reaches(Decimal(percent)) is reaches


def test_a_share_is_shown_rounded_down() -> None:
    """949.9 of 1000 must not read as 95.0 % and have failed at 95 %."""
    assert Tally(scored=10000, agreeing=9499).percent == Decimal("94.9")
    assert Tally().percent is None


def test_both_tiers_must_pass() -> None:
    good, bad = Tally(scored=10, agreeing=10), Tally(scored=10, agreeing=8)
    terms = {"tier_1_percent": Decimal(95), "tier_2_percent": Decimal(90)}

    assert Score(tier_1=good, tier_2=good).passes(**terms)
    assert not Score(tier_1=good, tier_2=bad).passes(**terms)
    assert not Score(tier_1=bad, tier_2=good).passes(**terms)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 11, 22), 12, date(2027, 11, 22)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
    ],
)
def test_months_end_on_a_day_there_is(day: date, months: int, expected: date) -> None:
    assert months_later(day, months) == expected
