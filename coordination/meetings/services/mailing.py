"""Mails of meetings: one recipient a mail, with the calendar entry, and nothing that was said or counted.

A mail is a row first, written by a worker when the event tells of it. Whether it may still go is asked when it goes, in
the transaction that marks it; a crash sends the same Message-ID again at worst, never a second mail.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from email.mime.text import MIMEText
from functools import partial
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from collaboratives.definition.clock import told_in
from collaboratives.models import Grant
from collaboratives.notifications.enums import How, NotificationKind
from collaboratives.notifications.selectors.wishes import how_of, hows_of
from collaboratives.notifications.services.notifying import notify
from collaboratives.selectors.collaboratives import collaborative_keys
from coordination.meetings.definition.entries import Between, message
from coordination.meetings.enums import MailEnd, MailKind, MeetingState, Reply
from coordination.meetings.models import Attendance, IssuedMinutes, Meeting, MeetingMail
from coordination.meetings.selectors.entries import address_of, entry_of, rule_of_series, series_entries
from coordination.meetings.selectors.reply_links import reply_token
from events.models import Event
from events.services import publish
from tenancy.context import Acting, acting


log = logging.getLogger(__name__)
AT_ONCE = 500
SUBJECTS = {
    MailKind.REQUEST: "Invitation: {title}, {day}",
    MailKind.UPDATE: "Changed: {title}, {day}",
    MailKind.CANCEL: "Cancelled: {title}, {day}",
    MailKind.MINUTES: "Minutes: {title}, {day}",
}
NEWS = {**dict.fromkeys(MailKind, NotificationKind.MEETING), MailKind.MINUTES: NotificationKind.MINUTES}


@dataclass(frozen=True, kw_only=True)
class Told:
    """What mails tell: of which meeting, and which change of it."""

    kind: MailKind
    meeting_id: int
    sequence: int
    whole_series: bool = False


def mail_invitations(event: Event) -> None:
    """Those who were newly asked."""
    said = event.details
    told = Told(
        kind=MailKind.REQUEST,
        meeting_id=event.subject_id,
        sequence=said["sequence"],
        whole_series=said["whole_series"],
    )
    _plan(event, told, said["people"])


def mail_change(event: Event) -> None:
    """Everybody who was asked and has not declined, where calendars say something else now."""
    _tell_asked(event, MailKind.UPDATE)


def mail_cancellation(event: Event) -> None:
    _tell_asked(event, MailKind.CANCEL)


def mail_minutes(event: Event) -> None:
    """Everybody who was there and has an account."""
    issued = IssuedMinutes.objects.get(pk=event.subject_id)
    there = Attendance.objects.filter(meeting=issued.meeting_id, removed_at=None, user__isnull=False)
    told = Told(kind=MailKind.MINUTES, meeting_id=issued.meeting_id, sequence=issued.number)
    _plan(event, told, [user for user in there.values_list("user_id", flat=True) if user])


def _tell_asked(event: Event, kind: MailKind) -> None:
    if event.details["told"]:
        told = Told(kind=kind, meeting_id=event.subject_id, sequence=event.details["sequence"])
        _plan(event, told, _asked(event.subject_id))


def _asked(meeting_id: int) -> list[int]:
    meeting = Meeting.objects.get(pk=meeting_id)
    return list(meeting.invitees.exclude(reply=Reply.NO).values_list("user_id", flat=True))


def _plan(event: Event, told: Told, people: Sequence[int]) -> None:
    """Note them once, however often the event is told."""
    rows = [
        MeetingMail(
            collaborative_id=event.collaborative_id,
            meeting_id=told.meeting_id,
            user_id=user,
            kind=told.kind,
            sequence=told.sequence,
            whole_series=told.whole_series,
        )
        for user, how in sorted(hows_of(set(people), NEWS[told.kind]).items())
        if how is How.AT_ONCE
    ]
    MeetingMail.objects.bulk_create(rows, ignore_conflicts=True)
    _notify(event, told, people)
    send = partial(publish, "meetings.send_mail", collaborative_id=event.collaborative_id)
    transaction.on_commit(send, robust=True)


def _notify(event: Event, told: Told, people: Sequence[int]) -> None:
    """The same in the product; the mail, with its calendar entry, is ours."""
    meeting = Meeting.objects.select_related("collaborative").get(pk=told.meeting_id)
    path = reverse("meetings:meeting-detail", args=[meeting.collaborative.slug, meeting.public_id])
    notify(
        people,
        kind=NEWS[told.kind],
        title=_subject(told.kind, meeting),
        path=f"{path}?tab=minutes" if told.kind is MailKind.MINUTES else path,
        key=f"meeting-{told.kind}-{meeting.public_id}-{told.sequence}",
        collaborative_id=event.collaborative_id,
        has_own_mail=True,
    )


def send_everywhere() -> None:
    for key in collaborative_keys():
        send_due(key)


def send_due(collaborative_id: int) -> int:
    """Send what waits; how many mails went. A mail server that is away keeps them waiting."""
    sent = 0
    with acting(Acting("compute", collaborative_id=collaborative_id)):
        with transaction.atomic():
            waiting = MeetingMail.objects.filter(collaborative_id=collaborative_id, ended_at=None)
            keys = list(waiting.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
        try:
            for key in keys:
                sent += _send(key)
        except (OSError, SMTPException):
            log.exception("mails of meetings of collaborative %s wait for the mail server", collaborative_id)
    return sent


@transaction.atomic
def _send(key: int) -> bool:
    rows = MeetingMail.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=key, ended_at=None)
    mail = rows.select_related("meeting__series", "meeting__collaborative", "user").first()
    if mail is None:
        return False
    end = _end_of(mail)
    MeetingMail.objects.filter(pk=key).update(ended_at=timezone.now(), end=end)
    if end == MailEnd.SENT:
        message_of(mail).send()
    return end == MailEnd.SENT


def _end_of(mail: MeetingMail) -> MailEnd:
    """Asked anew: somebody may have gone, the meeting may have been moved again or cancelled since."""
    now = timezone.now()
    held = Grant.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now),
        collaborative_id=mail.collaborative_id,
        user=mail.user_id,
        starts_at__lte=now,
    )
    if not mail.user.is_active or not held.exists():
        return MailEnd.NO_ROLE
    cancelled = mail.meeting.state == MeetingState.CANCELLED
    kind = NEWS[MailKind(mail.kind)]
    if how_of(mail.user_id, kind) is not How.AT_ONCE:
        return MailEnd.OVER
    overtaken = mail.kind == MailKind.UPDATE and mail.sequence != mail.meeting.sequence
    if overtaken or (cancelled and mail.kind in {MailKind.REQUEST, MailKind.UPDATE}):
        return MailEnd.OVER
    return MailEnd.SENT


def _subject(kind: MailKind, meeting: Meeting) -> str:
    day = told_in(meeting.starts_at, meeting.time_zone).partition(" (")[0]
    return SUBJECTS[kind].format(title=meeting.title, day=day)


def message_of(mail: MeetingMail) -> EmailMessage:
    meeting, user = mail.meeting, mail.user
    subject = _subject(MailKind(mail.kind), meeting)
    text = render_to_string(f"meetings/mail/{mail.kind}.txt", _context(mail))
    name = f"{mail.kind}-{meeting.public_id}-{mail.sequence}-{user.public_id}"
    headers = {"Message-ID": f"<{name}@colloquy>"}
    if mail.kind == MailKind.MINUTES:
        headers["List-Unsubscribe"] = f"<{settings.BASE_URL}{reverse('notices')}>"
    found = EmailMessage(subject=subject, body=text, to=[user.email], headers=headers)
    if mail.kind != MailKind.MINUTES:
        _attach_calendar(found, mail)
    return found


def _attach_calendar(found: EmailMessage, mail: MeetingMail) -> None:
    """As programs look for it: a text/calendar part that names its method, and the same as a file."""
    method = "CANCEL" if mail.kind == MailKind.CANCEL else "REQUEST"
    content = _calendar(mail).decode()
    part = MIMEText(content, "calendar", "utf-8")
    part.set_param("method", method)
    part["Content-Disposition"] = 'inline; filename="invite.ics"'
    found.attach(part)


def _calendar(mail: MeetingMail) -> bytes:
    meeting, programme = mail.meeting, mail.meeting.collaborative
    between = Between(
        organiser=programme.contact_email or settings.DEFAULT_FROM_EMAIL,
        organiser_name=programme.contact_name or programme.name,
        attendee=mail.user.email,
        attendee_name=mail.user.full_name,
    )
    if mail.kind == MailKind.CANCEL:
        return message([entry_of(meeting, programme.slug)], method="CANCEL", between=between)
    series = meeting.series
    if mail.whole_series and series and series.is_ruled:
        entries = series_entries(series, programme.slug)
        return message(entries, method="REQUEST", between=between, rule=rule_of_series(series))
    return message([entry_of(meeting, programme.slug)], method="REQUEST", between=between)


def _context(mail: MeetingMail) -> dict[str, object]:
    meeting, programme = mail.meeting, mail.meeting.collaborative
    token = reply_token(meeting.public_id, mail.user.public_id)
    link = f"{settings.BASE_URL}{reverse('meeting-replies:reply', args=[token])}"
    return {
        "name": mail.user.full_name,
        "meeting": meeting,
        "collaborative": programme.name,
        "when": told_in(meeting.starts_at, meeting.time_zone),
        "dates": mail.whole_series
        and meeting.series
        and meeting.series.meetings.exclude(state=MeetingState.CANCELLED).order_by("starts_at"),
        "link": address_of(meeting, programme.slug),
        "replies": [(each.label, f"{link}?reply={each}") for each in (Reply.IN_PERSON, Reply.REMOTE, Reply.NO)],
        "contact": programme.contact_email,
        "wishes": f"{settings.BASE_URL}{reverse('notices')}",
    }
