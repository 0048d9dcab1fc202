"""What a worker does when something was sent: a receipt for everybody who holds such a role at that moment, and news of it."""

from collections.abc import Iterable

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from collaboratives.notifications.enums import NotificationKind
from collaboratives.notifications.services.notifying import notify, untell
from coordination.news.definition.audience import Recipient, chosen
from coordination.news.enums import State
from coordination.news.models import Announcement, Receipt
from coordination.news.selectors.audience import pool_of
from coordination.news.selectors.drafts import wanted_of
from events.models import Event


@transaction.atomic
def deliver(event: Event) -> None:
    """Once, however often the event is told. Whoever's role ended since it was sent gets nothing."""
    announcement = _locked(event)
    if announcement.state != State.SENT or announcement.delivered_at:
        return
    recipients = chosen(pool_of(announcement.collaborative_id), wanted_of(announcement.audience))
    Receipt.objects.bulk_create(
        [_receipt(announcement, each) for each in recipients.rows], batch_size=1000, ignore_conflicts=True
    )
    announcement.delivered_at = timezone.now()
    announcement.save(update_fields=["delivered_at"])
    _tell(announcement, recipients.rows, announcement.title, key=_key(announcement))


@transaction.atomic
def remind_readers(event: Event) -> None:
    """Those who have not read it and hold such a role still."""
    announcement = _locked(event)
    if announcement.state != State.SENT:
        return
    waiting = set(announcement.receipts.filter(read_at=None).values_list("user_id", "participation_id"))
    still = chosen(pool_of(announcement.collaborative_id), wanted_of(announcement.audience))
    rows = [each for each in still.rows if (each.user_id, each.participation_id) in waiting]
    title = f"Please read: {announcement.title}"
    _tell(announcement, rows, title, key=f"{_key(announcement)}-{event.details['at']}", reminds=True)


@transaction.atomic
def call_back(event: Event) -> None:
    """Mails that did not go yet do not go."""
    announcement = _locked(event)
    untell(collaborative_id=announcement.collaborative_id, key=_key(announcement))
    if announcement.reminded_at:
        at = announcement.reminded_at.isoformat()
        untell(collaborative_id=announcement.collaborative_id, key=f"{_key(announcement)}-{at}")


def _locked(event: Event) -> Announcement:
    rows = Announcement.objects.select_for_update(of=("self",)).select_related("audience", "collaborative")
    return rows.get(pk=event.subject_id)


def _key(announcement: Announcement) -> str:
    return f"news-{announcement.public_id}"


def _receipt(announcement: Announcement, recipient: Recipient) -> Receipt:
    return Receipt(
        collaborative_id=announcement.collaborative_id,
        participation_id=recipient.participation_id,
        announcement=announcement,
        user_id=recipient.user_id,
        role=recipient.role,
        name=recipient.name,
    )


def _tell(
    announcement: Announcement, rows: Iterable[Recipient], title: str, *, key: str, reminds: bool = False
) -> None:
    """Hospital by hospital: what is about one goes to those who still work there when the mail goes."""
    path = reverse("news:announcement-detail", args=[announcement.collaborative.slug, announcement.public_id])
    people: dict[int | None, list[int]] = {}
    for each in rows:
        people.setdefault(each.participation_id, []).append(each.user_id)
    for participation_id, users in people.items():
        notify(
            users,
            kind=NotificationKind.REMINDER if reminds else NotificationKind.ANNOUNCEMENT,
            title=title,
            path=path,
            key=key,
            collaborative_id=announcement.collaborative_id,
            text="" if reminds else announcement.text,
            participation_id=participation_id,
            mail=announcement.by_mail,
        )
