"""Minutes: a draft that saves itself, sent to those who were there, approved at the next meeting, then frozen."""

from django.db import transaction
from django.utils import timezone

from collaboratives.selectors.naming import naming_problem
from coordination.meetings.errors import MeetingError
from coordination.meetings.models import IssuedMinutes, Meeting, Minutes
from coordination.meetings.services.asking import held
from coordination.meetings.validators import LONGEST_MINUTES, not_longer
from events.enums import EventKind
from events.services import record_event
from privacy.viewer import Viewer


@transaction.atomic
def save_minutes(*, meeting: Meeting, text: str, revision: int, by: Viewer) -> Minutes:
    """Keep the draft. `revision` is the one that was read; somebody else's later text is never overwritten.

    Raises
    ------
    MeetingError
        Somebody saved since, or the minutes are approved.
    """
    meeting = held(meeting, by)
    text = not_longer(text.replace("\r\n", "\n"), "The draft", LONGEST_MINUTES)
    _refuse_approved(meeting)
    draft = Minutes.objects.select_for_update().filter(meeting=meeting).first()
    if draft is None:
        draft = Minutes(collaborative_id=meeting.collaborative_id, meeting=meeting, revision=0)
    if draft.revision != revision:
        raise MeetingError(
            "A colleague saved these minutes meanwhile. Copy your text, load the page again, and add it."
        )
    draft.text, draft.revision, draft.saved_at = text, draft.revision + 1, timezone.now()
    draft.saved_by_id = by.user_id
    draft.save()
    record_event(EventKind.MINUTES_SAVED, by=by, subject=draft, details={"revision": draft.revision})
    return draft


@transaction.atomic
def send_minutes(*, meeting: Meeting, named: bool, by: Viewer) -> IssuedMinutes:
    """Send the draft as it stands to everybody who attended; members read it from then on.

    `named` says that hospitals named in it agreed to that.
    """
    meeting = held(meeting, by)
    _refuse_approved(meeting)
    draft = Minutes.objects.filter(meeting=meeting).first()
    if draft is None or not draft.text.strip():
        raise MeetingError("There are no minutes yet. Write them first.")
    problem = naming_problem(draft.text, collaborative_id=by.collaborative_id, reader=None)
    if problem and not named:
        raise MeetingError(f"{problem} If they agreed to be named in the minutes, tick that, and send again.")
    number = meeting.issued_minutes.count() + 1
    issued = IssuedMinutes.objects.create(
        collaborative_id=meeting.collaborative_id,
        meeting=meeting,
        number=number,
        text=draft.text,
        sent_by_id=by.user_id,
    )
    record_event(EventKind.MINUTES_SENT, by=by, subject=issued, details={"number": number, "meeting": meeting.pk})
    return issued


@transaction.atomic
def approve_minutes(*, meeting: Meeting, approved_in: Meeting | None, by: Viewer) -> IssuedMinutes:
    """What was sent last is approved, at the next meeting or between meetings. Nothing changes it any more."""
    meeting = held(meeting, by)
    issued = IssuedMinutes.objects.select_for_update().filter(meeting=meeting).order_by("-number").first()
    if issued is None:
        raise MeetingError("The minutes were not sent yet. Send them first, so that everybody can read them.")
    _refuse_approved(meeting)
    if approved_in and approved_in.starts_at <= meeting.starts_at:
        raise MeetingError("Minutes are approved at a later meeting than their own.")
    issued.approved_at, issued.approved_by_id, issued.approved_in = timezone.now(), by.user_id, approved_in
    issued.save(update_fields=["approved_at", "approved_by", "approved_in"])
    record_event(EventKind.MINUTES_APPROVED, by=by, subject=issued)
    return issued


def _refuse_approved(meeting: Meeting) -> None:
    if meeting.issued_minutes.filter(approved_at__isnull=False).exists():
        raise MeetingError("These minutes are approved, and stay as they are. Note a correction at the next meeting.")
