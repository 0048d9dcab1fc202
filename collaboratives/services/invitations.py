"""Inviting people: the mail, the link that works once, and what happens when it is opened."""

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.services import create_user
from collaboratives.errors import InvitationClosedError
from collaboratives.models import Grant, Invitation, Participation
from collaboratives.selectors.invitations import INVITATION_LIFE, SALT, read_token, refuse_closed
from collaboratives.selectors.places import acting_for
from collaboratives.services.people import grant_role, refuse_wrong_role
from events.enums import EventKind
from events.services import record_event
from privacy.roles import Capacity, Role
from privacy.viewer import Viewer
from tenancy.context import acting


@transaction.atomic
def invite(*, email: str, full_name: str, role: Role, participation: Participation | None, by: Viewer) -> Invitation:
    """Ask somebody to take a role. A worker sends the mail; the link works once and for seven days."""
    refuse_wrong_role(by, role, participation)
    invitation = Invitation.objects.create(
        collaborative_id=by.collaborative_id,
        participation=participation,
        email=email.strip().lower(),
        full_name=full_name.strip(),
        role=role,
        capacity=role.capacity,
        invited_by_id=by.user_id,
        expires_at=timezone.now() + INVITATION_LIFE,
    )
    record_event(
        EventKind.INVITATION_CREATED,
        by=by,
        subject=invitation,
        participation_id=participation.pk if participation else None,
    )
    return invitation


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, by: Viewer) -> None:
    """Take an open invitation back; its link stops working."""
    refuse_wrong_role(by, Role(invitation.role), invitation.participation)
    if invitation.accepted_at:
        raise InvitationClosedError("The invitation was accepted already. End the role instead.")
    invitation.revoked_at = timezone.now()
    invitation.save(update_fields=["revoked_at"])
    record_event(EventKind.INVITATION_REVOKED, by=by, subject=invitation, participation_id=invitation.participation_id)


@transaction.atomic
def resend_invitation(*, invitation: Invitation, by: Viewer) -> Invitation:
    """Write again, with a new link for another seven days, in the name of whoever sends it; the old link ends as it was to."""
    refuse_wrong_role(by, Role(invitation.role), invitation.participation)
    found = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if found.accepted_at:
        raise InvitationClosedError("The invitation was accepted already.")
    if found.revoked_at:
        raise InvitationClosedError("The invitation was taken back. Invite them anew.")
    found.expires_at, found.invited_by_id = timezone.now() + INVITATION_LIFE, by.user_id
    found.save(update_fields=["expires_at", "invited_by"])
    record_event(EventKind.INVITATION_RESENT, by=by, subject=found, participation_id=found.participation_id)
    return found


def invitation_link(invitation: Invitation, *, inviter_capacity: str) -> str:
    """Address of the page that accepts it. It is made again from the row for each mail, so no secret is stored."""
    participation = invitation.participation_id if inviter_capacity == Capacity.HOSPITAL else None
    content = [
        str(invitation.public_id),
        invitation.invited_by_id,
        inviter_capacity,
        invitation.collaborative_id,
        participation,
    ]
    path = reverse("invitations:invitation-accept", args=[signing.dumps(content, salt=SALT)])
    return f"{settings.BASE_URL}{path}"


def send_invitation(*, invitation_id: int, inviter_capacity: str) -> None:
    """Mail the link, if the invitation is still open. A worker calls this; a crash may send it twice, never not at all."""
    invitation = Invitation.objects.select_related("collaborative", "participation__site", "invited_by").get(
        pk=invitation_id
    )
    if invitation.accepted_at or invitation.revoked_at:
        return
    message_of(invitation, link=invitation_link(invitation, inviter_capacity=inviter_capacity)).send()


def message_of(invitation: Invitation, *, link: str) -> EmailMessage:
    """Whoever it names gets it; they have no account yet, so it is no notification."""
    context = {"invitation": invitation, "role": Role(invitation.role).label, "link": link}
    return EmailMessage(
        subject=f"Invitation to {invitation.collaborative.name}",
        body=render_to_string("collaboratives/mail/invitation.txt", context),
        to=[invitation.email],
        # Sent again on purpose it is another mail; a crash that sends it twice sends the same one.
        headers={"Message-ID": f"<invitation-{invitation.public_id}-{invitation.expires_at:%Y%m%d%H%M%S}@colloquy>"},
    )


@transaction.atomic
def accept_as_new_person(*, token: str, full_name: str, password: str) -> User:
    """Create the account that the invitation names, and take the role."""
    with acting(acting_for(read_token(token).inviter)):
        email = Invitation.objects.values_list("email", flat=True).get(public_id=read_token(token).public_id)
    user = create_user(email=email, full_name=full_name, password=password)
    accept_as_signed_in(token=token, user=user)
    return user


@transaction.atomic
def accept_as_signed_in(*, token: str, user: User) -> Grant:
    """Turn an open invitation into a role, once, for the person it names."""
    link = read_token(token)
    with acting(acting_for(link.inviter)):
        found = Invitation.objects.select_for_update().filter(public_id=link.public_id).first()
        invitation = refuse_closed(found)
        if user.email != invitation.email:
            raise InvitationClosedError(f"This invitation is for {invitation.email}. Sign in with that address.")
        invitation.accepted_at = timezone.now()
        invitation.save(update_fields=["accepted_at"])
        record_event(
            EventKind.INVITATION_ACCEPTED,
            by=link.inviter,
            subject=invitation,
            participation_id=invitation.participation_id,
        )
        return grant_role(
            user=user, role=Role(invitation.role), participation=invitation.participation, by=link.inviter
        )
