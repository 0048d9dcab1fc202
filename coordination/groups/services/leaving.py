"""Out of a group, and who leads it. The end of the last role at a place ends what was joined from there."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from collaboratives.models import Grant
from coordination.groups.enums import MemberRole
from coordination.groups.errors import GroupError
from coordination.groups.models import Admission, Membership, WorkingGroup
from coordination.groups.services.asking import membership_of, require_manager, require_open
from coordination.groups.services.joining import settle
from events.enums import EventKind
from events.models import Event
from events.services import record_event
from privacy.roles import ROLE_PERMISSIONS, Permission, Role
from privacy.viewer import Viewer


@transaction.atomic
def leave_group(*, group: WorkingGroup, by: Viewer) -> None:
    """From the next click on the group's documents and discussion are closed to them."""
    _end(membership_of(group, by), by)


@transaction.atomic
def remove_member(*, membership: Membership, by: Viewer) -> None:
    require_manager(by, membership.collaborative_id)
    held = Membership.objects.select_for_update().get(pk=membership.pk)
    if held.until:
        raise GroupError("They have left the group already.")
    _end(held, by)


@transaction.atomic
def name_chair(*, membership: Membership, by: Viewer) -> Membership:
    """The one before becomes a member. Each change is a row of its own, so that the group's history tells it."""
    require_manager(by, membership.collaborative_id)
    group = require_open(membership.group, by)
    open_rows = Membership.objects.select_for_update().filter(group=group, until=None)
    before = open_rows.filter(role=MemberRole.CHAIR).first()
    held = open_rows.filter(pk=membership.pk).first()
    if held is None:
        raise GroupError("They have left the group. Choose somebody who is in it.")
    if before and before.pk == held.pk:
        return held
    if before:
        _in_role(before, MemberRole.MEMBER)
    chair = _in_role(held, MemberRole.CHAIR)
    record_event(EventKind.GROUP_CHAIR_NAMED, by=by, subject=chair, details={"group": group.pk})
    return chair


def _in_role(membership: Membership, role: MemberRole) -> Membership:
    now = timezone.now()
    Membership.objects.filter(pk=membership.pk).update(until=now)
    return Membership.objects.create(
        collaborative_id=membership.collaborative_id,
        participation_id=membership.participation_id,
        group_id=membership.group_id,
        user_id=membership.user_id,
        role=role,
        shown_name=membership.shown_name,
        shown_hospital=membership.shown_hospital,
        since=now,
    )


def _end(membership: Membership, by: Viewer) -> None:
    membership.until = timezone.now()
    membership.save(update_fields=["until"])
    record_event(
        EventKind.GROUP_LEFT,
        by=by,
        subject=membership,
        participation_id=by.participation_id,
        details={"group": membership.group_id},
    )


def follow_role_end(event: Event) -> None:
    """A worker: somebody's role ended. Reading has ended with it; here their name goes from the lists."""
    grant = Grant.objects.filter(pk=event.subject_id).first()
    if grant:
        _end_where_no_role(Q(user=grant.user_id, participation=grant.participation_id), event.collaborative_id)


def follow_leaving(event: Event) -> None:
    """A worker: a hospital left the collaborative, and its people with it."""
    _end_all(Q(participation=event.subject_id), event.collaborative_id)


def _end_where_no_role(who: Q, collaborative_id: int) -> None:
    now = timezone.now()
    held = Grant.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now), who, collaborative_id=collaborative_id, starts_at__lte=now
    )
    roles = {Role(each) for each in held.values_list("role", flat=True)}
    if not any(Permission.GROUP_VIEW in ROLE_PERMISSIONS[role] for role in roles):
        _end_all(who, collaborative_id)


def _end_all(who: Q, collaborative_id: int) -> None:
    Membership.objects.filter(who, collaborative_id=collaborative_id, until=None).update(until=timezone.now())
    settle(Admission.objects.filter(who, collaborative_id=collaborative_id))
