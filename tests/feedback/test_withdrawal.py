"""A release is taken back: who may, what members read then, and that its numbers are gone for them."""

import pytest
from django.db import IntegrityError, transaction

from events.models import Event
from feedback.errors import ReleaseStateError
from feedback.models import PeerDistribution, Release, SiteResult
from feedback.services.releases import withdraw_release
from privacy.viewer import PermissionRefusedError
from tests.feedback.test_pages import public_id, text_of, url, words
from tests.world import World
from tests.worlds import releases


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


def test_first_release_leaves_nothing_behind(world: World) -> None:
    client = world.client("dana")
    key = public_id(world, releases.NAME)
    answer = client.post(url("release-withdraw", key), {"reason": REASON}, follow=True)

    assert "Members see the release before it, and why." in words(answer.content.decode())
    assert REASON in words(answer.content.decode())
    assert "No released result yet" in words(text_of(world, "alder.champion", url("measure-detail", "ssi")))


def test_page_without_a_reason_changes_nothing(world: World) -> None:
    key = public_id(world, releases.NAME)
    answer = world.client("dana").post(url("release-withdraw", key), {"reason": ""}, follow=True)

    assert "Write why: members read it." in words(answer.content.decode())
    assert "7.3%" in text_of(world, "alder.champion", url("measure-detail", "ssi"))
