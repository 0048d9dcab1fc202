"""Telling people: once each, as they wish, and only those whom it still concerns when a mail goes."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import User
from collaboratives.models import Grant
from collaboratives.notifications.enums import How, MailState, NotificationKind
from collaboratives.notifications.models import Notification
from collaboratives.notifications.selectors.digest import waiting_for, waiting_in
from collaboratives.notifications.services import notifying
from collaboratives.notifications.services.notifying import mark_in_digest, untell
from collaboratives.notifications.services.sending import send_due
from collaboratives.notifications.services.wishing import choose
from collaboratives.notifications.tasks import send_mail
from collaboratives.services.people import end_role
from tenancy.context import Acting, acting
from tests.world import World
from tests.worlds import programme, releases
from tests.worlds.notifications import tell
from tests.worlds.programme import email


pytestmark = pytest.mark.worker
PEOPLE = ("alder.champion", "birch.champion", "ida", "dana", "sam")


def keys(*names: str) -> set[int]:
    return {programme.USERS[name][0] for name in names}


@pytest.fixture(autouse=True)
def quiet(world: World) -> Iterator[None]:
    """What the world was told has gone."""
    send_due(here())
    mail.outbox.clear()
    with acting(releases.worker()), transaction.atomic():
        yield


def here() -> int:
    return releases.worker().collaborative_id


def state(key: str, name: str) -> str:
    return Notification.objects.get(key=key, user__email=email(name)).mail


def wish(name: str, how: How, kind: NotificationKind = NotificationKind.GROUP) -> None:
    choose(user_id=programme.USERS[name][0], hows={kind: how})


def test_everybody_is_told_once_however_often_it_is_said() -> None:
    assert (tell(keys(*PEOPLE), key="a"), tell(keys(*PEOPLE), key="a")) == (5, 0)
    assert (tell(keys("cora", *PEOPLE), key="a"), tell(keys("cora"), key="b")) == (1, 1)

    assert (send_due(here()), send_due(here())) == (7, 0)
    told = [address for each in mail.outbox for address in each.to]
    assert sorted(told) == sorted([email(name) for name in (*PEOPLE, "cora", "cora")])
    assert len({each.extra_headers["Message-ID"] for each in mail.outbox}) == 7


def test_two_workers_at_once_tell_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second one has read that nobody was told when the first one wrote."""
    tell(keys("dana"), key="a")
    monkeypatch.setattr(notifying.Notification.objects, "filter", lambda **_: Notification.objects.none())
    tell(keys("dana"), key="a")
    monkeypatch.undo()

    assert Notification.objects.filter(key="a").count() == 1


def test_a_mail_has_one_reader_a_link_and_a_way_to_stop_it() -> None:
    tell(keys("dana"), key="a", title="News\nin two lines")
    send_due(here())
    (told,) = mail.outbox

    assert (told.to, told.cc, told.bcc) == ([email("dana")], [], [])
    assert told.subject == "News in two lines (Colectomy Michigan)"
    assert f"Dear {programme.USERS['dana'][1]},\n\nNews in two lines.\n\nhttp" in told.body
    assert "/c/colectomy-mi/" in told.body
    assert told.extra_headers["List-Unsubscribe"].endswith(f"{reverse('notices')}>")
    assert reverse("notices") in told.body


def test_what_cannot_be_stopped_does_not_say_so() -> None:
    tell(keys("dana"), key="a", kind=NotificationKind.REMINDER)
    send_due(here())
    (told,) = mail.outbox

    assert "List-Unsubscribe" not in told.extra_headers
    assert reverse("notices") not in told.body


def test_wishes_decide_how_it_is_heard() -> None:
    wish("dana", How.DIGEST)
    wish("sam", How.PRODUCT)
    tell(keys("dana", "sam", "cora"), key="a")
    send_due(here())

    assert [state("a", name) for name in ("dana", "sam", "cora")] == [MailState.WAITING, MailState.NONE, MailState.SENT]
    assert [each.to for each in mail.outbox] == [[email("cora")]]


@pytest.mark.parametrize(("how", "then"), [(How.DIGEST, MailState.WAITING), (How.PRODUCT, MailState.NONE)])
def test_a_wish_counts_when_the_mail_goes(how: How, then: MailState) -> None:
    tell(keys("dana"), key="a")
    wish("dana", how)

    assert send_due(here()) == 0
    assert state("a", "dana") == then


def test_a_wish_that_a_stricter_rule_forbids_is_as_usual() -> None:
    from collaboratives.notifications.models import NotificationWish  # noqa: PLC0415 -- only to write around the service

    with acting(Acting("member", user_id=programme.USERS["dana"][0])):
        NotificationWish.objects.create(user_id=programme.USERS["dana"][0], kind="agreement", how=How.PRODUCT)
    tell(keys("dana"), key="a", kind=NotificationKind.AGREEMENT)

    assert state("a", "dana") == MailState.PLANNED


def test_product_only_and_own_mails_send_nothing() -> None:
    wish("sam", How.DIGEST)
    asked = {"kind": NotificationKind.GROUP, "title": "News", "path": "/c/colectomy-mi/", "collaborative_id": here()}
    notifying.notify(keys("dana", "sam"), key="quiet", mail=False, **asked)
    notifying.notify(keys("dana", "sam"), key="own", has_own_mail=True, **asked)

    assert [state("quiet", name) for name in ("dana", "sam")] == [MailState.NONE, MailState.NONE]
    assert [state("own", name) for name in ("dana", "sam")] == [MailState.NONE, MailState.WAITING]
    assert send_due(here()) == 0


@pytest.mark.parametrize("why", ["role", "account", "untold"])
def test_what_happened_since_stops_a_mail(world: World, why: str) -> None:
    """Attack BA-17: between noting and sending."""
    tell(keys("birch.champion", "dana"), key="a")
    if why == "role":
        end_roles(world, "birch.champion")
    elif why == "account":
        with acting(Acting("platform")):
            User.objects.filter(email=email("birch.champion")).update(is_active=False)
    else:
        assert untell(collaborative_id=here(), key="a") == 2
    send_due(here())

    assert email("birch.champion") not in [address for each in mail.outbox for address in each.to]
    assert state("a", "birch.champion") == MailState.DROPPED
    assert (state("a", "dana") == MailState.SENT) is (why != "untold")


def end_roles(world: World, name: str, hospital: str = "") -> None:
    with world.acting_as("dana") as dana:
        found = Grant.objects.filter(user__email=email(name), ends_at=None)
        if hospital:
            found = found.filter(participation=programme.participation(hospital))
        for grant in found:
            end_role(grant=grant, by=dana)


def test_news_of_a_hospital_reach_only_who_still_works_there(world: World) -> None:
    """Ida leaves birch and keeps her role at alder; Cora, at the centre, may know of birch."""
    place = programme.participation("birch")
    tell(keys("ida", "cora", "birch.champion"), key="a", participation_id=place.pk)
    end_roles(world, "ida", "birch")
    send_due(here())

    assert sorted(each.to[0] for each in mail.outbox) == sorted([email("cora"), email("birch.champion")])
    assert state("a", "ida") == MailState.DROPPED


# The mail of the day --------------------------------------------------------------------------------------------------


def test_the_mail_of_the_day_takes_what_waits_once(world: World) -> None:
    wish("ida", How.DIGEST)
    wish("dana", How.DIGEST)
    place = programme.participation("birch")
    tell(keys("ida", "dana"), key="a", title="First")
    tell(keys("ida"), key="b", title="Second", participation_id=place.pk)
    ida, dana = (programme.USERS[name][0] for name in ("ida", "dana"))
    lines = waiting_for(ida, here())

    assert [(line.title, line.url, line.kind) for line in lines] == [
        ("First", "/c/colectomy-mi/", NotificationKind.GROUP),
        ("Second", "/c/colectomy-mi/", NotificationKind.GROUP),
    ]
    assert {user: [line.title for line in each] for user, each in waiting_in(here()).items()} == {
        ida: ["First", "Second"],
        dana: ["First"],
    }
    end_roles(world, "ida", "birch")
    assert [line.title for line in waiting_for(ida, here())] == ["First"]
    assert mark_in_digest(collaborative_id=here(), user_id=dana, lines=lines) == 0, "the rows of somebody else"
    assert (mark_in_digest(collaborative_id=here(), user_id=ida, lines=lines[:1]), waiting_for(ida, here())) == (1, [])
    assert mark_in_digest(collaborative_id=here(), user_id=ida, lines=lines[:1]) == 0
    assert state("a", "ida") == MailState.DIGEST


# Faults ---------------------------------------------------------------------------------------------------------------


def test_a_mail_server_that_is_away_keeps_them_waiting(settings: Any) -> None:
    tell(keys("dana"), key="a")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 9
    assert send_due(here()) == 0
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    assert send_due(here()) == 1


def test_an_address_that_is_refused_stops_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    from smtplib import SMTPRecipientsRefused  # noqa: PLC0415 -- raised only here

    from django.core.mail.backends.locmem import EmailBackend  # noqa: PLC0415

    def send(self: EmailBackend, messages: list[mail.EmailMessage], _send: Any = EmailBackend.send_messages) -> int:
        if messages[0].to == [email("dana")]:
            raise SMTPRecipientsRefused({email("dana"): (550, b"no such person")})
        return int(_send(self, messages))

    monkeypatch.setattr(EmailBackend, "send_messages", send)
    tell(keys("dana"), key="a")
    tell(keys("sam"), key="a")

    assert send_due(here()) == 1
    assert (state("a", "dana"), state("a", "sam")) == (MailState.DROPPED, MailState.SENT)


@pytest.mark.parametrize("path", ["https://elsewhere.example/", "//elsewhere.example/", ""])
def test_a_path_leads_nowhere_else(path: str) -> None:
    with pytest.raises(IntegrityError, match="notifications_path_is_ours"), transaction.atomic():
        notifying.notify(
            keys("dana"), kind=NotificationKind.GROUP, title="x", path=path, key="x", collaborative_id=here()
        )


@pytest.mark.parametrize("everywhere", [True, False])
def test_the_task_sends_here_or_everywhere(everywhere: bool) -> None:  # noqa: FBT001 -- a parameter of the test
    tell(keys("dana"), key="a")
    with acting(releases.worker("hernia-lakes")):
        tell(keys("stella"), "hernia-lakes", key="a")
    send_mail(collaborative_id=0 if everywhere else here())

    to = {each.to[0] for each in mail.outbox}
    assert email("dana") in to
    assert (email("stella") in to) is everywhere
