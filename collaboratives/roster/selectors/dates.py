"""Planned steps of new hospitals and ends of interim cover, for the calendar."""

from datetime import date

from django.urls import reverse

from collaboratives.definition.due import DatedThing
from collaboratives.roster.models import OnboardingDate
from privacy.roles import Capacity, Permission
from privacy.viewer import Viewer


def dates_for(viewer: Viewer, first: date, last: date) -> list[DatedThing]:
    """Planned and not yet done, in these days."""
    if not viewer.can(Permission.PEOPLE_VIEW):
        return []
    rows = OnboardingDate.objects.filter(
        collaborative_id=viewer.collaborative_id, done_on=None, planned_on__gte=first, planned_on__lte=last
    )
    if viewer.capacity is Capacity.HOSPITAL:
        rows = rows.filter(participation_id=viewer.participation_id or 0)
    return [_dated(viewer, row) for row in rows.select_related("participation__site").order_by("planned_on", "pk")]


def _dated(viewer: Viewer, row: OnboardingDate) -> DatedThing:
    slug, step = viewer.collaborative_slug, row.step.replace("_", " ").capitalize()
    centre = viewer.participation_id is None
    place = row.participation
    return DatedThing(
        kind="onboarding",
        title=f"{step}: {place.site.name}" if centre else f"{step} of our way in",
        url=reverse("roster:onboarding", args=[slug, place.public_id])
        if centre
        else reverse("roster:onboarding-own", args=[slug]),
        starts=row.planned_on or date.max,
        ends=row.planned_on,
        hospital=place.public_id,
        uid=f"onboarding-{place.public_id}-{row.step}@colloquy",
    )
