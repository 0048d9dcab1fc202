"""Invitations as the person invited sees them, who has no role yet.

The signed link says in whose name it was written. Opening it acts as the inviter, whose right to invite is looked up
again, so an invitation dies with its inviter's role.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.utils import timezone

from accounts.models import User
from collaboratives.errors import InvitationClosedError
from collaboratives.models import Invitation
from collaboratives.selectors.places import acting_for, places_of
from privacy.roles import Permission, Role
from privacy.viewer import Viewer
from tenancy.context import acting


INVITATION_LIFE = timedelta(days=7)
SALT = "collaboratives.invitation"


@dataclass(frozen=True)
class InvitationLink:
    """What a signed link says: which invitation, and in whose name."""

    public_id: str
    inviter: Viewer


@dataclass(frozen=True, kw_only=True)
class OpenInvitation:
    """What the invited person reads before accepting."""

    email: str
    full_name: str
    role: str
    collaborative: str
    hospital: str
    invited_by: str
    expires_at: datetime
    has_account: bool


def read_token(token: str) -> InvitationLink:
    """The link's content, or `InvitationClosedError` when it is not ours or older than any invitation can be."""
    try:
        public_id, user_id, capacity, collaborative_id, participation_id = signing.loads(
            token, salt=SALT, max_age=INVITATION_LIFE
        )
    except signing.BadSignature as problem:
        raise InvitationClosedError("This link is not complete or has expired. Ask for a new invitation.") from problem
    return InvitationLink(public_id=public_id, inviter=_inviter(user_id, capacity, collaborative_id, participation_id))


def _inviter(user_id: int, capacity: str, collaborative_id: int, participation_id: int | None) -> Viewer:
    """The inviter with the roles of today. Whoever may no longer invite there has taken their invitations along."""
    side = (collaborative_id, capacity, participation_id)
    for place in places_of(user_id):
        if (place.collaborative.pk, place.capacity, place.participation_id) == side:
            inviter = place.viewer(user_id, "")
            if inviter.can(Permission.PEOPLE_MANAGE):
                return inviter
    raise InvitationClosedError("This invitation was taken back. Ask the person who invited you.")


def refuse_closed(invitation: Invitation | None) -> Invitation:
    """The invitation if it is open; otherwise `InvitationClosedError` saying why not and what to do."""
    if invitation is None or invitation.revoked_at:
        raise InvitationClosedError("This invitation was taken back. Ask the person who invited you.")
    if invitation.accepted_at:
        raise InvitationClosedError("This invitation was used already. Sign in with your e-mail address.")
    if invitation.expires_at <= timezone.now():
        raise InvitationClosedError("This invitation has expired. Ask for a new one.")
    return invitation


def open_invitation(token: str) -> OpenInvitation:
    """The open invitation behind a link, or `InvitationClosedError`."""
    link = read_token(token)
    with acting(acting_for(link.inviter)):
        rows = Invitation.objects.select_related("collaborative", "participation__site", "invited_by")
        invitation = refuse_closed(rows.filter(public_id=link.public_id).first())
    return OpenInvitation(
        email=invitation.email,
        full_name=invitation.full_name,
        role=Role(invitation.role).label,
        collaborative=invitation.collaborative.name,
        hospital=invitation.participation.site.name if invitation.participation else "",
        invited_by=invitation.invited_by.full_name,
        expires_at=invitation.expires_at,
        has_account=User.objects.filter(email=invitation.email).exists(),
    )
