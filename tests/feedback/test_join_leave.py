"""A hospital joins between two releases: members are told the middle, never two pooled values that differ by it."""

import pytest
from django.db import transaction

from collaboratives.selectors.places import places_of
from feedback.models import PeerDistribution, PooledResult, Release, SiteResult, Snapshot
from feedback.selectors.membership import FewChanged, few_changed_since
from feedback.selectors.results import finding_of
from feedback.selectors.wording import plain, sentence
from tenancy.context import acting
from tests.world import World
from tests.worlds import releases


pytestmark = pytest.mark.worker


def release_without(count: int, *, told: bool = True) -> Release:
    """Members have also seen a release of the same days to which so many of today's hospitals did not contribute."""
    with acting(releases.worker()), transaction.atomic():
        seen = Release.objects.get(name=releases.NAME)
        then = Release.objects.get(pk=seen.pk)
        then.pk, then.public_id, then.name, then.state = None, seen.created_by.public_id, "Before", "superseded"  # type: ignore[union-attr]  # Cora
        then.snapshot = Snapshot.objects.create(
            collaborative_id=seen.collaborative_id,
            window_from=seen.window_from,
            window_to=seen.window_to,
            cases=1,
            digest="x",
        )
        then.save(force_insert=True)
        gone = sorted(set(SiteResult.objects.filter(release=seen).values_list("participation_id", flat=True)))[:count]
        for row in SiteResult.objects.filter(release=seen).exclude(participation__in=gone):
            row.pk, row.release = None, then
            row.save(force_insert=True)
        for pooled in PooledResult.objects.filter(release=seen):
            PooledResult.objects.create(
                collaborative_id=seen.collaborative_id,
                release=then,
                measure_version_id=pooled.measure_version_id,
                hospitals_band="fewer than 10",
                rate=pooled.rate if told else None,
                trend=pooled.trend if told else [],
            )
        return then


def changed(release: Release) -> set[FewChanged]:
    with acting(releases.worker()), transaction.atomic():
        return set(few_changed_since(release).values())


def test_same_hospitals_are_told_the_pooled_value(world: World) -> None:
    assert changed(releases.draft("Winter 2026", *releases.WINDOW)) == {FewChanged()}


@pytest.mark.parametrize(
    ("without", "told", "few"), [(1, True, True), (2, True, True), (3, True, False), (1, False, False)]
)
def test_who_joined_must_not_be_the_difference_of_two_values(
    world: World,
    without: int,
    told: bool,  # noqa: FBT001
    few: bool,  # noqa: FBT001
) -> None:
    """Against every release that told a value of some of the same days, not only the last one."""
    release_without(without, told=told)

    found = changed(releases.draft("Winter 2026", *releases.WINDOW))
    assert {each.window for each in found} == {few}
    assert any(each.quarters for each in found) == few


def test_members_are_told_the_hospital_in_the_middle(world: World) -> None:
    release_without(1)
    release = releases.publish(releases.draft("Winter 2026", *releases.WINDOW))

    with world.acting_as("birch.champion") as viewer:
        place = next(each for each in places_of(viewer.user_id) if each.participation_id == viewer.participation_id)
    with world.acting_as("birch.champion"):
        own = SiteResult.objects.get(release=release, measure_version__measure__slug="antibiotic")
        peers = PeerDistribution.objects.get(release=release, measure_version=own.measure_version, stratum="all")
        pooled = PooledResult.objects.get(release=release, measure_version=own.measure_version)

        assert peers.middle
        assert peers.collaborative_value == sorted(peers.values)[len(peers.values) // 2] or len(peers.values) % 2 == 0
        assert "the hospital in the middle (" in plain(sentence(finding_of(own, peers, place)))
    assert (pooled.rate, pooled.withheld) == (None, "few_changed")
    assert any(point["rate"] is None for point in pooled.trend)
