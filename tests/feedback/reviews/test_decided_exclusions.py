"""What the centre decides to leave out stays left out, whatever evaluates the case, and no released number moves."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction

from cases.models import Case
from config.reactions import REACTIONS
from events.enums import EventKind
from events.models import Event
from feedback.enums import BY_DECISION, Outcome
from feedback.models import CaseOutcome, DecidedExclusion, SiteMonth, SiteResult
from feedback.reviews.enums import Verdict
from feedback.reviews.models import Contest
from feedback.reviews.services.contesting import decide_contest, lift_exclusion
from feedback.services.bulk_outcomes import evaluate_collaborative
from feedback.services.computing import recompute
from feedback.services.outcomes import evaluate_case
from measures.models import Measure
from tenancy.context import acting
from tests.world import World
from tests.worlds import releases, reviews


pytestmark = pytest.mark.worker


@contextmanager
def worker() -> Iterator[int]:
    who = releases.worker()
    with acting(who), transaction.atomic():
        yield who.collaborative_id


def decide(world: World, verdict: Verdict = Verdict.EXCLUDE) -> Contest:
    with world.acting_as("cora") as cora:
        contest = Contest.objects.get(public_id=reviews.CONTESTS["alder"])
        return decide_contest(contest=contest, verdict=verdict, text="Operated elsewhere.", by=cora)


def react(kind: EventKind) -> None:
    for event in Event.objects.filter(kind=kind):
        for reaction in REACTIONS[kind]:
            reaction(event)


def outcomes(case: Case) -> dict[str, tuple[str, str]]:
    found = CaseOutcome.objects.filter(case=case).select_related("measure_version__measure")
    return {each.measure_version.measure.slug: (each.outcome, each.reason) for each in found}


def months(measure: str) -> tuple[int, int]:
    """Met and excluded of alder in all months."""
    found = SiteMonth.objects.filter(participation__site__identifier="0100", measure_version__measure__slug=measure)
    return sum(each.met for each in found), sum(each.excluded for each in found)


def test_a_decision_takes_effect_in_this_measure_alone(world: World) -> None:
    with worker():
        met, excluded = months("ssi")
    contest = decide(world)
    with worker():
        before = outcomes(contest.case)
        react(EventKind.CASE_EXCLUDED)

        after = outcomes(contest.case)
        assert before["ssi"] == (Outcome.MET.value, "")
        assert after["ssi"] == (Outcome.EXCLUDED.value, BY_DECISION)
        assert {slug: found for slug, found in after.items() if slug != "ssi"} == {
            slug: found for slug, found in before.items() if slug != "ssi"
        }
        assert months("ssi") == (met - 1, excluded + 1)


def test_both_ways_of_counting_respect_it(world: World) -> None:
    contest = decide(world)
    with worker() as collaborative:
        evaluate_collaborative(collaborative)
        together = (outcomes(contest.case), months("ssi"))
        evaluate_case(contest.case_id)
        alone = (outcomes(contest.case), months("ssi"))

    assert together == alone
    assert together[0]["ssi"] == (Outcome.EXCLUDED.value, BY_DECISION)


def test_an_exclusion_of_the_definition_keeps_its_own_reason(world: World) -> None:
    with world.acting_as("cora") as cora:
        result, case = reviews.counted("alder", Outcome.EXCLUDED)[0]
        DecidedExclusion.objects.create(
            collaborative_id=result.collaborative_id,
            participation_id=result.participation_id,
            case=case,
            measure=Measure.objects.get(slug="ssi"),
            decided_by_id=cora.user_id,
        )
    with worker() as collaborative:
        before = outcomes(case)
        evaluate_collaborative(collaborative)
        assert outcomes(case) == before
        evaluate_case(case.pk)
        assert outcomes(case) == before


def test_a_released_number_never_changes_and_the_next_one_does(world: World) -> None:
    contest = decide(world)
    with worker() as collaborative:
        evaluate_collaborative(collaborative)
    with worker():
        kept = SiteResult.objects.get(
            release=contest.release_id,
            participation=contest.participation_id,
            measure_version=contest.measure_version_id,
        )
        assert recompute(kept.release) == ""
        assert BY_DECISION not in {step["name"] for step in kept.flow}
    following = releases.draft("Winter, with decisions", *releases.WINDOW)
    with worker():
        now = SiteResult.objects.get(
            release=following, participation=contest.participation_id, measure_version=contest.measure_version_id
        )

    assert (now.observed, now.denominator) == (kept.observed - 1, kept.denominator - 1)
    assert now.flow[-1] == {"name": BY_DECISION, "label": "Excluded by decision of the coordinating centre", "count": 1}
    assert sum(step["count"] for step in now.flow) == now.excluded


def test_an_exclusion_taken_back_counts_again(world: World) -> None:
    contest = decide(world)
    with worker():
        react(EventKind.CASE_EXCLUDED)
    with world.acting_as("dana") as dana:
        lifted = lift_exclusion(contest=contest, by=dana)
    with worker():
        react(EventKind.EXCLUSION_LIFTED)
        assert outcomes(contest.case)["ssi"] == (Outcome.MET.value, "")

    assert lifted.lifted_at
    assert lifted.decision == "Operated elsewhere."
