"""One vote a hospital, in the window, by who may; hospitals that leave; two ballots at once."""

from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from collaboratives.ballots.definition.wording import About
from collaboratives.ballots.enums import APPROVE, REJECT, BallotState, Outcome, Rule, Subject
from collaboratives.ballots.errors import BallotError, VoteRefusedError
from collaboratives.ballots.models import Ballot, Result, Vote
from collaboratives.ballots.selectors.ballots import ballot_for, ballot_list, ballot_page
from collaboratives.ballots.selectors.decisions import refuse_undecided
from collaboratives.ballots.selectors.due import due_for
from collaboratives.ballots.services.counting import count_everywhere
from collaboratives.ballots.services.drafting import cancel_ballot, change_ballot, open_ballot, set_policy
from collaboratives.ballots.services.voting import cast_vote, name_designee
from collaboratives.selectors.places import acting_for
from collaboratives.services.people import end_role
from collaboratives.services.programme import end_participation
from events.models import Event
from privacy.viewer import PermissionRefusedError, Viewer
from tenancy.context import acting
from tests.clock import today
from tests.world import World
from tests.worlds import ballots, programme


pytestmark = pytest.mark.worker


def opened(question: str = "Shall we?", about: About | None = None, **changes: object) -> UUID:
    public_id = ballots.draft(question, about, **changes)
    ballots.begin(public_id)
    return public_id


def seen(viewer: Viewer, public_id: UUID) -> Ballot:
    return ballot_for(viewer, public_id)


def test_a_second_vote_is_refused_and_names_who_voted(world: World) -> None:
    public_id = opened()
    ballots.vote(public_id, "alder", APPROVE)
    with (
        world.acting_as("alder.champion") as champion,
        pytest.raises(VoteRefusedError, match="Champion Ashgrave has voted"),
    ):
        cast_vote(ballot=seen(champion, public_id), option=REJECT, by=champion)
    with world.acting_as("cora"):
        assert [vote.option for vote in Vote.objects.filter(ballot__public_id=public_id)] == [APPROVE]


def test_a_designee_votes_once_for_the_hospital_and_nobody_after(world: World) -> None:
    public_id = opened()
    clinician = world.user("alder.clinician")
    with world.acting_as("alder.clinician") as other, pytest.raises(PermissionRefusedError):
        cast_vote(ballot=seen(other, public_id), option=APPROVE, by=other)
    with world.acting_as("alder.champion") as champion:
        name_designee(ballot=seen(champion, public_id), person=clinician, by=champion)
    with world.acting_as("alder.clinician") as designee:
        assert [due.title for due in due_for(designee)] == ["Vote: Shall we?"]
        cast_vote(ballot=seen(designee, public_id), option=APPROVE, by=designee)
        assert due_for(designee) == []
    with world.acting_as("alder.champion") as champion, pytest.raises(VoteRefusedError, match="the first stands"):
        cast_vote(ballot=seen(champion, public_id), option=REJECT, by=champion)


def test_whoever_is_named_instead_takes_the_right_over(world: World) -> None:
    public_id = opened()
    with world.acting_as("alder.champion") as champion:
        for name in ("alder.clinician", "alder.administrator"):
            name_designee(ballot=seen(champion, public_id), person=world.user(name), by=champion)
    with world.acting_as("alder.clinician") as earlier, pytest.raises(PermissionRefusedError):
        cast_vote(ballot=seen(earlier, public_id), option=APPROVE, by=earlier)
    with (
        world.acting_as("alder.champion") as champion,
        pytest.raises(VoteRefusedError, match="no role in your hospital"),
    ):
        name_designee(ballot=seen(champion, public_id), person=world.user("birch.clinician"), by=champion)


def test_a_role_that_ends_takes_the_vote_along(world: World) -> None:
    public_id = opened()
    before = programme.viewer("alder.champion")
    with world.acting_as("dana") as dana:
        end_role(grant=world.user("alder.champion").grants.get(), by=dana)
    with (
        acting(acting_for(before)),
        transaction.atomic(),
        pytest.raises(Ballot.DoesNotExist),
    ):
        cast_vote(ballot=Ballot.objects.get(public_id=public_id), option=APPROVE, by=before)


def test_the_database_refuses_votes_outside_the_window_whatever_the_code_thinks(world: World) -> None:
    late = opened("Closes in a second?")
    with world.acting_as("alder.champion") as champion:
        ballot = seen(champion, late)
        with time_machine.travel(ballot.closes_at, tick=False), pytest.raises(VoteRefusedError, match="is closed"):
            cast_vote(ballot=ballot, option=APPROVE, by=champion)
    early = opened("Opens tomorrow?", opens_at=timezone.now() + timedelta(days=1))
    with world.acting_as("alder.champion") as champion:
        ballot = seen(champion, early)
        with time_machine.travel(ballot.opens_at + timedelta(hours=1), tick=False), pytest.raises(VoteRefusedError):
            cast_vote(ballot=ballot, option=APPROVE, by=champion)  # our clock says open, the database's does not
        with pytest.raises(VoteRefusedError, match="not open yet"):
            cast_vote(ballot=ballot, option=APPROVE, by=champion)


def test_a_vote_at_the_closing_second_counts_or_is_refused_never_lost(world: World) -> None:
    """Counting holds the ballot alone; a vote after it finds it counted."""
    public_id = opened()
    ballots.vote(public_id, "alder", APPROVE)
    result = ballots.end(public_id)
    assert result is not None
    assert (result.votes, result.eligible, result.outcome) == (1, 8, Outcome.NO_QUORUM)
    with world.acting_as("birch.champion") as champion, pytest.raises(VoteRefusedError):
        cast_vote(ballot=seen(champion, public_id), option=APPROVE, by=champion)
    assert ballots.end(public_id) is None  # once


def test_a_hospital_that_leaves_during_the_window_does_not_count(world: World) -> None:
    public_id = opened()
    for hospital in ("alder", "birch", "cedar", "dogwood"):
        ballots.vote(public_id, hospital, APPROVE)
    with world.acting_as("dana") as dana:
        end_participation(participation=world.participation("alder"), left_on=today(), by=dana)
    result = ballots.end(public_id)
    assert result is not None
    assert (result.eligible, result.votes, result.outcome) == (7, 3, Outcome.NO_QUORUM)
    with world.acting_as("cora"):
        assert Vote.objects.filter(ballot__public_id=public_id).count() == 4  # the record keeps what was cast


def test_two_ballots_at_once_do_not_touch_each_other(world: World) -> None:
    first, second = opened("First?"), opened("Second?", rule=Rule.PLURALITY, options=("Keep", "Modify"), quorum=10)
    for hospital in ("alder", "birch", "cedar", "dogwood", "elm"):
        ballots.vote(first, hospital, APPROVE)
    ballots.vote(second, "alder", "Modify")
    results = [ballots.end(each) for each in (first, second)]
    assert [result and (result.votes, result.outcome, result.option) for result in results] == [
        (5, Outcome.APPROVED, APPROVE),
        (1, Outcome.CHOSEN, "Modify"),
    ]


def test_counting_everywhere_counts_what_is_over_and_leaves_the_rest(world: World) -> None:
    over, still = opened("Over?"), opened("Still?", closes_at=timezone.now() + timedelta(days=60))
    with time_machine.travel(timezone.now() + timedelta(days=30), tick=False):
        count_everywhere()
        count_everywhere()
    with world.acting_as("cora") as cora:
        assert seen(cora, over).state == BallotState.COUNTED
        assert seen(cora, still).state == BallotState.OPEN
        assert Event.objects.filter(kind="ballot_counted", subject_id=seen(cora, over).pk).count() == 1


def test_results_and_open_ballots_stand_in_the_database(world: World) -> None:
    public_id = opened()
    with world.acting_as("cora") as cora:
        ballot = seen(cora, public_id)
        with pytest.raises(BallotError, match="stands as it is"):
            change_ballot(ballot=ballot, wording=ballots.wording("Another?"), by=cora)
        with pytest.raises(IntegrityError, match="as it was opened"), transaction.atomic():
            Ballot.objects.filter(pk=ballot.pk).update(question="Another?")
    ballots.end(public_id)
    with world.acting_as("cora") as cora:
        with pytest.raises(BallotError, match="What it decided stands"):
            cancel_ballot(ballot=seen(cora, public_id), why="I dislike it.", by=cora)
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            Result.objects.filter(ballot__public_id=public_id).update(votes=0)
    with (
        world.acting_as("alder.champion"),
        pytest.raises(Exception, match="permission denied"),
        transaction.atomic(),
    ):
        Vote.objects.update(option=REJECT)


def test_only_the_hospital_and_the_centre_see_a_vote(world: World) -> None:
    public_id = opened()
    ballots.vote(public_id, "alder", REJECT)
    with world.acting_as("birch.champion") as birch:
        page = ballot_page(birch, seen(birch, public_id))
        assert (page.own, page.hospitals, page.bars) == (None, [], [])
        assert not Vote.objects.filter(ballot__public_id=public_id).exists()
    with world.acting_as("cora") as cora:
        page = ballot_page(cora, seen(cora, public_id))
        assert {each.option for each in page.hospitals} == {"", REJECT}
        assert not page.may_vote


def test_members_do_not_see_drafts_and_draft_nothing(world: World) -> None:
    with world.acting_as("alder.champion") as champion:
        assert "Retire it?" not in {row.ballot.question for row in ballot_list(champion).rows}
        with pytest.raises(PermissionRefusedError):
            open_ballot(ballot=Ballot.objects.first(), by=champion)


def test_a_ballot_called_off_says_why_and_takes_no_vote(world: World) -> None:
    public_id = opened()
    with world.acting_as("cora") as cora:
        with pytest.raises(BallotError, match="Say why"):
            cancel_ballot(ballot=seen(cora, public_id), why="  ", by=cora)
        cancel_ballot(ballot=seen(cora, public_id), why="The question was wrong.", by=cora)
    with world.acting_as("alder.champion") as champion:
        assert seen(champion, public_id).cancelled_why == "The question was wrong."
        with pytest.raises(VoteRefusedError, match="closed"):
            cast_vote(ballot=seen(champion, public_id), option=APPROVE, by=champion)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"closes_at": timezone.now() - timedelta(days=1)}, "closes before it opens"),
        ({"rule": Rule.PLURALITY, "options": ("Keep", " ", "Keep")}, "at least two options"),
    ],
)
def test_a_ballot_that_cannot_be_is_refused(world: World, changes: dict[str, object], words: str) -> None:
    with pytest.raises(BallotError, match=words):
        ballots.draft("Impossible?", **changes)


def test_a_ballot_that_would_close_at_once_is_not_opened(world: World) -> None:
    soon = timezone.now() + timedelta(minutes=5)
    with pytest.raises(BallotError, match="before anybody can vote"):
        opened(closes_at=soon)


def test_what_waits_for_a_ballot_waits(world: World) -> None:
    about = About(subject=Subject.MEASURE, key="a" * 64, label="Infection, version 4")
    here = programme.collaborative().pk
    with world.acting_as("dana") as dana:
        refuse_undecided(here, Subject.MEASURE, about.key)  # nobody asked for one
        set_policy(measures=True, by=dana)
        with pytest.raises(BallotError, match="Put it to a vote first"):
            refuse_undecided(here, Subject.MEASURE, about.key)
        with pytest.raises(BallotError, match="decide about this by ballot"):
            refuse_undecided(here, Subject.UNBLINDING, "anything")
    public_id = opened("Approve version 4?", about)
    with world.acting_as("dana"), pytest.raises(BallotError, match="Wait for the result"):
        refuse_undecided(here, Subject.MEASURE, about.key)
    for hospital in ("alder", "birch", "cedar", "dogwood", "elm"):
        ballots.vote(public_id, hospital, APPROVE)
    ballots.end(public_id)
    with world.acting_as("dana"):
        refuse_undecided(here, Subject.MEASURE, about.key)
    again = opened("Approve version 4 again?", about)
    ballots.end(again)
    with world.acting_as("dana"), pytest.raises(BallotError, match="Too few hospitals voted"):
        refuse_undecided(here, Subject.MEASURE, about.key)


def test_counting_waits_for_votes_being_cast(world: World) -> None:
    """Both take the ballot's lock: a vote shared, counting alone."""
    public_id = opened()
    ballots.vote(public_id, "alder", APPROVE)
    with world.acting_as("cora") as cora:
        key = seen(cora, public_id).pk
    with connection.cursor() as cursor:
        held = "SELECT mode FROM pg_locks WHERE locktype = 'advisory' AND classid = 7003 AND objid = %s"
        cursor.execute(held, [key])
        assert cursor.fetchall() == [("ShareLock",)]
