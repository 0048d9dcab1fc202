"""Which cases of a log are abstracted.

Every entry has a permanent random number, drawn from the seed and its own number in the log. So the order of the file
does not matter, and an entry that is added or corrected later does not shuffle the others: E. Ohlsson, "Coordination of
samples using permanent random numbers", in Business Survey Methods, 1995, chapter 9.
"""

import hashlib
import hmac
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from cases.log.errors import EmptyFrameError


class Scheme(StrEnum):
    """How a collaborative samples (DOMAIN 3.4)."""

    ALL = "all"
    FRACTION = "fraction"
    EIGHT_DAY = "eight_day"
    SYSTEMATIC = "systematic"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a sampling rule says. `caps` are the most cases of one procedure in a cycle, of very common ones."""

    scheme: Scheme
    fraction: Fraction = Fraction(1)
    quota: int = 0
    caps: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An eligible entry of the log. `number` is unique within hospital and cycle; `at` is local, to the minute where known."""

    number: str
    at: datetime
    procedure: str = ""
    stratum: str = ""


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """One entry after the draw: taken or not, why not, and the share of its cell that was taken, to weight it by."""

    entry: Entry
    taken: bool
    reason: str
    fraction: Fraction


def random_number(seed: str, number: str) -> float:
    """The entry's permanent random number, from 0 up to but not including 1: 53 bits of HMAC-SHA-256."""
    digest = hmac.new(seed.encode(), number.encode(), hashlib.sha256).digest()
    return (int.from_bytes(digest[:8], "big") >> 11) / 2**53


def draw(plan: Plan, entries: Sequence[Entry], seed: str) -> tuple[Drawn, ...]:
    """The sample of one cycle, in the order of the days.

    Raises
    ------
    EmptyFrameError
        No entry is eligible, so there is nothing to draw from.
    """
    if not entries:
        raise EmptyFrameError
    lot = {entry.number: random_number(seed, entry.number) for entry in entries}
    ordered = sorted(entries, key=lambda entry: (entry.at, lot[entry.number]))
    refused = dict(_SCHEMES[plan.scheme](plan, ordered, lot, seed))
    shares = _shares(plan, ordered, refused)
    return tuple(
        Drawn(
            entry=entry,
            taken=entry.number not in refused,
            reason=refused.get(entry.number, ""),
            fraction=shares[_cell(plan, entry)],
        )
        for entry in ordered
    )


def _cell(plan: Plan, entry: Entry) -> tuple[str, str]:
    """Entries that had the same chance: a capped procedure, or else a stratum."""
    return ("procedure", entry.procedure) if entry.procedure in plan.caps else ("stratum", entry.stratum)


def _shares(plan: Plan, entries: Iterable[Entry], refused: Mapping[str, str]) -> Mapping[tuple[str, str], Fraction]:
    everybody = Counter(_cell(plan, entry) for entry in entries)
    taken = Counter(_cell(plan, entry) for entry in entries if entry.number not in refused)
    return {cell: Fraction(taken[cell], count) for cell, count in everybody.items()}


_Lot = Mapping[str, float]
_Refusals = Iterator[tuple[str, str]]


def _all(_plan: Plan, _entries: Sequence[Entry], _lot: _Lot, _seed: str) -> _Refusals:
    return iter(())


def _fraction(plan: Plan, entries: Sequence[Entry], lot: _Lot, seed: str) -> _Refusals:
    """The smallest random numbers of each stratum. What the fraction leaves over is rounded by lot, so that it is met on average."""
    strata: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        strata[entry.stratum].append(entry)
    for name, members in strata.items():
        wanted = plan.fraction * len(members)
        count = int(wanted) + (random_number(seed, f"stratum {name}") < wanted - int(wanted))
        for entry in sorted(members, key=lambda entry: lot[entry.number])[count:]:
            yield entry.number, f"not among the {count} drawn of {len(members)}"


def _eight_day(plan: Plan, entries: Sequence[Entry], _lot: _Lot, _seed: str) -> _Refusals:
    """The first of the cycle until the quota is full, very common procedures only up to their cap."""
    total, seen = 0, Counter[str]()
    for entry in entries:
        cap = plan.caps.get(entry.procedure)
        if cap is not None and seen[entry.procedure] >= cap:
            yield entry.number, f"already {cap} of procedure {entry.procedure} in this cycle"
        elif total >= plan.quota:
            yield entry.number, f"the quota of {plan.quota} was full"
        else:
            total += 1
            seen[entry.procedure] += 1


def _systematic(plan: Plan, entries: Sequence[Entry], lot: _Lot, seed: str) -> _Refusals:
    """Every k-th from a random start where there are more than the quota; caps are met by lot before."""
    left, capped = list(entries), dict(_over_caps(plan, entries, lot))
    yield from capped.items()
    left = [entry for entry in left if entry.number not in capped]
    if len(left) <= plan.quota:
        return
    step = Fraction(len(left), plan.quota)
    start = Fraction(random_number(seed, "start")) * step
    chosen = {int(start + step * place) for place in range(plan.quota)}
    for place, entry in enumerate(left):
        if place not in chosen:
            yield entry.number, f"not among the {plan.quota} drawn of {len(left)}"


def _over_caps(plan: Plan, entries: Sequence[Entry], lot: _Lot) -> _Refusals:
    for procedure, cap in plan.caps.items():
        members = [entry for entry in entries if entry.procedure == procedure]
        for entry in sorted(members, key=lambda entry: lot[entry.number])[cap:]:
            yield entry.number, f"already {cap} of procedure {procedure} in this cycle"


_SCHEMES = {
    Scheme.ALL: _all,
    Scheme.FRACTION: _fraction,
    Scheme.EIGHT_DAY: _eight_day,
    Scheme.SYSTEMATIC: _systematic,
}


def stand_in(plan: Plan, gone: Entry, waiting: Sequence[Entry], seed: str) -> Entry | None:
    """Who takes the place of an entry that cannot be abstracted: the next of its own cell, or None where none is left.

    Where the first of a cycle are taken it is the next by time, else the next by lot. So nobody chooses.
    """
    cell = [entry for entry in waiting if _cell(plan, entry) == _cell(plan, gone)]
    lot = {entry.number: random_number(seed, entry.number) for entry in cell}
    if plan.scheme is Scheme.EIGHT_DAY:
        return min(cell, key=lambda entry: (entry.at, lot[entry.number]), default=None)
    return min(cell, key=lambda entry: lot[entry.number], default=None)


def frame_digest(entries: Iterable[Entry], rule: str) -> str:
    """SHA-256 of what is drawn from, whatever its order, and of the rule: whoever draws again can compare."""
    lines = sorted(f"{each.number}\t{each.at.isoformat()}\t{each.procedure}\t{each.stratum}" for each in entries)
    return hashlib.sha256("\n".join([rule, *lines]).encode()).hexdigest()
