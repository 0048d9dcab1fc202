"""Open groups as circles of people whom meetings can invite."""

from coordination.groups.models import GroupMeeting, Membership
from coordination.meetings.models import Meeting
from coordination.meetings.selectors.audience import Circle
from privacy.viewer import Viewer


def circles_for(viewer: Viewer, meeting: Meeting) -> list[Circle]:
    """By name; the group whose meeting it is comes ticked."""
    mine = GroupMeeting.objects.filter(meeting=meeting).values_list("group", flat=True).first()
    rows = Membership.objects.filter(
        collaborative_id=viewer.collaborative_id, until=None, group__closed_on=None
    ).select_related("group")
    groups: dict[int, list[Membership]] = {}
    for each in rows.order_by("group__name", "group_id"):
        groups.setdefault(each.group_id, []).append(each)
    return [
        Circle(
            key=str(members[0].group.public_id),
            label=members[0].group.name,
            places=frozenset((each.user_id, each.participation_id) for each in members),
            is_meant=key == mine,
        )
        for key, members in groups.items()
    ]
