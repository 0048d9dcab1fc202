"""Whether what a worker counted still stands."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F, Q
from django.utils import timezone

from collaboratives.models import Collaborative
from coordination.week.models import WaitingList
from privacy.viewer import Viewer


GIVEN_UP = timedelta(minutes=5)  # a worker that took a list and has not written it by then was killed


def roles_of(viewer: Viewer) -> list[str]:
    """As a list keeps them."""
    return sorted(role.value for role in viewer.roles)


def midnight(time_zone: str) -> datetime:
    """The last one there: what was counted before tells of days that have moved."""
    zone = ZoneInfo(time_zone)
    return datetime.combine(timezone.now().astimezone(zone).date(), time(), zone)


def midnight_of(collaborative_id: int) -> datetime:
    return midnight(Collaborative.objects.values_list("time_zone", flat=True).get(pk=collaborative_id))


def not_up_to_date(since: datetime) -> Q:
    """Something happened, or the day is another one, or whoever took it never wrote it."""
    lost = Q(begun_at__lt=timezone.now() - GIVEN_UP) & (Q(counted_at=None) | Q(begun_at__gt=F("counted_at")))
    idle = Q(begun_at=None) | Q(counted_at__gte=F("begun_at"))
    return Q(stale_since__isnull=False) | lost | idle & (Q(counted_at=None) | Q(counted_at__lt=since))


def is_up_to_date(kept: WaitingList, since: datetime) -> bool:
    """What a page says of one list."""
    if kept.stale_since or kept.counted_at is None or kept.counted_at < since:
        return False
    return kept.begun_at is None or kept.begun_at <= kept.counted_at
