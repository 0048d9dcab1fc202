"""What waits for somebody: an invitation to answer, requests to decide."""

from collections.abc import Iterable

from django.db.models import Q
from django.urls import reverse

from collaboratives.definition.due import Due
from coordination.groups.enums import AdmissionState, MemberRole
from coordination.groups.models import Admission, Membership
from coordination.groups.selectors.visible import own
from privacy.roles import Capacity, Permission
from privacy.viewer import Viewer


def due_for(viewer: Viewer) -> list[Due]:
    """In one statement; a chair's requests are those of the groups that they lead from here."""
    if not viewer.can(Permission.GROUP_VIEW):
        return []
    led = Membership.objects.filter(own(viewer), until=None, role=MemberRole.CHAIR).values("group")
    manages = viewer.capacity is Capacity.CENTRE and viewer.can(Permission.GROUP_MANAGE)
    to_decide = Q(is_request=True) if manages else Q(is_request=True, group__in=led)
    rows = Admission.objects.filter(
        own(viewer) & Q(is_request=False) | to_decide & ~Q(user_id=viewer.user_id),
        collaborative_id=viewer.collaborative_id,
        state=AdmissionState.OPEN,
        group__closed_on=None,
    )
    return list(_told(viewer, rows.select_related("group").order_by("asked_at", "pk")))


def _told(viewer: Viewer, rows: Iterable[Admission]) -> Iterable[Due]:
    for each in rows:
        address = reverse("groups:group-detail", args=[viewer.collaborative_slug, each.group.public_id])
        yield Due(
            kind="group_request" if each.is_request else "group_invitation",
            title=f"Decide who joins: {each.group.name}"
            if each.is_request
            else f"Say whether you join: {each.group.name}",
            url=f"{address}?tab=members" if each.is_request else address,
            since=each.asked_at.date(),
        )
