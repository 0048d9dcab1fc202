"""The day and the time of day where a collaborative works."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from collaboratives.models import Collaborative


def today_of(collaborative: Collaborative) -> date:
    return in_zone(timezone.now(), collaborative).date()


def in_zone(moment: datetime, collaborative: Collaborative) -> datetime:
    return moment.astimezone(ZoneInfo(collaborative.time_zone))
