"""The link in an invitation by which somebody answers without signing in.

It names a meeting and a person. Opening it acts as that person with the roles of today, so it dies with them; it can
answer this one invitation and nothing else, and shows title, time and place.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.http import Http404

from accounts.models import User
from collaboratives.definition.clock import told_in
from collaboratives.selectors.places import acting_for, places_of
from coordination.meetings.models import Invitee, Meeting
from privacy.viewer import Viewer
from tenancy.context import acting


SALT = "meetings.reply"
LIFE = timedelta(days=400)


@dataclass(frozen=True, kw_only=True)
class ReplyLink:
    """Who answers which invitation, from where."""

    meeting: Meeting
    viewers: tuple[Viewer, ...]
    name: str
    reply: str

    @property
    def when(self) -> str:
        return told_in(self.meeting.starts_at, self.meeting.time_zone)


def reply_token(meeting: UUID, user: UUID) -> str:
    return signing.dumps([meeting.hex, user.hex], salt=SALT, compress=True)


def reply_link(token: str) -> ReplyLink:
    """What a link stands for, or 404: a broken link and an ended role are answered alike."""
    try:
        meeting_id, user_id = (UUID(each) for each in signing.loads(token, salt=SALT, max_age=LIFE))
    except (signing.BadSignature, ValueError) as problem:
        raise Http404 from problem
    with transaction.atomic():
        user = User.objects.filter(public_id=user_id, is_active=True).first()
    if user is None:
        raise Http404
    viewers, found = [], None
    for place in places_of(user.pk):
        viewer = place.viewer(user.pk, user.full_name)
        with acting(acting_for(viewer)), transaction.atomic():
            asked = Invitee.objects.select_related("meeting").filter(
                meeting__public_id=meeting_id, user_id=user.pk, participation=viewer.participation_id
            )
            if invitee := asked.first():
                viewers.append(viewer)
                found = invitee
    if found is None:
        raise Http404
    return ReplyLink(meeting=found.meeting, viewers=tuple(viewers), name=user.full_name, reply=found.reply)
