"""Abstractors at work on the demo's cases: who has a draft, how long a case took, what is still wrong in it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from measures.definition.answers import JsonAnswer


MINUTES, SPREAD = 11.5, 0.38  # median of a complete case, and the standard deviation of its logarithm
OPIOID_QUESTION = 0.4  # minutes
BEGUN, WITHOUT_OUTCOME = 0.3, 0.7  # of the time, for what has been answered so far
MINE, COLLEAGUES = 0.55, 0.2
ABSTRACTOR, COLLEAGUE, NOBODY = "abstractor", "colleague", ""
# One draft in eight holds a slip that its abstractor has yet to see.
SLIPS = 8
COLECTOMY = "1"


@dataclass(frozen=True)
class Work:
    """Drawn apart from the cases, so that these stay as they were."""

    seconds: NDArray[np.int64]
    chance: NDArray[np.float64]
    slip: NDArray[np.int64]

    @classmethod
    def drawn(cls, rng: np.random.Generator, number: int) -> "Work":
        minutes = rng.lognormal(np.log(MINUTES), SPREAD, number)
        return cls((minutes * 60).astype(np.int64), rng.random(number), rng.integers(0, SLIPS * 3, number))

    def seconds_at(self, row: int, answers: Mapping[str, object], *, complete: bool) -> int:
        """What the form has counted up to now; nobody works on a case for less than half a minute."""
        share = 1.0 if complete else WITHOUT_OUTCOME if "antibiotic_given" in answers else BEGUN
        asked = OPIOID_QUESTION * 60 if "opioid_tablets" in answers else 0
        return max(30, int(self.seconds[row] * share + asked))

    def holder_at(self, row: int, *, complete: bool) -> str:
        """Whose draft it is. A complete case waits for nobody."""
        if complete or self.chance[row] >= MINE + COLLEAGUES:
            return NOBODY
        return ABSTRACTOR if self.chance[row] < MINE else COLLEAGUE

    def slip_at(self, row: int, answers: dict[str, JsonAnswer]) -> None:
        """What a tired person enters: a clean colectomy, a patient with and without other conditions, a dose too late."""
        kind = int(self.slip[row])
        if kind == 0 and answers.get("procedure") == COLECTOMY:
            answers["wound_class"] = "1"
        elif kind == 1:
            answers["comorbidities"] = ["0", "2"]
        elif kind == 2 and "incision_time" in answers and answers.get("antibiotic_given") is True:
            answers["incision_time"], answers["antibiotic_time"] = "08:05", "08:20"
