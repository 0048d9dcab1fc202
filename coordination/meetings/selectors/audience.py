"""Who an invitation goes to: roles by hospitals, as they are today."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string

from collaboratives.models import Grant, Participation
from coordination.meetings.models import Meeting
from privacy.roles import Permission, Role
from privacy.viewer import Viewer, require


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody to invite, in the first of their roles that is asked."""

    user_id: int
    name: str
    role: Role
    participation_id: int | None
    hospital: str


@dataclass(frozen=True, kw_only=True)
class Choice:
    value: str
    label: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Circle:
    """People who belong together for a reason that meetings do not know, each at one of their places."""

    key: str
    label: str
    places: frozenset[tuple[int, int | None]]
    is_meant: bool = False  # the meeting is theirs


@dataclass(frozen=True, kw_only=True)
class Audience:
    """Everybody who could be asked; chosen from by role and hospital without asking the database again."""

    people: Sequence[tuple[Person, UUID | None]]

    def chosen(self, roles: Collection[Role], hospitals: Collection[UUID]) -> list[Person]:
        """One row a person and hospital. Hospitals narrow hospital roles only; none means all of them."""
        found: dict[tuple[int, int | None], Person] = {}
        for person, hospital in self.people:
            here = hospital is None or not hospitals or hospital in hospitals
            if person.role in roles and here:
                found.setdefault((person.user_id, person.participation_id), person)
        return list(found.values())

    def within(self, circles: Collection[Circle]) -> list[Person]:
        """Those of the circles who hold a role today; one row a person and hospital."""
        wanted = frozenset[tuple[int, int | None]]().union(*(each.places for each in circles))
        found: dict[tuple[int, int | None], Person] = {}
        for person, _ in self.people:
            if (person.user_id, person.participation_id) in wanted:
                found.setdefault((person.user_id, person.participation_id), person)
        return list(found.values())

    def roles(self) -> list[Choice]:
        counted = [(role, {each.user_id for each, _ in self.people if each.role is role}) for role in Role]
        return [Choice(value=role, label=role.label.capitalize(), count=len(users)) for role, users in counted if users]

    def hospitals(self) -> list[Choice]:
        named = {(each.hospital, hospital) for each, hospital in self.people if hospital}
        counts = [
            (name, key, len({each.user_id for each, where in self.people if where == key}))
            for name, key in sorted(named)
        ]
        return [Choice(value=str(key), label=name, count=count) for name, key, count in counts]


def audience(viewer: Viewer) -> Audience:
    """Everybody with a role here today, in one statement."""
    require(viewer, Permission.MEETING_MANAGE)
    now = timezone.now()
    held = Grant.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now),
        Q(participation=None) | Q(participation__left_on=None),
        collaborative_id=viewer.collaborative_id,
        starts_at__lte=now,
        user__is_active=True,
    ).select_related("user", "participation__site")
    order = {role: place for place, role in enumerate(Role)}
    rows = sorted(held, key=lambda each: (order[Role(each.role)], each.user.full_name, each.pk))
    return Audience(
        people=[(_person(each), each.participation.public_id if each.participation else None) for each in rows]
    )


def circles_of(viewer: Viewer, meeting: Meeting) -> list[Circle]:
    """What applications above tell of people who belong together (MEETING_AUDIENCES)."""
    require(viewer, Permission.MEETING_MANAGE)
    sources: list[Callable[[Viewer, Meeting], list[Circle]]] = [
        import_string(path) for path in settings.MEETING_AUDIENCES
    ]
    return [each for source in sources for each in source(viewer, meeting)]


def _person(grant: Grant) -> Person:
    return Person(
        user_id=grant.user_id,
        name=grant.user.full_name,
        role=Role(grant.role),
        participation_id=grant.participation_id,
        hospital=grant.participation.site.name if grant.participation else "",
    )


def hospital_choices(viewer: Viewer) -> list[tuple[str, str]]:
    """Hospitals that take part today, by name, as a form offers them."""
    found = Participation.objects.filter(collaborative_id=viewer.collaborative_id, left_on=None)
    named = found.order_by("site__name").values_list("public_id", "site__name")
    return [(str(public_id), name) for public_id, name in named]
