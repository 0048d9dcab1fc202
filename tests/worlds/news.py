"""Announcements of both collaboratives, handed out by a worker without mails; each title has a word that occurs nowhere else.

everybody    to every role, everywhere
newsletter   to every role, everywhere, kind newsletter
birch        to the people of birch alone, whose name it says
draft        only those who write announcements know of it
elsewhere    of hernia-lakes, as is draft_elsewhere
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from collaboratives.selectors.places import acting_for
from config.reactions import REACTIONS
from coordination.news.definition.audience import ROLES, Wanted, chosen
from coordination.news.definition.draft import Seen, Words
from coordination.news.enums import Kind
from coordination.news.models import Announcement
from coordination.news.selectors.audience import pool_of
from coordination.news.selectors.drafts import wanted_of
from coordination.news.services.drafting import begin_draft
from coordination.news.services.sending import send
from events.models import Event
from privacy.roles import Capacity, Role, roles_of
from privacy.viewer import Viewer
from tenancy.context import Acting, acting
from tests.worlds import programme


NEWS: dict[str, UUID] = {}
WORDS = {
    "everybody": "Zymurgle",
    "newsletter": "Wobbegong",
    "birch": "Blivetsome",
    "draft": "Gromwellian",
    "elsewhere": "Snollygoster",
}
TEXT = "# Dates\n\nThe **autumn meeting** is in November.\n\n- bring your charts"
EVERYBODY = Wanted(roles=frozenset(ROLES))


def at(*hospitals: str, roles: Iterable[Role] = roles_of(Capacity.HOSPITAL)) -> Wanted:
    """These roles at these hospitals only."""
    keys = frozenset(programme.participation(each).public_id for each in hospitals)
    return Wanted(roles=frozenset(roles), everywhere=False, hospitals=keys)


def seen(draft: Announcement) -> Seen:
    """What the page of confirmation shows now."""
    recipients = chosen(pool_of(draft.collaborative_id), wanted_of(draft.audience))
    return Seen(revision=draft.revision, digest=recipients.digest, people=recipients.people)


def write(
    title: str,
    wanted: Wanted,
    *,
    by: Viewer,
    text: str = TEXT,
    kind: Kind = Kind.ANNOUNCEMENT,
    by_mail: bool = True,
) -> Announcement:
    """Written and sent; nobody has it until a worker hands it out."""
    words = Words(kind=kind, title=title, text=text, by_mail=by_mail, wanted=wanted)
    draft = begin_draft(words=words, by=by)
    return send(draft=draft, seen=seen(draft), by=by)


def hand_out(collaborative_id: int) -> None:
    """What a worker does with the events of announcements that wait."""
    with acting(Acting("compute", collaborative_id=collaborative_id)), transaction.atomic():
        waiting = Event.objects.filter(done_at=None, kind__startswith="announcement", collaborative_id=collaborative_id)
        for event in waiting.order_by("pk"):
            for reaction in REACTIONS[event.kind]:
                reaction(event)
            Event.objects.filter(pk=event.pk).update(done_at=event.created_at)


def build() -> None:
    cora, hanna = programme.viewer("cora"), programme.viewer("hanna", "hernia-lakes")
    name = programme.HOSPITALS["birch"][1]
    with acting(acting_for(cora)), transaction.atomic():
        _keep("everybody", write(f"Autumn {WORDS['everybody']}", EVERYBODY, by=cora, by_mail=False))
        newsletter = write(f"News {WORDS['newsletter']}", EVERYBODY, by=cora, kind=Kind.NEWSLETTER, by_mail=False)
        _keep("newsletter", newsletter)
        text = f"Dear people of {name}, your log is late."
        _keep("birch", write(f"Log {WORDS['birch']}", at("birch"), by=cora, text=text, by_mail=False))
        words = Words(title=f"Plans {WORDS['draft']}", text=TEXT, wanted=EVERYBODY)
        _keep("draft", begin_draft(words=words, by=cora))
    with acting(acting_for(hanna)), transaction.atomic():
        _keep("elsewhere", write(f"Hernia {WORDS['elsewhere']}", EVERYBODY, by=hanna, by_mail=False))
        _keep("draft_elsewhere", begin_draft(words=Words(title="Later"), by=hanna))
    for viewer in (cora, hanna):
        hand_out(viewer.collaborative_id)


def _keep(name: str, announcement: Announcement) -> None:
    NEWS[name] = announcement.public_id


def announcement(name: str = "everybody") -> Announcement:
    """The row, for somebody who acts already."""
    return Announcement.objects.get(public_id=NEWS[name])
