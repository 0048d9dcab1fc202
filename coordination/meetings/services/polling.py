"""Before the data are shown: what each hospital thinks. Its answer is its own; others read pooled counts, once closed."""

from collections import Counter
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from collaboratives.models import Collaborative
from coordination.meetings.enums import MeetingState, Position
from coordination.meetings.errors import MeetingError
from coordination.meetings.models import Meeting, PollAnswer, PollCount, PollQuestion
from coordination.meetings.services.asking import held, require_hospital
from events.enums import EventKind
from events.models import Event
from events.services import record_event
from measures.models import Measure
from privacy.viewer import Viewer


FEWEST = 5


@transaction.atomic
def open_poll(*, meeting: Meeting, measures: Sequence[Measure], by: Viewer) -> Meeting:
    """Ask about these measures, until the poll is closed."""
    meeting = held(meeting, by)
    if meeting.state != MeetingState.ANNOUNCED:
        raise MeetingError("A poll belongs to a meeting that was announced. Invite people first.")
    if meeting.poll_opened_at:
        raise MeetingError("This meeting had its poll already.")
    if not measures:
        raise MeetingError("Choose at least one measure to ask about.")
    rows = [PollQuestion(collaborative_id=by.collaborative_id, meeting=meeting, measure=each) for each in measures]
    PollQuestion.objects.bulk_create(rows)
    meeting.poll_opened_at = timezone.now()
    meeting.save(update_fields=["poll_opened_at"])
    record_event(EventKind.POLL_OPENED, by=by, subject=meeting, details={"measures": len(rows)})
    return meeting


@transaction.atomic
def close_poll(*, meeting: Meeting, by: Viewer) -> Meeting:
    """No more answers; a worker counts."""
    meeting = held(meeting, by)
    if meeting.poll_opened_at is None or meeting.poll_closed_at:
        raise MeetingError("There is no open poll here.")
    meeting.poll_closed_at = timezone.now()
    meeting.save(update_fields=["poll_closed_at"])
    record_event(EventKind.POLL_CLOSED, by=by, subject=meeting)
    return meeting


@transaction.atomic
def answer(*, question: PollQuestion, position: Position, by: Viewer) -> PollAnswer:
    """What the hospital thinks; whoever of it answers last answers for it."""
    hospital = require_hospital(by, question.collaborative_id)
    meeting = Meeting.objects.get(pk=question.meeting_id)
    if meeting.poll_opened_at is None or meeting.poll_closed_at:
        raise MeetingError("The poll is closed.")
    given, _ = PollAnswer.objects.update_or_create(
        participation_id=hospital,
        question=question,
        defaults={"position": position, "answered_at": timezone.now(), "answered_by_id": by.user_id},
        create_defaults={"collaborative_id": by.collaborative_id, "position": position, "answered_by_id": by.user_id},
    )
    record_event(EventKind.POLL_ANSWERED, by=by, subject=question, participation_id=hospital)
    return given


def count_poll(event: Event) -> None:
    """Reaction to a closed poll: counts of all hospitals, none where fewer than five answered or thought so."""
    fewest = max(FEWEST, Collaborative.objects.get(pk=event.collaborative_id).minimum_peers)
    for question in PollQuestion.objects.filter(meeting_id=event.subject_id):
        given = Counter(PollAnswer.objects.filter(question=question).values_list("position", flat=True))
        enough = sum(given.values()) >= fewest
        told = {each.value: given[each] if enough and given[each] >= fewest else None for each in Position}
        PollCount.objects.update_or_create(
            collaborative_id=event.collaborative_id, question=question, defaults={**told, "counted_at": timezone.now()}
        )
