"""A release on its way: who may take which step, and what each step leaves behind."""

from collections.abc import Callable
from datetime import date
from functools import partial

import pytest
from django.db import DatabaseError, transaction

from collaboratives.selectors.places import acting_for
from events.enums import EventKind
from events.models import Event
from feedback.enums import ReleaseState
from feedback.errors import ReleaseNameTakenError, ReleaseStateError, TwoPeopleError, WindowError
from feedback.models import (
    MeasureResult,
    ModelFit,
    PeerDistribution,
    PooledResult,
    Release,
    SiteResult,
    Snapshot,
    SnapshotSlice,
)
from feedback.services.releases import approve_release, discard_release, draft_release
from feedback.services.scheduling import publish_release
from privacy.roles import Permission, Role
from privacy.viewer import PermissionRefusedError, Viewer
from tenancy.context import acting
from tests.world import World
from tests.worlds import releases


pytestmark = pytest.mark.worker
HALF = date(2025, 7, 1), date(2026, 3, 31)


def as_person(person: Viewer, step: Callable[..., Release], release: Release) -> Release:
    with acting(acting_for(person)), transaction.atomic():
        return step(release=release, by=person)


def test_release_goes_from_draft_to_members_by_three_people(world: World) -> None:
    release = releases.publish(releases.draft("Winter 2026", *HALF))

    with world.acting_as("cora"):
        kinds = list(
            Event.objects.filter(subject="feedback.Release", subject_id=release.pk)
            .order_by("pk")
            .values_list("kind", flat=True)
        )
        earlier = Release.objects.get(name=releases.NAME)
    assert (release.state, earlier.state) == (ReleaseState.RELEASED, ReleaseState.SUPERSEDED)
    answered = EventKind.RELEASE_CHECK_ANSWERED
    assert [kind for kind in kinds if kind != answered] == [
        EventKind.RELEASE_DRAFTED,
        EventKind.RELEASE_APPROVED,
        EventKind.RELEASE_PUBLISHED,
    ]
    assert kinds.count(answered) == 1, "every case was late"


@pytest.mark.parametrize(
    ("name", "permission"),
    [
        ("alder.champion", Permission.RELEASE_BUILD),
        ("vera", Permission.RELEASE_BUILD),
        ("sam", Permission.RELEASE_BUILD),
    ],
)
def test_others_may_not_draft(world: World, name: str, permission: Permission) -> None:
    person = world.viewer(name)

    with acting(acting_for(person)), pytest.raises(PermissionRefusedError) as refused:
        draft_release(name="Mine", window_from=HALF[0], window_to=HALF[1], by=person)

    assert refused.value.permission == permission


@pytest.mark.parametrize("name", ["cora", "dana", "vera"])
def test_only_the_biostatistician_approves(world: World, name: str) -> None:
    release = releases.draft("Winter 2026", *HALF)

    with pytest.raises(PermissionRefusedError):
        as_person(world.viewer(name), approve_release, release)


@pytest.mark.parametrize("name", ["cora", "ben", "vera"])
def test_only_the_director_releases(world: World, name: str) -> None:
    release = releases.draft("Winter 2026", *HALF)
    releases.approve(release)

    with pytest.raises(PermissionRefusedError):
        as_person(world.viewer(name), publish_release, release)


def test_one_person_with_both_roles_may_not_take_both_steps(world: World) -> None:
    release = releases.draft("Winter 2026", *HALF)
    ben = world.viewer("ben")
    releases.approve(release)
    both = Viewer(**{**vars(ben), "roles": frozenset({Role.BIOSTATISTICIAN, Role.DIRECTOR})})

    with pytest.raises(TwoPeopleError, match="somebody else"):
        as_person(both, publish_release, release)


def test_draft_cannot_be_released_before_it_is_approved(world: World) -> None:
    release = releases.draft("Winter 2026", *HALF)

    with pytest.raises(ReleaseStateError, match="approves it first"):
        as_person(world.viewer("dana"), publish_release, release)


def test_release_is_approved_and_released_once(world: World) -> None:
    release = releases.draft("Winter 2026", *HALF)
    releases.approve(release)
    as_person(world.viewer("dana"), partial(publish_release, reason=releases.REASON), release)

    with pytest.raises(ReleaseStateError):
        releases.approve(release)
    with pytest.raises(ReleaseStateError):
        as_person(world.viewer("dana"), publish_release, release)
    with pytest.raises(ReleaseStateError, match="gone to members"):
        as_person(world.viewer("cora"), discard_release, release)


def test_discarded_release_frees_its_name(world: World) -> None:
    release = releases.draft("Winter 2026", *HALF)
    cora = world.viewer("cora")

    with pytest.raises(ReleaseNameTakenError, match="Winter 2026"):
        releases.draft("Winter 2026", *HALF)
    as_person(cora, discard_release, release)

    assert releases.draft("Winter 2026", *HALF).state == ReleaseState.DRAFT


@pytest.mark.parametrize(
    ("first", "last", "message"),
    [
        (date(2026, 1, 2), date(2026, 6, 30), "whole months"),
        (date(2026, 1, 1), date(2026, 6, 29), "whole months"),
        (date(2026, 7, 1), date(2026, 6, 30), "before it begins"),
    ],
)
def test_window_is_made_of_whole_months(world: World, first: date, last: date, message: str) -> None:
    cora = world.viewer("cora")

    with acting(acting_for(cora)), pytest.raises(WindowError, match=message):
        draft_release(name="Winter 2026", window_from=first, window_to=last, by=cora)


def test_model_that_cannot_be_fitted_ends_the_release_with_the_reason(world: World) -> None:
    # In September 2026 no hospital has an infection: the first cases of each have them all.
    release = releases.draft("September", date(2026, 8, 1), date(2026, 9, 30))

    with acting(releases.worker()):
        fits = ModelFit.objects.filter(release=release).count()
    assert (release.state, fits) == (ReleaseState.DISCARDED, 0)
    assert release.problem.endswith(
        "No number of it is shown. Correct the model in the definition file or choose a longer window, then draft the release again."
    )


def test_computing_twice_changes_nothing(world: World) -> None:
    release = releases.draft("Winter 2026", *HALF)
    assert releases.compute(release).state == ReleaseState.DRAFT
    with acting(releases.worker()), transaction.atomic():
        assert SiteResult.objects.filter(release=release).count() == 3 * 8


@pytest.mark.parametrize(
    ("model", "field"),
    [
        (SiteResult, "observed"),
        (MeasureResult, "observed"),
        (ModelFit, "brier"),
        (PeerDistribution, "benchmark"),
        (PooledResult, "rate"),
        (Snapshot, "cases"),
        (SnapshotSlice, "cases"),
    ],
)
@pytest.mark.parametrize("who", ["compute", "centre"])
def test_released_rows_cannot_be_changed_or_deleted_by_anybody(world: World, model: type, field: str, who: str) -> None:
    acts = releases.worker() if who == "compute" else acting_for(world.viewer("dana"))

    for statement in ({field: 0}, None):
        with acting(acts), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():  # noqa: PT012 -- one statement or the other
            rows = model.objects.all()  # type: ignore[attr-defined]  # each is a model
            rows.update(**statement) if statement else rows._raw_delete("default")
