"""That somebody has read an announcement: said once, by themselves."""

from django.db import transaction
from django.utils import timezone

from coordination.news.models import Announcement, Receipt
from coordination.news.selectors.announcements import own_receipts
from events.enums import EventKind
from events.services import record_event
from privacy.roles import Permission
from privacy.viewer import Viewer, require


@transaction.atomic
def mark_read(*, announcement: Announcement, by: Viewer) -> Receipt | None:
    """The viewer's receipt, read from now on if it was not before; none for a colleague at the centre who got none."""
    require(by, Permission.NEWS_VIEW)
    receipt = own_receipts(by).select_for_update().filter(announcement=announcement).first()
    if receipt is not None and receipt.read_at is None:
        receipt.read_at = timezone.now()
        receipt.save(update_fields=["read_at"])
        record_event(EventKind.ANNOUNCEMENT_READ, by=by, subject=announcement, participation_id=by.participation_id)
    return receipt
