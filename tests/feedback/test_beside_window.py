"""What a snapshot freezes beside the cases of its window, against a count of the rows one by one."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from cases.enums import CaseStatus
from cases.models import Case
from feedback.models import CaseOutcome, SiteMonth
from feedback.selectors.slices import Sequenced, pack, unpack
from feedback.services.beside_window import open_cases, rare_before
from feedback.services.freezing import Window
from feedback.services.numbers.tally import month_of
from measures.models import MeasureVersion
from tenancy.context import acting
from tests.world import World
from tests.worlds import releases
from tests.worlds.slices import slice_of


WINDOW = Window(first=date(2026, 4, 1), last=date(2026, 9, 30))


@pytest.mark.worker
def test_events_before_the_window_are_those_of_the_cases_in_order(world: World) -> None:
    with acting(releases.worker()):
        version = MeasureVersion.objects.get(
            measure__slug="ssi", status="published", collaborative__slug="colectomy-mi"
        ).pk
        hospital = world.participation("alder").pk
        months = SiteMonth.objects.filter(
            participation=hospital, measure_version=version, month__lt=WINDOW.first, month__gte=date(2024, 4, 1)
        )
        history = {(hospital, version): [(month_of(row.month), row.met, row.not_met) for row in months]}

        found = rare_before(WINDOW, history, frozenset({version}))[hospital, version]
        none = rare_before(WINDOW, history, frozenset())
        rows = CaseOutcome.objects.filter(
            participation=hospital, measure_version=version, outcome__in=["met", "not_met"], month__lt=WINDOW.first
        )
        days = dict(Case.objects.filter(participation=hospital).values_list("pk", "event_date"))
        ordered = sorted((days[case], case, outcome) for case, outcome in rows.values_list("case_id", "outcome"))

    expected, since, between = [], 0, []
    for day, _, outcome in ordered:
        if outcome == "met":
            expected.append((day - date(1970, 1, 1)).days)
            between.append(since)
        since = 0 if outcome == "met" else since + 1
    assert expected
    assert (found.days, found.between, found.since) == (expected, between, since)
    assert none == {}


@pytest.mark.worker
def test_cases_that_are_begun_and_not_complete_are_counted_by_form(world: World) -> None:
    with acting(releases.worker()):
        hospitals = [world.participation(name).pk for name in ("alder", "birch")]
        cases = Case.objects.filter(participation__in=hospitals, status=CaseStatus.IN_PROGRESS)
        last = cases.latest("event_date").event_date
        in_month = cases.filter(event_date__gte=last.replace(day=1), event_date__lte=last)
        counted = Counter(in_month.values_list("participation_id", "form_version__form_id"))

        assert open_cases(Window(first=date(2025, 1, 1), last=last), hospitals) == counted
        assert counted


def test_both_are_kept_in_the_slice_and_leave_other_digests_as_they_were() -> None:
    plain = slice_of("mn", date(2026, 4, 1))
    more = replace(plain, rare=Sequenced([20000, 20010], [3, 8], 2), open=4)

    back = unpack(pack(more).payload)

    assert (back.rare, back.open) == (Sequenced([20000, 20010], [3, 8], 2), 4)
    assert b'"rare"' not in pack(plain).payload
    assert unpack(pack(plain).payload).rare is None
    assert pack(plain).digest != pack(more).digest
