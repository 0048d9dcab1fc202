"""One mail a person and day: what is due everywhere, nothing that is not theirs, and none where nothing is due."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from collaboratives.models import Grant
from collaboratives.notifications.enums import How, MailState, NotificationKind
from collaboratives.notifications.models import Notification, NotificationWish
from collaboratives.notifications.services.notifying import notify
from collaboratives.selectors.places import acting_for
from collaboratives.services.people import end_role
from coordination.week import tasks
from coordination.week.enums import DigestState
from coordination.week.models import Digest, WaitingList, WaitingTask
from coordination.week.selectors.tasks import list_of
from coordination.week.services.digests import send_digests
from coordination.week.services.mail_examples import mail_examples
from privacy.viewer import Viewer
from tenancy.context import Acting, acting
from tests.world import World
from tests.worlds import programme, week
from tests.worlds.programme import HOSPITALS, email


pytestmark = pytest.mark.worker
PLATFORM = Acting("platform")


def compute(slug: str = "colectomy-mi") -> Acting:
    return Acting("compute", collaborative_id=programme.collaborative(slug).pk)


@pytest.fixture
def morning(world: World) -> Iterator[datetime]:
    """Eight o'clock in Detroit of tomorrow; every list is counted, and nothing waits but what a test puts there."""
    tomorrow = timezone.now().date() + timedelta(days=1)
    with time_machine.travel(datetime.combine(tomorrow, time(13), UTC), tick=True):
        for slug in programme.DIRECTORS:
            week.count(slug)
            with acting(compute(slug)), transaction.atomic():
                WaitingTask.objects.all().delete()
        mail.outbox.clear()
        yield timezone.now()


def waits(viewer: Viewer, title: str, *, days: int | None, kind: str = "cases") -> None:
    """A task of this person, due in so many days."""
    with acting(acting_for(viewer)), transaction.atomic():
        kept = list_of(viewer)
    assert kept is not None
    with acting(Acting("compute", collaborative_id=viewer.collaborative_id)), transaction.atomic():
        WaitingTask.objects.create(
            collaborative_id=viewer.collaborative_id,
            participation_id=viewer.participation_id,
            user_id=viewer.user_id,
            capacity=viewer.capacity,
            waiting_list=WaitingList.objects.get(pk=kept.pk),
            kind=kind,
            key=title,
            title=title,
            path="/",
            due_on=timezone.now().date() + timedelta(days=days) if days is not None else None,
        )


def told(viewer: Viewer, title: str) -> None:
    with acting(Acting("compute", collaborative_id=viewer.collaborative_id)), transaction.atomic():
        notify(
            [viewer.user_id],
            kind=NotificationKind.ESCALATION,  # in one mail a day where nobody chose
            title=title,
            path="/c/x/",
            key=title,
            collaborative_id=viewer.collaborative_id,
        )


def sent() -> list[EmailMessage]:
    """What a run of the clock sends."""
    before = len(mail.outbox)
    send_digests()
    return list(mail.outbox[before:])


def state_of(name: str) -> str:
    with acting(PLATFORM), transaction.atomic():
        return Digest.objects.get(user=programme.USERS[name][0]).state


def test_who_has_something_due_gets_one_mail_and_nobody_else_any(world: World, morning: datetime) -> None:
    waits(world.viewer("alder.champion"), "Sign the agreement", days=-2, kind="agreement")
    waits(world.viewer("alder.champion"), "Complete cases", days=5)
    waits(world.viewer("alder.champion"), "Much later", days=30)
    waits(world.viewer("birch.champion"), "Some day", days=None)
    (message,) = sent()

    assert message.to == [email("alder.champion")]
    assert message.cc == message.bcc == []
    assert message.subject == "Colloquy today: 1 overdue, 1 due within a week"
    body = str(message.body)
    assert f"Colectomy Michigan, {HOSPITALS['alder'][1]}" in body
    assert "- Sign the agreement (was due" in body
    assert "- Complete cases (due" in body
    assert "Much later" not in body
    assert "1 more waits" in body
    assert "/c/colectomy-mi/tasks/" in body
    assert state_of("alder.champion") == DigestState.SENT
    assert state_of("birch.champion") == DigestState.NOTHING


def test_it_goes_once_however_often_the_clock_strikes(world: World, morning: datetime) -> None:
    waits(world.viewer("cora"), "Decide contested cases", days=0)
    assert len(sent()) == 1
    waits(world.viewer("birch.champion"), "Comes at noon", days=0)
    assert sent() == []
    with time_machine.travel(morning + timedelta(days=1), tick=True):
        assert {each.to[0] for each in sent()} == {email("cora"), email("birch.champion")}


def test_a_crash_sends_the_same_mail_again_at_worst(world: World, morning: datetime) -> None:
    waits(world.viewer("cora"), "Decide contested cases", days=0)
    (first,) = sent()
    with acting(PLATFORM), transaction.atomic():
        Digest.objects.filter(user=programme.USERS["cora"][0]).update(state=DigestState.PLANNED, ended_at=None)
    (again,) = sent()
    assert first.extra_headers["Message-ID"] == again.extra_headers["Message-ID"]
    assert "notices" in str(first.extra_headers["List-Unsubscribe"])


def test_nothing_goes_before_seven_of_their_programme(world: World, morning: datetime) -> None:
    waits(world.viewer("cora"), "Decide contested cases", days=0)
    waits(world.viewer("hanna", "hernia-lakes"), "Of the other programme", days=0)
    with time_machine.travel(morning.replace(hour=11, minute=59), tick=False):  # 06:59 in Detroit, noon in UTC
        assert [each.to for each in sent()] == [[email("hanna")]]


def test_each_place_has_its_section_and_no_name_of_another(world: World, morning: datetime) -> None:
    """Ida abstracts at two hospitals: one mail; in the section of each stands what is asked there."""
    waits(world.viewer("ida", hospital="alder"), "Complete cases of A", days=1)
    waits(world.viewer("ida", hospital="birch"), "Complete cases of B", days=1)
    (message,) = sent()
    first, second = (HOSPITALS[name][1] for name in ("alder", "birch"))
    head, _, tail = str(message.body).partition(second)
    assert "of A" in head and "of B" not in head  # noqa: PT018 -- one thought
    assert "of B" in tail and first not in tail and "of A" not in tail  # noqa: PT018 -- one thought
    assert first not in message.subject


def test_a_centre_reads_equal_tasks_in_one_line(world: World, morning: datetime) -> None:
    for _ in range(3):
        waits(world.viewer("cora"), "Renew the data-use agreement", days=-1, kind="agreement")
    (message,) = sent()
    assert "- Renew the data-use agreement, 3 times (was due" in str(message.body)


def test_what_people_wrote_stays_in_the_product(world: World, morning: datetime) -> None:
    waits(world.viewer("alder.champion"), "Look into the death of May", days=1, kind="meeting_action")
    waits(world.viewer("alder.champion"), "Vote: Retire it?", days=1, kind="vote")
    (message,) = sent()
    assert "May" not in str(message.body)
    assert "Do what was agreed in a meeting" in str(message.body)
    assert "Vote in a ballot" in str(message.body)


def test_somebody_whose_role_ended_gets_nothing(world: World, morning: datetime) -> None:
    waits(world.viewer("alder.clinician"), "Review release", days=0)
    with world.acting_as("cora") as cora:
        end_role(grant=Grant.objects.get(user_id=programme.USERS["alder.clinician"][0], ends_at=None), by=cora)
    assert sent() == []


def test_a_role_that_ends_between_planning_and_sending_stops_it(
    world: World, morning: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits(world.viewer("alder.clinician"), "Review release", days=0)
    with monkeypatch.context() as patch:
        patch.setattr("coordination.week.services.digests._send_all", lambda _planned: 0)
        sent()
    assert state_of("alder.clinician") == DigestState.PLANNED
    with world.acting_as("cora") as cora:
        end_role(grant=Grant.objects.get(user_id=programme.USERS["alder.clinician"][0], ends_at=None), by=cora)
    assert sent() == []
    assert state_of("alder.clinician") == DigestState.NO_ROLE


def test_news_that_is_read_once_a_day_stands_in_it_once(world: World, morning: datetime) -> None:
    viewer = world.viewer("alder.champion")
    told(viewer, "Something has waited long")
    (message,) = sent()
    assert message.subject == "Colloquy today: 1 new"
    assert "New in Colectomy Michigan\n- Something has waited long\n" in str(message.body)
    with acting(compute()), transaction.atomic():
        assert Notification.objects.get(user=viewer.user_id, title="Something has waited long").mail == MailState.DIGEST
    with time_machine.travel(morning + timedelta(days=1), tick=True):
        assert sent() == []


def test_who_wants_no_tasks_by_mail_gets_none(world: World, morning: datetime) -> None:
    viewer = world.viewer("alder.champion")
    with acting(Acting("member", user_id=viewer.user_id)), transaction.atomic():
        NotificationWish.objects.create(user_id=viewer.user_id, kind=NotificationKind.TASK, how=How.PRODUCT)
    waits(viewer, "Complete cases", days=0)
    assert sent() == []
    assert state_of("alder.champion") == DigestState.NOTHING


def test_a_mail_server_that_is_away_keeps_them_waiting(
    world: World, morning: datetime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    waits(world.viewer("cora"), "Decide contested cases", days=0)
    with monkeypatch.context() as patch:
        patch.setattr(EmailMessage, "send", _away)
        assert sent() == []
    assert "wait for the mail server" in caplog.text
    assert state_of("cora") == DigestState.PLANNED
    assert len(sent()) == 1


def _away(*_: object, **__: object) -> int:
    raise ConnectionRefusedError("away")


def test_yesterdays_mail_is_not_sent_with_todays(world: World, morning: datetime) -> None:
    waits(world.viewer("cora"), "Decide contested cases", days=0)
    with acting(PLATFORM), transaction.atomic():
        Digest.objects.create(
            user_id=programme.USERS["cora"][0],
            day=morning.date() - timedelta(days=1),
            planned_at=morning - timedelta(hours=25),
        )
    assert len(sent()) == 1
    with acting(PLATFORM), transaction.atomic():
        states = Digest.objects.filter(user_id=programme.USERS["cora"][0]).order_by("day")
        assert list(states.values_list("state", flat=True)) == [DigestState.OVER, DigestState.SENT]


def test_somebody_else_who_holds_the_row_sends_it(world: World, morning: datetime) -> None:
    from coordination.week.services.digests import _send  # noqa: PLC0415 -- the step that two workers would take

    waits(world.viewer("cora"), "Decide contested cases", days=0)
    sent()
    with acting(PLATFORM), transaction.atomic():
        done = Digest.objects.get(user_id=programme.USERS["cora"][0])
        assert _send(done.pk, mail.get_connection()) is False


def test_the_clocks_task_sends(world: World, morning: datetime) -> None:
    waits(world.viewer("cora"), "Decide contested cases", days=0)
    tasks.send_digests()
    tasks.refresh_lists()
    tasks.escalate()
    assert [each.to for each in mail.outbox] == [[email("cora")]]


def test_the_example_is_rendered_as_the_real_one_is(world: World) -> None:
    with world.acting_as("cora") as cora:
        (example,) = mail_examples(cora)
    assert "Complete cases, 3 overdue (was due" in example.body
    assert example.subject == "Colloquy today: 1 overdue, 1 due within a week, 1 new"
    assert not any(full in example.body for _, full, _ in HOSPITALS.values())


def test_people_of_no_programme_are_left_alone(world: World, morning: datetime) -> None:
    with acting(PLATFORM), transaction.atomic():
        user = User.objects.get(pk=programme.USERS["cora"][0])
        User.objects.filter(pk=user.pk).update(is_active=False)
    send_digests()
    with acting(PLATFORM), transaction.atomic():
        assert not Digest.objects.filter(user=user).exists()
        User.objects.filter(pk=user.pk).update(is_active=True)
