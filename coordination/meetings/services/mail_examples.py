"""Mails of meetings as their readers get them."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from collaboratives.definition.mail_example import MailExample
from collaboratives.models import Collaborative
from coordination.meetings.enums import MailKind
from coordination.meetings.models import Meeting, MeetingMail
from coordination.meetings.services.mailing import message_of
from privacy.viewer import Viewer


NAMES = {
    MailKind.REQUEST: ("Invitation to a meeting", "To everybody who is invited, once, with an entry for the calendar."),
    MailKind.UPDATE: ("A meeting has changed", "To everybody who is invited and has not declined, for the same entry."),
    MailKind.CANCEL: ("A meeting is cancelled", "To the same people; the entry goes."),
    MailKind.MINUTES: ("Minutes of a meeting", "To everybody who was there, as each wishes."),
}


def mail_examples(viewer: Viewer) -> list[MailExample]:
    """Of a meeting that nobody plans; the links to answer open nothing."""
    return [_mail(viewer, kind) for kind in NAMES]


def _mail(viewer: Viewer, kind: MailKind) -> MailExample:
    collaborative = Collaborative.objects.get(pk=viewer.collaborative_id)
    begins = (timezone.now() + timedelta(days=30)).replace(minute=0, second=0, microsecond=0)
    meeting = Meeting(
        collaborative=collaborative,
        title="Spring meeting",
        starts_at=begins,
        ends_at=begins + timedelta(hours=3),
        time_zone=collaborative.time_zone,
        place="12 Harbour Street",
        remote_link="https://video.example/spring",
        reason="The hall is flooded.",
    )
    reader = User(full_name="Robin Example", email="robin@hospital.example")
    message = message_of(MeetingMail(collaborative=collaborative, meeting=meeting, user=reader, kind=kind, sequence=0))
    name, when = NAMES[kind]
    return MailExample(
        name=name, when=when, subject=str(message.subject), body=str(message.body), template=f"meetings/mail/{kind}.txt"
    )
