"""A release is taken back: who may, what members read then, and that its numbers are gone for them."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from events.models import Event
from feedback.errors import ReleaseStateError
from feedback.models import PeerDistribution, Release, SiteResult
from feedback.services.releases import withdraw_release
from privacy.viewer import PermissionRefusedError
from tests.feedback.test_pages import public_id, text_of, url, words
from tests.world import World
from tests.worlds import releases
from tests.worlds.programme import PASSWORD


REASON = "Two hospitals had sent their cases twice."


@pytest.fixture
def later(world: World) -> Release:
    return releases.publish(releases.draft("Winter 2026", *releases.WINDOW))


def withdraw(world: World, release: Release, reason: str = REASON, who: str = "dana") -> Release:
    with world.acting_as(who) as by, transaction.atomic():
        return withdraw_release(release=release, reason=reason, by=by)


@pytest.mark.worker
def test_one_before_is_in_force_again_and_says_why(world: World, later: Release) -> None:
    withdraw(world, later)

    with world.acting_as("alder.champion"):
        (seen,) = Release.objects.filter(state="released")
        assert seen.name == releases.NAME
        assert seen.notice.startswith("Release Winter 2026 was withdrawn on ")
        assert seen.notice.endswith(f": {REASON}")


@pytest.mark.worker
def test_its_numbers_are_gone_for_members_and_kept_for_the_centre(world: World, later: Release) -> None:
    with world.acting_as("alder.champion"):
        assert SiteResult.objects.filter(release=later).exists()
    withdraw(world, later)

    with world.acting_as("alder.champion"):
        assert not Release.objects.filter(pk=later.pk).exists()
        assert not SiteResult.objects.filter(release=later).exists()
        assert not PeerDistribution.objects.filter(release=later).exists()
    with world.acting_as("ben"):
        kept = Release.objects.get(pk=later.pk)
        assert (kept.state, kept.withdrawn_reason) == ("withdrawn", REASON)
        assert Event.objects.filter(kind="release_withdrawn", subject_id=later.pk).exists()


@pytest.mark.worker
def test_only_the_director_and_only_with_a_reason(world: World, later: Release) -> None:
    with pytest.raises(PermissionRefusedError):
        withdraw(world, later, who="cora")
    with pytest.raises(ReleaseStateError, match="Write why"):
        withdraw(world, later, reason="  ")
    withdraw(world, later)
    with pytest.raises(ReleaseStateError, match="not in force"):
        withdraw(world, later)


@pytest.mark.worker
def test_database_wants_the_reason_too(world: World, later: Release) -> None:
    with world.acting_as("dana"), pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.filter(pk=later.pk).update(state="withdrawn")


def sure(world: World) -> Client:
    """The director, who has just proved who they are."""
    client = world.client("dana")
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def test_first_release_leaves_nothing_behind(world: World) -> None:
    page = url("release-withdraw", public_id(world, releases.NAME))
    answer = sure(world).post(page, {"reason": REASON, "name": releases.NAME}, follow=True)

    assert "Members see the release before it, and why." in words(answer.content.decode())
    assert REASON in words(answer.content.decode())
    assert "No released result yet" in words(text_of(world, "alder.champion", url("measure-detail", "ssi")))


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"reason": "", "name": releases.NAME}, "This field is required."),
        ({"reason": REASON, "name": "Autumn"}, f"Type “{releases.NAME}” exactly to confirm."),
    ],
)
def test_page_wants_a_reason_and_the_name(world: World, form: dict[str, str], said: str) -> None:
    answer = sure(world).post(url("release-withdraw", public_id(world, releases.NAME)), form)

    assert answer.status_code == 422
    assert said in words(answer.content.decode())
    assert "7.3%" in text_of(world, "alder.champion", url("measure-detail", "ssi"))


def test_director_proves_who_they_are_first(world: World) -> None:
    page, form = url("release-withdraw", public_id(world, releases.NAME)), {"reason": REASON, "name": releases.NAME}
    client = world.client("dana")
    answer = client.post(page, form)

    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    client.post(answer["Location"], {"password": PASSWORD})
    assert REASON in client.get(page).content.decode()
    assert client.post(page, form).status_code == 302


def test_release_that_is_not_in_force_is_not_withdrawn(world: World) -> None:
    form = {"reason": REASON, "name": releases.DRAFT}
    answer = sure(world).post(url("release-withdraw", public_id(world, releases.DRAFT)), form)

    assert "is not in force, so there is nothing to withdraw." in words(answer.content.decode())
