"""One vote a hospital, by its champion or somebody the champion named. The database has the last word on the window."""

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from collaboratives.ballots.enums import BallotState
from collaboratives.ballots.errors import VoteRefusedError
from collaboratives.ballots.models import Ballot, Designation, Vote
from collaboratives.models import Grant
from events.enums import EventKind
from events.services import record_event
from privacy.roles import Capacity, Permission
from privacy.viewer import PermissionRefusedError, Viewer, require


@transaction.atomic
def cast_vote(*, ballot: Ballot, option: str, by: Viewer) -> Vote:
    """Vote for the viewer's hospital. The first vote stands, whoever cast it."""
    require(by, Permission.BALLOT_VIEW)
    if not may_vote(ballot, by):
        raise PermissionRefusedError(Permission.BALLOT_VOTE)
    if option not in ballot.choices:
        raise VoteRefusedError("Choose one of the options.")
    refuse_closed(ballot)
    try:
        with transaction.atomic():
            vote = Vote.objects.create(
                collaborative_id=by.collaborative_id,
                participation_id=by.participation_id or 0,
                ballot=ballot,
                option=option,
                cast_by_id=by.user_id,
                name=by.name,
            )
    except IntegrityError as refused:
        raise _why(ballot, by) from refused
    record_event(EventKind.VOTE_CAST, by=by, subject=vote, participation_id=by.participation_id)
    return vote


def may_vote(ballot: Ballot, viewer: Viewer) -> bool:
    """The champion of a hospital, and whoever the champion named for this ballot."""
    if viewer.capacity is not Capacity.HOSPITAL:
        return False
    named = Designation.objects.filter(
        ballot=ballot, participation_id=viewer.participation_id or 0, person_id=viewer.user_id, ended_at=None
    )
    return viewer.can(Permission.BALLOT_VOTE) or named.exists()


def refuse_closed(ballot: Ballot) -> None:
    now = timezone.now()
    if ballot.state != BallotState.OPEN or now >= ballot.closes_at:
        raise VoteRefusedError("This ballot is closed. No vote is taken any more.")
    if now < ballot.opens_at:
        raise VoteRefusedError("This ballot is not open yet.")


def _why(ballot: Ballot, by: Viewer) -> VoteRefusedError:
    """The database refused: the hospital has voted, or the window closed at this very moment."""
    earlier = Vote.objects.filter(ballot=ballot, participation_id=by.participation_id or 0).first()
    if earlier is None:
        return VoteRefusedError("This ballot closed as you voted. Your vote was not taken.")
    return VoteRefusedError(
        f"{earlier.name} has voted for your hospital. A hospital has one vote, and the first stands."
    )


@transaction.atomic
def name_designee(*, ballot: Ballot, person: User, by: Viewer) -> Designation:
    """Let a colleague with a role in the same hospital vote; whoever was named before no longer may."""
    require(by, Permission.BALLOT_VOTE)
    refuse_over(ballot)
    here = Grant.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=timezone.now()), participation_id=by.participation_id or 0
    )
    if not here.filter(user=person).exists():
        raise VoteRefusedError(f"{person.full_name} has no role in your hospital.")
    end_designation(ballot=ballot, by=by)
    named = Designation.objects.create(
        collaborative_id=by.collaborative_id,
        participation_id=by.participation_id or 0,
        ballot=ballot,
        person=person,
        named_by_id=by.user_id,
    )
    record_event(EventKind.DESIGNEE_NAMED, by=by, subject=named, participation_id=by.participation_id)
    return named


@transaction.atomic
def end_designation(*, ballot: Ballot, by: Viewer) -> None:
    """Take the right to vote back from whoever has it beside the champion."""
    require(by, Permission.BALLOT_VOTE)
    here = Designation.objects.filter(ballot=ballot, participation_id=by.participation_id or 0, ended_at=None)
    for named in here:
        named.ended_at = timezone.now()
        named.save(update_fields=["ended_at"])
        record_event(EventKind.DESIGNEE_ENDED, by=by, subject=named, participation_id=by.participation_id)


def refuse_over(ballot: Ballot) -> None:
    if ballot.state != BallotState.OPEN or timezone.now() >= ballot.closes_at:
        raise VoteRefusedError("This ballot is closed, so nobody votes in it any more.")
