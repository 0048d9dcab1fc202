"""Sending what is written to the people who were counted, withdrawing it, and reminding who has not read it."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from collaboratives.selectors.naming import naming_problem
from coordination.news.definition.audience import chosen
from coordination.news.definition.draft import Seen
from coordination.news.enums import State
from coordination.news.errors import NewsError
from coordination.news.models import Announcement
from coordination.news.selectors.audience import pool_of
from coordination.news.selectors.drafts import problems_of, refuse_unless_draft, wanted_of
from coordination.news.services.drafting import held
from events.enums import EventKind
from events.services import record_event
from privacy.viewer import Viewer


REMINDED_AT_MOST_EVERY = timedelta(hours=20)


@transaction.atomic
def send(*, draft: Announcement, seen: Seen, by: Viewer) -> Announcement:
    """Send it to whoever it is for now; a worker hands it out.

    Raises
    ------
    NoDraftError
        A colleague sent it first.
    NewsError
        It is not what was seen any more, or cannot be sent as it stands.
    """
    _take_turns(by)
    draft = held(draft, by)
    refuse_unless_draft(draft)
    if draft.revision != seen.revision:
        raise NewsError("A colleague changed the draft while you looked. This is how it stands now: read it again.")
    recipients = chosen(pool_of(by.collaborative_id), wanted_of(draft.audience))
    if problems := problems_of(draft, recipients):
        raise NewsError(" ".join(problems))
    if recipients.digest != seen.digest:
        raise NewsError(
            f"Who gets it has changed since you looked: {seen.people} people then, {recipients.people} now. "
            "Look at the names, and send again."
        )
    draft.state, draft.sent_at, draft.sent_by_id = State.SENT, timezone.now(), by.user_id
    draft.number = _next_number(draft)
    draft.save(update_fields=["state", "sent_at", "sent_by", "number"])
    record_event(EventKind.ANNOUNCEMENT_SENT, by=by, subject=draft, details={"people": recipients.people})
    return draft


def _take_turns(by: Viewer) -> None:
    """Two who send at once get two numbers: one waits for the other at the oldest announcement."""
    Announcement.objects.select_for_update().filter(collaborative_id=by.collaborative_id).order_by("pk").first()


def _next_number(draft: Announcement) -> int:
    there = Announcement.objects.filter(collaborative_id=draft.collaborative_id, kind=draft.kind)
    return (there.aggregate(last=Max("number"))["last"] or 0) + 1


@transaction.atomic
def withdraw(*, announcement: Announcement, reason: str, by: Viewer) -> Announcement:
    """Readers find a line in its place that says so, and why. Mails that went cannot be called back."""
    announcement = held(announcement, by)
    reason = " ".join(reason.split())
    if announcement.state != State.SENT:
        raise NewsError("Only what is sent can be withdrawn, and only once.")
    if not reason:
        raise NewsError("Say why: whoever got it reads the reason.")
    if problem := naming_problem(reason, collaborative_id=by.collaborative_id, reader=None):
        raise NewsError(problem)
    announcement.state, announcement.withdrawn_because = State.WITHDRAWN, reason[:500]
    announcement.withdrawn_at, announcement.withdrawn_by_id = timezone.now(), by.user_id
    announcement.save(update_fields=["state", "withdrawn_because", "withdrawn_at", "withdrawn_by"])
    record_event(EventKind.ANNOUNCEMENT_WITHDRAWN, by=by, subject=announcement)
    return announcement


@transaction.atomic
def remind(*, announcement: Announcement, by: Viewer) -> int:
    """A worker tells everybody who has not read it; how many that are."""
    announcement, now = held(announcement, by), timezone.now()
    if announcement.state != State.SENT:
        raise NewsError("Nobody is reminded of what is withdrawn or not sent.")
    if announcement.reminded_at and announcement.reminded_at > now - REMINDED_AT_MOST_EVERY:
        raise NewsError("They were reminded less than a day ago. Wait until tomorrow.")
    waiting = announcement.receipts.filter(read_at=None).values("user_id").distinct().count()
    if not waiting:
        raise NewsError("Everybody has read it.")
    announcement.reminded_at = now
    announcement.save(update_fields=["reminded_at"])
    record_event(EventKind.ANNOUNCEMENT_REMINDED, by=by, subject=announcement, details={"at": now.isoformat()})
    return waiting
