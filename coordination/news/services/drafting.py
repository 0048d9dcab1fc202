"""Drafts: begun, saved by themselves while somebody writes, discarded."""

from django.db import transaction
from django.utils import timezone

from coordination.news.definition.audience import Wanted
from coordination.news.definition.draft import Words
from coordination.news.definition.words import LONGEST_TEXT, clean_text
from coordination.news.enums import Kind, State
from coordination.news.errors import NewsError
from coordination.news.models import LONGEST_TITLE, Announcement, Audience
from coordination.news.selectors.drafts import refuse_unless_draft, wanted_of
from events.enums import EventKind
from events.services import record_event
from privacy.roles import Capacity, Permission
from privacy.viewer import PermissionRefusedError, Viewer, require


def require_writer(by: Viewer, collaborative_id: int) -> None:
    require(by, Permission.NEWS_WRITE)
    if by.capacity is not Capacity.CENTRE or collaborative_id != by.collaborative_id:
        raise PermissionRefusedError(Permission.NEWS_WRITE)


def held(announcement: Announcement, by: Viewer) -> Announcement:
    """The row, locked for this transaction, for those who write."""
    require_writer(by, announcement.collaborative_id)
    rows = Announcement.objects.select_for_update(of=("self",)).select_related("audience", "sent_by")
    return rows.get(pk=announcement.pk)


@transaction.atomic
def begin_draft(*, words: Words, by: Viewer, corrects: Announcement | None = None) -> Announcement:
    """A draft that only those see who write announcements."""
    require_writer(by, by.collaborative_id)
    draft = Announcement(
        collaborative_id=by.collaborative_id, corrects=corrects, written_by_id=by.user_id, saved_by_id=by.user_id
    )
    _fill(draft, words)
    draft.save(force_insert=True)
    draft.audience = Audience.objects.create(
        collaborative_id=by.collaborative_id, announcement=draft, **_audience(words.wanted)
    )
    record_event(EventKind.ANNOUNCEMENT_DRAFTED, by=by, subject=draft)
    return draft


@transaction.atomic
def save_draft(*, draft: Announcement, words: Words, revision: int, by: Viewer) -> Announcement:
    """Keep it as it stands, half finished or not. `revision` is the one that was read.

    Raises
    ------
    NewsError
        Somebody saved since; their words are never overwritten.
    NoDraftError
        Somebody sent or discarded it.
    """
    draft = held(draft, by)
    refuse_unless_draft(draft)
    if draft.revision != revision:
        raise NewsError("A colleague saved this draft meanwhile. Copy your text, load the page again, and add it.")
    _fill(draft, words)
    draft.revision, draft.saved_at, draft.saved_by_id = revision + 1, timezone.now(), by.user_id
    draft.save()
    Audience.objects.filter(announcement=draft).update(**_audience(words.wanted))
    draft.audience.refresh_from_db()
    record_event(EventKind.ANNOUNCEMENT_SAVED, by=by, subject=draft, details={"revision": draft.revision})
    return draft


@transaction.atomic
def discard_draft(*, draft: Announcement, by: Viewer) -> None:
    """It goes out of the list; the row stays, as everything does."""
    draft = held(draft, by)
    refuse_unless_draft(draft)
    draft.state = State.DISCARDED
    draft.save(update_fields=["state"])
    record_event(EventKind.ANNOUNCEMENT_DISCARDED, by=by, subject=draft)


@transaction.atomic
def correct(*, announcement: Announcement, by: Viewer) -> Announcement:
    """A draft to the same people that names what it corrects; what was sent stays as it is."""
    announcement = held(announcement, by)
    if announcement.sent_at is None:
        raise NewsError("This was not sent yet. Change the draft itself.")
    words = Words(
        kind=Kind(announcement.kind),
        title=f"Correction: {announcement.title}"[:LONGEST_TITLE],
        text=announcement.text,
        by_mail=announcement.by_mail,
        wanted=wanted_of(announcement.audience),
    )
    return begin_draft(words=words, by=by, corrects=announcement)


def _fill(draft: Announcement, words: Words) -> None:
    title, text = " ".join(words.title.split()), clean_text(words.text)
    for what, given, longest in (("The title", title, LONGEST_TITLE), ("The text", text, LONGEST_TEXT)):
        if len(given) > longest:
            raise NewsError(f"{what} has {len(given):,} characters, and {longest:,} are allowed. Shorten it.")
    draft.kind, draft.title, draft.text, draft.by_mail = words.kind, title, text, words.by_mail


def _audience(wanted: Wanted) -> dict[str, object]:
    return {
        "roles": sorted(wanted.roles),
        "everywhere": wanted.everywhere,
        "hospitals": sorted(str(each) for each in wanted.hospitals),
    }
