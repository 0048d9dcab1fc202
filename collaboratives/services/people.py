"""Who holds which role: grants and their end."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from collaboratives.errors import RoleNotAllowedError
from collaboratives.models import Grant, Participation
from events.enums import EventKind
from events.services import record_event
from privacy.roles import Capacity, Permission, Role
from privacy.viewer import Viewer, require


def roles_to_give(viewer: Viewer) -> tuple[Role, ...]:
    """Roles the viewer may give: a hospital its own, the centre all."""
    if not viewer.can(Permission.PEOPLE_MANAGE):
        return ()
    return tuple(role for role in Role if viewer.capacity is Capacity.CENTRE or role.capacity is Capacity.HOSPITAL)


def refuse_wrong_role(viewer: Viewer, role: Role, participation: Participation | None) -> None:
    require(viewer, Permission.PEOPLE_MANAGE)
    own_hospital_only = viewer.capacity is Capacity.HOSPITAL
    elsewhere = own_hospital_only and (participation is None or participation.pk != viewer.participation_id)
    misplaced = (participation is None) == (role.capacity is Capacity.HOSPITAL)
    if role not in roles_to_give(viewer) or elsewhere or misplaced:
        raise RoleNotAllowedError(f"You cannot give the role {role.label} here.")


@transaction.atomic
def grant_role(*, user: User, role: Role, participation: Participation | None, by: Viewer) -> Grant:
    """Give somebody a role from now on; giving it twice changes nothing."""
    refuse_wrong_role(by, role, participation)
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
    refuse_wrong_role(by, Role(grant.role), grant.participation)
    grant.ends_at, grant.ended_by_id = timezone.now(), by.user_id
    grant.save(update_fields=["ends_at", "ended_by"])
    record_event(EventKind.ROLE_ENDED, by=by, subject=grant, participation_id=grant.participation_id)
