"""The released numbers of the world are those of its table."""

import pytest

from feedback.models import Release, SiteResult
from feedback.services.computing import recompute
from tenancy.context import acting
from tests.world import World
from tests.worlds import releases
from tests.worlds.cases import TRUTH


pytestmark = pytest.mark.worker


def test_release_counts_what_the_hospitals_entered(world: World) -> None:
    with acting(releases.worker()):
        found = {
            name: SiteResult.objects.values_list("denominator", "observed", "cases", "excluded", "cannot_tell").get(
                participation=world.participation(name), measure_version__measure__slug="ssi"
            )
            for name in TRUTH
        }

    assert found == {name: (truth.denominator, truth.infections, truth.cases, 2, 1) for name, truth in TRUTH.items()}


def test_release_is_recomputed_to_the_last_bit(world: World) -> None:
    with acting(releases.worker()):
        assert recompute(Release.objects.get(name=releases.NAME)) == ""
