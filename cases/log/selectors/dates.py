"""When cycles lock, for the calendar; a hospital's own day where it was given more time."""

from datetime import date

from django.urls import reverse

from cases.log.models import Cycle, LockExtension
from collaboratives.definition.due import DatedThing
from privacy.roles import Permission
from privacy.viewer import Viewer


def dates_for(viewer: Viewer, first: date, last: date) -> list[DatedThing]:
    """Last days to enter cases, from a day to another; two statements."""
    if not viewer.can(Permission.CASE_VIEW):
        return []
    longer = _longer(viewer)
    cycles = Cycle.objects.filter(collaborative_id=viewer.collaborative_id).select_related("form")
    url = reverse("caselog:log-list", args=[viewer.collaborative_slug])
    shown = [(each, longer.get(each.pk, each.locks_on)) for each in cycles.order_by("locks_on", "pk")]
    return [
        DatedThing(
            kind="lock",
            title=f"{each.form.name}: {each.name} locks",
            url=url,
            starts=day,
            uid=f"lock-{each.public_id}@colloquy",
        )
        for each, day in shown
        if first <= day <= last
    ]


def _longer(viewer: Viewer) -> dict[int, date]:
    """The last extension of each cycle of the viewer's hospital."""
    own = LockExtension.objects.filter(participation_id=viewer.participation_id or 0).order_by("pk")
    return dict(own.values_list("cycle_id", "locks_on"))
