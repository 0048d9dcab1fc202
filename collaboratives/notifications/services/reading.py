"""Somebody has read what they were told. It is nobody else's news, so there is no event."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from collaboratives.notifications.enums import NotificationKind
from collaboratives.notifications.models import Notification
from collaboratives.notifications.selectors.inbox import notification_for, unread_of
from privacy.roles import Permission
from privacy.viewer import Viewer, require


@transaction.atomic
def mark_read(*, public_id: UUID, by: Viewer) -> Notification:
    """One of their own, once; the moment of the first time stays."""
    require(by, Permission.PROGRAMME_VIEW)
    found = notification_for(by, public_id)
    unread_of(by).filter(pk=found.pk).update(read_at=timezone.now())
    return found


@transaction.atomic
def mark_all_read(*, kind: NotificationKind | None, by: Viewer) -> int:
    """Everything they were told in this place, or what is of one kind; how many were new."""
    require(by, Permission.PROGRAMME_VIEW)
    unread = unread_of(by).filter(**({"kind": kind} if kind else {}))
    return unread.update(read_at=timezone.now())
