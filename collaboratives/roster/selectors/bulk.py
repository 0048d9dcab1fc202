"""A list of people to invite, looked at row by row: what is wrong with each, why, and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.utils import timezone

from collaboratives.models import Grant, Invitation, Participation
from collaboratives.roster.definition.people_file import PeopleRow, read_people
from collaboratives.selectors.people import hospitals_to_invite_for
from collaboratives.services.people import roles_to_give
from privacy.roles import Capacity, Role
from privacy.viewer import Viewer


LONGEST_NAME, LONGEST_EMAIL = 200, 254


@dataclass(frozen=True)
class Problem:
    reason: str
    remedy: str


@dataclass(frozen=True, kw_only=True)
class CheckedRow:
    row: PeopleRow
    role: Role | None
    participation: Participation | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True, kw_only=True)
class CheckedPeople:
    rows: tuple[CheckedRow, ...]

    @property
    def bad(self) -> tuple[CheckedRow, ...]:
        return tuple(each for each in self.rows if each.problems)

    @property
    def good(self) -> tuple[CheckedRow, ...]:
        return tuple(each for each in self.rows if not each.problems)


Key = tuple[str, str, int | None]


@dataclass(frozen=True, kw_only=True)
class Checker:
    """Everything that rows are compared with, read once."""

    viewer: Viewer
    hospitals: Mapping[str, Participation]
    held: frozenset[Key]
    invited: frozenset[Key]
    lines: dict[Key, int] = field(default_factory=dict)
    names: dict[str, tuple[str, int]] = field(default_factory=dict)

    def check(self, row: PeopleRow) -> CheckedRow:
        role, place = row.known_role, self._place(row)
        problems = [*self._of_person(row), *self._of_role(row, role), *self._of_hospital(row, role, place)]
        if role and not problems:
            problems += self._of_repetition(row, (row.email, role.value, place.pk if place else None))
        return CheckedRow(row=row, role=role, participation=place, problems=tuple(problems))

    def _place(self, row: PeopleRow) -> Participation | None:
        """By number or name; an administrator's own hospital where the cell is empty."""
        role = row.known_role
        if not row.hospital and role and role.capacity is Capacity.HOSPITAL is self.viewer.capacity:
            return next(iter(self.hospitals.values()), None)
        return self.hospitals.get(row.hospital.lower())

    def _of_person(self, row: PeopleRow) -> list[Problem]:
        found = []
        if not row.name or len(row.name) > LONGEST_NAME:
            found.append(Problem("The name is missing or too long.", "Write the person's full name."))
        try:
            validate_email(row.email)
        except ValidationError:
            found.append(Problem(f"“{row.email}” is no e-mail address.", "Check it; the invitation goes there."))
        if len(row.email) > LONGEST_EMAIL:
            found.append(Problem("The e-mail address is too long.", "Check it; the invitation goes there."))
        known = self.names.setdefault(row.email, (row.name, row.line))
        if known[0] != row.name and row.email:
            reason = f"Line {known[1]} has the same address with the name {known[0]}."
            found.append(Problem(reason, "Each person has an address of their own; correct one of the two."))
        return found

    def _of_role(self, row: PeopleRow, role: Role | None) -> list[Problem]:
        allowed = roles_to_give(self.viewer)
        if role is None:
            words = ", ".join(each.label for each in allowed)
            return [Problem(f"“{row.role}” is no role.", f"Write one of: {words}.")]
        if role not in allowed:
            return [Problem(f"You cannot give the role {role.label}.", "Ask the coordinating centre to invite them.")]
        return []

    def _of_hospital(self, row: PeopleRow, role: Role | None, place: Participation | None) -> list[Problem]:
        own = self.viewer.capacity is Capacity.HOSPITAL
        if row.hospital and place is None:
            # One answer for other members and for names nobody has: it must not tell which exist.
            reason = f"“{row.hospital}” is not your hospital." if own else f"No member hospital is “{row.hospital}”."
            remedy = (
                "Leave the cell empty." if own else "Write its official number or its name as in the list of hospitals."
            )
            return [Problem(reason, remedy)]
        if role is None:
            return []
        at_hospital = role.capacity is Capacity.HOSPITAL
        if at_hospital and place is None:
            return [Problem(f"The role {role.label} is held at a hospital.", "Write its official number or its name.")]
        if not at_hospital and place is not None:
            return [Problem(f"The role {role.label} belongs to no hospital.", "Leave the hospital empty.")]
        return []

    def _of_repetition(self, row: PeopleRow, key: Key) -> list[Problem]:
        first = self.lines.setdefault(key, row.line)
        if first != row.line:
            return [Problem(f"Line {first} asks the same person for the same role.", "Remove one of the two.")]
        if key in self.held:
            return [Problem("They have this role already.", "Remove the line.")]
        if key in self.invited:
            return [
                Problem("They are invited already.", "Remove the line; send the invitation again from the people page.")
            ]
        return []


def check_people(viewer: Viewer, text: str) -> CheckedPeople:
    """Every row of the file. Reads only; `RosterError` where the file as a whole cannot be read."""
    rows = read_people(text)
    checker = _checker(viewer)
    return CheckedPeople(rows=tuple(checker.check(row) for row in rows))


def _checker(viewer: Viewer) -> Checker:
    now = timezone.now()
    here = Q(collaborative_id=viewer.collaborative_id)
    if viewer.capacity is Capacity.HOSPITAL:
        here &= Q(participation_id=viewer.participation_id)
    held = Grant.objects.filter(here, Q(ends_at=None) | Q(ends_at__gt=now))
    invited = Invitation.objects.filter(here, accepted_at=None, revoked_at=None, expires_at__gt=now)
    hospitals: dict[str, Participation] = {}
    for each in hospitals_to_invite_for(viewer):
        hospitals |= {each.site.name.lower(): each, each.site.identifier.lower(): each}
    return Checker(
        viewer=viewer,
        hospitals=hospitals,
        held=frozenset(held.values_list("user__email", "role", "participation_id")),
        invited=frozenset(invited.values_list("email", "role", "participation_id")),
    )
