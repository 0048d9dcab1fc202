"""Announcements that a viewer may open; anything else is 404."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from coordination.news.enums import State
from coordination.news.models import Announcement, Receipt
from privacy.roles import Capacity, Permission
from privacy.viewer import Viewer, require


def own_receipts(viewer: Viewer) -> QuerySet[Receipt]:
    """What this person was given where they are now: at their hospital, or at none."""
    here = Receipt.objects.filter(collaborative_id=viewer.collaborative_id, user_id=viewer.user_id)
    return here.filter(participation=viewer.participation_id)


def sent_to(viewer: Viewer) -> QuerySet[Announcement]:
    """What was sent: at the centre everything, else what this person was given."""
    require(viewer, Permission.NEWS_VIEW)
    sent = Announcement.objects.filter(
        collaborative_id=viewer.collaborative_id, state__in=[State.SENT, State.WITHDRAWN]
    )
    if viewer.capacity is Capacity.CENTRE:
        return sent
    return sent.filter(pk__in=own_receipts(viewer).values("announcement"))


def announcement_for(viewer: Viewer, public_id: UUID, *, to: Permission = Permission.NEWS_VIEW) -> Announcement:
    require(viewer, to)
    found = sent_to(viewer).filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found
