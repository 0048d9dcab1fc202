"""The second abstraction, the comparison, the hospital's answers and the third person's decisions."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from cases.audits.enums import Answer, AuditState, Verdict
from cases.audits.errors import (
    ProblemsError,
    ReasonMissingError,
    SamePersonError,
    StepRefusedError,
    StillOpenError,
)
from cases.audits.models import Disagreement, SecondAbstraction
from cases.audits.services.abstraction import finish_second
from cases.audits.services.reporting import report_audit
from cases.audits.services.review import Decision, accept_rest, end_review, rule
from events.enums import EventKind
from events.models import Event
from measures.definition.spec import MissingKind
from privacy.viewer import PermissionRefusedError
from tests.world import World
from tests.worlds import audits
from tests.worlds.audits import again, drawn


pytestmark = pytest.mark.worker


def test_only_the_named_person_abstracts_and_only_once(world: World) -> None:
    audit = audits.under_abstraction()
    first, *_ = drawn(audit)
    with world.acting_as("cora") as by, pytest.raises(PermissionRefusedError):
        finish_second(audited=first, by=by)
    audits.abstract(first)

    assert again(audit).state == AuditState.ABSTRACTING
    with pytest.raises(StepRefusedError):
        audits.abstract(first)


def test_a_second_abstraction_is_finished_without_problems_only(world: World) -> None:
    audit = audits.under_abstraction()
    first, *_ = drawn(audit)

    with pytest.raises(ProblemsError):
        audits.abstract(first, {"age": None})
    with pytest.raises(ProblemsError):
        audits.abstract(first, {"age": 131})
    with world.acting_as("vera"):
        assert SecondAbstraction.objects.filter(finished_at__isnull=False, audited_case__audit=audit).count() == 0


def test_comparing_waits_for_the_last_case(world: World) -> None:
    audit = audits.under_abstraction()
    first, *others = drawn(audit)
    audits.abstract(first)
    audits.compare(audit)
    assert again(audit).state == AuditState.ABSTRACTING
    with world.acting_as("cora"):
        assert Event.objects.filter(kind=EventKind.AUDIT_ABSTRACTED, subject_id=audit.pk).count() == 0
    for each in others:
        audits.abstract(each)

    audits.compare(audit)
    audits.compare(audit)

    assert again(audit).state == AuditState.ADJUDICATION  # nothing differs, so nobody has anything to say
    with world.acting_as("cora"):
        assert Event.objects.filter(kind=EventKind.AUDIT_ABSTRACTED, subject_id=audit.pk).count() == 1
        assert Event.objects.filter(kind=EventKind.AUDIT_COMPARED, subject_id=audit.pk).count() == 1


def test_four_ways_of_having_no_value_are_four_different_answers(world: World) -> None:
    """Unknown, not documented, not applicable and empty; and none of them is No."""
    audit, samples = audits.reviewed(
        {
            0: {"weight": MissingKind.UNKNOWN, "ssi": MissingKind.UNKNOWN},
            1: {"weight": MissingKind.NOT_DOCUMENTED, "antibiotic": MissingKind.NOT_APPLICABLE},
            2: {"weight": None},
        }
    )
    with world.acting_as("cedar.champion"):
        second = {
            (each.audited_case_id, each.variable): each.second for each in Disagreement.objects.filter(audit=audit)
        }

    assert [second[sample.pk, "weight"] for sample in samples] == [
        {"missing": "unknown"},
        {"missing": "not_documented"},
        {},
    ]
    assert second[samples[0].pk, "ssi"] == {"missing": "unknown"}
    assert second[samples[1].pk, "antibiotic"] == {"missing": "not_applicable"}
    assert audit.compared - audit.agreeing_found == len(second)


# Review and adjudication ----------------------------------------------------------------------------------------------


def test_the_hospital_answers_each_once_and_then_the_centre_decides(world: World) -> None:
    audit, (first, *_) = audits.reviewed({0: {"asa": "4", "age": 44}})
    asa, age = audits.found(audit, first, "asa"), audits.found(audit, first, "age")

    with pytest.raises(ReasonMissingError):
        audits.contest(asa, " ")
    audits.contest(asa, "Signed last before incision.")
    with pytest.raises(StepRefusedError, match="answered by a colleague"):
        audits.contest(asa, "Again.")
    assert again(audit).state == AuditState.REVIEW
    with pytest.raises(StepRefusedError):
        audits.decide(asa, Verdict.SECOND, "So it stands.")
    audits.contest(age, "", Answer.ACCEPTED)
    assert again(audit).state == AuditState.ADJUDICATION
    with pytest.raises(StepRefusedError):
        audits.contest(age, "Too late.")
    with pytest.raises(StillOpenError, match="not contested"):
        audits.decide(age, Verdict.ORIGINAL, "No.")
    with world.acting_as("cora") as by, pytest.raises(StillOpenError, match="waits for a decision"):
        report_audit(audit=again(audit), by=by)
    with pytest.raises(ReasonMissingError):
        audits.decide(asa, Verdict.ORIGINAL, "")
    audits.decide(asa, Verdict.ORIGINAL, "Seen in the sheet.")
    with pytest.raises(StillOpenError, match="final"):
        audits.decide(asa, Verdict.SECOND, "On second thoughts.")
    with world.acting_as("cora") as by:
        job = report_audit(audit=again(audit), by=by)
        assert report_audit(audit=again(audit), by=by) == job  # pressed twice, computed once


def test_the_rest_is_accepted_at_once(world: World) -> None:
    audit, _ = audits.reviewed({0: {"asa": "4", "age": 44}, 1: {"age": 45}})
    with world.acting_as("cedar.abstractor") as by:
        assert accept_rest(audit=audit, by=by) == 3
        assert accept_rest(audit=audit, by=by) == 0


def test_a_hospital_that_does_not_answer_is_waited_for(world: World) -> None:
    audit, _ = audits.reviewed({0: {"age": 44}})
    with world.acting_as("cora") as by, pytest.raises(StillOpenError, match="has until"):
        end_review(audit=audit, by=by)
    with time_machine.travel(timezone.now() + timedelta(days=15), tick=True), world.acting_as("cora") as by:
        end_review(audit=audit, by=by)

    audits.report(audit)
    now = again(audit)
    assert (now.state, now.agreeing) == (AuditState.REPORTED, now.compared - 1)


def test_whoever_abstracted_again_does_not_decide(world: World) -> None:
    audit, (first, *_) = audits.reviewed({0: {"age": 44}})
    age = audits.found(audit, first, "age")
    audits.contest(age, "It is right.")
    decision = Decision(verdict=Verdict.SECOND, reason="I saw it.")

    with world.acting_as("vera") as by, pytest.raises(SamePersonError):
        rule(disagreement=audits.found(audit, first, "age"), decision=decision, by=by)
    insert = (
        "INSERT INTO audits_ruling (disagreement_id, collaborative_id, participation_id, verdict, reason, decided_at,"
        " decided_by_id) VALUES (%s, %s, %s, 'second', 'I saw it.', now(), %s)"
    )
    values = [age.pk, age.collaborative_id, age.participation_id, world.user("vera").pk]
    with world.acting_as("vera"), pytest.raises(IntegrityError, match="does not adjudicate"), transaction.atomic():
        connection.cursor().execute(insert, values)
