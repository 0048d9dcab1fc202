"""The nightly look: one query, not two; nothing found, nothing asked; what is gone says so."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from cases.models import Case
from cases.quality.enums import AnomalyRule
from cases.quality.models import Anomaly
from cases.quality.services.anomalies import closed_month, last_day_of, look_for_anomalies
from cases.questions.enums import QuestionState
from cases.questions.models import Question
from cases.questions.services.thread import close_question
from collaboratives.models import Collaborative
from feedback.models import SiteMonth
from feedback.services.no_events import look_for_no_events
from tenancy.context import Acting, acting
from tests.world import World
from tests.worlds.programme import COLECTOMY


pytestmark = pytest.mark.worker


@contextmanager
def compute(world: World) -> Iterator[int]:
    key = world.viewer("cora").collaborative_id
    with acting(Acting("compute", collaborative_id=key)), transaction.atomic():
        yield key


def crowd(world: World, hospital: str, by_month: list[int], *, missing: int = 0, ages: tuple[int, ...] = ()) -> None:
    """Complete cases of a hospital in the closed month and the twelve before it, the youngest last."""
    with compute(world) as key:
        month = closed_month(Collaborative.objects.get(pk=key))
        like = Case.objects.filter(
            participation=world.participation(hospital), status="complete", form_version__number=2
        )
        sample, rows = like[0], []
        own = Case.objects.filter(participation=world.participation(hospital)).exclude(status="locked")
        own.update(event_date=date(2024, 1, 3))
        for back, count in enumerate(reversed(by_month)):
            first = month - timedelta(days=1) * 0
            for _ in range(back):
                first = (first - timedelta(days=1)).replace(day=1)
            rows += [
                _copy(sample, first, len(rows) + n, missing if back == 0 and n < missing else 0, ages)
                for n in range(count)
            ]
        Case.objects.bulk_create(rows)


def _copy(sample: Case, day: date, number: int, missing: int, ages: tuple[int, ...]) -> Case:
    answers = {**sample.answers, "operation_date": day.isoformat()}
    answers["age"] = ages[number % len(ages)] if ages else 30 + (number * 7) % 60
    answers["weight"] = 50 + (number * 7) % 600 / 10
    kinds = dict(sample.missing)
    if missing:
        answers.pop("readmitted", None)
        kinds["readmitted"] = "unknown"
    return Case(
        collaborative_id=sample.collaborative_id,
        participation_id=sample.participation_id,
        form_version_id=sample.form_version_id,
        case_number=f"ZZ-{number:05d}",
        event_date=day,
        status="complete",
        answers=answers,
        missing=kinds,
        completed_at=timezone.now(),
    )


def look(world: World) -> list[Anomaly]:
    with compute(world) as key:
        look_for_anomalies(key)
        look_for_no_events(key)
        return list(Anomaly.objects.select_related("question", "case").order_by("pk"))


def test_nothing_is_odd_in_the_world_as_it_is(world: World) -> None:
    assert [str(each) for each in look(world)] == []


def test_a_drop_asks_once_however_often_it_is_looked_for(world: World) -> None:
    crowd(world, "cedar", [20] * 12 + [2])
    once = look(world)
    again = look(world)

    assert [(each.rule, each.about, each.gone_at) for each in once] == [(AnomalyRule.CASELOAD_DROP, "", None)]
    assert [each.pk for each in once] == [each.pk for each in again]
    with compute(world):
        asked = Question.objects.filter(rule__startswith="anomaly:")
        assert [each.pk for each in asked] == [once[0].question_id]
        assert asked[0].text.startswith("2 cases in ")
        assert asked[0].case_id == once[0].case_id
    month = once[0].first_day
    assert (once[0].numbers, once[0].last_day) == (
        [[f"cases in {month:%B %Y}", "2"], ["a month before", "20.0"]],
        last_day_of(month),
    )


def test_a_closed_query_is_not_asked_again_while_it_lasts(world: World) -> None:
    crowd(world, "cedar", [20] * 12 + [2])
    (found,) = look(world)
    with world.acting_as("cora") as by:
        close_question(question=found.question, text="The surgeon was away.", by=by)
    (again,) = look(world)

    assert (again.pk, again.question.state, again.gone_at) == (found.pk, QuestionState.CLOSED, None)
    with compute(world):
        assert Question.objects.filter(rule__startswith="anomaly:").count() == 1


def test_what_is_gone_says_so_and_its_query_stays_open(world: World) -> None:
    crowd(world, "cedar", [20] * 12 + [2])
    look(world)
    with compute(world):
        late = Case.objects.filter(case_number__startswith="ZZ-").order_by("case_number")[0]
        rows = [
            _copy(late, closed_month(Collaborative.objects.get(pk=late.collaborative_id)), 9000 + n, 0, ())
            for n in range(15)
        ]
        Case.objects.bulk_create(rows)
    (gone,) = look(world)

    assert gone.gone_at is not None
    assert gone.question.state == QuestionState.OPEN


def test_found_again_after_it_was_gone_is_a_row_of_its_own_and_the_open_query_does(world: World) -> None:
    crowd(world, "cedar", [20] * 12 + [2])
    (first,) = look(world)
    with compute(world):
        Anomaly.objects.filter(pk=first.pk).update(gone_at=timezone.now())
    rows = look(world)

    assert [each.question_id for each in rows] == [first.question_id] * 2


def test_a_rise_of_unknown_names_the_question_and_hangs_on_a_case_without_it(world: World) -> None:
    crowd(world, "cedar", [20] * 13, missing=12)
    (found,) = look(world)

    assert (found.rule, found.about, found.question.variable) == (AnomalyRule.UNKNOWN_RISE, "readmitted", "readmitted")
    assert found.case.missing["readmitted"] == "unknown"
    assert found.reason.startswith("Back in hospital within 30 days: unknown or not documented in 60% of the cases of ")


def test_rounded_ages_are_found_where_the_others_do_not_round(world: World) -> None:
    for hospital in ("birch", "dogwood"):
        crowd(world, hospital, [12] * 13)
        with compute(world):
            for case in Case.objects.filter(case_number__startswith="ZZ-", participation=world.participation(hospital)):
                case.case_number = f"{hospital}{case.case_number}"
                case.save(update_fields=["case_number"])
    crowd(world, "cedar", [12] * 13, ages=(30, 40, 50, 60, 70, 80, 35, 45))
    found = look(world)

    assert [(each.rule, each.about, each.participation_id) for each in found] == [
        (AnomalyRule.DIGIT_PREFERENCE, "age", world.participation("cedar").pk)
    ]
    assert "end in 0" in found[0].reason


def test_no_event_in_many_cases_is_found_and_the_rate_is_told_as_members_know_it(world: World) -> None:
    with compute(world) as key:
        month, own = closed_month(Collaborative.objects.get(pk=key)), world.participation("grove").pk
        version = SiteMonth.objects.filter(measure_version__measure__slug="ssi").first().measure_version_id
        SiteMonth.objects.filter(participation=own).update(met=0)
        for hospital in COLECTOMY:
            place = world.participation(hospital).pk
            met, not_met = (0, 400) if place == own else (5, 45)
            SiteMonth.objects.update_or_create(
                participation_id=place,
                measure_version_id=version,
                month=month,
                defaults={"collaborative_id": key, "met": met, "not_met": not_met},
            )
    found = look(world)

    assert [(each.rule, each.about, each.participation_id) for each in found] == [
        (AnomalyRule.NO_EVENTS, "ssi", world.participation("grove").pk)
    ]
    assert found[0].numbers[1] == ["all hospitals", "11%"]
    assert found[0].question.variable == ""
