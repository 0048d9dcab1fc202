"""A hospital's champion begins the baseline of a chart anew: who may, when, what the next release draws, what stays."""

from datetime import date

import pytest
from django.db import transaction
from django.urls import reverse

from collaboratives.selectors.places import acting_for
from events.enums import EventKind
from events.models import Event
from feedback.errors import BaselineError
from feedback.models import BaselineChange
from feedback.selectors.over_time import shift_from
from feedback.services.baselines import begin_baseline
from feedback.services.numbers.control import Period, control_chart
from measures.models import Measure
from privacy.viewer import PermissionRefusedError
from tenancy.context import acting
from tests.world import World
from tests.worlds import baselines, programme


SLUG = "colectomy-mi"


def url(name: str, *args: object) -> str:
    return reverse(f"feedback:{name}", args=[SLUG, "ssi", *args])


def chart(*rates: float) -> dict:
    """By month from January 2024, a hundred cases in each."""
    months = [Period(f"{2024 + at // 12}-{at % 12 + 1:02}", 100, round(rate * 100)) for at, rate in enumerate(rates)]
    return control_chart(months, adjusted=False)


STEADY = [0.2, 0.22, 0.18, 0.21, 0.19, 0.23, 0.17, 0.2, 0.21, 0.19, 0.22, 0.18] * 2


def test_eight_points_on_one_side_are_a_reason():
    assert shift_from(chart(*STEADY, *[0.1] * 8), date(2026, 1, 1)) == ""


@pytest.mark.parametrize(
    ("rates", "month", "problem"),
    [
        (
            [*STEADY, *[0.1] * 7],
            date(2026, 1, 1),
            "There are 7 points since Jan 2026. 8 on one side of the line are needed.",
        ),
        ([*STEADY, *[0.1] * 4, 0.3, *[0.1] * 8], date(2026, 1, 1), "lie on both sides of the line"),
        (STEADY, date(2024, 1, 1), "is where it begins"),
        (STEADY, date(2031, 1, 1), "not within the released chart"),
    ],
)
def test_less_is_none(rates: list[float], month: date, problem: str):
    assert problem in shift_from(chart(*rates), month)


def test_without_a_released_chart_there_is_nothing_to_begin_anew():
    assert shift_from({}, date(2026, 1, 1)).startswith("No released chart shows")


def test_points_that_do_not_show_it_refuse_a_new_baseline(world: World) -> None:
    answer = world.client("alder.champion").post(
        url("baseline-new"), {"first_month": "2026-05", "reason": "a new broom"}
    )

    assert answer.status_code == 422
    with world.acting_as("alder.champion"):
        assert not BaselineChange.objects.filter(reason="a new broom").exists()


def test_only_the_champion_decides(world: World) -> None:
    for name in ("alder.clinician", "alder.abstractor", "alder.administrator", "cora", "ben", "dana"):
        assert world.client(name).get(url("baseline-new")).status_code == 403, name
    person = programme.viewer("alder.clinician", SLUG)
    with acting(acting_for(person)), transaction.atomic():
        measure = Measure.objects.get(collaborative_id=person.collaborative_id, slug="ssi")
        with pytest.raises(PermissionRefusedError):
            begin_baseline(measure=measure, month=date(2026, 5, 1), reason="x", by=person)


def test_decision_is_kept_with_name_and_reason_and_drawn_by_the_next_release(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedback.services.baselines.shift_from", lambda *_: "")
    client = world.client("alder.champion")

    answer = client.post(url("baseline-new"), {"first_month": "2026-05", "reason": "closing  tray"})

    assert answer.status_code == 302
    with world.acting_as("alder.champion"):
        change = BaselineChange.objects.get(reason="closing tray")
        assert (change.month, change.signature) == (date(2026, 5, 1), world.user("alder.champion").full_name)
        assert Event.objects.filter(kind=EventKind.BASELINE_SET).exists()
    page = client.get(f"{url('measure-detail')}?view=time").content.decode()
    assert "closing tray" in page
    assert "from the next release on" in page

    with pytest.raises(BaselineError), world.acting_as("alder.champion") as person, transaction.atomic():
        begin_baseline(measure=Measure.objects.get(pk=change.measure_id), month=change.month, reason="x", by=person)


def test_hospital_takes_its_own_back_and_no_other(world: World) -> None:
    client = world.client("alder.champion")

    other = client.post(url("baseline-end", baselines.BASELINES["birch"]))
    own = client.post(url("baseline-end", baselines.BASELINES["alder"]))
    again = client.post(url("baseline-end", baselines.BASELINES["alder"]))

    assert (other.status_code, own.status_code, again.status_code) == (404, 302, 404)
    page = client.get(f"{url('measure-detail')}?view=time").content.decode()
    assert baselines.REASONS["alder"] in page
    assert "taken back" in page
    assert baselines.REASONS["birch"] not in page
