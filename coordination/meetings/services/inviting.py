"""Ask people to a meeting or to a whole series, and keep what they answer."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from collaboratives.selectors.places import acting_for
from coordination.meetings.enums import MeetingState, Reply
from coordination.meetings.errors import MeetingError
from coordination.meetings.models import Invitee, Meeting
from coordination.meetings.selectors.audience import Person
from coordination.meetings.selectors.reply_links import ReplyLink
from coordination.meetings.services.asking import held
from events.enums import EventKind
from events.services import record_event
from privacy.roles import Permission
from privacy.viewer import PermissionRefusedError, Viewer, require
from tenancy.context import acting


@transaction.atomic
def invite(*, meeting: Meeting, people: Iterable[Person], whole_series: bool, by: Viewer) -> int:
    """Announce the meeting and ask these people; how many are newly asked. Asking somebody twice changes nothing.

    With `whole_series` they are asked to this date and to every later one of its series.
    """
    meeting = held(meeting, by)
    meetings = [meeting]
    if whole_series and meeting.series_id:
        later = Meeting.objects.select_for_update().filter(series_id=meeting.series_id, starts_at__gt=meeting.starts_at)
        meetings += [each for each in later if each.state != MeetingState.CANCELLED]
    if meeting.state == MeetingState.CANCELLED or meeting.ends_at <= timezone.now():
        raise MeetingError("Nobody is invited to a meeting that is over or was cancelled.")
    asked, fresh = list(people), 0
    for each in meetings:
        new = _ask(each, asked, by)
        fresh = max(fresh, len(new))
        _announce(each)
        if new and (each == meeting or not whole_series):
            details = {"people": sorted(new), "sequence": each.sequence, "whole_series": whole_series}
            record_event(EventKind.MEETING_INVITED, by=by, subject=each, details=details)
    return fresh


def _ask(meeting: Meeting, people: Iterable[Person], by: Viewer) -> set[int]:
    """The users who were not asked before."""
    there = set(meeting.invitees.values_list("user_id", "participation_id"))
    rows = [
        Invitee(
            collaborative_id=by.collaborative_id,
            participation_id=each.participation_id,
            meeting=meeting,
            user_id=each.user_id,
            role=each.role,
        )
        for each in people
        if (each.user_id, each.participation_id) not in there
    ]
    Invitee.objects.bulk_create(rows)
    return {row.user_id for row in rows} - {user for user, _ in there}


def _announce(meeting: Meeting) -> None:
    if meeting.state == MeetingState.DRAFT:
        meeting.state = MeetingState.ANNOUNCED
        meeting.save(update_fields=["state"])


@transaction.atomic
def reply(*, meeting: Meeting, answer: Reply, by: Viewer) -> Invitee:
    """What the viewer answers, where they were asked.

    Raises
    ------
    MeetingError
        They were not asked here, or the meeting is over or cancelled.
    """
    require(by, Permission.MEETING_VIEW)
    if meeting.collaborative_id != by.collaborative_id:
        raise PermissionRefusedError(Permission.MEETING_VIEW)
    if meeting.state != MeetingState.ANNOUNCED or meeting.ends_at <= timezone.now():
        raise MeetingError("This meeting is over or was cancelled: nothing is to be answered.")
    mine = Invitee.objects.select_for_update().filter(
        meeting=meeting, user_id=by.user_id, participation=by.participation_id
    )
    invitee = mine.first()
    if invitee is None:
        raise MeetingError("You were not invited to this meeting from here. It is open to those invited.")
    if answer == Reply.OPEN:
        raise MeetingError("Say whether you come in person, remote, or not.")
    if invitee.reply != answer:
        invitee.reply, invitee.replied_at = answer, timezone.now()
        invitee.save(update_fields=["reply", "replied_at"])
        details = {"reply": answer}
        record_event(
            EventKind.MEETING_REPLIED, by=by, subject=meeting, participation_id=by.participation_id, details=details
        )
    return invitee


def reply_by_link(*, link: ReplyLink, answer: Reply) -> list[Invitee]:
    """The answer of somebody who came from their mail, at each place from which they were asked."""
    replies = []
    for viewer in link.viewers:
        with acting(acting_for(viewer)), transaction.atomic():
            replies.append(reply(meeting=link.meeting, answer=answer, by=viewer))
    return replies
