"""The reminders as their readers get them."""

from datetime import timedelta

from django.urls import reverse

from collaboratives.agreements.definition.standing import REMINDED
from collaboratives.agreements.enums import AgreementKind
from collaboratives.agreements.models import Agreement, AgreementReminder
from collaboratives.agreements.services.reminding import expiring_text, expiring_title
from collaboratives.definition.mail_example import MailExample
from collaboratives.models import Collaborative, Participation
from collaboratives.notifications.enums import NotificationKind
from collaboratives.notifications.services.examples import example
from collaboratives.selectors.clock import today_of
from privacy.viewer import Viewer
from sites.models import Site


def mail_examples(viewer: Viewer) -> list[MailExample]:
    """The first, and the last, which says what stops."""
    return [_reminder(viewer, days) for days in (REMINDED[0], REMINDED[-1])]


def _reminder(viewer: Viewer, days: int) -> MailExample:
    collaborative = Collaborative.objects.get(pk=viewer.collaborative_id)
    agreement = Agreement(kind=AgreementKind.DATA_USE, ends_on=today_of(collaborative) + timedelta(days=days))
    place = Participation(site=Site(name="Example Hospital"))
    reminder = AgreementReminder(collaborative=collaborative, participation=place, agreement=agreement, days=days)
    return example(
        viewer,
        NotificationKind.AGREEMENT,
        name=f"An agreement ends in {days} days",
        when="To whoever signs for the hospital, else to its champion, else to the coordinators.",
        title=expiring_title(agreement),
        text=expiring_text(reminder),
        path=reverse("agreements:agreement-list", args=[viewer.collaborative_slug]),
        template="agreements/mail/expiring.txt",
    )
