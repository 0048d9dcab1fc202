"""The mail about a decision as its reader gets it."""

from django.urls import reverse

from collaboratives.definition.mail_example import MailExample
from collaboratives.models import Collaborative
from collaboratives.notifications.enums import NotificationKind
from collaboratives.notifications.services.examples import example
from feedback.reviews.models import Contest
from feedback.reviews.services.telling import DECIDED, decided_text
from privacy.viewer import Viewer


def mail_examples(viewer: Viewer) -> list[MailExample]:
    """It says nothing of case or decision, so there is one."""
    contest = Contest(collaborative=Collaborative.objects.get(pk=viewer.collaborative_id))
    return [
        example(
            viewer,
            NotificationKind.CONTEST,
            name="A contested case is decided",
            when="To whoever contested it.",
            title=DECIDED,
            text=decided_text(contest),
            path=reverse("reviews:contest-list", args=[viewer.collaborative_slug]),
            template="reviews/mail/decided.txt",
        )
    ]
