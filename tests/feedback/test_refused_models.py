"""A fit that did not converge, and one that does not exist, are driven through the whole release: no number comes out."""

from datetime import date

import pytest
from django.db import transaction
from django.http import Http404

from collaboratives.selectors.places import acting_for
from events.enums import EventKind
from events.models import Event
from feedback.enums import ReleaseState
from feedback.errors import ReleaseStateError
from feedback.models import (
    MeasureResult,
    ModelFit,
    PeerDistribution,
    PooledResult,
    Release,
    SiteResult,
)
from feedback.selectors.model_page import model_page
from feedback.selectors.releases import release_page
from feedback.services.releases import approve_release
from riskstats import reliability
from riskstats.providers import random_intercept
from riskstats.riskmodel import logistic
from tenancy.context import acting
from tests.world import World
from tests.worlds import releases


pytestmark = pytest.mark.worker
HALF = date(2025, 7, 1), date(2026, 3, 31)
NAME = "Winter 2026"
REMEDY = "No number of it is shown. Correct the model in the definition file or choose a longer window, then draft the release again."
OF_A_RELEASE = (MeasureResult, ModelFit, PeerDistribution, PooledResult, SiteResult)


def rows_of(release: Release) -> dict[str, int]:
    """Rows of the release that hold a number."""
    with acting(releases.worker()):
        return {model.__name__: model.objects.filter(release=release).count() for model in OF_A_RELEASE}  # type: ignore[attr-defined]  # each is a model


@pytest.mark.parametrize(
    ("module", "reason"),
    [
        (logistic, "Expected a maximum within 1 steps, but got a decrement of"),
        (
            random_intercept,
            "Expected a converged fit, but got one that stopped after 1 iterations with a gradient of",
        ),
        (reliability, "Expected a maximum within 1 steps, but got none"),
    ],
    ids=["risk model", "hospital effects", "rates of measures without a model"],
)
def test_fit_that_does_not_converge_is_never_shown(
    world: World, monkeypatch: pytest.MonkeyPatch, module: object, reason: str
) -> None:
    monkeypatch.setattr(module, "MOST_ITERATIONS", 1)

    release = releases.draft(NAME, *HALF)

    assert release.state == ReleaseState.DISCARDED
    assert release.problem.startswith(reason)
    assert release.problem.endswith(REMEDY)
    with world.acting_as("cora") as cora:
        assert release_page(cora, release.public_id).measures == ()
        with pytest.raises(Http404):
            model_page(cora, release.public_id, "ssi")


def test_the_same_cases_are_released_when_the_fits_may_take_their_steps(world: World) -> None:
    release = releases.draft(NAME, *HALF)

    assert (release.state, release.problem) == (ReleaseState.DRAFT, "")
    assert rows_of(release)["ModelFit"] == 1


def test_refused_release_goes_no_further_and_its_page_says_why(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random_intercept, "MOST_ITERATIONS", 1)
    release = releases.draft(NAME, *HALF)
    ben = world.viewer("ben")

    with acting(acting_for(ben)), transaction.atomic(), pytest.raises(ReleaseStateError):
        approve_release(release=release, by=ben)
    with acting(releases.worker()):
        told = list(
            Event.objects.filter(subject="feedback.Release", subject_id=release.pk).values_list("kind", flat=True)
        )
    with world.acting_as("cora") as cora:
        page = release_page(cora, release.public_id)

    assert EventKind.RELEASE_DISCARDED in told
    assert "stopped after 1 iterations" in page.release.problem
    assert list(page.measures) == []


@pytest.mark.parametrize("who", ["alder.clinician", "heron.champion"])
def test_members_do_not_know_of_a_refused_release(world: World, monkeypatch: pytest.MonkeyPatch, who: str) -> None:
    monkeypatch.setattr(logistic, "MOST_ITERATIONS", 1)
    releases.draft(NAME, *HALF)

    with world.acting_as(who):
        assert set(Release.objects.values_list("name", flat=True)) == {releases.NAME}
