"""Who holds which role: grants, their end, invitations."""

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from collaboratives.errors import InvitationClosedError, RoleNotAllowedError
from collaboratives.models import Grant, Invitation, Participation
from collaboratives.selectors.places import acting_for
from events.enums import EventKind
from events.services import record_event
from privacy.roles import ROLE_PERMISSIONS, Capacity, Permission, Role
from privacy.viewer import Viewer, require
from tenancy.context import acting


INVITATION_LIFE = timedelta(days=7)
SALT = "collaboratives.invitation"


def roles_to_give(viewer: Viewer) -> tuple[Role, ...]:
    """Roles the viewer may give: a hospital its own, the centre all."""
    if not viewer.can(Permission.PEOPLE_MANAGE):
        return ()
    return tuple(role for role in Role if viewer.capacity is Capacity.CENTRE or role.capacity is Capacity.HOSPITAL)


def _refuse_wrong_role(viewer: Viewer, role: Role, participation: Participation | None) -> None:
    require(viewer, Permission.PEOPLE_MANAGE)
    own_hospital_only = viewer.capacity is Capacity.HOSPITAL
    elsewhere = own_hospital_only and (participation is None or participation.pk != viewer.participation_id)
    misplaced = (participation is None) == (role.capacity is Capacity.HOSPITAL)
    if role not in roles_to_give(viewer) or elsewhere or misplaced:
        raise RoleNotAllowedError(f"You cannot give the role {role.label} here.")


@transaction.atomic
def grant_role(*, user: User, role: Role, participation: Participation | None, by: Viewer) -> Grant:
    """Give somebody a role from now on; giving it twice changes nothing."""
    _refuse_wrong_role(by, role, participation)
    grant, created = Grant.objects.get_or_create(
        user=user,
        role=role,
        collaborative_id=by.collaborative_id,
        participation=participation,
        ends_at=None,
        defaults={"capacity": role.capacity, "granted_by_id": by.user_id},
    )
    if created:
        record_event(EventKind.ROLE_GRANTED, by=by, subject=grant, participation_id=grant.participation_id)
    return grant


@transaction.atomic
def end_role(*, grant: Grant, by: Viewer) -> None:
    """End a role now. The wall looks roles up at every statement, so the person's next click is refused."""
    _refuse_wrong_role(by, Role(grant.role), grant.participation)
    grant.ends_at, grant.ended_by_id = timezone.now(), by.user_id
    grant.save(update_fields=["ends_at", "ended_by"])
    record_event(EventKind.ROLE_ENDED, by=by, subject=grant, participation_id=grant.participation_id)


@transaction.atomic
def invite(*, email: str, full_name: str, role: Role, participation: Participation | None, by: Viewer) -> Invitation:
    """Ask somebody to take a role. A worker sends the mail; the link works once and for seven days."""
    _refuse_wrong_role(by, role, participation)
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
        EventKind.INVITATION_CREATED, by=by, subject=invitation, participation_id=participation.pk if participation else None
    )
    return invitation


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, by: Viewer) -> None:
    """Take an open invitation back; its link stops working."""
    _refuse_wrong_role(by, Role(invitation.role), invitation.participation)
    if invitation.accepted_at:
        raise InvitationClosedError("The invitation was accepted already. End the role instead.")
    invitation.revoked_at = timezone.now()
    invitation.save(update_fields=["revoked_at"])
    record_event(EventKind.INVITATION_REVOKED, by=by, subject=invitation, participation_id=invitation.participation_id)


@dataclass(frozen=True)
class InvitationLink:
    """What a signed link says: which invitation, and in whose name it was written.

    Opening it acts as the inviter, whose right to invite is looked up again: an invitation dies with its inviter's role.
    """

    public_id: str
    inviter: Viewer


def invitation_token(invitation: Invitation, *, inviter_roles: frozenset[Role], slug: str) -> str:
    """Text of the link. It is made again from the row whenever a mail is sent, so no secret is stored."""
    capacity = next(iter(inviter_roles)).capacity
    participation = invitation.participation_id if capacity is Capacity.HOSPITAL else None
    return signing.dumps(
        [str(invitation.public_id), invitation.invited_by_id, capacity.value, invitation.collaborative_id, slug, participation],
        salt=SALT,
    )


def read_invitation_token(token: str) -> InvitationLink:
    """The link's content, or `InvitationClosedError` when it is not ours or older than any invitation can be."""
    try:
        public_id, user_id, capacity, collaborative_id, slug, participation_id = signing.loads(
            token, salt=SALT, max_age=INVITATION_LIFE
        )
    except signing.BadSignature as problem:
        raise InvitationClosedError("This link is not complete or has expired. Ask for a new invitation.") from problem
    inviter = Viewer(
        user_id=user_id,
        name="",
        capacity=Capacity(capacity),
        collaborative_id=collaborative_id,
        collaborative_slug=slug,
        participation_id=participation_id,
        roles=frozenset(role for role in Role if role.capacity == capacity and Permission.PEOPLE_MANAGE in ROLE_PERMISSIONS[role]),
    )
    return InvitationLink(public_id=public_id, inviter=inviter)


def accept_invitation(*, token: str, user: User) -> Grant:
    """Turn an open invitation into a role, once, for the person it names."""
    link = read_invitation_token(token)
    with acting(acting_for(link.inviter)), transaction.atomic():
        invitation = Invitation.objects.select_for_update().filter(public_id=link.public_id).first()
        refuse_closed(invitation)
        assert invitation is not None  # noqa: S101 -- refuse_closed raised otherwise
        if user.email != invitation.email:
            raise InvitationClosedError(f"This invitation is for {invitation.email}. Sign in with that address.")
        invitation.accepted_at = timezone.now()
        invitation.save(update_fields=["accepted_at"])
        record_event(
            EventKind.INVITATION_ACCEPTED, by=link.inviter, subject=invitation, participation_id=invitation.participation_id
        )
        return grant_role(
            user=user, role=Role(invitation.role), participation=invitation.participation, by=link.inviter
        )


def refuse_closed(invitation: Invitation | None) -> None:
    """Raise `InvitationClosedError` unless the invitation is open."""
    if invitation is None or invitation.revoked_at:
        raise InvitationClosedError("This invitation was taken back. Ask the person who invited you.")
    if invitation.accepted_at:
        raise InvitationClosedError("This invitation was used already. Sign in with your e-mail address.")
    if invitation.expires_at <= timezone.now():
        raise InvitationClosedError("This invitation has expired. Ask for a new one.")
