"""What waits for a ballot: asked by the services that publish a measure or show hospitals by name."""

from collaboratives.ballots.enums import BallotState, Outcome, Subject
from collaboratives.ballots.errors import BallotError
from collaboratives.ballots.models import Ballot, Policy


def refuse_undecided(collaborative_id: int, subject: Subject, key: str) -> None:
    """Raise `BallotError` while the hospitals have not approved this: when they are asked, or must be."""
    last = (
        Ballot.objects.filter(collaborative_id=collaborative_id, subject=subject, subject_key=key)
        .exclude(state__in=[BallotState.DRAFT, BallotState.CANCELLED])
        .prefetch_related("results")
        .order_by("-closes_at", "-pk")
        .first()
    )
    if last is None:
        if _needed(collaborative_id, subject):
            raise BallotError("The hospitals decide about this by ballot. Put it to a vote first.")
    elif last.state == BallotState.OPEN:
        raise BallotError(f"The hospitals are voting on this until {last.closes_at:%d %b %Y}. Wait for the result.")
    elif last.result is None or last.result.outcome != Outcome.APPROVED:
        ended = last.result.get_outcome_display() if last.result else "not counted yet"
        raise BallotError(f"The ballot about this ended so: {ended}. Put it to a vote again.")


def _needed(collaborative_id: int, subject: Subject) -> bool:
    if subject is Subject.UNBLINDING:
        return True
    return Policy.objects.filter(collaborative_id=collaborative_id, measures=True).exists()
