"""Who of a hospital may enter cases, and so be given one."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from collaboratives.models import Grant
from privacy.roles import ROLE_PERMISSIONS, Capacity, Permission, Role


DATA_ROLES = [
    role.value for role in Role if role.capacity is Capacity.HOSPITAL and Permission.CASE_EDIT in ROLE_PERMISSIONS[role]
]


@dataclass(frozen=True, kw_only=True)
class Colleague:
    user_id: int
    public_id: UUID
    name: str


def data_team(collaborative_id: int, participation_id: int) -> tuple[Colleague, ...]:
    """Everybody who may enter cases of this hospital today, by name."""
    now = timezone.now()
    grants = Grant.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now),
        collaborative_id=collaborative_id,
        participation_id=participation_id,
        role__in=DATA_ROLES,
        starts_at__lte=now,
        user__is_active=True,
    )
    people = grants.order_by("user__full_name", "user_id").distinct()
    return tuple(
        Colleague(user_id=user_id, public_id=public_id, name=name)
        for user_id, public_id, name in people.values_list("user_id", "user__public_id", "user__full_name")
    )
