"""What a new hospital goes through until it is live: plain values that every application tells of its own part."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class OnboardingStep:
    """One step of one hospital. `done_on` None: not done. `url` is where it is done, for whoever may.

    Nobody ticks by hand what `by_hand` is false for: the program knows it all.
    """

    key: str
    title: str
    detail: str
    done_on: date | None = None
    url: str = ""
    by_hand: bool = True
