"""What a programme asks of its releases, with defaults."""

from dataclasses import dataclass, fields
from datetime import timedelta


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Days of private notice, and the figures of the data-quality gate in whole per cents."""

    notice_days: int = 7
    completeness: int = 90  # STATISTICS 2.13
    timeliness: int = 80
    capture: int = 95
    agreement: int = 90
    largest_move: int = 25

    @classmethod
    def names(cls) -> tuple[str, ...]:
        return tuple(each.name for each in fields(cls))

    @property
    def notice(self) -> timedelta:
        """How long before members a hospital has its bad news."""
        return timedelta(days=self.notice_days)
