"""From values to words, and from values to places on a plot."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10


SMALLEST = 1e-300


@dataclass(frozen=True, kw_only=True)
class ValueFormat:
    """How values of a measure are written. Proportions are given as fractions and written as per cent."""

    factor: float = 1.0
    suffix: str = ""
    # What follows the number in words and tables; an axis does without.
    words: str = ""
    decimals: int = 1
    # Peers are rounded to this step of the written value, also when they are given more exactly.
    peer_step: float = 1.0
    # No axis goes beyond it.
    ceiling: float | None = None

    def write(self, value: float) -> str:
        return f"{self.number(value)}{self.suffix}{self.words}"

    def number(self, value: float) -> str:
        return f"{value * self.factor:,.{self.decimals}f}"

    def write_range(self, low: float, high: float) -> str:
        return f"{self.number(low)}{self.suffix} to {self.write(high)}"

    def blind(self, peer: float) -> float:
        """Round a peer's value; halves go up."""
        return floor(peer * self.factor / self.peer_step + 0.5) * self.peer_step / self.factor

    def write_peer(self, peer: float) -> str:
        return f"{self._short(self.blind(peer), self.peer_step)}{self.words}"

    def write_step(self) -> str:
        """Say what peers are rounded to."""
        if self.suffix == "%" and self.peer_step == 1.0:
            return "whole per cent"
        return f"steps of {self.peer_step:g}{self.suffix}{self.words}"

    def write_tick(self, tick: float, step: float) -> str:
        return self._short(tick, step * self.factor)

    def _short(self, value: float, step: float) -> str:
        """Write a value with no more decimals than its step has."""
        decimals = next((d for d in range(4) if abs(step * 10**d - round(step * 10**d)) < 1e-6), 4)
        return f"{value * self.factor:,.{decimals}f}{self.suffix}"


PERCENT = ValueFormat(factor=100.0, suffix="%", ceiling=1.0)
RATIO = ValueFormat(decimals=2, peer_step=0.05)
DAYS = ValueFormat(suffix=" days", peer_step=0.5)


@dataclass(frozen=True)
class Axis:
    """A stretch of values with its ticks."""

    low: float
    high: float
    step: float

    def __call__(self, value: float) -> float:
        """Give the place of a value: 0 at the low end, 1 at the high end, outside that beyond them."""
        return (value - self.low) / (self.high - self.low)

    def held(self, value: float) -> float:
        """Give the value, or the end of the axis beyond which it lies."""
        return min(self.high, max(self.low, value))

    @property
    def ticks(self) -> tuple[float, ...]:
        first = ceil(self.low / self.step - 1e-9)
        last = floor(self.high / self.step + 1e-9)
        return tuple(index * self.step for index in range(first, last + 1))


def axis(values: Iterable[float], *, from_zero: bool = True, ceiling: float | None = None, intervals: int = 4) -> Axis:
    """Choose an axis that holds the values with round ticks.

    It starts at zero when asked and the values use at least half of it then: a chart of 91 to 99 % would
    otherwise be a flat line at the top.
    """
    known = tuple(values)
    if not known or not all(isfinite(value) for value in known):
        raise ValueError(f"an axis needs finite values, but got {known!r}")
    low, high = min(known), max(known)
    if from_zero and low >= 0 and low <= high / 2:
        low = 0.0
    spread = high - low or abs(high)
    # Eight hundredths of the smallest floats are nothing, and no axis is that short.
    margin = 0.08 * (spread if spread > SMALLEST else 1.0)
    if low != 0.0:
        low = max(0.0, low - margin) if low >= 0 else low - margin
    high += margin
    if ceiling is not None:
        high = min(high, ceiling) if max(known) <= ceiling else high
    return Axis(low, high, _round_step((high - low) / intervals))


def _round_step(rough: float) -> float:
    power = 10.0 ** floor(log10(rough))
    return next(nice * power for nice in (1.0, 2.0, 2.5, 4.0, 5.0, 10.0) if nice * power >= rough * 0.999)
