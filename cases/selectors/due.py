"""What waits of a hospital's cases for those who enter them."""

from datetime import timedelta

from django.db.models import Count, Min, Q
from django.urls import reverse

from cases.enums import CaseStatus
from cases.models import Case
from cases.selectors.clock import today_of
from collaboratives.definition.due import Due
from collaboratives.models import Collaborative
from privacy.roles import Capacity, Permission
from privacy.viewer import Viewer


KIND = "cases"


def due_for(viewer: Viewer) -> list[Due]:
    """Cases that are begun and not complete, of those who complete them; one statement."""
    if viewer.capacity is not Capacity.HOSPITAL or not viewer.can(Permission.CASE_EDIT):
        return []
    collaborative = Collaborative.objects.get(pk=viewer.collaborative_id)
    allowed = timedelta(days=collaborative.due_days)
    late = Q(event_date__lt=today_of(collaborative) - allowed)
    drafts = Case.objects.filter(participation_id=viewer.participation_id or 0, status=CaseStatus.IN_PROGRESS)
    found = drafts.aggregate(all=Count("pk"), late=Count("pk", filter=late), first=Min("event_date"))
    if not found["all"]:
        return []
    beside = f", {found['late']} overdue" if found["late"] else ""
    return [
        Due(
            kind=KIND,
            title=f"Complete cases{beside}",
            url=reverse("cases:case-list", args=[viewer.collaborative_slug]),
            count=found["all"],
            due_on=found["first"] + allowed,
            key=KIND,
        )
    ]
