"""What begins today begins on the day it is where the programme works, in the evening of America too."""

from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from collaboratives.models import Collaborative
from collaboratives.selectors.clock import today_at
from measures.selectors.measure_drafts import measure_rows
from measures.services.measure_drafts import start_measure_draft
from tests.world import World


# At every moment it is not the day of UTC in one of the two.
ZONES = ("Pacific/Kiritimati", "Etc/GMT+12")


def test_one_of_the_zones_is_on_another_day() -> None:
    now = timezone.now()
    assert {now.astimezone(ZoneInfo(zone)).date() for zone in ZONES} - {now.date()}


@pytest.mark.parametrize("zone", ZONES)
def test_a_draft_begins_today_where_the_programme_is(world: World, zone: str) -> None:
    with world.acting_as("dana") as by:
        programme = Collaborative.objects.get(pk=by.collaborative_id)
        programme.time_zone = zone
        programme.save(update_fields=["time_zone"])
        row = measure_rows(by)[0]
        version = start_measure_draft(measure=row.measure, by=by)

        assert version.effective_from == timezone.now().astimezone(ZoneInfo(zone)).date()
        assert version.effective_from == today_at(by.collaborative_id) == measure_rows(by)[0].today
