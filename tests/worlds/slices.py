"""Slices made of plain values."""

import math
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from feedback.selectors.slices import Codes, Covariate, Slice


EPOCH = date(1970, 1, 1).toordinal()
Told = str | float | bool | None


@dataclass(frozen=True, kw_only=True)
class Why:
    """Why cases were left out or cannot be told, by their places."""

    reasons: Mapping[int, str]
    gaps: Mapping[int, tuple[str, ...]]


NO_REASON = Why(reasons={}, gaps={})


def slice_of(
    outcomes: str,
    days: Sequence[date] | date,
    *,
    covariates: Mapping[str, Sequence[Told]] | None = None,
    history: tuple[tuple[int, int, int], ...] = (),
    why: Why = NO_REASON,
) -> Slice:
    """A letter a case (m, n, x, c); their keys are 1, 2, 3 and so on."""
    cases = range(len(outcomes))
    when = [days] * len(cases) if isinstance(days, date) else days
    reasons = tuple(sorted({why.reasons.get(at, "") for at in cases}))
    gaps = tuple(sorted({why.gaps.get(at, ()) for at in cases}))
    return Slice(
        cases=array("q", [at + 1 for at in cases]),
        days=array("i", [day.toordinal() - EPOCH for day in when]),
        outcomes=outcomes,
        reasons=reasons,
        reason=array("H", [reasons.index(why.reasons.get(at, "")) for at in cases]),
        gaps=gaps,
        gap=array("H", [gaps.index(why.gaps.get(at, ())) for at in cases]),
        covariates={name: column_of(values) for name, values in (covariates or {}).items()},
        history=history,
    )


def column_of(values: Sequence[Told]) -> Covariate:
    """Codes where they are text; otherwise numbers."""
    codes = tuple(sorted({value for value in values if isinstance(value, str)}))
    if codes:
        return Codes(codes, array("h", [codes.index(value) if isinstance(value, str) else -1 for value in values]))
    return array("d", [math.nan if value is None else float(value) for value in values])
