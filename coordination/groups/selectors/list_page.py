"""The list of groups: one's own first, then the others; closed ones apart."""

from dataclasses import dataclass

from django.db.models import CharField, Count, Exists, F, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Concat

from coordination.groups.enums import AdmissionState, MemberRole
from coordination.groups.models import Admission, Membership, WorkingGroup
from coordination.groups.selectors.visible import groups_of, own
from privacy.roles import Capacity, Permission
from privacy.viewer import Viewer
from ui.parts import Tab


SHOWN = {"open": "Open", "closed": "Closed"}


@dataclass(frozen=True, kw_only=True)
class GroupRow:
    group: WorkingGroup
    chair: str
    members: int
    hospitals: int
    is_mine: bool
    is_invited: bool


@dataclass(frozen=True, kw_only=True)
class GroupList:
    tabs: tuple[Tab, ...]
    show: str
    mine: tuple[GroupRow, ...]
    others: tuple[GroupRow, ...]
    may_manage: bool


def group_list(viewer: Viewer, *, show: str) -> GroupList:
    """One statement, however many groups and members there are."""
    show = show if show in SHOWN else "open"
    rows = [_row(each) for each in _found(viewer, show)]
    return GroupList(
        tabs=tuple(Tab(label=label, url=f"?show={name}", current=name == show) for name, label in SHOWN.items()),
        show=show,
        mine=tuple(each for each in rows if each.is_mine or each.is_invited),
        others=tuple(each for each in rows if not each.is_mine and not each.is_invited),
        may_manage=viewer.capacity is Capacity.CENTRE and viewer.can(Permission.GROUP_MANAGE),
    )


def _found(viewer: Viewer, show: str) -> list[WorkingGroup]:
    current = Membership.objects.filter(group=OuterRef("pk"), until=None)
    chair = current.filter(role=MemberRole.CHAIR).annotate(
        shown=Concat(F("shown_name"), Value(", "), F("shown_hospital"), output_field=CharField())
    )
    asked = Admission.objects.filter(own(viewer), group=OuterRef("pk"), state=AdmissionState.OPEN, is_request=False)
    counted = current.order_by().values("group")
    found = groups_of(viewer).annotate(
        chair=Subquery(chair.values("shown")[:1]),
        members=Subquery(counted.annotate(n=Count("pk")).values("n"), output_field=IntegerField()),
        hospitals=Subquery(
            counted.annotate(n=Count("participation", distinct=True)).values("n"), output_field=IntegerField()
        ),
        is_mine=Exists(current.filter(own(viewer))),
        is_invited=Exists(asked),
    )
    return list(found.filter(Q(closed_on=None) if show == "open" else Q(closed_on__isnull=False)))


def _row(group: WorkingGroup) -> GroupRow:
    return GroupRow(
        group=group,
        chair=getattr(group, "chair", None) or "",
        members=getattr(group, "members", None) or 0,
        hospitals=getattr(group, "hospitals", None) or 0,
        is_mine=getattr(group, "is_mine", False),
        is_invited=getattr(group, "is_invited", False) and group.closed_on is None,
    )
