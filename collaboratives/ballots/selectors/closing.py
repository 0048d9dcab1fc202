"""Ballots that hospitals vote on now, for the centre's home."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models.functions import JSONObject
from django.urls import reverse

from collaboratives.ballots.enums import BallotState
from collaboratives.ballots.models import Ballot
from collaboratives.selectors.by_hospital import HERE, NOW, PROGRAMME, Asked, Together, of_programme
from collaboratives.selectors.listed import moment
from privacy.viewer import Viewer


BALLOTS = "ballots"


@dataclass(frozen=True, kw_only=True)
class ClosingBallot:
    question: str
    url: str
    closes_at: datetime


def asked() -> list[Asked]:
    voting = Ballot.objects.filter(collaborative_id=HERE, state=BallotState.OPEN, opens_at__lte=NOW, closes_at__gt=NOW)
    columns = JSONObject(id="public_id", question="question", closes="closes_at")
    return [of_programme(BALLOTS, voting, each=ArrayAgg(columns, order_by=("closes_at", "pk")))]


def told(viewer: Viewer, found: Together) -> tuple[ClosingBallot, ...]:
    """The one that closes next first."""
    rows = found.get(BALLOTS, {}).get(PROGRAMME, {}).get("each") or ()
    return tuple(
        ClosingBallot(
            question=row["question"],
            url=reverse("ballots:ballot-detail", args=[viewer.collaborative_slug, row["id"]]),
            closes_at=moment(row["closes"]),
        )
        for row in rows
    )
