"""Mails that go at once: a row first, one recipient a mail, and whether it may still go is asked when it goes.

A crash sends the same Message-ID again at worst, never a second mail.
"""

import logging
from smtplib import SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from collaboratives.notifications.definition.kinds import KINDS
from collaboratives.notifications.enums import How, MailState, NotificationKind
from collaboratives.notifications.models import Notification
from collaboratives.notifications.selectors.digest import still_theirs
from collaboratives.notifications.selectors.wishes import how_of
from collaboratives.selectors.collaboratives import collaborative_keys
from tenancy.context import Acting, acting


log = logging.getLogger(__name__)
AT_ONCE = 500
INSTEAD = {How.DIGEST: MailState.WAITING, How.PRODUCT: MailState.NONE}


def send_everywhere() -> None:
    for key in collaborative_keys():
        send_due(key)


def send_due(collaborative_id: int) -> int:
    """Send what waits; how many mails went. A mail server that is away keeps them waiting."""
    sent = 0
    with acting(Acting("compute", collaborative_id=collaborative_id)):
        with transaction.atomic():
            waiting = Notification.objects.filter(collaborative=collaborative_id, mail=MailState.PLANNED)
            keys = list(waiting.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
        try:
            for key in keys:
                sent += _try(key)
        except (OSError, SMTPException):
            log.exception("mails of collaborative %s wait for the mail server", collaborative_id)
    return sent


def _try(key: int) -> bool:
    """An address that the server refuses for good stops nobody else's mail."""
    try:
        return _send(key)
    except SMTPRecipientsRefused:
        log.warning("the mail server refuses the recipient of notification %s", key)
        with transaction.atomic():
            Notification.objects.filter(pk=key, mail=MailState.PLANNED).update(mail=MailState.DROPPED)
        return False


@transaction.atomic
def _send(key: int) -> bool:
    rows = Notification.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=key, mail=MailState.PLANNED)
    found = rows.select_related("user", "collaborative").first()
    if found is None:
        return False
    state = _state_of(found)
    mailed_at = timezone.now() if state is MailState.SENT else None
    Notification.objects.filter(pk=key).update(mail=state, mailed_at=mailed_at)
    if state is MailState.SENT:
        message_of(found).send()
    return state is MailState.SENT


def _state_of(found: Notification) -> MailState:
    """Asked anew: somebody may have gone, or wished otherwise since."""
    if not still_theirs(found.collaborative_id).filter(pk=found.pk).exists():
        return MailState.DROPPED
    return INSTEAD.get(how_of(found.user_id, NotificationKind(found.kind)), MailState.SENT)


def message_of(found: Notification) -> EmailMessage:
    """To one person: what happened, where it stands, and how to hear of it otherwise."""
    wishes = f"{settings.BASE_URL}{reverse('notices')}"
    may_be_stopped = KINDS[NotificationKind(found.kind)].may_be_stopped
    context = {
        "name": found.user.full_name,
        "text": found.text or f"{found.title.removesuffix('.')}.",
        "link": f"{settings.BASE_URL}{found.path}",
        "collaborative": found.collaborative.name,
        "may_be_stopped": may_be_stopped,
        "wishes": wishes,
    }
    headers = {"Message-ID": f"<notification-{found.public_id}@colloquy>"}
    if may_be_stopped:
        headers["List-Unsubscribe"] = f"<{wishes}>"
    return EmailMessage(
        subject=f"{found.title} ({found.collaborative.name})",
        body=render_to_string("notifications/mail/notification.txt", context),
        to=[found.user.email],
        headers=headers,
    )
