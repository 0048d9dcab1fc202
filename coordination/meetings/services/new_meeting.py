"""Set a meeting up in one go: dates, agenda, or none of it."""

from django.db import transaction

from coordination.meetings.definition.plans import Wish
from coordination.meetings.errors import MeetingError
from coordination.meetings.models import Meeting
from coordination.meetings.services.agenda import add_points, copy_agenda
from coordination.meetings.services.planning import plan_meeting, plan_series
from privacy.viewer import Viewer


@transaction.atomic
def set_up(wish: Wish, *, by: Viewer) -> Meeting:
    """The meeting, or the first of the series; every date of a series gets the agenda."""
    if wish.repetition:
        meetings = list(plan_series(plan=wish.plan, repetition=wish.repetition, by=by).meetings.all())
    else:
        meetings = [plan_meeting(plan=wish.plan, by=by)]
    source = _source(wish.copy_from, by)
    for meeting in meetings:
        if source:
            copy_agenda(meeting=meeting, source=source, by=by)
        if wish.points:
            add_points(meeting=meeting, points=wish.points, by=by)
    return meetings[0]


def _source(public_id: str, by: Viewer) -> Meeting | None:
    if not public_id:
        return None
    found = Meeting.objects.filter(collaborative_id=by.collaborative_id, public_id=public_id).first()
    if found is None:
        raise MeetingError("The meeting whose agenda is to be copied is not there.")
    return found
