"""What a worker counts for the centre's overview: every hospital, when, and never by the page itself."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import CaseCount
from cases.selectors.clock import today_of
from cases.selectors.hospital_cases import NONE, counted_at, counts_by_hospital, hospitals_with_cases
from collaboratives.services.programme import create_hospital
from tests.world import World
from tests.worlds import programme, quality


@pytest.mark.worker
def test_every_hospital_is_counted_at_once(world: World) -> None:
    quality.count()
    collaborative = programme.collaborative()
    with world.acting_as("vera") as vera:
        rows = {row.pop("participation_id"): row for row in CaseCount.objects.values("participation_id", *NONE)}
        moments = set(CaseCount.objects.values_list("counted_at", flat=True))
        expected = counts_by_hospital(
            vera.collaborative_id, today=today_of(collaborative), due_days=collaborative.due_days
        )
    assert rows == expected
    assert any(row["complete"] for row in rows.values())
    assert len(moments) == 1


def test_a_hospital_that_joined_a_minute_ago_is_listed(world: World) -> None:
    with world.acting_as("dana") as dana:
        create_hospital(by=dana, joined_on=date(2026, 1, 1), identifier="0099", name="Zwischen Hospital")
        hospitals = hospitals_with_cases(dana)
    assert [(each.all, each.counted_at) for each in hospitals if each.name == "Zwischen Hospital"] == [(0, None)]
    assert counted_at(hospitals) is not None


@pytest.mark.parametrize("path", ["", "cases/"])
def test_no_page_of_the_centre_counts_cases(world: World, path: str) -> None:
    client = world.client("cora")
    with CaptureQueriesContext(connection) as captured:
        page = client.get(f"/c/colectomy-mi/{path}").content.decode()
    assert not [each["sql"] for each in captured.captured_queries if '"cases_case"' in each["sql"]]
    assert "again every two minutes" in page
