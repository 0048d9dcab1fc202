"""A version of a sampling rule, as the centre decided it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from cases.log.definition.rule import Eligibility
from cases.log.definition.sampling import Scheme


@dataclass(frozen=True, kw_only=True)
class RuleWords:
    """Which cycles, how many of their operations, and how long each patient is followed."""

    effective_from: date
    scheme: Scheme
    fraction: Decimal | None = None
    quota: int | None = None
    caps: Mapping[str, int] = field(default_factory=dict)
    stratum: str = ""
    eligibility: Eligibility = field(default_factory=Eligibility)
    follow_up_days: int = 30
    follow_up_attempts: int = 3
    note: str = ""
