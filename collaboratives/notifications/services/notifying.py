"""One way of telling people: a line in the product, and a mail at once, in the mail of the day, or none, as they wish."""

from collections.abc import Iterable
from functools import partial

from django.db import transaction
from django.utils import timezone

from collaboratives.notifications.enums import How, MailState, NotificationKind
from collaboratives.notifications.models import Notification
from collaboratives.notifications.selectors.digest import DigestLine
from collaboratives.notifications.selectors.wishes import hows_of
from events.services import publish


LONGEST_TITLE = 200


def notify(  # noqa: PLR0913 -- each is named where it is called
    people: Iterable[int],
    *,
    kind: NotificationKind,
    title: str,
    path: str,
    key: str,
    collaborative_id: int,
    text: str = "",
    participation_id: int | None = None,
    has_own_mail: bool = False,
    mail: bool = True,
) -> int:
    """Tell each of these people once, in the caller's transaction; how many had not been told. A worker calls it.

    Parameters
    ----------
    title
        Without clinical content and without the name of a hospital but the reader's own. It is the subject of the mail.
    path
        Of the page it is about, as `reverse` gives it.
    key
        Names what happened: whoever was told of it is not told again, so this is safe to run twice.
    text
        What a mail says between greeting and link; without it, the title.
    participation_id
        The hospital it is about. Then only those who still work there read it, and get the mail.
    has_own_mail
        The caller's own queue writes to those who want a mail at once (meetings, with their calendar entries).
    mail
        False: in the product only, whatever people wish.
    """
    keys = sorted(set(people))
    known = set(
        Notification.objects.filter(collaborative=collaborative_id, key=key, user__in=keys).values_list(
            "user", flat=True
        )
    )
    hows = hows_of([each for each in keys if each not in known], kind)
    rows = [
        Notification(
            collaborative_id=collaborative_id,
            participation_id=participation_id,
            user_id=user,
            kind=kind,
            title=" ".join(title.split())[:LONGEST_TITLE],  # a subject is one line
            text=text,
            path=path,
            key=key,
            mail=_planned(how, has_own_mail=has_own_mail) if mail else MailState.NONE,
        )
        for user, how in hows.items()
    ]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    if any(row.mail == MailState.PLANNED for row in rows):
        send = partial(publish, "notifications.send_mail", collaborative_id=collaborative_id)
        transaction.on_commit(send, robust=True)
    return len(rows)


def _planned(how: How, *, has_own_mail: bool) -> MailState:
    if how is How.DIGEST:
        return MailState.WAITING
    return MailState.PLANNED if how is How.AT_ONCE and not has_own_mail else MailState.NONE


def mark_in_digest(*, collaborative_id: int, user_id: int, lines: Iterable[DigestLine]) -> int:
    """These lines went in this person's mail of the day, in the transaction that sends it; how many had not gone before."""
    waiting = Notification.objects.filter(
        collaborative=collaborative_id, user=user_id, pk__in=[line.id for line in lines], mail=MailState.WAITING
    )
    return waiting.update(mail=MailState.DIGEST, mailed_at=timezone.now())


def untell(*, collaborative_id: int, key: str) -> int:
    """It is over: whoever was not written to yet is not written to; what stands in the product stays."""
    waiting = Notification.objects.filter(
        collaborative=collaborative_id, key=key, mail__in=[MailState.PLANNED, MailState.WAITING]
    )
    return waiting.update(mail=MailState.DROPPED)
