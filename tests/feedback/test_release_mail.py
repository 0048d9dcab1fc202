"""Whoever belongs to the programme hears that a release is there, without a word of what is in it."""

import pytest
from django.core import mail
from django.db import transaction
from django.urls import reverse

from accounts.models import User
from collaboratives.models import Grant
from collaboratives.notifications.enums import How, MailState, NotificationKind
from collaboratives.notifications.models import Notification
from collaboratives.notifications.selectors.digest import waiting_for
from collaboratives.notifications.services.wishing import choose as wish
from collaboratives.services.people import end_role
from events.models import Event
from feedback.models import Release, ReleaseMail
from feedback.services.release_mail import send_due, tell_no_more
from feedback.services.releases import withdraw_release
from feedback.services.scheduling import cancel_schedule
from privacy.roles import Role
from tenancy.context import Acting, acting
from tests.world import World
from tests.worlds import programme, releases
from tests.worlds.programme import HOSPITALS, email


@pytest.fixture
def told(world: World) -> list[mail.EmailMessage]:
    releases.publish(releases.draft("Winter 2026", *releases.WINDOW))
    send()
    return [each for each in mail.outbox if "Winter 2026" in each.subject]


@pytest.mark.worker
def test_everybody_of_the_programme_gets_one_mail(told: list[mail.EmailMessage]) -> None:
    receivers = [address for each in told for address in each.to]

    assert {email(name) for name in ("alder.champion", "birch.abstractor", "dana", "ben", "sam")} <= set(receivers)
    assert len(receivers) == len(set(receivers)), "somebody with two roles is written to once"
    assert email("stella") not in receivers, "her programme is another one"


@pytest.mark.worker
def test_mail_holds_a_link_and_nothing_clinical(told: list[mail.EmailMessage]) -> None:
    (mine,) = [each for each in told if each.to == [email("alder.champion")]]

    assert reverse("home-collaborative", args=["colectomy-mi"]) in mine.body
    words = set(mine.body.replace("/", " ").split())
    assert not words & {"41", "7.3%", "SSI", "infections", "Surgical-site"}
    assert not any(name in mine.body for _, name, _ in HOSPITALS.values())


def choose(name: str, how: How) -> None:
    wish(user_id=programme.USERS[name][0], hows={NotificationKind.RELEASE: how})


def receivers(subject: str) -> list[str]:
    return [address for each in mail.outbox if subject in each.subject for address in each.to]


def send() -> int:
    return send_due(releases.worker().collaborative_id)


@pytest.fixture
def released(world: World) -> Release:
    """Everybody is noted, nobody is written to yet: what follows a commit has not run."""
    choose("alder.champion", How.PRODUCT)
    choose("cedar.champion", How.DIGEST)
    return releases.publish(releases.draft("Winter 2026", *releases.WINDOW))


@pytest.mark.worker
def test_who_said_never_is_not_written_to(world: World, released: Release) -> None:
    send()

    assert email("birch.champion") in receivers("Winter 2026")
    assert email("alder.champion") not in receivers("Winter 2026")


@pytest.mark.worker
def test_mail_of_the_day_tells_of_the_release_in_force(world: World, released: Release) -> None:
    """Not in a mail of its own, and not of one that another has replaced."""
    releases.publish(releases.draft("Spring 2027", *releases.WINDOW))
    send()
    who = world.viewer("cedar.champion")
    with acting(releases.worker()), transaction.atomic():
        lines = waiting_for(who.user_id, who.collaborative_id)

    assert email("cedar.champion") not in receivers("2026") + receivers("2027")
    assert [line.title for line in lines if line.kind is NotificationKind.RELEASE] == ["Release Spring 2027 is there"]


@pytest.mark.worker
def test_everybody_finds_it_in_the_product(world: World, released: Release) -> None:
    with acting(releases.worker()), transaction.atomic():
        rows = Notification.objects.filter(key=f"release-{released.public_id}")
        told = dict(rows.values_list("user__email", "mail"))

    assert told[email("alder.champion")] == told[email("birch.champion")] == MailState.NONE
    assert told[email("cedar.champion")] == MailState.WAITING
    assert {email("sam"), email("dana")} <= set(told)


@pytest.mark.worker
def test_withdrawn_release_is_in_nobodys_mail_of_the_day(world: World, released: Release) -> None:
    who = world.viewer("cedar.champion")
    with world.acting_as("dana") as by:
        withdraw_release(release=released, reason="Sent twice.", by=by)
    with acting(releases.worker()), transaction.atomic():
        tell_no_more(Event.objects.get(kind="release_withdrawn", subject_id=released.pk))
        lines = waiting_for(who.user_id, who.collaborative_id)

    assert [line for line in lines if line.kind is NotificationKind.RELEASE] == []


@pytest.mark.worker
@pytest.mark.parametrize("why", ["role", "account", "wish", "withdrawn"])
def test_what_happened_since_stops_a_mail(world: World, released: Release, why: str) -> None:
    """Attack BA-17: between noting and sending."""
    who = world.viewer("birch.champion")
    if why == "role":
        with world.acting_as("dana") as by:
            for grant in Grant.objects.filter(user_id=who.user_id):
                end_role(grant=grant, by=by)
    elif why == "account":
        with acting(Acting("platform")), transaction.atomic():
            User.objects.filter(pk=who.user_id).update(is_active=False)
    elif why == "wish":
        choose("birch.champion", How.PRODUCT)
    else:
        with world.acting_as("dana") as by:
            withdraw_release(release=released, reason="Sent twice.", by=by)
    send()

    assert email("birch.champion") not in receivers("Winter 2026")
    ends = {"role": "no_role", "account": "no_role", "wish": "unwanted", "withdrawn": "over"}
    with acting(releases.worker()), transaction.atomic():
        assert ReleaseMail.objects.get(user_id=who.user_id, release=released).end == ends[why]


@pytest.mark.worker
def test_sending_twice_writes_once(world: World, released: Release) -> None:
    first = send()

    assert first == len(mail.outbox) > 10
    assert send() == 0


@pytest.mark.worker
def test_mail_server_that_is_away_keeps_them_waiting(
    world: World, released: Release, settings: pytest.FixtureRequest
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # type: ignore[attr-defined]  # nobody listens there
    settings.EMAIL_PORT = 9  # type: ignore[attr-defined]
    assert send() == 0
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"  # type: ignore[attr-defined]

    assert send() > 10


@pytest.mark.worker
def test_every_mail_has_one_receiver_and_tells_no_place(world: World, released: Release) -> None:
    send()
    told = [each for each in mail.outbox if "Winter 2026" in each.subject]

    assert all(len(each.recipients()) == 1 for each in told)
    assert len({each.extra_headers["Message-ID"] for each in told}) == len(told)
    assert all(each.extra_headers["Message-ID"].endswith("@colloquy>") for each in told)


# The private notice --------------------------------------------------------------------------------------------------


@pytest.mark.worker
def test_notice_goes_to_champion_and_administrator_of_that_hospital(world: World) -> None:
    choose("birch.champion", How.PRODUCT)  # a duty, not a service
    send()

    told = [each for each in mail.outbox if releases.SCHEDULED in each.subject]
    assert sorted(address for each in told for address in each.to) == [
        email("birch.administrator"),
        email("birch.champion"),
    ]
    for each in told:
        assert reverse("feedback:notice", args=["colectomy-mi"]) in each.body
        assert not any(name in each.body for _, name, _ in HOSPITALS.values())
        assert not {"worse", "antibiotic", "Antibiotic", "%"} & set(each.body.split())


@pytest.mark.worker
@pytest.mark.parametrize("why", ["role", "cancelled"])
def test_notice_that_is_over_is_not_sent(world: World, why: str) -> None:
    with world.acting_as("dana") as by:
        if why == "role":
            user = world.viewer("birch.champion").user_id
            end_role(grant=Grant.objects.get(user_id=user, role=Role.CHAMPION), by=by)
        else:
            cancel_schedule(release=Release.objects.get(name=releases.SCHEDULED), by=by)
    send()

    assert email("birch.champion") not in receivers(releases.SCHEDULED)


@pytest.mark.worker
def test_notice_stands_in_the_product_from_its_mail_on(world: World) -> None:
    with acting(releases.worker()), transaction.atomic():
        assert not Notification.objects.filter(kind=NotificationKind.NOTICE).exists()
    send()
    with acting(releases.worker()), transaction.atomic():
        people = Notification.objects.filter(kind=NotificationKind.NOTICE).values_list("user__email", flat=True)
        assert sorted(people) == [email("birch.administrator"), email("birch.champion")]
