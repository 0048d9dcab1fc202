"""Where a person may work: every collaborative and hospital in which they hold a role today."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import BigIntegerField, DateTimeField, F, Q, QuerySet
from django.utils import timezone

from collaboratives.models import Collaborative, Grant
from collaboratives.selectors.kept import Given, Kept
from privacy.roles import Capacity, Role
from privacy.viewer import Viewer
from tenancy.context import Acting, acting


@dataclass(frozen=True, kw_only=True)
class Place:
    """One side of one collaborative: its centre, one of its hospitals, or the observers' bench."""

    collaborative: Collaborative
    capacity: Capacity
    roles: frozenset[Role]
    participation_id: int | None = None
    participation_public_id: UUID | None = None
    site_name: str = ""

    @property
    def key(self) -> str:
        """Names the place in forms and in the session; random, so it tells nothing."""
        return str(self.participation_public_id or f"{self.capacity}-{self.collaborative.public_id}")

    @property
    def label(self) -> str:
        return self.site_name or {"centre": "Coordinating centre", "observer": "Observer"}[self.capacity]

    @property
    def role_line(self) -> str:
        return ", ".join(role.label for role in Role if role in self.roles)

    def viewer(self, user_id: int, name: str) -> Viewer:
        return Viewer(
            user_id=user_id,
            name=name,
            capacity=self.capacity,
            collaborative_id=self.collaborative.pk,
            collaborative_slug=self.collaborative.slug,
            participation_id=self.participation_id,
            roles=self.roles,
        )


def places_of(user_id: int) -> list[Place]:
    """Every place of the user, in one query under the `member` capacity; the wall shows them nothing else."""
    with acting(Acting("member", user_id=user_id)), transaction.atomic():
        grants = _GRANTS.read(user=user_id, now=timezone.now())
    return [
        _place(list(group))
        for _, group in groupby(
            grants, key=lambda grant: (grant.collaborative_id, grant.capacity, grant.participation_id)
        )
    ]


def _grants() -> QuerySet[Grant]:
    user: Any = Given("user", BigIntegerField())
    now: Any = Given("now", DateTimeField())
    found = Grant.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), user_id=user, starts_at__lte=now)
    return found.select_related("collaborative", "participation__site").order_by(
        "collaborative__name", "capacity", F("participation__site__name").asc(nulls_first=True), "participation_id"
    )


_GRANTS: Kept[Grant] = Kept(_grants)


def viewers_here(collaborative_id: int) -> list[Viewer]:
    """Everybody of a programme in each of their places there, for what a worker prepares for them; in one query."""
    now = timezone.now()
    grants = (
        Grant.objects.filter(
            Q(ends_at=None) | Q(ends_at__gt=now),
            collaborative_id=collaborative_id,
            starts_at__lte=now,
            user__is_active=True,
        )
        .select_related("collaborative", "participation__site", "user")
        .order_by("user_id", "capacity", "participation_id")
    )
    found = groupby(grants, key=lambda grant: (grant.user, grant.capacity, grant.participation_id))
    return [_place(list(group)).viewer(user.pk, user.full_name) for (user, _, _), group in found]


def _place(grants: list[Grant]) -> Place:
    first = grants[0]
    participation = first.participation
    return Place(
        collaborative=first.collaborative,
        capacity=Capacity(first.capacity),
        roles=frozenset(Role(grant.role) for grant in grants),
        participation_id=participation.pk if participation else None,
        participation_public_id=participation.public_id if participation else None,
        site_name=participation.site.name if participation else "",
    )


def chosen_place(places: Iterable[Place], *, slug: str, key: str | None) -> Place | None:
    """The place chosen in the session if it belongs to this collaborative, else the first one there."""
    here = [place for place in places if place.collaborative.slug == slug]
    return next((place for place in here if place.key == key), here[0] if here else None)


def acting_for(viewer: Viewer) -> Acting:
    """The database context of a viewer. A viewer without capacity is the worker itself."""
    return Acting(
        viewer.capacity.value if viewer.capacity else "compute",
        user_id=viewer.user_id,
        collaborative_id=viewer.collaborative_id,
        participation_id=viewer.participation_id or 0,
    )


def worker_viewer(collaborative: Collaborative) -> Viewer:
    """The worker acting for nobody, inside one collaborative."""
    return Viewer(
        user_id=0,
        name="Colloquy",
        capacity=None,
        collaborative_id=collaborative.pk,
        collaborative_slug=collaborative.slug,
    )
