"""Which hospitals were reminded lately, and so are left in peace for now."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Max, QuerySet
from django.utils import timezone

from collaboratives.selectors.by_hospital import HERE, NOW, Asked, Together, by_hospital, moment_of
from events.enums import EventKind
from events.models import Event
from privacy.viewer import Viewer


REMINDED = "reminded"
# Once a working day: a button that is pressed twice, or by two coordinators, is one reminder.
PEACE = timedelta(hours=20)


def asked() -> list[Asked]:
    return [by_hospital(REMINDED, _reminders(HERE, NOW), at=Max("created_at"))]


def _reminders(collaborative_id: int, now: datetime) -> QuerySet[Event]:
    return Event.objects.filter(
        collaborative_id=collaborative_id,
        kind=EventKind.HOSPITAL_REMINDED,
        created_at__gt=now - PEACE,
        participation_id__isnull=False,
    )


def told(found: Together) -> dict[int, datetime]:
    return {key: at for key, row in found.get(REMINDED, {}).items() if (at := moment_of(row["at"]))}


def reminded_lately(viewer: Viewer, hospitals: Iterable[int]) -> dict[int, datetime]:
    """Of these hospitals those that were, and when last."""
    found = _reminders(viewer.collaborative_id, timezone.now()).filter(participation_id__in=list(hospitals))
    return dict(found.order_by().values_list("participation_id").annotate(at=Max("created_at")))
