"""What a newsletter can be made of: announcements that went to every hospital, and dates that everybody may know."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from collaboratives.definition.due import DatedThing
from collaboratives.models import Collaborative
from collaboratives.selectors.clock import in_zone, today_of
from coordination.news.definition.words import Section, first_paragraph, newsletter
from coordination.news.enums import Kind, State
from coordination.news.models import Announcement
from privacy.roles import Permission, Role
from privacy.viewer import Viewer, require


OFFERED, TICKED, AHEAD = timedelta(days=366), timedelta(days=92), timedelta(days=62)
# What stands in every member's calendar. Releases, audits and agreements to come are known to the centre alone.
SHARED = frozenset({"meeting", "lock", "ballot"})
Source = Callable[[Viewer, date, date], list[DatedThing]]


@dataclass(frozen=True, kw_only=True)
class Offered:
    """An announcement that may become a section."""

    announcement: Announcement
    day: date
    roles: str
    is_recent: bool


def offered_sections(viewer: Viewer, programme: Collaborative) -> list[Offered]:
    """Of the last twelve months, to every hospital: what some got alone is told to nobody else."""
    require(viewer, Permission.NEWS_WRITE)
    now, zone = timezone.now(), ZoneInfo(programme.time_zone)
    found = Announcement.objects.filter(
        collaborative_id=viewer.collaborative_id,
        kind=Kind.ANNOUNCEMENT,
        state=State.SENT,
        sent_at__gte=now - OFFERED,
        audience__everywhere=True,
    ).select_related("audience")
    return [_offered(each, each.sent_at or now, now, zone) for each in found.order_by("-sent_at", "-pk")]


def _offered(announcement: Announcement, sent: datetime, now: datetime, zone: ZoneInfo) -> Offered:
    return Offered(
        announcement=announcement,
        day=sent.astimezone(zone).date(),
        roles=", ".join(Role(each).label for each in announcement.audience.roles),
        is_recent=sent >= now - TICKED,
    )


def newsletter_text(viewer: Viewer, programme: Collaborative, chosen: Iterable[str], *, with_dates: bool) -> str:
    """The first draft: sections in the order in which they were announced."""
    wanted = set(chosen)
    offered = [each for each in offered_sections(viewer, programme) if str(each.announcement.public_id) in wanted]
    sections = [
        Section(title=each.announcement.title, text=first_paragraph(each.announcement.text))
        for each in reversed(offered)
    ]
    return newsletter(sections, coming_dates(viewer, programme) if with_dates else ())


def coming_dates(viewer: Viewer, programme: Collaborative) -> Sequence[str]:
    """The next two months, in order."""
    today = today_of(programme)
    sources: list[Source] = [import_string(path) for path in settings.CALENDAR_SOURCES]
    things = [each for source in sources for each in source(viewer, today, today + AHEAD)]
    shown = [each for each in things if each.kind in SHARED and each.hospital is None and not each.cancelled]
    told = sorted((*_when(each, programme), each.title) for each in shown)
    return [f"{day:%A %-d %B}{f', {at}' if at else ''}: {title}" for day, at, title in told if day >= today]


def _when(thing: DatedThing, programme: Collaborative) -> tuple[date, str]:
    if isinstance(thing.starts, datetime):
        begins = in_zone(thing.starts, programme)
        return begins.date(), f"{begins:%H:%M}"
    return thing.starts, ""
