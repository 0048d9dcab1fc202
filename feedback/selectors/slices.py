"""The frozen inputs of one measure for one hospital, as columns, and how they are kept in a snapshot.

A line of canonical JSON says what follows: the columns one after another, in little-endian order, all of it compressed. The
digest is of what was compressed: it says the same whatever wrote the compressed bytes. Columns are arrays, because a release
of a million cases and thirty measures reads thirty million of them.
"""

import hashlib
import json
import math
import sys
import zlib
from array import array
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain
from operator import sub
from typing import TypeAlias, TypeVar

from feedback.enums import Outcome


FORMAT = 3
FASTEST = 1  # compression: a stronger one would take longer than everything else
LETTERS = {Outcome.MET: "m", Outcome.NOT_MET: "n", Outcome.EXCLUDED: "x", Outcome.CANNOT_TELL: "c"}
OUTCOMES = {letter: outcome for outcome, letter in LETTERS.items()}


@dataclass(frozen=True, kw_only=True)
class SliceRow:
    """One case of a slice: what it counts as, why, and what nobody knows about it."""

    case_id: int
    outcome: Outcome
    reason: str
    missing: tuple[str, ...]
    value: float | None = None


@dataclass(frozen=True)
class Codes:
    """A category: distinct values, and the place of each case's value among them; -1 where it is missing."""

    values: tuple[str, ...]
    places: "array[int]"  # of 16 bits


Column = TypeVar("Column", "array[int]", "array[float]")
Covariate: TypeAlias = "Codes | array[float]"  # 64 bits, NaN where missing


@dataclass(frozen=True)
class Sequenced:
    """Events in order: day since 1970 and how many cases without the event lay before it; and those after the last one."""

    days: Sequence[int]
    between: Sequence[int]
    since: int


@dataclass(frozen=True, kw_only=True)
class Slice:
    """One position in every column is one case. `reasons` and `gaps` are looked up by `reason` and `gap`.

    `days` are those of the events, counted from 1 January 1970. `strata` are the answers that a measure is also shown by.
    `history` is counts only, for the trend: month (since year 0), met and not met of the months before the window.
    `values` is a number of each case that counts, NaN of others; None where the measure has no value. `sums` goes with
    `history` then: month, what its values add up to, and their median.
    """

    cases: "array[int]" = field(default_factory=lambda: array("q"))
    days: "array[int]" = field(default_factory=lambda: array("i"))
    outcomes: str = ""
    reasons: tuple[str, ...] = ()
    reason: "array[int]" = field(default_factory=lambda: array("H"))
    gaps: tuple[tuple[str, ...], ...] = ()
    gap: "array[int]" = field(default_factory=lambda: array("H"))
    covariates: dict[str, Covariate] = field(default_factory=dict)
    strata: dict[str, Codes] = field(default_factory=dict)
    history: tuple[tuple[int, int, int], ...] = ()
    values: "array[float] | None" = None
    sums: tuple[tuple[int, float, float, float], ...] = ()
    # Of a rare outcome, the events before the window; of every measure, cases of the last month that are not complete.
    rare: Sequenced | None = None
    open: int = 0

    def __len__(self) -> int:
        return len(self.cases)

    def places(self, wanted: Collection[Outcome] = LETTERS) -> list[int]:
        """Where the cases with one of these outcomes stand: of ten thousand, a page shows fifty."""
        letters = {LETTERS[each] for each in wanted}
        return [at for at, letter in enumerate(self.outcomes) if letter in letters]

    def row(self, at: int) -> SliceRow:
        return SliceRow(
            case_id=self.cases[at],
            outcome=OUTCOMES[self.outcomes[at]],
            reason=self.reasons[self.reason[at]],
            missing=self.gaps[self.gap[at]],
            value=self.value(at),
        )

    def value(self, at: int) -> float | None:
        if self.values is None or math.isnan(self.values[at]):
            return None
        return self.values[at]


@dataclass(frozen=True, kw_only=True)
class Packed:
    payload: bytes
    digest: str


def pack(columns: Slice) -> Packed:
    """Compress the columns; equal columns give an equal digest."""
    head = {
        "format": FORMAT,
        "cases": len(columns),
        "reasons": columns.reasons,
        "gaps": columns.gaps,
        "covariates": {
            name: list(column.values) if isinstance(column, Codes) else None
            for name, column in columns.covariates.items()
        },
        "strata": {name: list(column.values) for name, column in columns.strata.items()},
        "history": columns.history,
        # Only where they are: slices of proportions keep the digest they have always had.
        **({} if columns.values is None else {"sums": columns.sums}),
        **({} if columns.rare is None else {"rare": [columns.rare.days, columns.rare.between, columns.rare.since]}),
        **({"open": columns.open} if columns.open else {}),
    }
    text = json.dumps(head, sort_keys=True, separators=(",", ":"), allow_nan=False)
    covariates = (columns.covariates[name] for name in sorted(columns.covariates))
    parts = [_bytes(each) for each in (_steps(columns.cases), columns.days, columns.reason, columns.gap)]
    parts += [_bytes(each.places) if isinstance(each, Codes) else _bytes(each) for each in covariates]
    parts += [_bytes(columns.strata[name].places) for name in sorted(columns.strata)]
    parts += [] if columns.values is None else [_bytes(columns.values)]
    content = b"".join([text.encode(), b"\n", columns.outcomes.encode("ascii"), *parts])
    return Packed(payload=zlib.compress(content, FASTEST), digest=hashlib.sha256(content).hexdigest())


def unpack(payload: bytes | memoryview) -> Slice:
    """Read the columns back; a payload of another format is an error, never an empty slice."""
    text, _, content = zlib.decompress(payload).partition(b"\n")
    head = json.loads(text)
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise ValueError(f"expected a slice of format {FORMAT}, but got another one")
    reader = _Reader(content, head["cases"])
    outcomes, steps, days = reader.text(), reader.whole("q"), reader.whole("i")
    reason, gap = reader.whole("H"), reader.whole("H")
    return Slice(
        cases=_sums(steps),
        days=days,
        outcomes=outcomes,
        reasons=tuple(head["reasons"]),
        reason=reason,
        gaps=tuple(tuple(names) for names in head["gaps"]),
        gap=gap,
        covariates={
            name: reader.floats() if values is None else Codes(tuple(values), reader.whole("h"))
            for name, values in sorted(head["covariates"].items())
        },
        strata={name: Codes(tuple(values), reader.whole("h")) for name, values in sorted(head["strata"].items())},
        history=tuple((month, met, not_met) for month, met, not_met in head["history"]),
        values=reader.floats() if "sums" in head else None,
        sums=tuple((month, total, of_month, of_quarter) for month, total, of_month, of_quarter in head.get("sums", ())),
        rare=Sequenced(*head["rare"]) if "rare" in head else None,
        open=head.get("open", 0),
    )


class _Reader:
    def __init__(self, content: bytes, cases: int) -> None:
        self.content, self.cases, self.at = content, cases, 0

    def text(self) -> str:
        return self._next(self.cases).decode("ascii")

    def whole(self, kind: str) -> "array[int]":
        found: array[int] = array(kind)
        found.frombytes(self._next(self.cases * found.itemsize))
        return _little(found)

    def floats(self) -> "array[float]":
        found: array[float] = array("d")
        found.frombytes(self._next(self.cases * found.itemsize))
        return _little(found)

    def _next(self, length: int) -> bytes:
        begin, self.at = self.at, self.at + length
        return self.content[begin : self.at]


def _steps(values: "array[int]") -> "array[int]":
    """Differences of neighbours: of keys in a row they are small, and compress to little."""
    return array("q", map(sub, values, chain((0,), values)))


def _sums(steps: "array[int]") -> "array[int]":
    return array("q", accumulate(steps))


def _bytes(values: Column) -> bytes:
    return _little(values).tobytes()


def _little(values: Column) -> Column:
    if sys.byteorder == "little":
        return values
    swapped = values[:]
    swapped.byteswap()
    return swapped


def digest_of(digests: Iterable[tuple[int, int, str]]) -> str:
    """One digest over all slices: hospital, measure version and digest of each, in that order."""
    lines = (f"{participation}:{version}:{digest}\n" for participation, version, digest in sorted(digests))
    return hashlib.sha256("".join(lines).encode()).hexdigest()
