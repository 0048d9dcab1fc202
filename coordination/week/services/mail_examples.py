"""What the mail of the day looks like, with made-up rows, for the page on which the coordinator sees every mail."""

from datetime import timedelta

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from collaboratives.definition.mail_example import MailExample
from collaboratives.models import Collaborative
from collaboratives.notifications.enums import NotificationKind
from collaboratives.notifications.selectors.digest import DigestLine
from collaboratives.selectors.clock import today_of
from coordination.week.selectors.digest import DayMail, Line, News, Section
from coordination.week.selectors.tasks import OVERDUE, WEEK
from coordination.week.services.digests import message_of
from privacy.viewer import Viewer


def mail_examples(viewer: Viewer) -> list[MailExample]:
    """Rendered as the real one is."""
    programme = Collaborative.objects.get(pk=viewer.collaborative_id)
    today = today_of(programme)
    tasks = reverse("week:task-list", args=[programme.slug])
    section = Section(
        programme=programme.name,
        place="Example Hospital",
        overdue=(Line(when=OVERDUE, words="Complete cases, 3 overdue", day=today - timedelta(days=4)),),
        soon=(Line(when=WEEK, words="Renew the data-use agreement", day=today + timedelta(days=5)),),
        more=2,
        link=f"{settings.BASE_URL}{tasks}",
    )
    news = News(
        programme=programme.name,
        collaborative_id=programme.pk,
        lines=(DigestLine(id=0, title="A new version of the manual", url=tasks, kind=NotificationKind.DOCUMENT),),
    )
    reader = User(full_name="Alex Example", email="alex@example.org")
    message = message_of(DayMail(user=reader, sections=(section,), news=(news,)), today)
    return [
        MailExample(
            name="Mail of the day",
            when="At seven in the morning, to whoever has something overdue or due within a week, or news to read",
            subject=str(message.subject),
            body=str(message.body),
            template="week/mail/digest.txt",
        )
    ]
