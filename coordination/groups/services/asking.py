"""Who may, asked again for the row that is changed."""

from collections.abc import Iterable
from dataclasses import dataclass

from collaboratives.models import Participation
from collaboratives.selectors.naming import naming_problem
from coordination.groups.enums import MemberRole
from coordination.groups.errors import GroupError
from coordination.groups.models import Membership, WorkingGroup
from coordination.groups.selectors.visible import own, standing_in
from privacy.roles import Capacity, Permission
from privacy.viewer import PermissionRefusedError, Viewer, require


CENTRE, PARTNER = "Coordinating centre", "Patient partner"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """How the members of all hospitals see somebody."""

    name: str
    hospital: str


def require_manager(by: Viewer, collaborative_id: int) -> None:
    require(by, Permission.GROUP_MANAGE)
    if by.capacity is not Capacity.CENTRE or collaborative_id != by.collaborative_id:
        raise PermissionRefusedError(Permission.GROUP_MANAGE)


def require_open(group: WorkingGroup, by: Viewer) -> WorkingGroup:
    """The group as it is now, where nobody closed it meanwhile."""
    require(by, Permission.GROUP_VIEW)
    if group.collaborative_id != by.collaborative_id:
        raise PermissionRefusedError(Permission.GROUP_VIEW)
    now = WorkingGroup.objects.get(pk=group.pk)
    if now.closed_on:
        raise GroupError(f"This group was closed on {now.closed_on:%-d %B %Y}. What it left can still be read.")
    return now


def require_leader(group: WorkingGroup, by: Viewer) -> WorkingGroup:
    """The chair, or who manages groups at the centre."""
    group = require_open(group, by)
    if not standing_in(by, group).leads:
        raise GroupError("Only the chair of the group and the coordinating centre do this. Ask one of them.")
    return group


def membership_of(group: WorkingGroup, by: Viewer) -> Membership:
    """The viewer's own, from where they work now."""
    membership = Membership.objects.filter(own(by), group=group, until=None).first()
    if membership is None:
        raise GroupError("You are not a member of this group. Ask to join it first.")
    return membership


def known_as(group: WorkingGroup, by: Viewer) -> str:
    """The name under which the group knows who works on it: as they agreed, or as the centre's staff are known."""
    membership = Membership.objects.filter(own(by), group=group, until=None).first()
    return membership.shown_name if membership else by.name


def shown(by: Viewer) -> Shown:
    """As the viewer would be shown if they joined from where they work now."""
    if by.capacity is Capacity.HOSPITAL:
        place = Participation.objects.select_related("site").get(pk=by.participation_id or 0)
        return Shown(name=by.name, hospital=place.site.name)
    return Shown(name=by.name, hospital=CENTRE if by.capacity is Capacity.CENTRE else PARTNER)


def refuse_names(texts: Iterable[str], *, by: Viewer) -> None:
    """What people of several hospitals read names none of them.

    A hospital's people are refused their own name here, and observers know none: a worker looks for the others
    (`checking`).
    """
    if by.capacity is Capacity.OBSERVER:
        return
    if problem := naming_problem(" | ".join(texts), collaborative_id=by.collaborative_id, reader=None):
        raise GroupError(problem.replace("another hospital reads", "members of all hospitals read"))


def is_chair(membership: Membership) -> bool:
    return membership.role == MemberRole.CHAIR
