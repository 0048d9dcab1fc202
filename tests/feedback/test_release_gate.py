"""The data-quality gate: what it finds, and that a stop needs a reason which is kept."""

import pytest
from django.db import DatabaseError, transaction

from events.enums import EventKind
from events.models import Event, Job
from feedback.definition.policy import Policy
from feedback.enums import CheckName, CheckState, ReleaseState
from feedback.errors import ReasonMissingError, ReleaseStateError
from feedback.models import (
    Release,
    ReleaseCheck,
    ReleaseCheckReason,
    ReleaseProof,
)
from feedback.selectors.gate import gate_of
from feedback.services.gate import Answer, _below, _far, answers, ask_to_check, check_release
from feedback.services.policies import set_release_policy
from feedback.services.proof_requests import ask_for_proof
from feedback.services.proving import prove_release
from feedback.services.releases import approve_release
from privacy.viewer import PermissionRefusedError
from tenancy.context import acting
from tests.world import World
from tests.worlds import drafts, releases


pytestmark = pytest.mark.worker
STOPS = {CheckName.TIMELINESS}  # the world's cases are all late


def draft(world: World) -> Release:
    with world.acting_as("ben"):
        return Release.objects.get(name=releases.DRAFT)


def state_of(release: Release) -> dict[str, str]:
    with acting(releases.worker()), transaction.atomic():
        return {answer.name: answer.state for answer in answers(release)}


def test_every_question_is_asked_once_and_kept(world: World) -> None:
    release = draft(world)
    with world.acting_as("ben") as by:
        gate = gate_of(by, release)
        kept = {check.name: check.state for check in ReleaseCheck.objects.filter(release=release)}

    assert gate
    assert [line.name for line in gate.lines] == CheckName.values
    assert {name for name, state in kept.items() if state == CheckState.STOP} == STOPS
    assert gate.text == f"1 to answer, {gate.looks} to look at"


@pytest.mark.parametrize("reasons", [{}, {"models": "Levels without cases."}, {"timeliness": "  "}])
def test_stop_without_a_reason_is_not_approved(world: World, reasons: dict[str, str]) -> None:
    release = draft(world)
    with world.acting_as("ben") as by, pytest.raises(ReasonMissingError, match="these checks say stop") as refused:
        approve_release(release=release, reasons=reasons, by=by)

    assert set(refused.value.names) == STOPS
    assert draft(world).state == ReleaseState.DRAFT
    with world.acting_as("ben"):
        assert not ReleaseCheckReason.objects.filter(check_row__release=release).exists()


def test_reasons_are_kept_shown_and_told(world: World) -> None:
    release = draft(world)
    with world.acting_as("ben") as by:
        approve_release(release=release, reasons={"timeliness": "Late by the old rule.", "models": "No stop."}, by=by)
        gate = gate_of(by, release)
        told = Event.objects.filter(kind=EventKind.RELEASE_CHECK_ANSWERED, subject_id=release.pk)
        checks = {event.details["check"] for event in told}

    assert gate
    given = {line.name: (line.reason, line.given_by) for line in gate.lines if line.reason}
    assert given == {"timeliness": ("Late by the old rule.", "Ben Nettlecombe")}
    assert checks == STOPS


def test_neither_a_check_nor_a_reason_is_changed(world: World) -> None:
    release = draft(world)
    with world.acting_as("ben") as by:
        approve_release(release=release, reasons=dict.fromkeys(STOPS, "So."), by=by)
    for name, rows in (("ben", ReleaseCheck.objects), ("ben", ReleaseCheckReason.objects)):
        with world.acting_as(name), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            rows.update(collaborative=release.collaborative_id)


@pytest.mark.parametrize("name", ["alder.champion", "sam", "alder.abstractor"])
def test_nobody_outside_the_centre_reads_it(world: World, name: str) -> None:
    with world.acting_as(name), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        ReleaseCheck.objects.exists()


def test_asking_again_adds_a_round(world: World) -> None:
    release = draft(world)
    with world.acting_as("cora") as by:
        ask_to_check(release=release, by=by)
    with acting(releases.worker()), transaction.atomic():
        check_release(Job(subject_id=release.pk))
    with world.acting_as("ben") as by:
        gate = gate_of(by, release)

        assert gate
        assert (gate.round, len(gate.lines)) == (2, len(CheckName))
        assert ReleaseCheck.objects.filter(release=release).count() == 2 * len(CheckName)
        approve_release(release=release, reasons=dict.fromkeys(STOPS, "So."), by=by)
    with world.acting_as("cora") as by, pytest.raises(ReleaseStateError, match="no draft any more"):
        ask_to_check(release=draft(world), by=by)


def test_programmes_own_figures_count(world: World) -> None:
    with world.acting_as("dana") as by:
        set_release_policy(policy=Policy(timeliness=0), by=by)

    assert state_of(draft(world))["timeliness"] == CheckState.PASS
    with world.acting_as("cora") as by, pytest.raises(PermissionRefusedError):
        set_release_policy(policy=Policy(), by=by)


# One hospital, many hospitals ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "state"), [(0, CheckState.PASS), (1, CheckState.LOOK), (2, CheckState.LOOK), (3, CheckState.STOP)]
)
def test_more_than_a_quarter_below_is_the_programmes_matter(low: int, state: CheckState) -> None:
    counts = {hospital: (89 if hospital < low else 90, 100) for hospital in range(8)} | {99: (0, 0)}

    answer = _below(CheckName.COMPLETENESS, counts, 90)

    assert answer.state == state
    assert answer.summary == f"{low} of 8 hospitals below 90%; not known of 1"
    assert [hospital for hospital, _ in answer.found] == list(range(low))


@pytest.mark.parametrize(
    ("was", "now", "far"),
    [(0.10, 0.126, True), (0.10, 0.124, False), (0.02, 0.029, False), (0.02, 0.031, True), (0.10, 0.07, True)],
)
def test_move_is_a_share_of_the_value_and_more_than_rounding(was: float, now: float, far: bool) -> None:  # noqa: FBT001
    assert _far(now - was, was, 0.25, drafts.MEASURE) == far


def test_one_who_sends_extreme_cases_is_named(world: World) -> None:
    """Attack BA-25: the value of all moves because one hospital wants it to."""
    with acting(releases.worker()), transaction.atomic():
        release = Release.objects.get(name=releases.DRAFT)
        (weight,) = [each for each in answers(release) if each.name == CheckName.WEIGHT]

    assert weight.state == CheckState.LOOK
    assert all(hospital for hospital, _ in weight.found)


def test_long_list_is_cut_and_says_so() -> None:
    row = Answer(CheckName.WEIGHT, "x", CheckState.LOOK, [(n, "far") for n in range(50)]).row(Release(pk=1), 1)

    assert len(row.found) == 41
    assert row.found[-1] == {"hospital": None, "text": "and 10 more"}


# Proof ---------------------------------------------------------------------------------------------------------------


def test_release_is_computed_again_to_the_last_bit(world: World) -> None:
    release = draft(world)
    with world.acting_as("ben") as by:
        job = ask_for_proof(release=release, by=by)
    with acting(releases.worker()), transaction.atomic():
        prove_release(job)
    with world.acting_as("cora"):
        (proof,) = ReleaseProof.objects.filter(release=release).select_related("asked_by", "release__snapshot")

    assert proof.equal, proof.difference
    assert proof.release.snapshot
    assert (proof.digest, proof.asked_by.full_name) == (proof.release.snapshot.digest, "Ben Nettlecombe")  # type: ignore[union-attr]  # asked by Ben


def test_proof_is_asked_by_those_who_build(world: World) -> None:
    with world.acting_as("vera") as by, pytest.raises(PermissionRefusedError):
        ask_for_proof(release=draft(world), by=by)
