"""Every mail of the program with made-up names, rendered by what renders the real one."""

from collections.abc import Callable
from dataclasses import replace

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.models import User
from collaboratives.definition.mail_example import MailExample
from collaboratives.models import Collaborative
from collaboratives.notifications.enums import NotificationKind
from collaboratives.notifications.models import Notification
from collaboratives.notifications.services.sending import message_of
from privacy.roles import Permission
from privacy.viewer import Viewer, require


Examples = Callable[[Viewer], list[MailExample]]
READER = User(full_name="Robin Example", email="robin@hospital.example")


def all_examples(viewer: Viewer) -> list[MailExample]:
    """In the order of the settings."""
    require(viewer, Permission.MAIL_VIEW)
    sources: list[Examples] = [import_string(path) for path in settings.MAIL_EXAMPLES]
    return [replace(each, body=each.body.strip()) for source in sources for each in source(viewer)]


def example(  # noqa: PLR0913 -- each is named where it is called
    viewer: Viewer, kind: NotificationKind, *, name: str, when: str, title: str, text: str, path: str, template: str
) -> MailExample:
    """The mail of a notification that nobody gets."""
    collaborative = Collaborative.objects.get(pk=viewer.collaborative_id)
    told = Notification(collaborative=collaborative, user=READER, kind=kind, title=title, text=text, path=path)
    message = message_of(told)
    return MailExample(name=name, when=when, subject=str(message.subject), body=str(message.body), template=template)


def mail_examples(viewer: Viewer) -> list[MailExample]:
    """News without words of its own: a line and a link."""
    return [
        example(
            viewer,
            NotificationKind.JOB_DONE,
            name="Long work is done",
            when="To whoever began it, where they wish to hear of it by mail.",
            title="Done: Compute release Winter 2026",
            text="",
            path=f"/c/{viewer.collaborative_slug}/releases/",
            template="notifications/mail/notification.txt",
        )
    ]
