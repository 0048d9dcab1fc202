"""Drafts, which only those who write announcements see, and what a page needs to go on with one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404

from collaboratives.models import Collaborative, Participation
from coordination.news.definition.audience import Recipient, Recipients, Wanted, chosen
from coordination.news.definition.words import Naming, hospitals_in
from coordination.news.enums import State
from coordination.news.errors import NoDraftError
from coordination.news.models import Announcement, Audience
from coordination.news.selectors.audience import pool_of
from privacy.roles import Permission, Role
from privacy.viewer import Viewer, require


@dataclass(frozen=True, kw_only=True)
class DraftPage:
    """A draft beside what would come of it."""

    draft: Announcement
    recipients: Recipients
    problems: list[str]
    saved_at: datetime
    is_saved: bool


def draft_for(viewer: Viewer, public_id: UUID) -> Announcement:
    """The draft with its audience.

    Raises
    ------
    NoDraftError
        Somebody sent or discarded it meanwhile.
    """
    require(viewer, Permission.NEWS_WRITE)
    here = Announcement.objects.filter(collaborative_id=viewer.collaborative_id, public_id=public_id)
    found = here.select_related("audience", "saved_by", "sent_by", "corrects").first()
    if found is None:
        raise Http404
    refuse_unless_draft(found)
    return found


def refuse_unless_draft(announcement: Announcement) -> None:
    """Two people at once: one has sent, the other is told."""
    if announcement.state == State.DISCARDED:
        raise NoDraftError("A colleague discarded this draft meanwhile.")
    if announcement.state != State.DRAFT:
        who = announcement.sent_by.full_name if announcement.sent_by else "A colleague"
        raise NoDraftError(f"{who} has sent this already. It is not sent again.", announcement.public_id)


def drafts_of(viewer: Viewer) -> list[Announcement]:
    require(viewer, Permission.NEWS_WRITE)
    here = Announcement.objects.filter(collaborative_id=viewer.collaborative_id, state=State.DRAFT)
    return list(here.select_related("saved_by").defer("text").order_by("-saved_at"))


def wanted_of(audience: Audience) -> Wanted:
    return Wanted(
        roles=frozenset(Role(each) for each in audience.roles),
        everywhere=audience.everywhere,
        hospitals=frozenset(UUID(each) for each in audience.hospitals),
    )


def draft_values(draft: Announcement) -> Mapping[str, object]:
    """As the form shows it."""
    audience = draft.audience
    return {
        "kind": draft.kind,
        "title": draft.title,
        "text": draft.text,
        "by_mail": draft.by_mail,
        "roles": audience.roles,
        "where": "all" if audience.everywhere else "some",
        "hospitals": audience.hospitals,
        "revision": draft.revision,
    }


def draft_page(programme: Collaborative, draft: Announcement, pool: list[Recipient]) -> DraftPage:
    recipients = chosen(pool, wanted_of(draft.audience))
    return DraftPage(
        draft=draft,
        recipients=recipients,
        problems=problems_of(draft, recipients),
        saved_at=draft.saved_at.astimezone(ZoneInfo(programme.time_zone)),
        is_saved=draft.revision > 0,
    )


def send_page(viewer: Viewer, programme: Collaborative, draft: Announcement) -> DraftPage:
    return draft_page(programme, draft, pool_of(viewer.collaborative_id))


def problems_of(draft: Announcement, recipients: Recipients) -> list[str]:
    """Why it cannot be sent as it stands; nothing where it can."""
    problems = []
    if not draft.title.strip():
        problems.append("It has no title. Write one: it is the subject of the mail.")
    if not draft.text.strip():
        problems.append("It has no text. Write it.")
    if not recipients.rows:
        problems.append("Nobody would get it. Tick roles, and hospitals where you chose some.")
    return problems + [_told(each) for each in _named(draft, recipients)]


def _named(draft: Announcement, recipients: Recipients) -> list[Naming]:
    members = Participation.objects.filter(collaborative_id=draft.collaborative_id)
    others = members.exclude(pk=recipients.only_hospital or 0).order_by("site__name")
    return hospitals_in(draft.title, draft.text, others.values_list("site__name", flat=True))


def _told(naming: Naming) -> str:
    return (
        f"{naming.where} names {naming.hospital}, and people elsewhere would read it. "
        "Say it without the name, or send it to that hospital's people alone."
    )
