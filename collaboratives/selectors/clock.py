"""The day and the time of day where a collaborative works."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from collaboratives.models import Collaborative


def today_of(collaborative: Collaborative) -> date:
    return in_zone(timezone.now(), collaborative).date()


def today_at(collaborative_id: int) -> date:
    """The day it is where this collaborative works: in the evening of America it is not that of UTC."""
    return today_of(Collaborative.objects.get(pk=collaborative_id))


def in_zone(moment: datetime, collaborative: Collaborative) -> datetime:
    return moment.astimezone(ZoneInfo(collaborative.time_zone))
