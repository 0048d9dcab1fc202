"""An audit that ends early ends whole."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from cases.audits.enums import AuditState
from cases.audits.errors import (
    HospitalLeftError,
    ReasonMissingError,
    StepRefusedError,
)
from cases.audits.models import Audit, SecondAbstraction
from cases.audits.services.notices import cancel_audit, cancel_audits_of
from cases.models import Case
from collaboratives.services.programme import end_participation
from tests.world import World
from tests.worlds import audits, locks
from tests.worlds.audits import HOSPITAL, again, drawn


pytestmark = pytest.mark.worker


def leave(world: World) -> None:
    with world.acting_as("dana") as by:
        end_participation(participation=world.participation(HOSPITAL), left_on=date(2026, 11, 1), by=by)


def test_a_hospital_that_leaves_stops_its_audit(world: World) -> None:
    audit = audits.under_abstraction()
    first, *_ = drawn(audit)
    leave(world)

    with pytest.raises(HospitalLeftError, match="left the collaborative on 1 November 2026"):
        audits.abstract(drawn(audit)[0])
    with audits.as_worker():
        assert cancel_audits_of(audit.participation_id) == 1
        assert cancel_audits_of(audit.participation_id) == 0
    now = again(audit)
    assert (now.state, now.cancel_reason, now.cancelled_by_id) == (
        AuditState.CANCELLED,
        "The hospital left the collaborative.",
        None,
    )
    with world.acting_as("vera"):
        assert SecondAbstraction.objects.filter(audited_case=first).count() == 0
        assert Case.objects.filter(pk=first.case_id).count() == 1  # blind no more


def test_no_audit_is_announced_to_a_hospital_that_left(world: World) -> None:
    leave(world)

    with pytest.raises(HospitalLeftError):
        audits.announce(HOSPITAL)


def test_a_reported_audit_stays_when_the_hospital_leaves(world: World) -> None:
    audit, _ = audits.finished()
    leave(world)
    with audits.as_worker():
        assert cancel_audits_of(audit.participation_id) == 0

    assert again(audit).state == AuditState.REPORTED


def test_a_cancelled_audit_is_over(world: World) -> None:
    audit = audits.under_abstraction()
    with world.acting_as("cora") as by, pytest.raises(ReasonMissingError):
        cancel_audit(audit=audit, reason=" ", by=by)
    with world.acting_as("cora") as by:
        cancel_audit(audit=audit, reason="The records burnt.", by=by)

    with pytest.raises(StepRefusedError, match="Cancelled"):
        audits.abstract(drawn(audit)[0])
    with world.acting_as("cora"), pytest.raises(IntegrityError, match="is over"), transaction.atomic():
        Audit.objects.filter(pk=audit.pk).update(state="drawn", cancelled_at=None, cancelled_by=None, cancel_reason="")
    assert audits.announce(HOSPITAL).state == AuditState.ANNOUNCED  # a new one can be


def test_a_locked_case_may_be_drawn(world: World) -> None:
    audit = audits.draw(audits.announce("alder", sample_size=200, days=(date(2025, 7, 1), date(2026, 10, 1))))

    assert locks.LOCKED["alder"] in [each.case_number for each in drawn(audit)]
