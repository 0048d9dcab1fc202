"""The reminder as its reader gets it."""

from django.urls import reverse

from collaboratives.definition.mail_example import MailExample
from collaboratives.documents.models import Document, DocumentVersion
from collaboratives.documents.services.documents import reminder_text, waiting_title
from collaboratives.models import Collaborative
from collaboratives.notifications.enums import NotificationKind
from collaboratives.notifications.services.examples import example
from privacy.viewer import Viewer


def mail_examples(viewer: Viewer) -> list[MailExample]:
    """Of a document that nobody has."""
    collaborative = Collaborative.objects.get(pk=viewer.collaborative_id)
    document = Document(collaborative=collaborative, title="Manual of abstraction")
    return [
        example(
            viewer,
            NotificationKind.DOCUMENT,
            name="Reminder of a document",
            when="To everybody who has not confirmed it, when a coordinator presses Remind.",
            title=waiting_title(document),
            text=reminder_text(document, DocumentVersion(document=document, number=2)),
            path=reverse("documents:document-detail", args=[viewer.collaborative_slug, document.public_id]),
            template="documents/mail/reminder.txt",
        )
    ]
