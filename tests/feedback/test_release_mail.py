"""Whoever belongs to the programme hears that a release is there, without a word of what is in it."""

from collections.abc import Callable

import pytest
from django.core import mail
from django.urls import reverse

from accounts.models import User
from tenancy.context import Acting, acting
from tests.world import World
from tests.worlds import releases
from tests.worlds.programme import HOSPITALS, email


@pytest.fixture
def told(world: World, django_capture_on_commit_callbacks: Callable[..., object]) -> list[mail.EmailMessage]:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]  # a context manager
        releases.publish(releases.draft("Winter 2026", *releases.WINDOW))
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


@pytest.mark.worker
def test_nobody_is_written_to_who_said_no(
    world: World, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    with acting(Acting("platform")):
        User.objects.filter(email=email("alder.champion")).update(release_mail=False)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]  # a context manager
        releases.publish(releases.draft("Winter 2026", *releases.WINDOW))

    receivers = [address for each in mail.outbox if "Winter 2026" in each.subject for address in each.to]
    assert receivers
    assert email("alder.champion") not in receivers


def test_everybody_chooses_for_themselves(world: World) -> None:
    client = world.client("alder.champion")
    page = client.get(reverse("notices")).content.decode()
    assert "checked" in page

    assert client.post(reverse("notices"), {}).status_code == 302
    assert "checked" not in client.get(reverse("notices")).content.decode()
    client.post(reverse("notices"), {"release_mail": "on"})
    assert "checked" in client.get(reverse("notices")).content.decode()
