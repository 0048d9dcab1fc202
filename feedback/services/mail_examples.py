"""Mails of a release as their readers get them."""

from accounts.models import User
from collaboratives.definition.mail_example import MailExample
from collaboratives.models import Collaborative
from feedback.enums import MailKind
from feedback.models import Release, ReleaseMail
from feedback.services.release_mail import message_of
from privacy.viewer import Viewer


NAMES = {
    MailKind.RELEASED: ("A release is there", "To everybody of the programme, as each wishes."),
    MailKind.NOTICE: ("Private notice", "To champions and administrators of hospitals whose results read worse."),
}


def mail_examples(viewer: Viewer) -> list[MailExample]:
    """The notice comes some days before members see the release."""
    return [_mail(viewer, kind) for kind in NAMES]


def _mail(viewer: Viewer, kind: MailKind) -> MailExample:
    collaborative = Collaborative.objects.get(pk=viewer.collaborative_id)
    reader = User(full_name="Robin Example", email="robin@hospital.example")
    release = Release(collaborative=collaborative, name="Winter 2026")
    message = message_of([ReleaseMail(collaborative=collaborative, release=release, user=reader, kind=kind)])
    name, when = NAMES[kind]
    return MailExample(
        name=name, when=when, subject=str(message.subject), body=str(message.body), template=f"feedback/mail/{kind}.txt"
    )
