"""Entering a case: start, save, complete, re-open."""

from datetime import date, datetime
from decimal import Decimal

import pytest
import time_machine

from cases.enums import CaseStatus
from cases.errors import (
    CaseChangedError,
    CaseCompletedError,
    CaseDateError,
    CaseNumberError,
    CaseNumberTakenError,
    CaseProblemsError,
    ReasonMissingError,
)
from cases.models import Case
from cases.services.cases import complete_case, reopen_case, save_answers, start_case
from cases.services.changes import Changes
from events.models import Event
from measures.definition.answers import Answers
from measures.definition.spec import MissingKind
from measures.errors import NoVersionInForceError
from measures.models import Form
from privacy.viewer import PermissionRefusedError, Viewer
from tests.world import World


DAY = date(2026, 3, 5)
ANSWERS = {"age": 71, "asa": "2", "antibiotic": True, "ssi": False}
pytestmark = pytest.mark.django_db


def _start(by: Viewer, number: str = "T-1", day: date = DAY) -> Case:
    return start_case(form=Form.objects.get(slug="colectomy"), case_number=number, event_date=day, by=by)


def _save(case: Case, by: Viewer, **answers: object) -> Case:
    return save_answers(case=case, changes=Changes(revision=case.revision, answers=answers), by=by).case  # type: ignore[arg-type]


def _kinds(case: Case) -> list[str]:
    events = Event.objects.filter(subject="cases.Case", subject_id=case.pk).order_by("pk")
    return list(events.values_list("kind", flat=True))


def test_start_case_binds_the_questions_of_its_day(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        before, after = _start(by, "T-1", date(2025, 12, 31)), _start(by, "T-2", date(2026, 1, 1))

        assert (before.form_version.number, after.form_version.number) == (1, 2)
        assert after.answers == {"operation_date": "2026-01-01"}
        assert (after.participation_id, after.status) == (by.participation_id, CaseStatus.IN_PROGRESS)


def test_start_case_refuses_a_number_that_is_taken(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        first = _start(by)

        with pytest.raises(CaseNumberTakenError, match="Your hospital has a case T-1 already") as taken:
            _start(by, " T-1 ")
    assert taken.value.public_id == first.public_id


def test_another_hospital_may_use_the_same_number(world: World) -> None:
    with world.acting_as("alder.abstractor") as alder:
        _start(alder)
    with world.acting_as("birch.abstractor") as birch:
        assert _start(birch).participation_id == birch.participation_id


@pytest.mark.parametrize(
    ("number", "message"),
    [
        ("  ", "The case number is empty"),
        ("x" * 41, "The case number has 41 characters. Shorten it to 40"),
        ("=1+1", '"=1\\+1" is not a case number'),
        ("a\x00b", "is not a case number"),
    ],
)
def test_start_case_refuses_what_is_no_number(world: World, number: str, message: str) -> None:
    with world.acting_as("alder.abstractor") as by, pytest.raises(CaseNumberError, match=message):
        _start(by, number)


def test_start_case_refuses_a_day_without_questions(world: World) -> None:
    with (
        world.acting_as("alder.abstractor") as by,
        pytest.raises(NoVersionInForceError, match="begins on 1 January 2024"),
    ):
        _start(by, day=date(2023, 5, 1))


def test_start_case_knows_the_day_where_the_hospital_is(world: World) -> None:
    """It is still the first of June in Detroit."""
    with world.acting_as("alder.abstractor") as by, time_machine.travel("2026-06-02T02:00:00Z"):
        assert _start(by, day=date(2026, 6, 1)).event_date == date(2026, 6, 1)
        with pytest.raises(CaseDateError, match="2 June 2026 is in the future"):
            _start(by, "T-2", date(2026, 6, 2))


@pytest.mark.parametrize("name", ["alder.clinician", "alder.champion", "cora", "vera"])
def test_only_the_data_team_of_a_hospital_starts_cases(world: World, name: str) -> None:
    with world.acting_as(name) as by, pytest.raises(PermissionRefusedError):
        _start(by)


def test_draft_saves_whatever_is_wrong(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        case = _save(_start(by), by, age=131, weight=Decimal("72.5"), conditions=("dm",), ssi=MissingKind.UNKNOWN)

        assert case.answers == {"operation_date": "2026-03-05", "age": 131, "weight": 72.5, "conditions": ["dm"]}
        assert (case.missing, case.revision) == ({"ssi": "unknown"}, 2)
        assert _kinds(case) == ["case_saved", "case_saved"]


def test_calculated_values_are_stored(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        case = _save(_start(by), by, discharge_date=date(2026, 3, 12))

        assert case.answers["stay"] == 7


def test_a_changed_event_date_brings_the_questions_of_that_day(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        case = _save(_start(by), by, drain=True)

        saved = save_answers(
            case=case, changes=Changes(revision=2, answers={"operation_date": date(2025, 12, 30)}), by=by
        )

        assert (saved.case.form_version.number, saved.case.event_date) == (1, date(2025, 12, 30))
        assert "drain" not in saved.case.values.values
        assert saved.case.answers["drain"] is True
        assert saved.rebound == (
            "The date of the event belongs to version 1 of the form, so its questions apply now. "
            "No longer asked, kept until the case is complete: Drain left in place."
        )


def test_an_event_date_without_questions_is_refused(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        case = _start(by)

        with pytest.raises(CaseDateError, match="Colectomy begins on 1 January 2024"):
            _save(case, by, operation_date=date(2020, 1, 1))


def test_a_case_keeps_its_event_date_when_it_is_emptied(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        assert _save(_start(by), by, operation_date=None).answers["operation_date"] == "2026-03-05"


def test_a_stale_save_keeps_nothing_and_tells_both_sides(world: World) -> None:
    with world.acting_as("ida", hospital="alder") as ida:
        case = _save(_start(ida), ida, age=70, asa="2")
        base = case.values
        _save(case, ida, age=71)

    with world.acting_as("alder.abstractor") as other, pytest.raises(CaseChangedError) as changed:
        save_answers(case=case, changes=Changes(revision=2, answers={"age": 72, "asa": "3"}, base=base), by=other)

    conflict = changed.value
    assert conflict.changed_by == "Ida Twohospitals"
    sides = {
        name: [each.answer(name) for each in (conflict.base, conflict.mine, conflict.theirs)] for name in conflict.names
    }
    assert sides == {"age": [70, 72, 71], "asa": ["2", "3", "2"]}
    with world.acting_as("alder.abstractor"):
        assert Case.objects.get(pk=case.pk).answers["age"] == 71


def test_complete_case_lists_every_error(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        case = _save(_start(by), by, age=131, discharge_date=date(2026, 3, 1))

        with pytest.raises(CaseProblemsError) as problems:
            complete_case(case=case, revision=case.revision, by=by)

        assert [(each.rule, each.variable) for each in problems.value.findings] == [
            ("hard_range", "age"),
            ("required", "asa"),
            ("required", "antibiotic"),
            ("required", "ssi"),
            ("discharge_before_operation", "discharge_date"),
        ]
        assert Case.objects.get(pk=case.pk).status == CaseStatus.IN_PROGRESS


def test_a_warning_wants_a_reason(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        case = _save(_start(by), by, **ANSWERS, weight=Decimal(210))
        with pytest.raises(CaseProblemsError) as problems:
            complete_case(case=case, revision=case.revision, by=by)

        reasons = Changes(revision=case.revision, reasons={"soft_range:weight": "Weighed twice."})
        case = save_answers(case=case, changes=reasons, by=by).case
        case = complete_case(case=case, revision=case.revision, by=by)

        assert [each.rule for each in problems.value.findings] == ["soft_range"]
        assert (case.status, case.reasons) == (CaseStatus.COMPLETE, {"soft_range:weight": "Weighed twice."})


def test_complete_case_clears_what_is_not_asked(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        case = _save(_start(by), by, **ANSWERS, antibiotic_at=None)
        case = _save(case, by, antibiotic_at=datetime.fromisoformat("2026-03-05T08:15"))
        case = _save(case, by, antibiotic=False)
        kept = case.answers["antibiotic_at"]

        case = complete_case(case=case, revision=case.revision, by=by)

        assert kept == "2026-03-05T08:15"
        assert "antibiotic_at" not in case.answers
        assert _kinds(case)[-1] == "case_completed"


def test_a_complete_case_stands_until_it_is_reopened(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        case = _save(_start(by), by, **ANSWERS)
        case = complete_case(case=case, revision=case.revision, by=by)
        with pytest.raises(CaseCompletedError):
            _save(case, by, age=70)
        with pytest.raises(ReasonMissingError):
            reopen_case(case=case, reason=" ", by=by)

        case = reopen_case(case=case, reason="Wrong age", by=by)

        assert (case.status, case.completed_at, case.reasons) == (
            CaseStatus.IN_PROGRESS,
            None,
            {"reopened": "Wrong age"},
        )
        assert _save(case, by, age=70).answers["age"] == 70
        assert _kinds(case)[-2:] == ["case_reopened", "case_saved"]


def test_completing_twice_is_once(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        case = _save(_start(by), by, **ANSWERS)
        first = complete_case(case=case, revision=case.revision, by=by)
        again = complete_case(case=case, revision=case.revision, by=by)

        assert again.revision == first.revision
        assert _kinds(case).count("case_completed") == 1


def test_a_sampler_enters_but_does_not_complete(world: World) -> None:
    with world.acting_as("alder.sampler") as by:
        case = _save(_start(by), by, **ANSWERS)

        with pytest.raises(PermissionRefusedError):
            complete_case(case=case, revision=case.revision, by=by)


def test_the_wall_hides_cases_of_other_hospitals_from_services(world: World) -> None:
    with world.acting_as("alder.abstractor") as alder:
        case = _start(alder)

    with world.acting_as("birch.abstractor") as birch, pytest.raises(PermissionRefusedError):
        _save(case, birch, age=50)
    with world.acting_as("birch.abstractor"):
        assert not Case.objects.filter(pk=case.pk).exists()


def test_answers_read_back_as_they_were(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        case = _save(_start(by), by, weight=Decimal("72.5"), ssi=MissingKind.UNKNOWN, conditions=())

        assert Case.objects.get(pk=case.pk).values == Answers(
            {"operation_date": DAY, "weight": Decimal("72.5"), "conditions": ()}, {"ssi": MissingKind.UNKNOWN}
        )
