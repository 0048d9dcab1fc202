"""What begins today begins on the day it is where the programme works, in the evening of America too."""

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from measures.selectors.measure_drafts import measure_rows
from measures.services.measure_drafts import start_measure_draft
from tests.world import World


EVENING = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)  # in Detroit it is half past nine, and the day before


def test_a_draft_begins_today_where_the_programme_is(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with world.acting_as("dana") as by:
        monkeypatch.setattr(timezone, "now", lambda: EVENING)
        row = measure_rows(by)[0]
        version = start_measure_draft(measure=row.measure, by=by)

    assert row.today == version.effective_from == date(2026, 11, 22)
