"""The page of cases past their lock date: whose it shows, and that a look at a hospital's cases is noted."""

import pytest

from events.enums import AccessAction
from events.models import AccessLog
from tests.world import World


URL = "/c/colectomy-mi/log/past-lock/"


@pytest.mark.parametrize("name", ["cora", "vera", "alder.abstractor", "alder.clinician"])
def test_whoever_reads_cases_may_open_it(world: World, name: str) -> None:
    page = world.client(name).get(URL)
    assert page.status_code == 200
    assert "Cases past their lock date" in page.content.decode()


def test_the_centre_asks_for_a_hospital_and_the_hospital_reads_of_it(world: World) -> None:
    alder, client = world.participation("alder"), world.client("cora")
    assert alder.site.name in client.get(URL, {"hospital": str(alder.public_id)}).content.decode()
    assert client.get(URL, {"hospital": "nonsense"}).status_code == 404
    with world.acting_as("alder.champion"):
        seen = AccessLog.objects.filter(subject="cases past lock", action=AccessAction.CASES_LISTED)
        assert seen.filter(participation_id=alder.pk).count() == 1


def test_a_sponsor_is_refused(world: World) -> None:
    assert world.client("sam").get(URL).status_code == 403
