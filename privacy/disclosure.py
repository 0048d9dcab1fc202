"""What members may know of each other: rounding, minimum peers, minimum cases, dominance, no volumes.

Rules R1 to R6 and R10 of STATISTICS 6.3 and the release gate of SECURITY 4.3, one rule set; the stricter holds.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum


@dataclass(frozen=True, kw_only=True)
class DisclosureRules:
    """Parameters of a collaborative; it may only raise the floors and lower the ceilings given here."""

    minimum_peers: int = 5
    minimum_cases: int = 11
    largest_share: float = 0.5
    largest_two_share: float = 0.8

    def __post_init__(self) -> None:
        """Refuse a policy weaker than the floor."""
        if self.minimum_peers < 5:
            raise ValueError(f"minimum_peers must be at least 5, but got {self.minimum_peers!r}")
        if self.minimum_cases < 11:
            raise ValueError(f"minimum_cases must be at least 11, but got {self.minimum_cases!r}")
        if not 0 < self.largest_share <= 0.5:
            raise ValueError(f"largest_share must be above 0 and at most 0.5, but got {self.largest_share!r}")
        if not 0 < self.largest_two_share <= 0.8:
            raise ValueError(f"largest_two_share must be above 0 and at most 0.8, but got {self.largest_two_share!r}")


class Step(StrEnum):
    """How finely a peer's value may be told: whole percents, 0.05 of an O/E ratio, half days."""

    PERCENT = "percent"
    RATIO = "ratio"
    DAYS = "days"


STEP_SIZES = {Step.PERCENT: Decimal("0.01"), Step.RATIO: Decimal("0.05"), Step.DAYS: Decimal("0.5")}


class Withheld(StrEnum):
    """Why no comparison is shown; the value is the sentence for the page."""

    TOO_FEW_HOSPITALS = "Too few hospitals have enough cases to compare without identifying one of them."
    DOMINATED = "One or two hospitals contribute most of the cases, so a comparison would identify them."
    FEW_CHANGED = (
        "Which hospitals contribute has changed by so few that a value of all hospitals would tell about single ones."
    )


@dataclass(frozen=True, kw_only=True)
class Contribution:
    """One hospital's part in a measure of a release.

    `value` is what peers may be told once rounded. Where it is computed from a count of `observed` events, and that
    count or its complement is small, peers are told `shrunken` instead: a value of the model, pulled towards the mean.
    """

    denominator: int
    value: float
    observed: int | None = None
    shrunken: float | None = None
    # One case makes up most of the value, which would be told nearly by itself: no point of any kind.
    lone: bool = False


@dataclass(frozen=True, kw_only=True)
class PeerView:
    """What every member may know of all members together: no key, no order, no volume, no interval."""

    values: tuple[Decimal, ...]
    hospitals: int
    withheld: Withheld | None = None


def rounded(value: float, step: Step | Decimal) -> Decimal:
    """Round to the step, half to even, after everything else has been computed."""
    size = STEP_SIZES[step] if isinstance(step, Step) else step
    # float() first: the repr of a numpy float is no number.
    return (Decimal(repr(float(value))) / size).quantize(Decimal(1), rounding=ROUND_HALF_EVEN) * size


def told(contribution: Contribution, rules: DisclosureRules) -> float | None:
    """The value that peers may be told, before rounding; None when there is no safe one (rule R3)."""
    if contribution.lone:
        return None
    if contribution.observed is None:
        return contribution.value
    counts = (contribution.observed, contribution.denominator - contribution.observed)
    small = any(0 < count < rules.minimum_cases for count in counts)
    return contribution.shrunken if small else contribution.value


def eligible(contribution: Contribution, rules: DisclosureRules, *, minimum_cases: int = 0) -> bool:
    """Whether a hospital can be a point in its peers' picture: enough cases, and a value that is safe to tell (R3)."""
    enough = contribution.denominator >= max(rules.minimum_cases, minimum_cases)
    return enough and told(contribution, rules) is not None


def withheld(denominators: Sequence[float], rules: DisclosureRules) -> Withheld | None:
    """Why these hospitals may not be shown to each other, or None (rules R2 and SECURITY 4.3.3).

    Every viewer needs `minimum_peers` others, so one more than that in all. Shares are of the cases of the *others*,
    whoever is looking: a hospital that knows its own cases must not be able to subtract them.
    """
    if len(denominators) < rules.minimum_peers + 1:
        return Withheld.TOO_FEW_HOSPITALS
    total, ordered = sum(denominators), sorted(denominators, reverse=True)
    for position, own in enumerate(ordered[:3]):
        # Only removing one of the three largest changes who the two largest others are in the worst way.
        others = ordered[:position] + ordered[position + 1 :]
        rest = total - own
        if others[0] > rules.largest_share * rest or others[0] + others[1] > rules.largest_two_share * rest:
            return Withheld.DOMINATED
    return None


FEWEST_CHANGED = 3


def few_changed(now: Collection[int], before: Collection[int]) -> bool:
    """Whether so few joined or left that two pooled values would tell theirs (SECURITY 4.3.5): nobody is safe, three are."""
    return 0 < len(set(now) ^ set(before)) < FEWEST_CHANGED


def peer_view(
    contributions: Sequence[Contribution], rules: DisclosureRules, *, step: Step | Decimal, minimum_cases: int = 0
) -> PeerView:
    """Sorted, rounded values of the eligible hospitals: the same for every viewer of a measure in a release."""
    points = [each for each in contributions if eligible(each, rules, minimum_cases=minimum_cases)]
    reason = withheld([each.denominator for each in points], rules)
    if reason:
        return PeerView(values=(), hospitals=0, withheld=reason)
    values = (told(each, rules) for each in points)
    shown = sorted(rounded(value, step) for value in values if value is not None)
    return PeerView(values=tuple(shown), hospitals=len(points))


def pooled_share(numerator: int, denominators: Sequence[int], rules: DisclosureRules) -> Decimal | None:
    """Pooled proportion in whole percents, or None where it would tell about one hospital (rule R10)."""
    contributing = [each for each in denominators if each]
    if not contributing or withheld(contributing, rules):
        return None
    return rounded(numerator / sum(contributing), Step.PERCENT)
