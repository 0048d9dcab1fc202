"""What the worker counts for the centre's overview is what the hospitals' own lists say."""

import pytest

from cases.log.enums import AttemptOutcome
from cases.log.selectors.follow_up import follow_up_by_hospital
from collaboratives.models import Collaborative
from tests.cases.log.test_follow_up import begin, own_list, try_once
from tests.world import World
from tests.worlds import quality


pytestmark = pytest.mark.worker


def test_the_centre_sees_what_waits_at_every_hospital(world: World) -> None:
    for number, name in (("F-1", "alder.abstractor"), ("F-2", "alder.abstractor"), ("F-3", "birch.abstractor")):
        begin(world, number, 40, name)
    try_once(world, begin(world, "F-4", 40), AttemptOutcome.REACHED)
    quality.count()
    with world.acting_as("cora") as cora:
        rows = {
            row.name: row.count
            for row in follow_up_by_hospital(cora, Collaborative.objects.get(pk=cora.collaborative_id))
        }
    alder, own = rows[world.participation("alder").site.name], own_list(world)
    assert [alder.due, alder.soon, alder.reached, alder.not_reached] == [own.counts[name] for name in own.counts]
    assert (alder.reached, rows[world.participation("birch").site.name].reached) == (1, 0)
