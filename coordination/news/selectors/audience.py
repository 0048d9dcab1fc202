"""Everybody who could get an announcement, as roles are held now."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from collaboratives.models import Grant
from coordination.news.definition.audience import ROLES, Recipient
from privacy.roles import Role


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A role or a hospital to tick, with how many people that is."""

    value: str
    label: str
    people: int


def pool_of(collaborative_id: int) -> list[Recipient]:
    """In one statement; a role that ended, a person who was switched off and a hospital that left are not in it."""
    now = timezone.now()
    held = Grant.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now),
        Q(participation=None) | Q(participation__left_on=None),
        collaborative_id=collaborative_id,
        starts_at__lte=now,
        user__is_active=True,
    )
    rows = held.order_by("pk").values_list(
        "user_id",
        "user__full_name",
        "role",
        "participation_id",
        "participation__public_id",
        "participation__site__name",
    )
    return [
        Recipient(
            user_id=user,
            name=name,
            role=Role(role),
            participation_id=participation,
            hospital=hospital,
            hospital_name=hospital_name or "",
        )
        for user, name, role, participation, hospital, hospital_name in rows
    ]


def role_choices(pool: list[Recipient]) -> list[Choice]:
    counted = [(role, {each.user_id for each in pool if each.role is role}) for role in ROLES]
    return [Choice(value=role, label=role.label.capitalize(), people=len(users)) for role, users in counted if users]


def hospital_choices(pool: list[Recipient]) -> list[Choice]:
    people: dict[tuple[str, str], set[int]] = {}
    for each in pool:
        if each.hospital:
            people.setdefault((each.hospital_name, str(each.hospital)), set()).add(each.user_id)
    return [Choice(value=key, label=name, people=len(users)) for (name, key), users in sorted(people.items())]
