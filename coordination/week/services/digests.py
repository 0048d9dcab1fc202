"""One mail a person and day at most: what is overdue or due within a week, in all their places, and news they wanted so.

The mail is a row first, for everybody, in the morning of their first programme; what goes into it is asked when it goes,
in the transaction that marks it. A crash sends the same Message-ID again at worst. Nothing due: nothing goes.
"""

import logging
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from smtplib import SMTPException
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from collaboratives.definition.clock import MORNING
from collaboratives.models import Collaborative
from collaboratives.notifications.enums import How, NotificationKind
from collaboratives.notifications.selectors.wishes import how_of
from collaboratives.notifications.services.notifying import mark_in_digest
from collaboratives.selectors.collaboratives import collaborative_keys
from collaboratives.selectors.places import Place, places_of, viewers_here
from coordination.week.enums import DigestState
from coordination.week.models import Digest
from coordination.week.selectors.digest import DayMail, day_mail
from tenancy.context import Acting, acting


log = logging.getLogger(__name__)
TOO_LATE = timedelta(hours=20)  # the next one is near


def send_digests() -> int:
    """Plan today's where it is morning, then send what is planned; how many mails went."""
    with acting(Acting("platform")):
        with transaction.atomic():
            _plan(_mornings(timezone.now()))
            planned = list(Digest.objects.filter(state=DigestState.PLANNED).order_by("pk").values_list("pk", flat=True))
        return _send_all(planned) if planned else 0


def _send_all(planned: Sequence[int]) -> int:
    """Over one connection. A mail server that is away keeps them waiting."""
    sent = 0
    try:
        with get_connection() as connection:
            for key in planned:
                sent += _send(key, connection)
    except (OSError, SMTPException):
        log.exception("the mails of the day wait for the mail server")
    return sent


def _mornings(now: datetime) -> dict[int, date]:
    """Everybody for whom it is past seven: person → the day it is there. The first programme by name has the clock."""
    first: dict[int, tuple[str, str]] = {}
    for key in collaborative_keys():
        with acting(Acting("compute", collaborative_id=key)), transaction.atomic():
            name, zone = Collaborative.objects.values_list("name", "time_zone").get(pk=key)
            for user in {each.user_id for each in viewers_here(key)}:
                first[user] = min(first.get(user, (name, zone)), (name, zone))
    there = {user: now.astimezone(ZoneInfo(zone)) for user, (_, zone) in first.items()}
    return {user: moment.date() for user, moment in there.items() if moment.time() >= MORNING}


def _plan(days: dict[int, date]) -> None:
    """Note each once, however many workers do so at the same time."""
    known = set(Digest.objects.filter(day__in=set(days.values())).values_list("user_id", "day"))
    rows = [Digest(user_id=user, day=day) for user, day in sorted(days.items()) if (user, day) not in known]
    Digest.objects.bulk_create(rows, ignore_conflicts=True)


@transaction.atomic
def _send(key: int, connection: BaseEmailBackend) -> bool:
    """Whoever holds the row sends it; another worker passes it by."""
    rows = Digest.objects.select_for_update(skip_locked=True, of=("self",)).select_related("user")
    digest = rows.filter(pk=key, state=DigestState.PLANNED).first()
    if digest is None:
        return False
    places = places_of(digest.user_id) if digest.user.is_active else []
    found, state = _decided(digest, places)
    Digest.objects.filter(pk=key).update(state=state, ended_at=timezone.now())
    if found is None:
        return False
    for news in found.news:
        with acting(Acting("compute", collaborative_id=news.collaborative_id)):
            mark_in_digest(collaborative_id=news.collaborative_id, user_id=digest.user_id, lines=news.lines)
    message_of(found, digest.day, connection=connection).send()
    return True


def _decided(digest: Digest, places: Sequence[Place]) -> tuple[DayMail | None, DigestState]:
    """The mail that goes, or why none does; asked now, whatever was so when it was planned."""
    if timezone.now() - digest.planned_at > TOO_LATE:
        return None, DigestState.OVER
    if not places:
        return None, DigestState.NO_ROLE
    with acting(Acting("compute", collaborative_id=places[0].collaborative.pk)):
        with_tasks = how_of(digest.user_id, NotificationKind.TASK) is How.DIGEST
    found = day_mail(digest.user, places, with_tasks=with_tasks)
    return (None, DigestState.NOTHING) if found.is_empty else (found, DigestState.SENT)


def message_of(found: DayMail, day: date, *, connection: BaseEmailBackend | None = None) -> EmailMessage:
    """To one person; the subject names no hospital, and a section names its own."""
    notices = f"{settings.BASE_URL}{reverse('notices')}"
    return EmailMessage(
        subject=subject_of(found),
        body=render_to_string(
            "week/mail/digest.txt", {"mail": found, "name": found.user.full_name, "notices": notices}
        ),
        to=[found.user.email],
        connection=connection,
        headers={
            "Message-ID": f"<digest-{day}-{found.user.public_id}@colloquy>",
            "List-Unsubscribe": f"<{notices}>",
        },
    )


def subject_of(found: DayMail) -> str:
    overdue = sum(len(each.overdue) for each in found.sections)
    soon = sum(len(each.soon) for each in found.sections)
    news = sum(len(each.lines) for each in found.news)
    parts = [(overdue, "overdue"), (soon, "due within a week"), (news, "new")]
    return f"Colloquy today: {', '.join(f'{number} {words}' for number, words in parts if number)}"
