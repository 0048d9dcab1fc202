"""Releases that wait for somebody of the centre, and when members see one."""

from datetime import UTC, date, datetime, time, timedelta

from django.urls import reverse

from collaboratives.definition.due import DatedThing, Due
from feedback.enums import ReleaseState
from feedback.models import Release
from privacy.roles import Permission
from privacy.viewer import Viewer


DAY = timedelta(days=1)
STEPS = {
    ReleaseState.DRAFT: (Permission.RELEASE_APPROVE, "Approve release {}"),
    ReleaseState.APPROVED: (Permission.RELEASE_PUBLISH, "Release {} to members"),
}


def due_for(viewer: Viewer) -> list[Due]:
    """A line for each release whose next step is the viewer's; one statement."""
    mine = {state: words for state, (permission, words) in STEPS.items() if viewer.can(permission)}
    if not mine:
        return []
    found = Release.objects.filter(collaborative_id=viewer.collaborative_id, state__in=list(mine))
    return [
        Due(
            kind="release",
            title=mine[ReleaseState(each.state)].format(each.name),
            url=_url(viewer, each),
            since=each.created_at.date(),
        )
        for each in found.order_by("created_at")
    ]


def dates_for(viewer: Viewer, first: date, last: date) -> list[DatedThing]:
    """When members saw a release, and for the centre, when they will; one statement."""
    if not viewer.can(Permission.POOLED_VIEW):
        return []
    states = [ReleaseState.RELEASED, ReleaseState.SUPERSEDED]
    states += [ReleaseState.SCHEDULED] if viewer.can(Permission.RELEASE_VIEW) else []
    found = Release.objects.filter(collaborative_id=viewer.collaborative_id, state__in=states)
    begins, ends = (datetime.combine(day, time(), UTC) for day in (first - DAY, last + 2 * DAY))
    told = [(each, each.scheduled_for if each.state == ReleaseState.SCHEDULED else each.released_at) for each in found]
    return [
        DatedThing(
            kind="release",
            title=f"Release {each.name}",
            url=_url(viewer, each),
            starts=moment,
            uid=f"release-{each.public_id}@colloquy",
        )
        for each, moment in told
        if moment and begins <= moment < ends
    ]


def _url(viewer: Viewer, release: Release) -> str:
    if viewer.can(Permission.RELEASE_VIEW):
        return reverse("feedback:release-detail", args=[viewer.collaborative_slug, release.public_id])
    return reverse("home-collaborative", args=[viewer.collaborative_slug])
