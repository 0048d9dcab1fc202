"""What a result says in every state it can be in."""

from dataclasses import replace

import pytest

from feedback.enums import Reading
from feedback.selectors.wording import (
    Finding,
    counted,
    gap_text,
    plain,
    reading_kind,
    reading_text,
    sentence,
    withheld_sentence,
)


ADJUSTED = Finding(
    hospital="Northgate",
    unit_noun="infections",
    case_noun="operations",
    higher_is_better=False,
    minimum=11,
    denominator=287,
    observed=25,
    reading=Reading.AS_EXPECTED,
    rate=25 / 287,
    expected=18.4,
    adjusted_rate=0.084,
    collaborative=0.06,
    benchmark=0.04,
    gap=14,
)
PROCESS = replace(
    ADJUSTED,
    unit_noun="patients",
    higher_is_better=True,
    observed=262,
    rate=262 / 287,
    expected=None,
    adjusted_rate=None,
    collaborative=0.95,
    benchmark=0.99,
    gap=22,
    reading=Reading.WORSE,
)
WORDS = {
    "adjusted, above, by chance": (
        ADJUSTED,
        (
            "Northgate had 25 infections in 287 operations (8.7%); 18.4 were expected for your patients. After risk adjustment "
            "that is 8.4%, higher than the collaborative (6%), and chance alone could explain the difference. "
            "The best hospitals achieve 4%: for you, 14 fewer infections."
        ),
        "Within expected variation",
        "",
    ),
    "adjusted, worse": (
        replace(ADJUSTED, reading=Reading.WORSE),
        (
            "Northgate had 25 infections in 287 operations (8.7%); 18.4 were expected for your patients. After risk adjustment "
            "that is 8.4%, higher than the collaborative (6%), more than chance alone would explain. "
            "The best hospitals achieve 4%: for you, 14 fewer infections."
        ),
        "Higher than the collaborative",
        "warn",
    ),
    "adjusted, better, at the benchmark": (
        replace(ADJUSTED, reading=Reading.BETTER, observed=9, rate=9 / 287, adjusted_rate=0.03, gap=0),
        (
            "Northgate had 9 infections in 287 operations (3.1%); 18.4 were expected for your patients. After risk adjustment "
            "that is 3.0%, lower than the collaborative (6%), more than chance alone would explain. "
            "You achieve what the best hospitals achieve (4%)."
        ),
        "Better than the collaborative",
        "good",
    ),
    "adjusted, close": (
        replace(ADJUSTED, adjusted_rate=0.062, gap=None, benchmark=None),
        (
            "Northgate had 25 infections in 287 operations (8.7%); 18.4 were expected for your patients. After risk adjustment "
            "that is 6.2%, close to the collaborative (6%)."
        ),
        "Within expected variation",
        "",
    ),
    "adjusted, below, by chance": (
        replace(ADJUSTED, adjusted_rate=0.04, gap=1, observed=1, rate=1 / 287),
        (
            "Northgate had 1 infection in 287 operations (0.3%); 18.4 were expected for your patients. After risk adjustment "
            "that is 4.0%, lower than the collaborative (6%), and chance alone could explain the difference. "
            "The best hospitals achieve 4%: for you, 1 fewer infection."
        ),
        "Within expected variation",
        "",
    ),
    "process, worse": (
        PROCESS,
        (
            "Northgate: 262 of 287 operations (91.3%). That is lower than the collaborative (95%), more than chance alone would "
            "explain. The best hospitals achieve 99%: for you, 22 more patients."
        ),
        "Lower than the collaborative",
        "warn",
    ),
    "process, better": (
        replace(PROCESS, reading=Reading.BETTER, observed=286, rate=286 / 287, gap=0),
        (
            "Northgate: 286 of 287 operations (99.7%). That is higher than the collaborative (95%), more than chance alone "
            "would explain. You achieve what the best hospitals achieve (99%)."
        ),
        "Better than the collaborative",
        "good",
    ),
    "too few cases": (
        replace(ADJUSTED, denominator=9, observed=1, rate=1 / 9, reading=Reading.TOO_FEW, gap=None),
        "Northgate had 1 infection in 9 operations (11.1%). Too few cases to compare (n < 11).",
        "Too few cases to compare (n < 11)",
        "",
    ),
    "no cases": (
        replace(ADJUSTED, denominator=0, observed=0, rate=None, reading=Reading.TOO_FEW, gap=None),
        "Northgate had no operations that count for this measure in this period.",
        "No cases in this period",
        "",
    ),
    "too few hospitals": (
        replace(
            PROCESS,
            collaborative=None,
            benchmark=None,
            gap=None,
            reading=Reading.TOO_FEW,
            withheld="Too few hospitals.",
        ),
        "Northgate: 262 of 287 operations (91.3%). Too few hospitals.",
        "Not compared",
        "",
    ),
}


@pytest.mark.parametrize("state", WORDS)
def test_result_is_told_in_words(state: str) -> None:
    finding, words, tag, kind = WORDS[state]

    assert (plain(sentence(finding)), reading_text(finding), reading_kind(finding)) == (words, tag, kind)


@pytest.mark.parametrize("state", WORDS)
def test_sentence_names_no_rank_and_no_verdict(state: str) -> None:
    words = plain(sentence(WORDS[state][0])).lower()

    assert [word for word in ("rank", "worst", "poor", "bad", "good", "red", "green") if f" {word} " in words] == []


def test_only_the_own_hospital_is_coloured() -> None:
    assert [span.text for span in sentence(ADJUSTED) if span.kind == "own"] == [
        "Northgate had 25 infections in 287 operations (8.7%)"
    ]


@pytest.mark.parametrize(
    ("noun", "number", "words"),
    [("infections", 1, "infection"), ("cases", 2, "cases"), ("biopsies", 1, "biopsy"), ("patients", 0, "patients")],
)
def test_noun_agrees_with_its_number(noun: str, number: int, words: str) -> None:
    assert counted(noun, number) == words


def test_gap_of_nothing_is_not_told() -> None:
    assert (gap_text(replace(ADJUSTED, gap=0)), gap_text(replace(ADJUSTED, gap=None))) == ("", "")


def test_reason_not_to_compare_is_the_sentence_of_the_rule() -> None:
    assert withheld_sentence("dominated").startswith("One or two hospitals contribute most of the cases")
    assert withheld_sentence("") == ""
