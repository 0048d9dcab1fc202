"""Whom the centre can invite into a group: people with a role today, by name, role and hospital."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from collaboratives.models import Grant
from coordination.groups.enums import AdmissionState
from coordination.groups.models import Admission, Membership, WorkingGroup
from privacy.roles import ROLE_PERMISSIONS, Permission, Role
from privacy.viewer import Viewer, require


INVITED_ROLES = tuple(role for role in Role if Permission.GROUP_VIEW in ROLE_PERMISSIONS[role])
MOST_SHOWN = 60


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Somebody at one of their places."""

    key: str
    user_id: int
    participation_id: int | None
    name: str
    roles: str
    hospital: str
    is_in: bool = False
    is_asked: bool = False


@dataclass(frozen=True, kw_only=True)
class CandidatePage:
    people: Sequence[Candidate]
    found: int
    roles: tuple[tuple[str, str], ...]
    hospitals: tuple[tuple[str, str], ...]

    @property
    def left_out(self) -> int:
        return self.found - len(self.people)


def candidate_page(viewer: Viewer, group: WorkingGroup, *, words: str, role: str, hospital: str) -> CandidatePage:
    """Every word typed begins a word of the name; role and hospital narrow."""
    require(viewer, Permission.GROUP_MANAGE)
    grants = _grants(viewer)
    everybody = _by_place(grants, viewer, group)
    names = {(str(each.participation.public_id), each.participation.site.name) for each in grants if each.participation}
    wanted = {each.key for each in _fitting(everybody, grants, words, role, hospital)}
    found = [each for each in everybody if each.key in wanted]
    return CandidatePage(
        people=found[:MOST_SHOWN],
        found=len(found),
        roles=tuple((each.value, each.label.capitalize()) for each in INVITED_ROLES),
        hospitals=tuple(sorted(names, key=lambda each: each[1])),
    )


def chosen_people(viewer: Viewer, group: WorkingGroup, keys: Collection[str]) -> list[Candidate]:
    """Those who were ticked."""
    require(viewer, Permission.GROUP_MANAGE)
    return [each for each in _by_place(_grants(viewer), viewer, group) if each.key in set(keys)]


def _grants(viewer: Viewer) -> list[Grant]:
    now = timezone.now()
    held = Grant.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now),
        Q(participation=None) | Q(participation__left_on=None),
        collaborative_id=viewer.collaborative_id,
        role__in=INVITED_ROLES,
        starts_at__lte=now,
        user__is_active=True,
    )
    return list(held.select_related("user", "participation__site").order_by("user__full_name", "pk"))


def _by_place(grants: Sequence[Grant], viewer: Viewer, group: WorkingGroup) -> list[Candidate]:
    here = {"group": group, "collaborative_id": viewer.collaborative_id}
    joined = {*Membership.objects.filter(until=None, **here).values_list("user_id", "participation_id")}
    asked = {*Admission.objects.filter(state=AdmissionState.OPEN, **here).values_list("user_id", "participation_id")}
    places: dict[tuple[int, int | None], list[Grant]] = {}
    for grant in grants:
        places.setdefault((grant.user_id, grant.participation_id), []).append(grant)
    return [
        Candidate(
            key=_key(held[0]),
            user_id=place[0],
            participation_id=place[1],
            name=held[0].user.full_name,
            roles=", ".join(Role(each.role).label for each in held),
            hospital=held[0].participation.site.name if held[0].participation else _side(held[0]),
            is_in=place in joined,
            is_asked=place in asked,
        )
        for place, held in places.items()
    ]


def _side(grant: Grant) -> str:
    return "Observer" if grant.role == Role.PATIENT_PARTNER else "Coordinating centre"


def _key(grant: Grant) -> str:
    return f"{grant.user.public_id}.{grant.participation.public_id if grant.participation else ''}"


def _fitting(
    people: Sequence[Candidate], grants: Sequence[Grant], words: str, role: str, hospital: str
) -> list[Candidate]:
    typed = words.casefold().split()[:8]
    in_role = {_key(each) for each in grants if not role or each.role == role}
    return [
        each
        for each in people
        if each.key in in_role
        and (not hospital or each.key.endswith(f".{hospital}"))
        and all(any(word.startswith(part) for word in each.name.casefold().split()) for part in typed)
    ]
