"""At how many meetings of this year each hospital was, for the centre's home."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count

from collaboratives.selectors.by_hospital import (
    HERE,
    NOW,
    PROGRAMME,
    THIS_YEAR,
    Asked,
    Together,
    by_hospital,
    of_programme,
)
from coordination.meetings.models import Attendance
from coordination.meetings.selectors.report import held_between


ATTENDED, HELD = "attended", "held"


@dataclass(frozen=True, kw_only=True)
class MeetingCounts:
    """As the report of attendance tells it: days of the meetings of the year that have begun, and who was at how many."""

    days: tuple[date, ...]
    attended: Mapping[int, int]

    def held_for(self, joined_on: date, left_on: date | None) -> int:
        """Of a hospital that was a member from one day to another."""
        return len([day for day in self.days if joined_on <= day and (left_on is None or day <= left_on)])


def asked() -> list[Asked]:
    held = held_between(HERE, THIS_YEAR, NOW)
    came = Attendance.objects.filter(
        collaborative_id=HERE,
        participation__isnull=False,
        removed_at=None,
        counts=True,
        meeting__in=held.values("pk"),
    )
    return [
        by_hospital(ATTENDED, came, meetings=Count("meeting", distinct=True)),
        of_programme(HELD, held, starts=ArrayAgg("starts_at")),
    ]


def told(found: Together) -> MeetingCounts:
    starts = found.get(HELD, {}).get(PROGRAMME, {}).get("starts") or ()
    return MeetingCounts(
        days=tuple(datetime.fromisoformat(each).astimezone(UTC).date() for each in starts),
        attended={key: row["meetings"] for key, row in found.get(ATTENDED, {}).items()},
    )
