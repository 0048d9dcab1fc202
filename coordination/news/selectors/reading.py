"""One announcement as its readers see it and, for those who write, who has read it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from collaboratives.models import Collaborative
from coordination.news.enums import State
from coordination.news.models import Announcement
from coordination.news.selectors.announcements import announcement_for, own_receipts, sent_to
from coordination.news.selectors.reads import Reads, reads_of
from privacy.roles import Permission
from privacy.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class AnnouncementPage:
    """`corrects` and `corrected_by` are there for whoever got those too."""

    announcement: Announcement
    sent_at: datetime
    withdrawn_at: datetime | None
    shows_text: bool
    got_it: bool
    read_at: datetime | None
    corrects: Announcement | None
    corrected_by: list[Announcement]
    reads: Reads | None
    sender: str
    reminded_at: datetime | None


def announcement_page(viewer: Viewer, programme: Collaborative, public_id: UUID) -> AnnouncementPage:
    found = announcement_for(viewer, public_id)
    writes, zone = viewer.can(Permission.NEWS_WRITE), ZoneInfo(programme.time_zone)
    receipt = own_receipts(viewer).filter(announcement=found).first()
    withdrawn = found.state == State.WITHDRAWN
    return AnnouncementPage(
        announcement=found,
        sent_at=_there(found.sent_at, zone) or found.written_at,
        withdrawn_at=_there(found.withdrawn_at, zone),
        shows_text=writes or not withdrawn,
        got_it=receipt is not None,
        read_at=_there(receipt.read_at, zone) if receipt else None,
        corrects=_readable(viewer, found.corrects_id),
        corrected_by=list(sent_to(viewer).filter(corrects=found).defer("text").order_by("sent_at")),
        reads=reads_of(viewer, found) if writes else None,
        sender=found.sent_by.full_name if writes and found.sent_by else "",
        reminded_at=_there(found.reminded_at, zone),
    )


def _readable(viewer: Viewer, key: int | None) -> Announcement | None:
    return sent_to(viewer).filter(pk=key).defer("text").first() if key else None


def _there(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    """As clocks there show it; without the zone, which templates would turn back into the server's."""
    return moment.astimezone(zone).replace(tzinfo=None) if moment else None
