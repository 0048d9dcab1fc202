"""The secret address of a person's calendar: made anew when asked, shown once, kept as a digest, dead with the last role."""

import hashlib
import re
import secrets
from datetime import timedelta
from hmac import compare_digest
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from collaboratives.selectors.places import places_of
from coordination.meetings.models import CalendarFeed
from events.enums import EventKind
from events.services import record_event
from privacy.roles import Permission
from privacy.viewer import Viewer, require
from tenancy.context import Acting, acting


TEXT = re.compile(r"([0-9a-f]{32})-([0-9a-f]{32})-([A-Za-z0-9_-]{43})")
NO_DIGEST = "0" * 64
USED_AT_MOST_EVERY = timedelta(hours=1)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def make_feed(*, by: Viewer) -> str:
    """A new address for the viewer's dates here; one made before stops working. It is told this once."""
    require(by, Permission.MEETING_VIEW)
    revoke_feed(by=by)
    secret = secrets.token_urlsafe(32)
    feed = CalendarFeed.objects.create(collaborative_id=by.collaborative_id, user_id=by.user_id, digest=_digest(secret))
    record_event(EventKind.FEED_MADE, by=by, subject=feed, participation_id=by.participation_id)
    owner = User.objects.values_list("public_id", flat=True).get(pk=by.user_id)
    path = reverse("calendars:feed", args=[f"{owner.hex}-{feed.public_id.hex}-{secret}"])
    return f"{settings.BASE_URL}{path}"


@transaction.atomic
def revoke_feed(*, by: Viewer) -> None:
    """The viewer's address works no longer."""
    require(by, Permission.MEETING_VIEW)
    living = CalendarFeed.objects.select_for_update().filter(
        collaborative_id=by.collaborative_id, user_id=by.user_id, revoked_at=None
    )
    for feed in living:
        feed.revoked_at = timezone.now()
        feed.save(update_fields=["revoked_at"])
        record_event(EventKind.FEED_REVOKED, by=by, subject=feed, participation_id=by.participation_id)


def enter_with_feed(token: str) -> list[Viewer]:
    """As whom the address reads: its owner at each of their places in that programme today. Nobody, for a wrong one.

    Every wrong address is answered alike, and looks up as much as a right one.
    """
    owner_id, feed_id, secret = _parts(token)
    with transaction.atomic():
        owner = User.objects.filter(public_id=owner_id, is_active=True).first()
    key = owner.pk if owner else 0
    with acting(Acting("member", user_id=key)), transaction.atomic():
        feed = CalendarFeed.objects.filter(user_id=key, public_id=feed_id, revoked_at=None).first()
        fits = compare_digest(feed.digest if feed else NO_DIGEST, _digest(secret))
        if feed and fits:
            _note_use(feed)
    places = places_of(key)
    if owner is None or feed is None or not fits:
        return []
    return [each.viewer(key, owner.full_name) for each in places if each.collaborative.pk == feed.collaborative_id]


def _parts(token: str) -> tuple[UUID, UUID, str]:
    match = TEXT.fullmatch(token)
    return (UUID(match[1]), UUID(match[2]), match[3]) if match else (uuid4(), uuid4(), "")


def _note_use(feed: CalendarFeed) -> None:
    """At most once an hour: calendar programs ask often."""
    now = timezone.now()
    if feed.last_used_at is None or feed.last_used_at < now - USED_AT_MOST_EVERY:
        feed.last_used_at = now
        feed.save(update_fields=["last_used_at"])
