"""Rules that find odd numbers. Pure: counts in, a finding or nothing out. docs/data-quality.md tells what they mean.

Each asks two things: could chance alone give this (a published exact test), and is it large enough that somebody
should look. The second keeps large hospitals from being flagged for trifles, and makes false alarms far rarer than the
first alone would.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from cases.quality.definition.tails import binomial_at_most, chi_square_above, hypergeometric_at_least


RARE = 0.001  # once a hospital and night
VERY_RARE = 0.0001  # once a hospital, question and night
DIGITS = 10


@dataclass(frozen=True, kw_only=True)
class Finding:
    """How improbable the numbers are where nothing is wrong, and how large what was found is."""

    probability: float
    size: float


FEWEST_MONTHS = 6  # to know what is usual
HALF = 0.5


def caseload_drop(before: Sequence[int], now: int) -> Finding | None:
    """Fewer than half the cases of the months before, beyond chance.

    The conditional test of two Poisson counts: given their sum, the later one is binomial with chance 1/(months + 1).
    J. Przyborowski and H. Wilenski, "Homogeneity of results in testing samples from Poisson series", Biometrika 31
    (1940) 313. Months before the first case say nothing: the hospital had not begun.
    """
    months = list(before)
    while months and not months[0]:
        months.pop(0)
    usual = sum(months) / len(months) if months else 0.0
    if len(months) < FEWEST_MONTHS or now >= HALF * usual:
        return None
    probability = binomial_at_most(now, now + sum(months), 1 / (len(months) + 1))
    return Finding(probability=probability, size=usual) if probability < RARE else None


FEWEST_VALUES = 100  # ten in each class
WORST_SCORE = 20.0  # SMART: above it "problematic"


def digit_score(digits: Sequence[int]) -> float:
    """The digit preference score: 100 times the root of chi-square over cases and degrees of freedom, 0 to 100.

    K. Kuulasmaa et al., "Quality assessment of data on blood pressure in the WHO MONICA Project", 1998; as used by
    SMART for weights and heights: up to 7 excellent, 12 good, 20 acceptable, above problematic.
    """
    total = sum(digits)
    return 100 * sqrt(_chi_square(digits) / (total * (DIGITS - 1))) if total else 0.0


def _chi_square(digits: Sequence[int]) -> float:
    expected = sum(digits) / DIGITS
    return sum((count - expected) ** 2 / expected for count in digits)


def digit_preference(digits: Sequence[int], others: Sequence[int]) -> Finding | None:
    """Last digits of a hospital that are not equally common, where those of the others are.

    A question that everybody rounds (millilitres, minutes) is a matter of the form, not of one hospital.
    """
    if len(digits) != DIGITS or len(others) != DIGITS:
        raise ValueError(f"expected ten counts each, but got {digits!r} and {others!r}")
    if sum(digits) < FEWEST_VALUES or digit_score(digits) <= WORST_SCORE:
        return None
    if sum(others) >= FEWEST_VALUES and digit_score(others) > WORST_SCORE:
        return None
    probability = chi_square_above(_chi_square(digits), DIGITS - 1)
    return Finding(probability=probability, size=digit_score(digits)) if probability < VERY_RARE else None


FEWEST_EVENTS = 11  # of the others, so that their rate is known


def no_events(cases: int, other_events: int, other_cases: int) -> Finding | None:
    """No event at all where the rate of the other hospitals makes that improbable: the lower tail of the binomial at 0."""
    if other_events < FEWEST_EVENTS or not cases:
        return None
    rate = other_events / other_cases
    probability = binomial_at_most(0, cases, rate)
    return Finding(probability=probability, size=cases * rate) if probability < RARE else None


LARGE_SHARE = 0.1  # STATISTICS 2.13: more than that missing marks a hospital
FEWEST_ASKED, FEWEST_BEFORE = 10, 30


def unknown_rise(now: tuple[int, int], before: tuple[int, int]) -> Finding | None:
    """More than a tenth unknown, at least twice the share before, beyond chance: Fisher's exact test, one-sided.

    Each pair is how many were unknown or not documented, and how many were asked.
    """
    (unknown, asked), (unknown_before, asked_before) = now, before
    if asked < FEWEST_ASKED or asked_before < FEWEST_BEFORE or unknown <= LARGE_SHARE * asked:
        return None
    if unknown / asked < 2 * unknown_before / asked_before:
        return None
    together, everything = unknown + unknown_before, asked + asked_before
    probability = hypergeometric_at_least(unknown, asked, together, everything)
    return Finding(probability=probability, size=unknown / asked) if probability < VERY_RARE else None
