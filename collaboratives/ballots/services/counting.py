"""Counting, once, when a ballot's window is over. Done by a worker; doing it again finds nothing to do."""

from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from collaboratives.ballots.definition.counting import count
from collaboratives.ballots.enums import BallotState
from collaboratives.ballots.models import Ballot, Result, Vote
from collaboratives.enums import Stage
from collaboratives.models import Collaborative, Participation
from collaboratives.selectors.collaboratives import collaborative_keys
from collaboratives.selectors.places import worker_viewer
from events.enums import EventKind
from events.services import record_event
from tenancy.context import Acting, acting


# Votes that are being cast hold this lock shared (app.guard_vote): counting waits for them, later ones find it counted.
ALONE = "SELECT pg_advisory_xact_lock(7003, %s)"


def count_everywhere() -> None:
    """Ballots whose window is over, of every collaborative, each in a transaction of its own."""
    for key in collaborative_keys():
        with acting(Acting("compute", collaborative_id=key)):
            for ballot_id in _due(key):
                count_ballot(ballot_id)


def _due(collaborative_id: int) -> list[int]:
    with transaction.atomic():
        due = Ballot.objects.filter(
            collaborative_id=collaborative_id, state=BallotState.OPEN, closes_at__lte=timezone.now()
        )
        return list(due.order_by("closes_at", "pk").values_list("pk", flat=True))


@transaction.atomic
def count_ballot(ballot_id: int) -> Result | None:
    """Count the votes of the hospitals that were members from the opening to the close, and keep the result."""
    with connection.cursor() as cursor:
        cursor.execute(ALONE, [ballot_id])
    ballot = Ballot.objects.select_for_update(of=("self",)).select_related("collaborative").get(pk=ballot_id)
    if ballot.state != BallotState.OPEN or ballot.closes_at > timezone.now():
        return None
    hospitals = eligible(ballot)
    cast = Counter(Vote.objects.filter(ballot=ballot, participation__in=hospitals).values_list("option", flat=True))
    decided = count(ballot.terms, len(hospitals), cast)
    result = Result.objects.create(
        collaborative_id=ballot.collaborative_id,
        ballot=ballot,
        eligible=decided.eligible,
        votes=decided.votes,
        counts=[cast.get(option, 0) for option in ballot.choices],
        outcome=decided.outcome,
        option=decided.option,
    )
    ballot.state = BallotState.COUNTED
    ballot.save(update_fields=["state"])
    record_event(EventKind.BALLOT_COUNTED, by=worker_viewer(ballot.collaborative), subject=ballot)
    return result


def eligible(ballot: Ballot) -> list[Participation]:
    """Live hospitals that had joined by the day of the opening and had not left by the day of the close."""
    opened, closed = (_day(moment, ballot.collaborative) for moment in (ballot.opens_at, ballot.closes_at))
    stayed = Q(stage=Stage.LIVE) | Q(stage=Stage.LEFT, left_on__gt=closed)
    return list(Participation.objects.filter(stayed, collaborative_id=ballot.collaborative_id, joined_on__lte=opened))


def _day(moment: datetime, collaborative: Collaborative) -> object:
    return moment.astimezone(ZoneInfo(collaborative.time_zone)).date()
