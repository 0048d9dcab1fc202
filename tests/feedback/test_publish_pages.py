"""Pages of the director: type the name, prove who you are, and come back to what was filled in."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from feedback.enums import ReleaseState
from feedback.models import Release, ReleasePolicy
from feedback.services.scheduling import cancel_schedule
from tests.feedback.test_pages import SLUG, public_id, text_of, url, words
from tests.world import World
from tests.worlds import releases
from tests.worlds.programme import PASSWORD


FORM = {"when": "later", "day": "2027-01-15", "time": "08:00", "reason": "", "name": releases.SCHEDULED}


@pytest.fixture
def approved(world: World) -> Release:
    """The world's scheduled one, back at the director."""
    with world.acting_as("dana") as by:
        return cancel_schedule(release=Release.objects.get(name=releases.SCHEDULED), by=by)


def address(release: Release, step: str = "release-publish") -> str:
    return url(step, release.public_id)


def prove(client: Client, answer: object, password: str = PASSWORD) -> object:
    """Follow to the page that asks, and answer it."""
    return client.post(answer["Location"], {"password": password})  # type: ignore[index]  # a redirect


def state(world: World, release: Release) -> Release:
    with world.acting_as("dana"):
        return Release.objects.get(pk=release.pk)


def filled(page: str) -> dict[str, str]:
    """Values of the inputs that carry one."""
    found = re.findall(r"<input[^>]*>", page)
    pairs = [(re.search(r'name="(\w+)"', each), re.search(r'value="([^"]*)"', each), each) for each in found]
    return {
        name[1]: value[1]
        for name, value, each in pairs
        if name and value and ("radio" not in each or "checked" in each)
    }


def test_first_moment_that_leaves_the_days_is_proposed(world: World, approved: Release) -> None:
    page = text_of(world, "dana", address(approved))

    day = (timezone.now() + timedelta(days=7)).date()
    proposed = filled(page)
    assert (proposed["when"], proposed["time"]) == ("later", "08:00")
    assert day.isoformat() <= proposed["day"] <= (day + timedelta(days=2)).isoformat()
    assert "1 hospital reads worse than the collaborative" in words(page)
    assert "You will be asked for your password" in words(page)


def test_director_is_asked_who_they_are_and_finds_the_form_filled(world: World, approved: Release) -> None:
    client = world.client("dana")
    answer = client.post(address(approved), FORM)

    assert answer.status_code == 302
    asked = urlsplit(answer["Location"])
    assert asked.path == reverse("account_reauthenticate")
    assert parse_qs(asked.query)["next"] == [address(approved)]
    assert state(world, approved).state == ReleaseState.APPROVED
    back = prove(client, answer)
    assert back["Location"] == address(approved)  # type: ignore[index]
    page = client.get(address(approved)).content.decode()
    assert {name: filled(page).get(name, "") for name in ("when", "day", "time", "name")} == {
        name: FORM[name] for name in ("when", "day", "time", "name")
    }
    assert "You have just confirmed who you are" in words(page)
    assert client.post(address(approved), FORM).status_code == 302
    found = state(world, approved)
    assert (found.state, found.scheduled_for.isoformat()) == (ReleaseState.SCHEDULED, "2027-01-15T13:00:00+00:00")  # type: ignore[union-attr]


def test_wrong_password_releases_nothing(world: World, approved: Release) -> None:
    client = world.client("dana")
    answer = client.post(address(approved), FORM)

    assert prove(client, answer, "not the password").status_code == 200  # type: ignore[attr-defined]
    assert client.post(address(approved), FORM)["Location"].startswith(reverse("account_reauthenticate"))
    assert state(world, approved).state == ReleaseState.APPROVED


def test_proof_grows_old(world: World, approved: Release) -> None:
    client = world.client("dana")
    prove(client, client.post(address(approved), FORM))
    session = client.session
    session["account_authentication_methods"][-1]["at"] -= settings.ACCOUNT_REAUTHENTICATION_TIMEOUT + 1
    session.save()

    assert client.post(address(approved), FORM)["Location"].startswith(reverse("account_reauthenticate"))


def test_what_was_filled_in_is_shown_on_its_own_page_once(world: World, approved: Release) -> None:
    client = world.client("dana")
    prove(client, client.post(address(approved), FORM))
    other = client.get(url("release-withdraw", public_id(world, releases.NAME))).content.decode()

    assert releases.SCHEDULED not in filled(other).values()
    assert filled(client.get(address(approved)).content.decode())["day"] == FORM["day"]
    assert filled(client.get(address(approved)).content.decode())["day"] != FORM["day"]


@pytest.mark.parametrize(
    ("change", "words_of"),
    [
        ({"name": "Winter"}, "Type “Winter 2027” exactly to confirm."),
        ({"day": ""}, "Choose a day."),
        ({"time": ""}, "Choose a time."),
        ({"day": "2027-03-14", "time": "02:30"}, "There is no 02:30 on 14 March 2027: clocks go forward over it."),
    ],
)
def test_form_says_what_is_wrong_before_it_asks_for_a_password(
    world: World, approved: Release, change: dict[str, str], words_of: str
) -> None:
    answer = world.client("dana").post(address(approved), FORM | change)

    assert answer.status_code == 422
    assert words_of in words(answer.content.decode())


def test_too_early_asks_for_a_reason_beside_the_field(world: World, approved: Release) -> None:
    client = world.client("dana")
    prove(client, client.post(address(approved), FORM))
    answer = client.post(address(approved), FORM | {"when": "now"})

    assert answer.status_code == 422
    assert "or write why it cannot wait." in words(answer.content.decode())
    assert client.post(address(approved), FORM | {"when": "now", "reason": "They know."}).status_code == 302
    assert state(world, approved).state == ReleaseState.RELEASING


@pytest.mark.parametrize("name", ["cora", "ben", "vera", "alder.champion"])
def test_only_the_director_opens_the_page(world: World, approved: Release, name: str) -> None:
    text_of(world, name, address(approved), status=403)


def test_release_page_says_who_is_awaited(world: World, approved: Release) -> None:
    assert "It waits for you to release it to members." in words(
        text_of(world, "dana", address(approved, "release-detail"))
    )
    told = words(text_of(world, "cora", address(approved, "release-detail")))
    assert "It waits for the programme director (Dana Pellworthy) to release it to members." in told
    draft = words(text_of(world, "dana", url("release-detail", public_id(world, releases.DRAFT))))
    assert "It waits for the biostatistician (Ben Nettlecombe) to approve the statistics." in draft


def test_release_page_tells_what_happened_and_when_members_see_it(world: World) -> None:
    page = words(text_of(world, "cora", url("release-detail", public_id(world, releases.SCHEDULED))))

    assert "Members see it on" in page
    assert "Scheduled by Dana Pellworthy for" in page
    assert "1 hospital has bad news to read in private from" in page
    for text in ("Window closed, draft begun", "Statistics approved", "Private notices prepared for 1 hospital"):
        assert text in page


def test_schedule_is_cancelled_on_the_page(world: World) -> None:
    key = public_id(world, releases.SCHEDULED)
    answer = world.client("dana").post(url("release-unschedule", key), follow=True)

    assert "Private notices of it are closed." in words(answer.content.decode())
    again = world.client("dana").post(url("release-unschedule", key), follow=True)
    assert "there is nothing to cancel" in words(again.content.decode())


def test_statistician_writes_a_reason_for_every_stop(world: World) -> None:
    key = public_id(world, releases.DRAFT)
    client = world.client("ben")
    page = client.get(url("release-detail", key)).content.decode()
    assert re.findall(r'name="reason-(\w+)"', page) == ["timeliness"]

    without = client.post(url("release-approve", key), {"reason-timeliness": " "}, follow=True)
    assert "these checks say stop: “Cases in time”" in words(without.content.decode())
    done = client.post(url("release-approve", key), {"reason-timeliness": "Old rule."}, follow=True)
    told = words(done.content.decode())
    assert "Approved." in told
    assert "Approved all the same: Old rule. Ben Nettlecombe" in told


def test_director_sets_what_releases_must_meet(world: World) -> None:
    client, page = world.client("dana"), url("release-policy")
    assert "These are the defaults" in words(client.get(page).content.decode())
    values = {"completeness": 95, "timeliness": 70, "capture": 90, "agreement": 90, "largest_move": 20}

    assert client.post(page, {**values, "notice_days": 91}).status_code == 422
    assert client.post(page, {**values, "notice_days": 14}).status_code == 302
    with world.acting_as("dana"):
        assert ReleasePolicy.objects.get().policy.notice_days == 14
    assert "Last set by Dana Pellworthy" in words(client.get(page).content.decode())


def test_scheduled_release_stands_on_the_centres_home(world: World) -> None:
    told = words(text_of(world, "cora", f"/c/{SLUG}/"))
    assert re.search(rf"Release {releases.SCHEDULED} .*Release to members[^.]* scheduled \w+ \d+ \w+ \d{{4}}", told)
