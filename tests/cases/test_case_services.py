"""Saving a case that others work on too: merging, conflicts, what is kept about the work, the number's correction."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from cases.enums import CaseStatus
from cases.errors import CaseChangedError, CaseCompletedError, CaseNumberTakenError
from cases.models import Case, CaseChange
from cases.services.cases import complete_case, correct_case_number, save_answers, start_case
from cases.services.changes import Changes
from measures.definition.answers import Answers
from measures.definition.spec import MissingKind
from measures.models import Form
from privacy.viewer import PermissionRefusedError, Viewer
from tests.world import World


DAY = date(2026, 3, 5)
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
COMPLETE = {"age": 71, "asa": "2", "antibiotic": True, "ssi": False}
pytestmark = pytest.mark.django_db


def _start(by: Viewer, number: str = "T-1", day: date = DAY, **answers: object) -> Case:
    case = start_case(form=Form.objects.get(slug="colectomy"), case_number=number, event_date=day, by=by)
    return _save(case, by, **answers) if answers else case


def _save(case: Case, by: Viewer, **answers: object) -> Case:
    return save_answers(case=case, changes=Changes(revision=case.revision, answers=answers), by=by).case  # type: ignore[arg-type]


def _late(case: Case, by: Viewer, base: Answers, **answers: object) -> Case:
    """Save as somebody does who still looks at revision 2."""
    changes = Changes(revision=2, answers=answers, base=base)  # type: ignore[arg-type]  # typed by the test
    return save_answers(case=case, changes=changes, by=by).case


def test_two_people_at_different_questions_both_save(world: World) -> None:
    with world.acting_as("alder.abstractor") as mine:
        case = _start(mine, age=70)
    with world.acting_as("alder.sampler") as theirs:
        _save(case, theirs, weight=Decimal(80))
    with world.acting_as("alder.abstractor") as mine:
        saved = _late(case, mine, case.values, asa="3")

        assert saved.answers == {"operation_date": "2026-03-05", "age": 70, "weight": 80.0, "asa": "3"}
        assert saved.revision == 4


def test_two_people_at_one_question_clash_and_nothing_is_kept(world: World) -> None:
    with world.acting_as("alder.abstractor") as mine:
        case = _start(mine, age=70)
    with world.acting_as("alder.sampler") as theirs:
        _save(case, theirs, age=71, weight=Decimal(80))
    with world.acting_as("alder.abstractor") as mine, pytest.raises(CaseChangedError) as clash:
        _late(case, mine, case.values, age=72, asa="3")

    assert clash.value.clashing == ("age",)
    assert [side.answer("age") for side in (clash.value.base, clash.value.mine, clash.value.theirs)] == [70, 72, 71]
    assert clash.value.changed_by == "Sampler Ashgrave"
    with world.acting_as("alder.abstractor"):
        assert Case.objects.get(pk=case.pk).answers["age"] == 71


def test_the_same_answer_twice_is_no_clash(world: World) -> None:
    """A request that is sent again after its answer was lost."""
    with world.acting_as("alder.abstractor") as mine:
        case = _start(mine, age=70)
        _late(case, mine, case.values, age=72)

        assert _late(case, mine, case.values, age=72).answers["age"] == 72


def test_a_value_and_a_missing_kind_clash(world: World) -> None:
    with world.acting_as("alder.abstractor") as mine:
        case = _start(mine, age=70)
        _save(case, mine, ssi=True)
        with pytest.raises(CaseChangedError) as clash:
            _late(case, mine, case.values, ssi=MissingKind.UNKNOWN)

    assert clash.value.clashing == ("ssi",)


def test_what_the_page_only_showed_is_not_what_a_person_changed(world: World) -> None:
    """A whole form comes back with all its answers; those it did not change leave the other's alone."""
    with world.acting_as("alder.abstractor") as mine:
        case = _start(mine, age=70)
        _save(case, mine, age=71)

        assert _late(case, mine, case.values, age=70, asa="3").answers["age"] == 71


def test_every_save_counts(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        case = _start(by, age=131, weight=Decimal(30), antibiotic=True)

        assert (case.answered, case.questions, case.errors, case.warnings) == (4, 13, 1, 0)
        assert case.sections == {"patient": [2, 4, 1], "operation": [2, 5, 0], "outcome": [0, 4, 0]}

        case = save_answers(case=case, changes=Changes(revision=2, answers={"age": 104}), by=by).case
        warned = case.warnings
        reasons = {"soft_range:age": "Born 1921."}
        case = save_answers(case=case, changes=Changes(revision=3, reasons=reasons), by=by).case

        assert (case.errors, warned, case.warnings) == (0, 1, 0)


def test_working_time_leaves_pauses_and_other_people_out(world: World) -> None:
    with world.acting_as("alder.abstractor") as by, time_machine.travel(NOON, tick=False) as clock:
        case = _start(by)
        for seconds, age in ((40, 70), (300, 71), (301, 72), (20, 73)):
            clock.shift(timedelta(seconds=seconds))
            case = _save(case, by, age=age)
        assert case.working_seconds == 360
    with world.acting_as("alder.sampler") as other, time_machine.travel(NOON + timedelta(seconds=670), tick=False):
        assert _save(case, other, age=74).working_seconds == 360


def test_the_question_somebody_left_is_kept(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        case = _start(by)
        for place in ("weight", "nonsense"):
            case = save_answers(case=case, changes=Changes(revision=case.revision, resume_at=place), by=by).case

        assert case.resume_at == "weight"


def test_answers_of_another_version_wait_until_completion(world: World) -> None:
    """A date that was mistyped and put right again loses nothing."""
    with world.acting_as("alder.abstractor") as by:
        case = _start(by, drain=True, **COMPLETE)
        away = save_answers(
            case=case, changes=Changes(revision=2, answers={"operation_date": date(2025, 12, 30)}), by=by
        )
        back = _save(away.case, by, operation_date=DAY)
        gone = _save(back, by, operation_date=date(2025, 12, 30))
        done = complete_case(case=gone, revision=gone.revision, by=by)

        assert "kept until the case is complete: Drain left in place." in away.rebound
        assert back.values.values["drain"] is True
        assert "drain" not in done.answers


def test_case_number_is_corrected_with_its_history(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        case = correct_case_number(case=_start(by, "T-l"), case_number=" T-1 ", by=by)
        change = CaseChange.objects.filter(case_id=case.pk).latest("pk")

        assert (case.case_number, case.revision) == ("T-1", 2)
        assert change.changes == {"case_number": ["T-l", "T-1"]}


def test_case_number_of_another_case_is_refused(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        case = _start(by, "T-1")
        with pytest.raises(CaseNumberTakenError):
            correct_case_number(case=case, case_number="AL-901", by=by)


def test_complete_case_keeps_its_number(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        case = Case.objects.filter(status=CaseStatus.COMPLETE).earliest("pk")
        with pytest.raises(CaseCompletedError):
            correct_case_number(case=case, case_number="T-9", by=by)


def test_only_the_data_team_corrects_a_number(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        case = _start(by)
    with world.acting_as("alder.clinician") as by, pytest.raises(PermissionRefusedError):
        correct_case_number(case=case, case_number="T-9", by=by)
