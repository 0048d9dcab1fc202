"""When a cycle's cases are due and when they lock, for the calendar; a hospital's own day where it was given more time."""

from datetime import date, timedelta

from django.urls import reverse

from cases.log.models import Cycle, LockExtension
from collaboratives.definition.due import DatedThing
from privacy.roles import Permission
from privacy.viewer import Viewer


DAY = timedelta(days=1)


def dates_for(viewer: Viewer, first: date, last: date) -> list[DatedThing]:
    """Submission windows and last days to enter cases, from a day to another; two statements."""
    if not viewer.can(Permission.CASE_VIEW):
        return []
    longer = _longer(viewer)
    cycles = Cycle.objects.filter(collaborative_id=viewer.collaborative_id).select_related("form")
    url = reverse("caselog:log-list", args=[viewer.collaborative_slug])
    shown = [(each, longer.get(each.pk, each.locks_on)) for each in cycles.order_by("locks_on", "pk")]
    found = [dated for cycle, day in shown for dated in _dated(cycle, day, url)]
    return [each for each in found if each.starts <= last and (each.ends or each.starts) >= first]


def _dated(cycle: Cycle, locks_on: date, url: str) -> list[DatedThing]:
    """From the day after its last event on, what is missing is entered; the last day is a date of its own."""
    name, opens = f"{cycle.form.name}: {cycle.name}", cycle.last_day + DAY
    lock = DatedThing(
        kind="lock", title=f"{name} locks", url=url, starts=locks_on, uid=f"lock-{cycle.public_id}@colloquy"
    )
    if opens > locks_on:
        return [lock]
    window = DatedThing(
        kind="window",
        title=f"{name}, time to complete its cases",
        url=url,
        starts=opens,
        ends=locks_on,
        uid=f"window-{cycle.public_id}@colloquy",
    )
    return [window, lock]


def _longer(viewer: Viewer) -> dict[int, date]:
    """The last extension of each cycle of the viewer's hospital."""
    own = LockExtension.objects.filter(participation_id=viewer.participation_id or 0).order_by("pk")
    return dict(own.values_list("cycle_id", "locks_on"))
