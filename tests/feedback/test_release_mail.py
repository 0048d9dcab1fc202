"""Whoever belongs to the programme hears that a release is there, without a word of what is in it."""

import re
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.enums import ReleaseMailWhen
from accounts.models import User
from collaboratives.models import Grant
from collaboratives.services.people import end_role
from feedback.models import Release, ReleaseMail
from feedback.services.release_mail import send_due
from feedback.services.releases import withdraw_release
from feedback.services.scheduling import cancel_schedule
from privacy.roles import Role
from tenancy.context import Acting, acting
from tests.world import World
from tests.worlds import releases
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


def choose(name: str, when: ReleaseMailWhen) -> None:
    with acting(Acting("platform")), transaction.atomic():
        User.objects.filter(email=email(name)).update(release_mail=when)


def receivers(subject: str) -> list[str]:
    return [address for each in mail.outbox if subject in each.subject for address in each.to]


def send() -> int:
    return send_due(releases.worker().collaborative_id)


@pytest.fixture
def released(world: World) -> Release:
    """Everybody is noted, nobody is written to yet: what follows a commit has not run."""
    choose("alder.champion", ReleaseMailWhen.NEVER)
    choose("cedar.champion", ReleaseMailWhen.DAILY)
    return releases.publish(releases.draft("Winter 2026", *releases.WINDOW))


@pytest.mark.worker
def test_who_said_never_is_not_written_to(world: World, released: Release) -> None:
    send()

    assert email("birch.champion") in receivers("Winter 2026")
    assert email("alder.champion") not in receivers("Winter 2026")


@pytest.mark.worker
def test_morning_mail_waits_for_the_morning_and_tells_all_at_once(world: World, released: Release) -> None:
    send()
    assert email("cedar.champion") not in receivers("Winter 2026")
    releases.publish(releases.draft("Spring 2027", *releases.WINDOW))
    send()
    assert email("cedar.champion") not in receivers("Spring 2027")
    with acting(releases.worker()), transaction.atomic():
        waiting = ReleaseMail.objects.filter(user__email=email("cedar.champion"), ended_at=None)
        assert {each.due_at.astimezone(ZoneInfo("America/Detroit")).hour for each in waiting} == {7}
        waiting.update(due_at=timezone.now())
    send()

    (morning,) = [each for each in mail.outbox if each.to == [email("cedar.champion")]]
    assert "Spring 2027" in morning.subject
    assert "Winter 2026" not in morning.subject, "it is not in force any more"


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
        choose("birch.champion", ReleaseMailWhen.NEVER)
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
    choose("birch.champion", ReleaseMailWhen.NEVER)  # a duty, not a service
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


# The choice ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("when", ReleaseMailWhen.values)
def test_everybody_chooses_for_themselves(world: World, when: str) -> None:
    client = world.client("alder.champion")

    assert client.post(reverse("notices"), {"release_mail": when}).status_code == 302
    page = client.get(reverse("notices")).content.decode()
    assert re.findall(r'value="(\w+)"[^>]*checked', page) == [when]
    assert client.post(reverse("notices"), {"release_mail": "sometimes"}).status_code == 422
