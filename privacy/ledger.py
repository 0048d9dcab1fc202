"""What has been published before, so that nothing new can be subtracted from it.

Rule R8 of STATISTICS 6.3 and the join/leave and complement rules of SECURITY 4.3; the stricter holds.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property


# SECURITY 4.3.5: a sum over a changed group needs three changed hospitals; 4.3.1: a group inside a published one
# leaves a complement of five.
FEWEST_CHANGED = 3
FEWEST_LEFT_OVER = 5


class Leak(StrEnum):
    """How two published counts give something away; the value is the sentence for the coordinating centre."""

    FEW_CASES = "The difference of the two is a count below the minimum."
    FEW_ENTERING = "The cases that only the new one covers are fewer than the minimum, but some."
    FEW_LEAVING = "The cases that only the earlier one covers are fewer than the minimum, but some."
    FEW_HOSPITALS = "The two differ by too few hospitals."


# BA-02: what rounded rates and public volumes say of one hospital leaves ten percentage points.
TOO_CLOSE = 0.1


@dataclass(frozen=True, order=True)
class Month:
    """A month of the calendar."""

    year: int
    month: int

    def __post_init__(self) -> None:
        """Refuse a thirteenth month."""
        if not 1 <= self.month <= 12:
            raise ValueError(f"expected a month from 1 to 12, but got {self.month!r}")


@dataclass(frozen=True)
class Tally:
    """Cases, and how many of them met the measure."""

    n: int
    o: int

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.n + other.n, self.o + other.o)

    def __sub__(self, other: "Tally") -> "Tally":
        return Tally(self.n - other.n, self.o - other.o)

    def few(self, delta: int) -> bool:
        """Whether cases, events or cases without the event number 1..delta - 1, in either direction."""
        return any(0 < abs(count) < delta for count in (self.n, self.o, self.n - self.o))


NOTHING = Tally(0, 0)


@dataclass(frozen=True, kw_only=True)
class Published:
    """A count that left, or is about to leave, the coordinating centre, and of which cases it is.

    Attributes
    ----------
    measure
        What was counted.
    hospitals
        Hospitals whose cases it covers, those without any too.
    filters
        Conditions that all its cases meet, each with its value ("sex = f"); none: all cases of the measure.
    first, last
        Months of its period, both included.
    parts
        The count by hospital and month; left out where there were no cases. Kept in the ledger and never published:
        without it nobody can tell how many cases entered and left between overlapping periods.
    """

    measure: str
    hospitals: frozenset[str]
    first: Month
    last: Month
    parts: Mapping[tuple[str, Month], Tally]
    filters: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Refuse what is no count of these hospitals and months."""
        if not self.hospitals:
            raise ValueError("expected at least one hospital, but got none")
        if self.last < self.first:
            raise ValueError(f"expected a period that ends after it starts, but got {self.first} to {self.last}")
        for where, tally in self.parts.items():
            if where not in self:
                raise ValueError(f"expected parts of the hospitals and the period, but got {where!r}")
            if not 0 <= tally.o <= tally.n:
                raise ValueError(f"expected 0 <= o <= n, but got {tally!r}")

    def __contains__(self, where: tuple[str, Month]) -> bool:
        hospital, month = where
        return hospital in self.hospitals and self.first <= month <= self.last

    @cached_property
    def total(self) -> Tally:
        """The published n and o."""
        return sum(self.parts.values(), NOTHING)

    @property
    def n(self) -> int:
        """Number of cases."""
        return self.total.n

    @property
    def o(self) -> int:
        """Number of cases that met the measure."""
        return self.total.o

    def within(self, other: "Published") -> bool:
        """Whether every case of this one is a case of the other, whatever the data."""
        return (
            self.hospitals <= other.hospitals
            and self.filters >= other.filters
            and other.first <= self.first
            and self.last <= other.last
        )

    def meets(self, other: "Published") -> bool:
        """Whether the two count cases of the same hospitals in the same months, and one filter refines the other."""
        return (
            self.measure == other.measure
            and (self.filters <= other.filters or self.filters >= other.filters)
            and bool(self.hospitals & other.hospitals)
            and self.first <= other.last
            and other.first <= self.last
        )


@dataclass(frozen=True, kw_only=True)
class GivenAway:
    """The pair of published counts that gives something away, and how."""

    new: Published
    earlier: Published
    leak: Leak


def ledger_check(new: Published, earlier: Iterable[Published], delta: int = 11) -> GivenAway | None:
    """Find an earlier count from which the new one can be subtracted to learn of few cases or few hospitals.

    Two counts of a measure are compared when they share a hospital and a month and one filter refines the other:

    - If one case set contains the other, the differences of n, o and n - o must each be 0 or at least `delta`. The
      same case set again, after corrections, contains itself.
    - The cases that only one of them covers, entering or leaving, must each be 0 or at least `delta` in n, o and n - o.
    - Hospitals with cases that are in only one of them must be none or at least three; at least five if nothing else
      differs, so that a group and its complement are both large.

    Cases without the event are counted like events: 2 of 98 patients not treated are as few as 2 treated.

    Parameters
    ----------
    new
        The count to be published.
    earlier
        All that was published, of this release too.
    delta
        Smallest number of cases that may be told; at least 11.

    Returns
    -------
    GivenAway or None
        The first pair that gives something away: refuse the new count, or publish it without n and o. None if the new
        one is safe.

    Raises
    ------
    ValueError
        If `delta` is below 11.

    Notes
    -----
    Pairs only: a third count may complete what two do not give away (all = women + men is three). Tables with all
    their totals go through `privacy.suppression` first, and filters are declared in advance (R9). Filters that do not
    refine each other are not compared; if disjoint, nothing can be subtracted.

    Examples
    --------
    >>> january, february = Month(2026, 1), Month(2026, 2)
    >>> def count(last, **cases):
    ...     parts = {(name, month): Tally(n, n // 2) for name, n in cases.items() for month in (january, last)}
    ...     return Published(
    ...         measure="ssi", hospitals=frozenset(cases), first=january, last=last, parts=parts
    ...     )
    >>> five = count(january, a=40, b=40, c=40, d=40, e=40)
    >>> six = count(january, a=40, b=40, c=40, d=40, e=40, f=40)
    >>> print(ledger_check(six, [five]).leak)
    The two differ by too few hospitals.
    >>> ledger_check(count(february, a=40, b=40, c=40, d=40, e=40), [five]) is None
    True
    """
    if delta < 11:
        raise ValueError(f"expected delta to be at least 11, but got {delta!r}")
    for each in earlier:
        leak = _leak(new, each, delta)
        if leak:
            return GivenAway(new=new, earlier=each, leak=leak)
    return None


def closest(moved: Iterable[int], told: int, step: float = 0.01) -> float:
    """How narrowly two rounded rates, one subtracted from the other, bound the rate of what one hospital moved.

    Two releases of overlapping windows differ by the cases that entered and those that left. Where they are nearly all
    of one hospital, the difference of the two rates is about its cases.

    Parameters
    ----------
    moved
        Of each hospital, the cases that only one of the two rates covers.
    told
        Cases of the first rate and of the second, together.
    step
        To which both are rounded.

    Returns
    -------
    float
        Width of the interval that remains for whoever knows all volumes and is one of the other hospitals: everything
        that it cannot know, and the rounding of both, over what the hospital moved. Infinite where nothing moved.

    Examples
    --------
    >>> closest([100, 100, 100, 100], told=2 * 1000)
    2.2
    >>> round(closest([390], told=800 + 1190), 3)
    0.051
    """
    ordered = sorted((each for each in moved if each), reverse=True)
    widths = [math.inf]
    for at, target in enumerate(ordered[:2]):
        viewer = next(iter(ordered[:at] + ordered[at + 1 :]), 0)  # the largest of the others knows most
        widths.append((step * told + sum(ordered) - target - viewer) / target)
    return min(widths)


def _leak(new: Published, earlier: Published, delta: int) -> Leak | None:
    """How this pair gives something away."""
    if not new.meets(earlier):
        return None
    if (new.within(earlier) or earlier.within(new)) and (new.total - earlier.total).few(delta):
        return Leak.FEW_CASES
    if _only_in(new, earlier).few(delta):
        return Leak.FEW_ENTERING
    if _only_in(earlier, new).few(delta):
        return Leak.FEW_LEAVING
    same_cases = (new.first, new.last, new.filters) == (earlier.first, earlier.last, earlier.filters)
    fewest = FEWEST_LEFT_OVER if same_cases else FEWEST_CHANGED
    return Leak.FEW_HOSPITALS if 0 < len(_changed(new, earlier)) < fewest else None


def _only_in(this: Published, other: Published) -> Tally:
    """Cases that this one covers and the other does not."""
    alone = sum((tally for where, tally in this.parts.items() if where not in other), NOTHING)
    if this.filters >= other.filters:
        return alone
    # The other asks for more: of what both cover, it leaves the rest to this one.
    return alone + _shared(this, other) - _shared(other, this)


def _shared(this: Published, other: Published) -> Tally:
    """Cases of this one in the hospitals and months of both."""
    return sum((tally for where, tally in this.parts.items() if where in other), NOTHING)


def _changed(new: Published, earlier: Published) -> set[str]:
    """Hospitals with cases in one of the two whose other does not cover them."""
    return {
        hospital
        for this, other in ((new, earlier), (earlier, new))
        for (hospital, _), tally in this.parts.items()
        if tally.n and hospital not in other.hospitals
    }
