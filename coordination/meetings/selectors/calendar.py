"""What a person's calendar address shows: dates from every source that the settings name."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.module_loading import import_string

from collaboratives.definition.due import DatedThing
from collaboratives.models import Collaborative
from collaboratives.selectors.clock import today_of
from collaboratives.selectors.places import acting_for
from coordination.meetings.definition.entries import Dated, feed
from coordination.meetings.models import CalendarFeed
from privacy.roles import Permission
from privacy.viewer import Viewer, require
from tenancy.context import acting


Source = Callable[[Viewer, date, date], list[DatedThing]]
BACK, AHEAD = timedelta(days=180), timedelta(days=550)


def sources() -> list[Source]:
    """Every application that tells dates, as the settings list them."""
    return [import_string(path) for path in settings.CALENDAR_SOURCES]


def calendar_of(viewers: Sequence[Viewer]) -> bytes:
    """The dates of somebody's places in one programme, each date once; 404 for nobody."""
    if not viewers:
        raise Http404
    found: dict[str, DatedThing] = {}
    for viewer in viewers:
        with acting(acting_for(viewer)), transaction.atomic():
            programme = Collaborative.objects.get(pk=viewer.collaborative_id)
            today = today_of(programme)
            for source in sources():
                for each in source(viewer, today - BACK, today + AHEAD):
                    found.setdefault(uid_of(each), each)
    dates = [dated(uid, each) for uid, each in found.items()]
    return feed(programme.name, dates, stamp=timezone.now(), time_zone=programme.time_zone)


def uid_of(thing: DatedThing) -> str:
    """By which calendar programs know it again."""
    return thing.uid or f"{uuid5(NAMESPACE_URL, thing.kind + thing.url)}@colloquy"


def dated(uid: str, thing: DatedThing) -> Dated:
    """As an entry of a file or feed, with the whole address."""
    return Dated(
        uid=uid,
        title=thing.title,
        starts=thing.starts,
        ends=thing.ends,
        url=f"{settings.BASE_URL}{thing.url}",
        place=thing.place,
        cancelled=thing.cancelled,
    )


def own_feed(viewer: Viewer) -> CalendarFeed | None:
    """The viewer's living address here, of which only when it was made and used is known."""
    require(viewer, Permission.MEETING_VIEW)
    return CalendarFeed.objects.filter(
        collaborative_id=viewer.collaborative_id, user_id=viewer.user_id, revoked_at=None
    ).first()
