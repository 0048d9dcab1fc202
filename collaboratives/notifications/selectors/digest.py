"""What waits for somebody's one mail a day."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from collaboratives.models import Grant
from collaboratives.notifications.enums import MailState, NotificationKind
from collaboratives.notifications.models import Notification


@dataclass(frozen=True, kw_only=True)
class DigestLine:
    """One piece of news; `url` is a path on this server, `id` the row to mark once it went."""

    id: int
    title: str
    url: str
    kind: NotificationKind


def waiting_for(user_id: int, collaborative_id: int) -> list[DigestLine]:
    """Of one person, the oldest first; nothing about a hospital where they work no more. A worker asks."""
    return waiting_in(collaborative_id, user_id=user_id).get(user_id, [])


def waiting_in(collaborative_id: int, *, user_id: int | None = None) -> Mapping[int, list[DigestLine]]:
    """Of everybody in a programme, in one statement."""
    rows = still_theirs(collaborative_id).filter(mail=MailState.WAITING)
    if user_id is not None:
        rows = rows.filter(user=user_id)
    found: dict[int, list[DigestLine]] = {}
    for key, user, title, path, kind in rows.order_by("pk").values_list("pk", "user_id", "title", "path", "kind"):
        line = DigestLine(id=key, title=title, url=path, kind=NotificationKind(kind))
        found.setdefault(user, []).append(line)
    return found


def still_theirs(collaborative_id: int) -> QuerySet[Notification]:
    """Told to people who are active and hold a role here now; about a hospital: one there, or at the centre."""
    now = timezone.now()
    held = Grant.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now), user=OuterRef("user"), collaborative=collaborative_id, starts_at__lte=now
    )
    there = held.filter(Q(participation=OuterRef("participation")) | Q(participation=None))
    return Notification.objects.filter(
        Q(participation=None) & Exists(held) | Q(participation__isnull=False) & Exists(there),
        collaborative=collaborative_id,
        user__is_active=True,
    )
