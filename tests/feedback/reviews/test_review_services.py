"""Attest, contest, decide, discuss, aim: who may, once, and what is kept."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from cases.models import Case
from events.enums import EventKind
from events.models import Event
from feedback.enums import Outcome
from feedback.models import DecidedExclusion, Release
from feedback.reviews.enums import ContestReason, ContestState, Verdict
from feedback.reviews.errors import (
    AlreadyAttestedError,
    AlreadyContestedError,
    AlreadyDecidedError,
    NotCountedError,
    NothingToExcludeError,
    NotReleasedError,
    NotYoursError,
)
from feedback.reviews.models import Attestation, Comment, Contest, LocalTarget
from feedback.reviews.services.attesting import attest
from feedback.reviews.services.contesting import decide_contest, raise_contest
from feedback.reviews.services.discussing import delete_comment, write_comment
from feedback.reviews.services.targets import drop_target, set_target
from feedback.reviews.validators import TargetError, TextMissingError, Wish
from measures.models import Measure
from privacy.viewer import PermissionRefusedError
from tests.world import World
from tests.worlds import releases, reviews


def released() -> Release:
    return Release.objects.get(name=releases.NAME)


# Attest ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["alder.clinician", "alder.administrator"])
def test_a_person_attests_once(world: World, who: str) -> None:
    with world.acting_as(who) as by:
        said = attest(release=released(), by=by)
        with pytest.raises(AlreadyAttestedError, match="Once is enough"):
            attest(release=released(), by=by)

        assert said.name == by.name
        assert Attestation.objects.filter(person_id=by.user_id).count() == 1
        assert Event.objects.filter(kind=EventKind.RELEASE_ATTESTED, actor_id=by.user_id).count() == 1


@pytest.mark.parametrize("who", ["alder.abstractor", "alder.sampler", "cora", "ben", "sam"])
def test_others_do_not_attest(world: World, who: str) -> None:
    with world.acting_as("alder.champion"):
        release = released()
    with world.acting_as(who) as by, pytest.raises(PermissionRefusedError):
        attest(release=release, by=by)


def test_a_draft_is_not_attested(world: World) -> None:
    with world.acting_as("cora"):
        draft = Release.objects.get(name=releases.DRAFT)
    with world.acting_as("alder.clinician") as by, pytest.raises(NotReleasedError):
        attest(release=draft, by=by)


# Contest --------------------------------------------------------------------------------------------------------------


def test_a_contest_keeps_how_the_release_counted_the_case(world: World) -> None:
    with world.acting_as("alder.clinician") as by:
        result, case = reviews.counted("alder", Outcome.EXCLUDED)[0]
        contest = raise_contest(
            case=case, result=result, reason=ContestReason.SHOULD_NOT_BE_EXCLUDED, text=" It was planned. ", by=by
        )

    assert (contest.outcome, contest.why, contest.text) == ("excluded", "ASA class 4", "It was planned.")
    assert contest.state == ContestState.OPEN


def test_a_case_is_contested_once_at_a_time(world: World) -> None:
    with world.acting_as("alder.clinician") as by, pytest.raises(AlreadyContestedError):
        reviews.contest("alder", by)


def test_words_are_needed(world: World) -> None:
    with world.acting_as("alder.clinician") as by:
        result, case = reviews.counted("alder", Outcome.NOT_MET)[0]
        with pytest.raises(TextMissingError):
            raise_contest(case=case, result=result, reason=ContestReason.OTHER, text="  ", by=by)


def test_a_case_that_is_not_behind_the_number_is_not_contested(world: World) -> None:
    with world.acting_as("alder.clinician") as by:
        result, _ = reviews.counted("alder", Outcome.MET)[0]
        draft = Case.objects.filter(participation_id=result.participation_id, status="in_progress")[0]
        with pytest.raises(NotCountedError):
            raise_contest(case=draft, result=result, reason=ContestReason.OTHER, text="Why not.", by=by)


@pytest.mark.parametrize("who", ["alder.sampler", "alder.administrator", "birch.champion", "cora"])
def test_others_do_not_contest(world: World, who: str) -> None:
    with world.acting_as("alder.champion"):
        result, case = reviews.counted("alder", Outcome.NOT_MET)[0]
    with world.acting_as(who) as by, pytest.raises(PermissionRefusedError):
        raise_contest(case=case, result=result, reason=ContestReason.OTHER, text="No.", by=by)


def alders() -> Contest:
    return Contest.objects.get(public_id=reviews.CONTESTS["alder"])


def test_the_centre_decides_once_and_the_log_keeps_it(world: World) -> None:
    with world.acting_as("cora") as cora:
        decided = decide_contest(contest=alders(), verdict=Verdict.EXCLUDE, text="Agreed.", by=cora)
        with pytest.raises(AlreadyDecidedError):
            decide_contest(contest=alders(), verdict=Verdict.DECLINE, text="Not agreed.", by=cora)

        assert (decided.state, decided.excludes, decided.decision) == (ContestState.ACCEPTED, True, "Agreed.")
        assert DecidedExclusion.objects.filter(case_id=decided.case_id).count() == 1
        kinds = Event.objects.filter(participation_id=decided.participation_id, actor_id=cora.user_id)
        kept = set(kinds.values_list("kind", flat=True))
        assert kept >= {EventKind.CONTEST_DECIDED, EventKind.CASE_EXCLUDED}


@pytest.mark.parametrize(
    ("verdict", "state"), [(Verdict.CORRECT, ContestState.ACCEPTED), (Verdict.DECLINE, ContestState.DECLINED)]
)
def test_other_verdicts_exclude_nothing(world: World, verdict: Verdict, state: ContestState) -> None:
    with world.acting_as("dana") as dana:
        decided = decide_contest(contest=alders(), verdict=verdict, text="So.", by=dana)

        assert (decided.state, decided.excludes) == (state, False)
        assert not DecidedExclusion.objects.exists()


def test_what_is_excluded_already_cannot_be_excluded(world: World) -> None:
    with world.acting_as("alder.clinician") as by:
        result, case = reviews.counted("alder", Outcome.EXCLUDED)[0]
        contest = raise_contest(case=case, result=result, reason=ContestReason.OTHER, text="Look.", by=by)
    with world.acting_as("cora") as cora, pytest.raises(NothingToExcludeError):
        decide_contest(contest=contest, verdict=Verdict.EXCLUDE, text="So.", by=cora)


@pytest.mark.parametrize("who", ["ben", "vera", "alder.champion"])
def test_others_do_not_decide(world: World, who: str) -> None:
    with world.acting_as("cora"):
        contest = alders()
    with world.acting_as(who) as by, pytest.raises(PermissionRefusedError):
        decide_contest(contest=contest, verdict=Verdict.DECLINE, text="No.", by=by)


@pytest.mark.parametrize("change", [{"text": "Other words"}, {"reason": "other"}, {"state": "open", "decision": ""}])
def test_the_database_keeps_what_was_said(world: World, change: dict[str, str]) -> None:
    with world.acting_as("cora") as cora:
        decide_contest(contest=alders(), verdict=Verdict.DECLINE, text="So.", by=cora)
        with pytest.raises(IntegrityError, match="stand"), transaction.atomic():
            Contest.objects.filter(public_id=reviews.CONTESTS["alder"]).update(**change)


# Discuss --------------------------------------------------------------------------------------------------------------


def test_a_comment_is_deleted_by_its_writer_alone(world: World) -> None:
    with world.acting_as("alder.clinician") as by, pytest.raises(NotYoursError):
        delete_comment(comment=reviews.own_comment("alder"), by=by)
    with world.acting_as("alder.champion") as by:
        gone = delete_comment(comment=reviews.own_comment("alder"), by=by)

        assert gone.text == ""
        assert gone.deleted_at
        assert delete_comment(comment=gone, by=by).deleted_at == gone.deleted_at


def test_the_database_lets_nobody_write_a_comment_again(world: World) -> None:
    with (
        world.acting_as("alder.clinician"),
        pytest.raises(IntegrityError, match="written once"),
        transaction.atomic(),
    ):
        Comment.objects.update(text="Forged")


def test_the_centre_takes_no_part(world: World) -> None:
    with world.acting_as("cora") as cora, pytest.raises(PermissionRefusedError):
        write_comment(measure=Measure.objects.get(slug="ssi"), release=None, text="Hello.", by=cora)


# Aim ------------------------------------------------------------------------------------------------------------------


def test_every_target_is_kept_and_the_latest_counts(world: World) -> None:
    with world.acting_as("alder.champion") as by:
        measure = Measure.objects.get(slug="ssi")
        drop_target(measure=measure, reason="Too easy.", by=by)

        found = LocalTarget.objects.filter(measure=measure).order_by("-pk")
        assert [each.value for each in found] == [None, reviews.TARGETS["alder"]]


@pytest.mark.parametrize(("value", "days"), [(1.2, 100), (-0.1, 100), (0.5, 0), (0.5, 4000)])
def test_a_target_can_be_reached(world: World, value: float, days: int) -> None:
    with world.acting_as("alder.champion") as by:
        today = LocalTarget.objects.earliest("pk").set_at.date()
        wish = Wish(value=value, by=today + timedelta(days=days), reason="So.")
        with pytest.raises(TargetError):
            set_target(measure=Measure.objects.get(slug="ssi"), wish=wish, today=today, by=by)


@pytest.mark.parametrize("who", ["alder.clinician", "alder.administrator", "cora"])
def test_only_the_champion_aims(world: World, who: str) -> None:
    with world.acting_as(who) as by, pytest.raises(PermissionRefusedError):
        drop_target(measure=Measure.objects.get(slug="ssi"), reason="So.", by=by)
