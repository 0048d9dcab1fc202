"""A hospital joins between two releases: members are told the middle, never two pooled values that differ by it."""

from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from collaboratives.selectors.places import places_of
from feedback.enums import CheckName, CheckState
from feedback.errors import ReleaseStateError
from feedback.models import (
    DataQualityStatement,
    PeerDistribution,
    PooledResult,
    PooledStatement,
    Release,
    ReleaseCheck,
    SiteResult,
    Snapshot,
)
from feedback.selectors.membership import ALL, FewChanged, few_changed_since
from feedback.selectors.results import finding_of
from feedback.selectors.wording import plain, sentence
from feedback.services.computing import recompute
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


@pytest.fixture
def few_suffice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The world is too small for a benchmark; as if five hospitals were many."""
    monkeypatch.setattr("feedback.selectors.disclosing.MANY_HOSPITALS", 5)


def tell_benchmarks(then: Release) -> None:
    """Members saw benchmarks in that release, too, and shares of the data-quality statement."""
    with acting(releases.worker()), transaction.atomic():
        seen = Release.objects.get(name=releases.NAME)
        kept = set(SiteResult.objects.filter(release=then).values_list("participation_id", flat=True))
        for peers in PeerDistribution.objects.filter(release=seen, stratum=ALL):
            peers.pk, peers.release, peers.benchmark = uuid4(), then, 0.1
            peers.save(force_insert=True)
        for row in DataQualityStatement.objects.filter(release=seen, participation__in=kept):
            row.pk, row.release = None, then
            row.save(force_insert=True)
        for row in PooledStatement.objects.filter(release=seen):
            row.pk, row.release = uuid4(), then
            row.save(force_insert=True)


def told_of(release: Release) -> tuple[set[bool], set[bool], set[bool]]:
    """Whether benchmarks, gaps and shares of completeness are told."""
    with acting(releases.worker()), transaction.atomic():
        peers = PeerDistribution.objects.filter(release=release, stratum=ALL)
        statements = PooledStatement.objects.filter(release=release)
        return (
            {row.benchmark is not None for row in peers},
            {row.gap is not None for row in SiteResult.objects.filter(release=release)},
            {row.completeness is not None for row in statements},
        )


def test_same_hospitals_are_told_benchmark_gap_and_shares(world: World, few_suffice: None) -> None:
    benchmarks, gaps, shares = told_of(releases.publish(releases.draft("Winter 2026", *releases.WINDOW)))

    assert (True in benchmarks, True in gaps, shares) == (True, True, {True})


def test_benchmark_gap_and_shares_follow_the_rule(world: World, few_suffice: None) -> None:
    """SECURITY 4.3.5 for everything that is of all hospitals: a distance to a benchmark and own cases give it away."""
    tell_benchmarks(release_without(1))

    assert told_of(releases.publish(releases.draft("Winter 2026", *releases.WINDOW))) == ({False}, {False}, {False})


def test_three_hospitals_more_are_enough(world: World, few_suffice: None) -> None:
    tell_benchmarks(release_without(3))
    benchmarks, gaps, shares = told_of(releases.publish(releases.draft("Winter 2026", *releases.WINDOW)))

    assert (True in benchmarks, True in gaps, shares) == (True, True, {True})


def test_a_release_without_gaps_is_computed_again_to_the_last_bit(world: World, few_suffice: None) -> None:
    """Whatever members see meanwhile: what had been released when it was drafted decides."""
    then = release_without(1)
    tell_benchmarks(then)
    release = releases.publish(releases.draft("Winter 2026", *releases.WINDOW))
    releases.publish(releases.draft("Spring 2027", *releases.WINDOW))

    with acting(releases.worker()), transaction.atomic():
        assert recompute(Release.objects.get(pk=release.pk)) == ""


def test_a_release_that_was_overtaken_is_drafted_again(world: World, few_suffice: None) -> None:
    """Its gaps were kept before members saw the other one."""
    release = releases.draft("Winter 2026", *releases.WINDOW)
    then = release_without(1)
    tell_benchmarks(then)
    with acting(releases.worker()), transaction.atomic():
        Release.objects.filter(pk=then.pk).update(released_at=timezone.now())

    with pytest.raises(ReleaseStateError, match="Discard this one and draft it again"):
        releases.publish(release)


def test_the_statistician_reads_what_is_told_more_coarsely(world: World) -> None:
    tell_benchmarks(release_without(1))
    release = releases.draft("Winter 2026", *releases.WINDOW)

    with acting(releases.worker()), transaction.atomic():
        found = ReleaseCheck.objects.get(release=release, name=CheckName.MEMBERSHIP)
    assert found.state == CheckState.LOOK
    assert "1 hospital joined or left (release Before). Members are told the hospital in the middle" in str(found.found)
    assert "no achievable benchmark" in str(found.found)
