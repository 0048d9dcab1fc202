"""The reminder of a review as its reader gets it."""

from datetime import timedelta

from django.urls import reverse

from collaboratives.definition.mail_example import MailExample
from collaboratives.models import Collaborative
from collaboratives.notifications.enums import NotificationKind
from collaboratives.notifications.services.examples import example
from collaboratives.selectors.clock import today_of
from measures.selectors.reviews_due import ReviewDue
from measures.services.review_reminders import review_text, review_title
from privacy.viewer import Viewer


def mail_examples(viewer: Viewer) -> list[MailExample]:
    """Before the day, and after it."""
    collaborative = Collaborative.objects.get(pk=viewer.collaborative_id)
    return [_review(viewer, collaborative, days) for days in (30, -1)]


def _review(viewer: Viewer, collaborative: Collaborative, days: int) -> MailExample:
    path = reverse("measures:measure-list", args=[viewer.collaborative_slug])
    review = ReviewDue(
        what="measure",
        key=0,
        slug="example",
        name="Example measure",
        day=today_of(collaborative) + timedelta(days=days),
        overdue=days < 0,
        url=path,
    )
    return example(
        viewer,
        NotificationKind.DEFINITION_REVIEW,
        name="A definition is overdue for review" if days < 0 else "A definition is due for review",
        when="To coordinators and those who wrote the definition, thirty days before and when it is over.",
        title=review_title(review),
        text=review_text(review, collaborative),
        path=path,
        template="measures/mail/review_due.txt",
    )
