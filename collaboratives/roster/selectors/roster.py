"""Who holds the roles that every hospital needs, since when one is vacant, and who stands in."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils import timezone

from collaboratives.models import Collaborative, Grant, Participation
from collaboratives.roster.models import InterimCover
from collaboratives.selectors.clock import in_zone, today_of
from privacy.roles import Capacity, Permission, Role
from privacy.viewer import Viewer, require


NEEDED = (Role.CHAMPION, Role.ABSTRACTOR, Role.ADMINISTRATOR)


@dataclass(frozen=True, kw_only=True)
class Seat:
    """One needed role at one hospital."""

    role: Role
    holders: tuple[str, ...]
    filled_since: datetime | None
    vacant_since: date | None
    cover: InterimCover | None

    @property
    def is_vacant(self) -> bool:
        return self.vacant_since is not None


@dataclass(frozen=True, kw_only=True)
class RosterRow:
    participation: Participation
    seats: tuple[Seat, ...]

    @property
    def public_id(self) -> UUID:
        return self.participation.public_id

    @property
    def hospital(self) -> str:
        return self.participation.site.name

    @property
    def vacant(self) -> tuple[Seat, ...]:
        return tuple(seat for seat in self.seats if seat.is_vacant)


@dataclass(frozen=True, kw_only=True)
class RosterPage:
    roles: tuple[Role, ...]
    rows: tuple[RosterRow, ...]
    hospitals: int
    vacancies: int
    only: str
    hospital: str
    may_manage: bool

    @property
    def vacant(self) -> tuple[tuple[RosterRow, Seat], ...]:
        """Vacancy by vacancy."""
        return tuple((row, seat) for row in self.rows for seat in row.vacant)


def roster_page(viewer: Viewer, only: str = "", hospital: str = "") -> RosterPage:
    """Every member hospital, the one that is asked for, or the viewer's own; `only` "vacant" for those with a vacancy."""
    require(viewer, Permission.PEOPLE_VIEW)
    rows = [row for row in roster_rows(viewer) if hospital in {"", str(row.public_id)}]
    return RosterPage(
        roles=NEEDED,
        rows=tuple(row for row in rows if row.vacant or only != "vacant"),
        hospitals=len(rows),
        vacancies=sum(len(row.vacant) for row in rows),
        only=only,
        hospital=rows[0].hospital if hospital and rows else "",
        may_manage=viewer.can(Permission.PEOPLE_MANAGE),
    )


def roster_rows(viewer: Viewer) -> list[RosterRow]:
    """By name of the hospital, in three statements."""
    members = Participation.objects.filter(collaborative_id=viewer.collaborative_id, left_on=None)
    if viewer.capacity is Capacity.HOSPITAL:
        members = members.filter(pk=viewer.participation_id or 0)
    hospitals = list(members.select_related("site", "collaborative").order_by("site__name"))
    return rows_of(hospitals[0].collaborative, hospitals) if hospitals else []


def rows_of(collaborative: Collaborative, hospitals: Iterable[Participation]) -> list[RosterRow]:
    places = list(hospitals)
    grants, covers = _grants(places), _covers(collaborative, places)
    return [
        RosterRow(
            participation=place,
            seats=tuple(
                _seat(collaborative, place, role, grants[place.pk, role], covers.get((place.pk, role)))
                for role in NEEDED
            ),
        )
        for place in places
    ]


def _grants(places: list[Participation]) -> dict[tuple[int, str], list[Grant]]:
    found = defaultdict[tuple[int, str], list[Grant]](list)
    rows = Grant.objects.filter(
        participation__in=[each.pk for each in places], role__in=[role.value for role in NEEDED]
    )
    for grant in rows.select_related("user").order_by("user__full_name"):
        if grant.participation_id is not None:
            found[grant.participation_id, grant.role].append(grant)
    return found


def _covers(collaborative: Collaborative, places: list[Participation]) -> dict[tuple[int, str], InterimCover]:
    """Who stands in today; somebody whose last day is over does not."""
    rows = InterimCover.objects.filter(
        participation__in=[each.pk for each in places], ended_at=None, until__gte=today_of(collaborative)
    )
    return {(row.participation_id, row.role): row for row in rows}


def _seat(
    collaborative: Collaborative, place: Participation, role: Role, grants: list[Grant], cover: InterimCover | None
) -> Seat:
    now = timezone.now()
    held = [each for each in grants if each.starts_at <= now and (each.ends_at is None or each.ends_at > now)]
    # A person who can no longer sign in fills no seat.
    held = [each for each in held if each.user.is_active]
    holders = tuple(each.user.full_name for each in held)
    filled = min((each.starts_at for each in held), default=None)
    since = None if holders else _vacant_since(collaborative, place, grants, now)
    return Seat(role=role, holders=holders, filled_since=filled, vacant_since=since, cover=cover if since else None)


def _vacant_since(collaborative: Collaborative, place: Participation, grants: list[Grant], now: datetime) -> date:
    """The day on which the role of the last holder ended; of a role that nobody ever held, the day of joining."""
    ended = [each.ends_at for each in grants if each.ends_at and each.ends_at <= now]
    return in_zone(max(ended), collaborative).date() if ended else place.joined_on


def cover_for(viewer: Viewer, public_id: UUID) -> InterimCover:
    """Somebody standing in, at the viewer's hospital or anywhere for the centre; or 404."""
    require(viewer, Permission.PEOPLE_MANAGE)
    own = Q(participation_id=viewer.participation_id) if viewer.capacity is Capacity.HOSPITAL else Q()
    rows = InterimCover.objects.filter(own, collaborative_id=viewer.collaborative_id, ended_at=None)
    return get_object_or_404(rows, public_id=public_id)
