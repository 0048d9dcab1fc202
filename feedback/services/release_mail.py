"""Tell people that a release, or a private notice of it, is there: a link, and nothing of what is in it.

In the product it is a notification, which waits for the mail of the day where somebody wishes that.

A mail is a row first. Whether it may still go is asked when it goes, in the transaction that marks it: a role that ended
in between, a release that was withdrawn or another wish stops it. A crash sends the same Message-ID again at worst.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from collaboratives.models import Collaborative, Grant
from collaboratives.notifications.enums import How, NotificationKind
from collaboratives.notifications.selectors.wishes import how_of, hows_of
from collaboratives.notifications.services.notifying import notify, untell
from collaboratives.selectors.collaboratives import collaborative_keys
from events.models import Event
from events.services import publish
from feedback.enums import MailEnd, MailKind, ReleaseState
from feedback.models import PrivateNotice, Release, ReleaseMail
from privacy.roles import Role
from tenancy.context import Acting, acting


log = logging.getLogger(__name__)
NOTICED_ROLES = (Role.CHAMPION, Role.ADMINISTRATOR)  # as ctx_noticed has them


def tell_members(release: Release) -> None:
    """Everybody of the programme, as they wish. What is not in force any more is told to nobody from now on."""
    key, now = release.collaborative_id, timezone.now()
    held = _held(key, now).filter(user__is_active=True)
    people = sorted(set(held.values_list("user_id", flat=True)))
    earlier = Release.objects.filter(collaborative=key, state=ReleaseState.SUPERSEDED)
    for each in earlier:
        untell(collaborative_id=key, key=_key(each))
    notify(
        people,
        kind=NotificationKind.RELEASE,
        title=f"Release {release.name} is there",
        path=reverse("home-collaborative", args=[release.collaborative.slug]),
        key=_key(release),
        collaborative_id=key,
        has_own_mail=True,
    )
    hows = hows_of(people, NotificationKind.RELEASE)
    _plan(release, MailKind.RELEASED, ((user, now) for user, how in hows.items() if how is How.AT_ONCE))


def tell_no_more(event: Event) -> None:
    """A release that was taken back is in nobody's mail of the day."""
    untell(collaborative_id=event.collaborative_id, key=_key(Release.objects.get(pk=event.subject_id)))


def _key(release: Release) -> str:
    return f"release-{release.public_id}"


def plan_notices(release: Release, hospitals: Sequence[int], opens_at: datetime) -> None:
    """Champions and administrators of these hospitals, when the notice opens."""
    held = _held(release.collaborative_id, timezone.now())
    people = held.filter(role__in=NOTICED_ROLES, participation__in=hospitals).values_list("user", flat=True)
    _plan(release, MailKind.NOTICE, ((user, opens_at) for user in sorted(set(people))))


def send_everywhere() -> None:
    for key in collaborative_keys():
        send_due(key)


def send_due(collaborative_id: int) -> int:
    """Send what is due, one mail a person; the number that went. A mail server that is away keeps them waiting."""
    sent, people = 0, None
    with acting(Acting("compute", collaborative_id=collaborative_id)):
        with transaction.atomic():
            waiting = _waiting(collaborative_id).order_by("user", "kind")
            people = list(waiting.values_list("user", "kind").distinct())
        try:
            for user, kind in people:
                sent += _send_to(collaborative_id, user, kind)
        except (OSError, SMTPException):
            log.exception("mails of collaborative %s wait for the mail server", collaborative_id)
    return sent


def _held(collaborative_id: int, now: datetime) -> QuerySet[Grant]:
    return Grant.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now), collaborative_id=collaborative_id, starts_at__lte=now
    )


def _plan(release: Release, kind: MailKind, people: Iterable[tuple[int, datetime]]) -> None:
    """Note them; a notice whose date has moved is told again."""
    rows = [
        ReleaseMail(collaborative_id=release.collaborative_id, release=release, user_id=user, kind=kind, due_at=due)
        for user, due in people
    ]
    ReleaseMail.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["collaborative", "release", "user", "kind"],
        update_fields=["due_at", "ended_at", "end"],
    )
    send = partial(publish, "feedback.send_release_mail", collaborative_id=release.collaborative_id)
    transaction.on_commit(send, robust=True)


def _waiting(collaborative_id: int) -> QuerySet[ReleaseMail]:
    return ReleaseMail.objects.filter(
        collaborative_id=collaborative_id, ended_at=None, due_at__lte=timezone.now()
    ).order_by("release__released_at", "pk")


@transaction.atomic
def _send_to(collaborative_id: int, user_id: int, kind: str) -> bool:
    """Everything of one kind that this person is still to be told, in one mail; the rest is ended with its reason."""
    found = _waiting(collaborative_id).filter(user=user_id, kind=kind).select_for_update(skip_locked=True, of=("self",))
    ends = [(mail, _end_of(mail)) for mail in found.select_related("release", "user", "collaborative")]
    for end, group in groupby(sorted(ends, key=lambda pair: pair[1]), key=lambda pair: pair[1]):
        keys = [mail.pk for mail, _ in group]
        ReleaseMail.objects.filter(pk__in=keys).update(ended_at=timezone.now(), end=end)
    told = [mail for mail, end in ends if end == MailEnd.SENT]
    if told:
        _show_notices(told)
        message_of(told).send()
    return bool(told)


def _end_of(mail: ReleaseMail) -> MailEnd:
    """Whether this person may and wants to be told now: asked anew, whatever was so when it was noted."""
    held = _held(mail.collaborative_id, timezone.now()).filter(user=mail.user_id)
    if mail.kind == MailKind.NOTICE:
        open_now = PrivateNotice.objects.filter(release=mail.release_id, opens_at__lte=timezone.now())
        if mail.release.state != ReleaseState.SCHEDULED or not open_now.exists():
            return MailEnd.OVER
        held = held.filter(role__in=NOTICED_ROLES, participation__in=open_now.values("participation"))
    elif mail.release.state != ReleaseState.RELEASED:
        return MailEnd.OVER
    elif how_of(mail.user_id, NotificationKind.RELEASE) is not How.AT_ONCE:
        return MailEnd.UNWANTED
    return MailEnd.SENT if mail.user.is_active and held.exists() else MailEnd.NO_ROLE


def _show_notices(mails: Iterable[ReleaseMail]) -> None:
    """A private notice stands in the product from the moment it is open, which is that of its mail."""
    for mail in mails:
        if mail.kind == MailKind.NOTICE:
            notify(
                [mail.user_id],
                kind=NotificationKind.NOTICE,
                title=f"Private notice before release {mail.release.name}",
                path=reverse("feedback:notice", args=[mail.collaborative.slug]),
                key=f"notice-{mail.release.public_id}",
                collaborative_id=mail.collaborative_id,
                has_own_mail=True,
            )


def message_of(mails: Sequence[ReleaseMail]) -> EmailMessage:
    """To one person, about every release that is to be told: a link, no word of what is in it."""
    first, names = mails[0], ", ".join(mail.release.name for mail in mails)
    notice = first.kind == MailKind.NOTICE
    return EmailMessage(
        subject=_subject(first.collaborative, names, notice=notice),
        body=render_to_string(f"feedback/mail/{first.kind}.txt", _context(mails, names)),
        to=[first.user.email],
        headers={
            "Message-ID": f"<{first.kind}-{first.release.public_id}-{first.user.public_id}@colloquy>",
            **({} if notice else {"List-Unsubscribe": f"<{settings.BASE_URL}{reverse('notices')}>"}),
        },
    )


def _subject(collaborative: Collaborative, names: str, *, notice: bool) -> str:
    if notice:
        return f"Before members see release {names} of {collaborative.name}"
    return f"Release {names} of {collaborative.name} is there"


def _context(mails: Sequence[ReleaseMail], names: str) -> dict[str, object]:
    first = mails[0]
    route = "feedback:notice" if first.kind == MailKind.NOTICE else "home-collaborative"
    return {
        "name": first.user.full_name,
        "release": names,
        "several": len(mails) > 1,
        "collaborative": first.collaborative.name,
        "link": f"{settings.BASE_URL}{reverse(route, args=[first.collaborative.slug])}",
        "notices": f"{settings.BASE_URL}{reverse('notices')}",
    }
