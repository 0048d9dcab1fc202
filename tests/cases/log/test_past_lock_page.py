"""The page of cases past their lock date: whose it shows, and that a look at a hospital's cases is noted."""

import re

import pytest
from django.utils.html import escape

from cases.enums import CaseStatus
from events.enums import AccessAction
from events.models import AccessLog
from tests.cases.log.test_windows import september
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


def test_a_row_tells_the_case_and_where_only_to_the_centre(world: World) -> None:
    september(world, -1)
    alder = world.participation("alder")
    rows = {}
    for name in ("cora", "alder.abstractor"):
        text = world.client(name).get(URL, {"hospital": str(alder.public_id)}).content.decode()
        body = text[text.index("<tbody") : text.index("</tbody>")]
        rows[name] = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in body.split("<tr>")[1:]]
    for there, own in zip(rows["cora"], rows["alder.abstractor"], strict=True):
        assert there.pop(1) == escape(alder.site.name)
        assert there == own
        case, day, form, state, assigned = own
        assert re.fullmatch(r'<a href="/c/colectomy-mi/cases/[^/"]+/">[^<]+</a>', case)
        assert re.fullmatch(r"\d{1,2} [A-Z][a-z]{2} \d{4}", day)
        assert state in CaseStatus.labels
        assert all((form, assigned))
    assert rows["cora"]
