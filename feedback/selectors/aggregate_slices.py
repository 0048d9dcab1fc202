"""The frozen inputs of an aggregate measure for one hospital: what was supplied of it, and how that is kept in a snapshot.

Canonical JSON, compressed, as the slices of cases are (`feedback.selectors.slices`); there is no case in it.
"""

import hashlib
import json
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from feedback.selectors.slices import Packed


FORMAT = "aggregate-1"


@dataclass(frozen=True, kw_only=True)
class Supplied:
    """The sums of one hospital and period, and whence and when they came. Days are texts, as JSON has them."""

    first_day: str
    last_day: str
    numerator: int
    denominator: int
    expected: float | None
    source: str
    supplied_on: str

    @property
    def period(self) -> str:
        return period_name(date.fromisoformat(self.first_day), date.fromisoformat(self.last_day))


@dataclass(frozen=True, kw_only=True)
class AggregateSlice:
    """`figures` are those of the window; `history` those before it, for the trend; `partly` those across its border."""

    figures: tuple[Supplied, ...] = ()
    history: tuple[Supplied, ...] = ()
    partly: tuple[Supplied, ...] = ()


def period_name(first: date, last: date) -> str:
    """2024, 2024-Q3 or 2022-2024; the name of a point of the trend."""
    if first.year != last.year:
        return f"{first.year}-{last.year}"
    return f"{first.year}" if last.month - first.month > 2 else f"{first.year}-Q{(first.month - 1) // 3 + 1}"


def pack_aggregate(supplied: AggregateSlice) -> Packed:
    """Equal figures give an equal digest."""
    text = json.dumps({"format": FORMAT, **asdict(supplied)}, sort_keys=True, separators=(",", ":"), allow_nan=False)
    content = text.encode()
    return Packed(payload=zlib.compress(content, 9), digest=hashlib.sha256(content).hexdigest())


def unpack_aggregate(payload: bytes | memoryview) -> AggregateSlice:
    """Read the figures back; a payload of another format is an error, never an empty slice."""
    stored = json.loads(zlib.decompress(payload))
    if stored.pop("format", None) != FORMAT:
        raise ValueError(f"expected a slice of format {FORMAT}, but got another one")
    return AggregateSlice(**{name: tuple(Supplied(**each) for each in rows) for name, rows in stored.items()})


def all_figures(slices: Sequence[AggregateSlice]) -> list[Supplied]:
    """What counts, of all hospitals."""
    return [figure for each in slices for figure in each.figures]
