"""The world of cases is what its tables say."""

from cases.enums import COUNTED
from cases.models import Case
from tests.world import World
from tests.worlds.cases import TRUTH


def test_world_has_the_cases_of_its_table(world: World) -> None:
    with world.acting_as("cora"):
        found = {
            name: Case.objects.filter(participation=world.participation(name), status__in=COUNTED).count()
            for name in TRUTH
        }

    assert found == {name: truth.cases for name, truth in TRUTH.items()}
