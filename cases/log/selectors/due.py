"""What waits of logs and locks: follow-up to do, unlocking to decide."""

from django.urls import reverse

from cases.log.models import FollowUpCount, UnlockRequest
from collaboratives.definition.due import Due
from privacy.roles import Capacity, Permission
from privacy.viewer import Viewer


def due_for(viewer: Viewer) -> list[Due]:
    """At a hospital, follow-up as a worker last counted it; at the centre, requests to unlock. One statement."""
    if viewer.capacity is Capacity.HOSPITAL and viewer.can(Permission.CASE_EDIT):
        counts = FollowUpCount.objects.filter(participation_id=viewer.participation_id or 0, due__gt=0)
        url = reverse("caselog:follow-up-list", args=[viewer.collaborative_slug])
        return [Due(kind="follow_up", title="Follow patients up", url=url, count=each.due) for each in counts]
    return _unlocks(viewer) if viewer.can(Permission.LOCK_MANAGE) else []


def _unlocks(viewer: Viewer) -> list[Due]:
    waiting = UnlockRequest.objects.filter(collaborative_id=viewer.collaborative_id, decision="")
    asked = list(waiting.values_list("asked_at", flat=True))
    if not asked:
        return []
    url = reverse("caselog:unlock-list", args=[viewer.collaborative_slug])
    return [Due(kind="unlocks", title="Decide requests to unlock", url=url, count=len(asked), since=min(asked).date())]
