"""The centre reminds hospitals of what waits for them. An event says so; a worker tells the people."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from collaboratives.enums import Stage
from collaboratives.models import Participation
from coordination.week.selectors.reminded import reminded_lately
from events.enums import EventKind
from events.services import record_event
from privacy.roles import Permission
from privacy.viewer import Viewer, require


REMINDER_LOCKS = 7011  # first key of our advisory lock on the reminders of a collaborative


@dataclass(frozen=True, kw_only=True)
class Asking:
    """Names of the hospitals that are reminded, and of those that were lately, with the moment."""

    reminded: tuple[str, ...]
    lately: tuple[tuple[str, datetime], ...]


@transaction.atomic
def remind_hospitals(*, hospitals: Collection[UUID], by: Viewer) -> Asking:
    """One event for each of these members, but for those that were reminded within twenty hours."""
    require(by, Permission.HOSPITAL_REMIND)
    with connection.cursor() as cursor:
        # Two coordinators at the same moment are one reminder.
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [REMINDER_LOCKS, by.collaborative_id % 2**31])
    members = Participation.objects.filter(collaborative_id=by.collaborative_id, public_id__in=hospitals)
    found = list(members.exclude(stage=Stage.LEFT).select_related("site").order_by("site__name"))
    before = reminded_lately(by, [each.pk for each in found])
    asked = [each for each in found if each.pk not in before]
    for each in asked:
        record_event(EventKind.HOSPITAL_REMINDED, by=by, subject=each, participation_id=each.pk)
    return Asking(
        reminded=tuple(each.site.name for each in asked),
        lately=tuple((each.site.name, before[each.pk]) for each in found if each.pk in before),
    )
