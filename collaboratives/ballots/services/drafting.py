"""A ballot before and beside the votes: drafted, opened, called off. The centre does all of it."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from collaboratives.ballots.definition.wording import About, Wording
from collaboratives.ballots.enums import APPROVE, REJECT, BallotState, Rule
from collaboratives.ballots.errors import BallotError
from collaboratives.ballots.models import Ballot, Policy
from collaboratives.models import Collaborative
from events.enums import EventKind
from events.services import record_event
from privacy.roles import Permission
from privacy.viewer import Viewer, require


SHORTEST = timedelta(minutes=15)
FEWEST_OPTIONS = 2


@transaction.atomic
def draft_ballot(*, wording: Wording, about: About, by: Viewer) -> Ballot:
    """Write a draft, which only the centre sees."""
    require(by, Permission.BALLOT_MANAGE)
    ballot = Ballot.objects.create(
        collaborative_id=by.collaborative_id,
        subject=about.subject,
        subject_key=about.key,
        subject_label=about.label,
        made_by_id=by.user_id,
        **_values(wording),
    )
    record_event(EventKind.BALLOT_DRAFTED, by=by, subject=ballot)
    return ballot


@transaction.atomic
def change_ballot(*, ballot: Ballot, wording: Wording, by: Viewer) -> Ballot:
    """Change a draft. Once members can vote, what they vote on stands."""
    current = _locked(ballot, by)
    if current.state != BallotState.DRAFT:
        raise BallotError("The ballot is open, so it stands as it is. Call it off and draft another.")
    for name, value in _values(wording).items():
        setattr(current, name, value)
    current.save()
    record_event(EventKind.BALLOT_CHANGED, by=by, subject=current)
    return current


@transaction.atomic
def open_ballot(*, ballot: Ballot, by: Viewer) -> Ballot:
    """Show it to the members. They vote from its opening until its close; an opening that is over means now."""
    current = _locked(ballot, by)
    if current.state != BallotState.DRAFT:
        raise BallotError("The ballot was opened before.")
    current.opens_at = max(current.opens_at, timezone.now())
    if current.closes_at < current.opens_at + SHORTEST:
        raise BallotError("It would close before anybody can vote. Choose a later close, then open it.")
    current.state = BallotState.OPEN
    current.save(update_fields=["state", "opens_at"])
    record_event(EventKind.BALLOT_OPENED, by=by, subject=current)
    return current


@transaction.atomic
def cancel_ballot(*, ballot: Ballot, why: str, by: Viewer) -> Ballot:
    """Call it off, with a reason that members read; votes that were cast stay in the record and decide nothing."""
    current = _locked(ballot, by)
    if current.state not in {BallotState.DRAFT, BallotState.OPEN}:
        raise BallotError("The ballot is over. What it decided stands.")
    if not why.strip():
        raise BallotError("Say why the ballot is called off: members read it.")
    current.state, current.cancelled_why = BallotState.CANCELLED, why.strip()
    current.save(update_fields=["state", "cancelled_why"])
    record_event(EventKind.BALLOT_CANCELLED, by=by, subject=current)
    return current


@transaction.atomic
def set_policy(*, measures: bool, by: Viewer) -> Policy:
    """Say whether a version of a measure waits for a ballot."""
    require(by, Permission.BALLOT_MANAGE)
    values = {"measures": measures, "set_at": timezone.now(), "set_by_id": by.user_id}
    policy, _ = Policy.objects.update_or_create(
        collaborative=Collaborative.objects.get(pk=by.collaborative_id), defaults=values
    )
    record_event(EventKind.BALLOT_RULE_SET, by=by, subject=policy, details={"measures": measures})
    return policy


def _values(wording: Wording) -> dict[str, object]:
    if not wording.opens_at < wording.closes_at:
        raise BallotError("The ballot closes before it opens. Correct one of the two moments.")
    approval = wording.rule is Rule.APPROVAL
    options = [APPROVE, REJECT] if approval else list(dict.fromkeys(filter(None, map(str.strip, wording.options))))
    if len(options) < FEWEST_OPTIONS:
        raise BallotError("Name at least two options, one a line.")
    return {**vars(wording), "options": options}


def _locked(ballot: Ballot, by: Viewer) -> Ballot:
    require(by, Permission.BALLOT_MANAGE)
    return Ballot.objects.select_for_update().get(pk=ballot.pk, collaborative_id=by.collaborative_id)
