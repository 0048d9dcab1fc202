"""The frozen inputs of one measure for one hospital, as columns, and how they are kept in a snapshot.

Canonical JSON, compressed. The digest is that of the JSON: it says the same whatever wrote the compressed bytes.
"""

import hashlib
import json
import zlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from feedback.enums import Outcome


FORMAT = 1  # of the JSON text
Covariate = bool | int | float | str | None
LETTERS = {Outcome.MET: "m", Outcome.NOT_MET: "n", Outcome.EXCLUDED: "x", Outcome.CANNOT_TELL: "c"}
OUTCOMES = {letter: outcome for outcome, letter in LETTERS.items()}


@dataclass(frozen=True, kw_only=True)
class SliceRow:
    """One case of a slice: what it counts as, why, and what nobody knows about it."""

    case_id: int
    outcome: Outcome
    reason: str
    missing: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Slice:
    """One position in every column is one case. `reasons` and `gaps` are looked up by `reason` and `gap`.

    `history` is counts only, for the trend: quarter, met and not met of the quarters before the window.
    """

    cases: tuple[int, ...] = ()
    quarters: tuple[int, ...] = ()
    outcomes: str = ""
    reasons: tuple[str, ...] = ()
    reason: tuple[int, ...] = ()
    gaps: tuple[tuple[str, ...], ...] = ()
    gap: tuple[int, ...] = ()
    covariates: dict[str, tuple[Covariate, ...]] = field(default_factory=dict)
    history: tuple[tuple[int, int, int], ...] = ()

    def __len__(self) -> int:
        return len(self.cases)

    @property
    def rows(self) -> Iterable[SliceRow]:
        for case, letter, reason, gap in zip(self.cases, self.outcomes, self.reason, self.gap, strict=True):
            yield SliceRow(case_id=case, outcome=OUTCOMES[letter], reason=self.reasons[reason], missing=self.gaps[gap])


@dataclass(frozen=True, kw_only=True)
class Packed:
    payload: bytes
    digest: str


def pack(columns: Slice) -> Packed:
    """Compress the columns; equal columns give an equal digest."""
    text = json.dumps({"format": FORMAT, **asdict(columns)}, sort_keys=True, separators=(",", ":"), allow_nan=False)
    content = text.encode()
    return Packed(payload=zlib.compress(content, 9), digest=hashlib.sha256(content).hexdigest())


def unpack(payload: bytes | memoryview) -> Slice:
    """Read the columns back; a payload of another format is an error, never an empty slice."""
    stored = json.loads(zlib.decompress(payload))
    if stored.pop("format", None) != FORMAT:
        raise ValueError(f"expected a slice of format {FORMAT}, but got another one")
    covariates = {name: tuple(values) for name, values in stored.pop("covariates").items()}
    gaps = tuple(tuple(names) for names in stored.pop("gaps"))
    outcomes, history = stored.pop("outcomes"), tuple(tuple(counts) for counts in stored.pop("history"))
    columns = {name: tuple(values) for name, values in stored.items()}
    return Slice(outcomes=outcomes, gaps=gaps, covariates=covariates, history=history, **columns)


def digest_of(digests: Iterable[tuple[int, int, str]]) -> str:
    """One digest over all slices: hospital, measure version and digest of each, in that order."""
    lines = (f"{participation}:{version}:{digest}\n" for participation, version, digest in sorted(digests))
    return hashlib.sha256("".join(lines).encode()).hexdigest()
