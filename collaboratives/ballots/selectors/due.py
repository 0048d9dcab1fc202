"""Ballots that wait for a vote, and when they open and close."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from collaboratives.ballots.enums import BallotState
from collaboratives.ballots.models import Ballot, Designation, Vote
from collaboratives.definition.due import DatedThing, Due
from privacy.roles import Capacity, Permission
from privacy.viewer import Viewer


DAY = timedelta(days=1)


def due_for(viewer: Viewer) -> list[Due]:
    """Open ballots in which the viewer may vote for the hospital and nobody has."""
    if viewer.capacity is not Capacity.HOSPITAL or not viewer.can(Permission.BALLOT_VIEW):
        return []
    now = timezone.now()
    here = {"participation_id": viewer.participation_id or 0}
    waiting = _open(viewer).filter(opens_at__lte=now, closes_at__gt=now)
    waiting = waiting.exclude(pk__in=Vote.objects.filter(**here).values("ballot_id"))
    if not viewer.can(Permission.BALLOT_VOTE):
        named = Designation.objects.filter(person_id=viewer.user_id, ended_at=None, **here)
        waiting = waiting.filter(pk__in=named.values("ballot_id"))
    return [
        Due(
            kind="vote",
            title=f"Vote: {ballot.question}",
            url=_url(viewer, ballot),
            due_on=ballot.closes_at.astimezone(ZoneInfo(ballot.collaborative.time_zone)).date(),
            since=ballot.opens_at.astimezone(ZoneInfo(ballot.collaborative.time_zone)).date(),
        )
        for ballot in waiting.select_related("collaborative").order_by("closes_at")
    ]


def dates_for(viewer: Viewer, first: date, last: date) -> list[DatedThing]:
    """When ballots close, from a day to another; one statement."""
    if not viewer.can(Permission.BALLOT_VIEW):
        return []
    begins, ends = (datetime.combine(day, time(), UTC) for day in (first - DAY, last + 2 * DAY))
    shown = _open(viewer) | Ballot.objects.filter(collaborative_id=viewer.collaborative_id, state=BallotState.COUNTED)
    return [
        DatedThing(
            kind="ballot",
            title=f"Ballot closes: {ballot.question}",
            url=_url(viewer, ballot),
            starts=ballot.closes_at,
            uid=f"ballot-{ballot.public_id}@colloquy",
        )
        for ballot in shown.filter(closes_at__gte=begins, closes_at__lt=ends).order_by("closes_at")
    ]


def _open(viewer: Viewer) -> QuerySet[Ballot]:
    return Ballot.objects.filter(collaborative_id=viewer.collaborative_id, state=BallotState.OPEN)


def _url(viewer: Viewer, ballot: Ballot) -> str:
    return reverse("ballots:ballot-detail", args=[viewer.collaborative_slug, ballot.public_id])
