"""How a hospital reads among all, by its plain rate: for previews, which adjust nothing and draw from no model."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from feedback.enums import Reading
from measures.definition.spec import Direction


Z = 1.959963984540054  # of a 95 % interval


@dataclass(frozen=True)
class Counts:
    """What is known of one hospital; of values, their sum and the sum of their squares."""

    denominator: int = 0
    met: int = 0
    total: float = 0.0
    squares: float = 0.0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.denominator + other.denominator,
            self.met + other.met,
            self.total + other.total,
            self.squares + other.squares,
        )


@dataclass(frozen=True)
class Rule:
    direction: Direction
    minimum: int
    is_mean: bool


def readings(sites: Mapping[int, Counts], rule: Rule) -> dict[int, Reading]:
    """Better or worse where the 95 % interval of the hospital excludes the rate (or mean) of all together."""
    everybody = sum(sites.values(), Counts())
    if not everybody.denominator:
        return {}
    middle = (everybody.total if rule.is_mean else everybody.met) / everybody.denominator
    return {key: _reading(site, middle, rule) for key, site in sites.items() if site.denominator}


def _reading(site: Counts, middle: float, rule: Rule) -> Reading:
    if site.denominator < max(rule.minimum, 2):
        return Reading.TOO_FEW
    low, high = _mean_limits(site) if rule.is_mean else wilson(site.met, site.denominator)
    if low <= middle <= high:
        return Reading.AS_EXPECTED
    above = low > middle
    return Reading.BETTER if above == (rule.direction is Direction.HIGHER) else Reading.WORSE


def wilson(met: int, cases: int) -> tuple[float, float]:
    """Wilson's score interval (1927), as the release's own for measures without a risk model."""
    rate, square = met / cases, Z * Z
    middle = (rate + square / (2 * cases)) / (1 + square / cases)
    half = Z * math.sqrt(rate * (1 - rate) / cases + square / (4 * cases * cases)) / (1 + square / cases)
    # Exactly there, where rounding would leave the last bit open.
    return 0.0 if met == 0 else middle - half, 1.0 if met == cases else middle + half


def _mean_limits(site: Counts) -> tuple[float, float]:
    """Normal limits of a mean."""
    mean = site.total / site.denominator
    variance = max(0.0, (site.squares - site.denominator * mean * mean) / (site.denominator - 1))
    half = Z * math.sqrt(variance / site.denominator)
    return mean - half, mean + half
