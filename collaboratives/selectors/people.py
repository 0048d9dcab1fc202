"""Who holds which role, and who has been asked."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from uuid import UUID

from django.db.models import Case, F, IntegerField, Q, When
from django.shortcuts import get_object_or_404
from django.utils import timezone

from collaboratives.models import Grant, Invitation, Participation
from privacy.roles import Capacity, Permission, Role
from privacy.viewer import Viewer, require


EXPIRED_SHOWN = timedelta(days=90)
ROLE_ORDER = Case(
    *(When(role=role.value, then=position) for position, role in enumerate(Role)), output_field=IntegerField()
)


@dataclass(frozen=True, kw_only=True)
class PeopleGroup:
    """The people of one hospital, or of the centre."""

    label: str
    public_id: UUID | None
    grants: list[Grant]


@dataclass(frozen=True, kw_only=True)
class PeoplePage:
    groups: list[PeopleGroup]
    invitations: list[Invitation]
    may_manage: bool


def people_page(viewer: Viewer) -> PeoplePage:
    """Active roles by hospital, the centre first, and open invitations. A hospital sees its own people only."""
    require(viewer, Permission.PEOPLE_VIEW)
    now = timezone.now()
    here = Q(collaborative_id=viewer.collaborative_id)
    if viewer.capacity is Capacity.HOSPITAL:
        here &= Q(participation_id=viewer.participation_id)
    grants = (
        Grant.objects.filter(here, Q(ends_at=None) | Q(ends_at__gt=now))
        .select_related("user", "participation__site")
        .order_by(
            F("participation__site__name").asc(nulls_first=True), "participation_id", ROLE_ORDER, "user__full_name"
        )
    )
    # One that has expired is shown for a while: it can be sent again, or taken back.
    shown = Invitation.objects.filter(here, accepted_at=None, revoked_at=None, expires_at__gt=now - EXPIRED_SHOWN)
    invitations = shown.annotate(expired=Q(expires_at__lte=now))
    return PeoplePage(
        groups=[_group(list(group)) for _, group in groupby(grants, key=lambda grant: grant.participation_id)],
        invitations=list(invitations.select_related("participation__site", "invited_by").order_by("-created_at")),
        may_manage=viewer.can(Permission.PEOPLE_MANAGE),
    )


def _group(grants: list[Grant]) -> PeopleGroup:
    participation = grants[0].participation
    return PeopleGroup(
        label=participation.site.name if participation else "Coordinating centre and observers",
        public_id=participation.public_id if participation else None,
        grants=grants,
    )


def grant_for(viewer: Viewer, public_id: UUID, to: Permission) -> Grant:
    """One active role of the collaborative, or 404."""
    require(viewer, to)
    return get_object_or_404(
        Grant.objects.select_related("user", "participation__site"),
        collaborative_id=viewer.collaborative_id,
        public_id=public_id,
        ends_at=None,
    )


def invitation_for(viewer: Viewer, public_id: UUID, to: Permission) -> Invitation:
    """One open invitation of the collaborative, or 404."""
    require(viewer, to)
    return get_object_or_404(
        Invitation.objects.select_related("participation__site"),
        collaborative_id=viewer.collaborative_id,
        public_id=public_id,
        accepted_at=None,
        revoked_at=None,
    )


def hospitals_to_invite_for(viewer: Viewer) -> list[Participation]:
    """Hospitals whose people the viewer may invite: all members for the centre, the own one otherwise."""
    require(viewer, Permission.PEOPLE_MANAGE)
    members = Participation.objects.filter(collaborative_id=viewer.collaborative_id, left_on=None)
    if viewer.capacity is Capacity.HOSPITAL:
        members = members.filter(pk__in=[viewer.participation_id])
    return list(members.select_related("site").order_by("site__name"))
