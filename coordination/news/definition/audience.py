"""Whom an announcement is for, and who that is: plain values that are counted before anything is sent."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from privacy.roles import Capacity, Role


# In this order on the page: those at hospitals are most of the readers.
ROLES = (
    *(role for role in Role if role.capacity is Capacity.HOSPITAL),
    *(role for role in Role if role.capacity is Capacity.OBSERVER),
    *(role for role in Role if role.capacity is Capacity.CENTRE),
)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Roles by hospitals. Observers and the centre have no hospital: their roles count alone."""

    roles: frozenset[Role] = frozenset()
    everywhere: bool = True
    hospitals: frozenset[UUID] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Somebody with a role today, at one hospital or at none."""

    user_id: int
    name: str
    role: Role
    participation_id: int | None = None
    hospital: UUID | None = None
    hospital_name: str = ""

    def is_wanted(self, wanted: Wanted) -> bool:
        here = self.hospital is None or wanted.everywhere or self.hospital in wanted.hospitals
        return self.role in wanted.roles and here


@dataclass(frozen=True, kw_only=True)
class RoleCount:
    role: Role
    people: int

    def __str__(self) -> str:
        return f"{self.people} {self.role.label}{'' if self.people == 1 else 's'}"


@dataclass(frozen=True, kw_only=True)
class Recipients:
    """Who gets it: one row a person and hospital, in the first of their roles that is asked."""

    rows: Sequence[Recipient] = field(default=())

    @property
    def people(self) -> int:
        return len({each.user_id for each in self.rows})

    @property
    def hospitals(self) -> int:
        return len({each.participation_id for each in self.rows if each.participation_id})

    @property
    def roles(self) -> list[RoleCount]:
        counted = [(role, {each.user_id for each in self.rows if each.role is role}) for role in ROLES]
        return [RoleCount(role=role, people=len(users)) for role, users in counted if users]

    @property
    def sentence(self) -> str:
        """57 people of 31 hospitals: 31 clinical champions, 26 abstractors."""
        if not self.rows:
            return "Nobody yet"
        people = "1 person" if self.people == 1 else f"{self.people} people"
        places = f" of {self.hospitals} hospital{'' if self.hospitals == 1 else 's'}" if self.hospitals else ""
        return f"{people}{places}: {', '.join(map(str, self.roles))}"

    @property
    def digest(self) -> str:
        """The same for the same people at the same places, so that a change between looking and sending is noticed."""
        keys = sorted((each.user_id, each.participation_id or 0) for each in self.rows)
        return hashlib.sha256(repr(keys).encode()).hexdigest()[:16]

    @property
    def only_hospital(self) -> int | None:
        """The one hospital whose people alone read it, if it is so."""
        places = {each.participation_id for each in self.rows}
        return next(iter(places)) if len(places) == 1 else None


def chosen(pool: Iterable[Recipient], wanted: Wanted) -> Recipients:
    """Those of the pool whom it is for."""
    found: dict[tuple[int, int | None], Recipient] = {}
    for each in sorted(pool, key=lambda one: ROLES.index(one.role)):
        if each.is_wanted(wanted):
            found.setdefault((each.user_id, each.participation_id), each)
    return Recipients(rows=sorted(found.values(), key=lambda one: (not one.hospital_name, one.hospital_name, one.name)))
