"""The report fixes the figures; corrections afterwards change cases and no figure."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from cases.audits.enums import AuditState
from cases.audits.models import Agreement, Audit
from cases.audits.selectors.figures import last_audits
from cases.audits.services.reporting import order_corrections
from cases.models import Case, CaseChange
from cases.questions.models import Question
from cases.services.locking import lock_cases
from feedback.models import CaseOutcome
from feedback.services.outcomes import evaluate_case
from tests.world import World
from tests.worlds import audits
from tests.worlds.audits import HOSPITAL, again


pytestmark = pytest.mark.worker


def test_the_report_fixes_the_figures_as_adjudicated(world: World) -> None:
    audit, _ = audits.finished()
    audits.report(audit)

    assert (audit.state, audit.agreeing_found, audit.agreeing) == (
        AuditState.REPORTED,
        audit.compared - 4,
        audit.compared - 3,
    )
    with world.acting_as("cedar.champion"):
        figures = Agreement.objects.filter(audit=audit)
        assert sum(each.compared for each in figures) == audit.compared
        asa = figures.get(variable="asa")
        assert (asa.compared, asa.agreeing_found, asa.agreeing) == (3, 2, 3)
        assert figures.filter(variable__in=("comment", "stay")).count() == 0
    with (
        world.acting_as("cora"),
        pytest.raises(IntegrityError, match="figures of a reported audit"),
        transaction.atomic(),
    ):
        Audit.objects.filter(pk=audit.pk).update(agreeing=audit.compared)


def test_the_last_audit_of_each_hospital_is_told_in_one_query(
    world: World, django_assert_num_queries: Callable[[int], object]
) -> None:
    audit, _ = audits.finished()
    audits.announce(HOSPITAL)  # a new one under way changes nothing

    with world.acting_as("cora") as by, django_assert_num_queries(1):  # type: ignore[attr-defined]
        figures = last_audits(by.collaborative_id)
    assert set(figures) == {world.participation(each).pk for each in (HOSPITAL, "alder", "birch")}
    mine = figures[audit.participation_id]
    assert (mine.cases, mine.compared, mine.agreeing) == (3, audit.compared, audit.agreeing)
    assert mine.share == audit.agreeing / audit.compared
    with world.acting_as("cedar.champion") as by:
        assert set(last_audits(by.collaborative_id)) == {audit.participation_id}
        assert last_audits(by.collaborative_id, until=mine.reported_at) == {}


def test_corrections_are_marked_and_change_no_figure(world: World) -> None:
    audit, samples = audits.finished()
    with world.acting_as("cora"):
        before = list(Agreement.objects.filter(audit=audit).order_by("pk").values())
    with world.acting_as("cora") as by:
        order_corrections(audit=audit, by=by)
    audits.correct(audit)
    audits.correct(audit)
    now = again(audit)

    with world.acting_as("cora"):
        case = Case.objects.get(pk=samples[0].case_id)
        change = CaseChange.objects.filter(case_id=case.pk, participation_id=case.participation_id).latest("pk")
        assert list(Agreement.objects.filter(audit=audit).order_by("pk").values()) == before
        queries = list(Question.objects.filter(case_id=samples[1].case_id, rule="audit:readmitted"))
    assert (case.answers["age"], case.missing["ssi"], "ssi" in case.answers) == (44, "unknown", False)
    assert (change.via, change.changed_by_id) == ("audit", world.user("cora").pk)
    assert set(change.changes["answers"]) == {"age", "ssi"}
    assert case.status == "complete"
    assert [each.waiting_for for each in queries] == ["hospital"]
    assert "The letter is of another stay." in queries[0].text
    assert (now.state, now.agreeing, now.compared) == (AuditState.CORRECTED, audit.agreeing, audit.compared)


def test_a_corrected_case_is_counted_again(world: World) -> None:
    audit, samples = audits.finished()
    audits.correct(audit)
    with audits.as_worker():
        evaluate_case(samples[0].case_id)
        outcome = CaseOutcome.objects.get(case_id=samples[0].case_id, measure_version__measure__slug="ssi")

    assert outcome.outcome == "cannot_tell"  # the infection is unknown now, which is not No


def test_a_locked_case_is_unlocked_corrected_and_locked_again(world: World) -> None:
    audit, samples = audits.finished()
    with audits.as_worker():
        lock_cases(Case.objects.filter(pk=samples[0].case_id))

    audits.correct(audit)

    with world.acting_as("cora"):
        case = Case.objects.get(pk=samples[0].case_id)
        ways = list(
            CaseChange.objects.filter(case_id=case.pk, participation_id=case.participation_id)
            .order_by("pk")
            .values_list("via", flat=True)
        )
    assert (case.status, case.answers["age"]) == ("locked", 44)
    assert ways[-4:] == ["lock", "unlock", "audit", "lock"]
    assert "unlocked" not in case.reasons


def test_a_value_that_the_hospital_changed_meanwhile_is_asked_for(world: World) -> None:
    audit, samples = audits.finished()
    with audits.as_worker():
        case = Case.objects.get(pk=samples[0].case_id)
        case.answers["age"] = 61
        case.save(update_fields=["answers"])

    audits.correct(audit)

    with world.acting_as("cora"):
        assert Case.objects.get(pk=samples[0].case_id).answers["age"] == 61
        assert Question.objects.filter(case_id=samples[0].case_id, rule="audit:age").count() == 1
