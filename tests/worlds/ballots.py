"""Ballots of the cast: one open in which Birch has voted, one counted, a draft."""

from datetime import timedelta
from uuid import UUID

import time_machine
from django.db import transaction
from django.utils import timezone

from collaboratives.ballots.definition.wording import About, Wording
from collaboratives.ballots.enums import APPROVE, REJECT, Rule
from collaboratives.ballots.models import Ballot, Result, Vote
from collaboratives.ballots.services.counting import count_ballot
from collaboratives.ballots.services.drafting import draft_ballot, open_ballot
from collaboratives.ballots.services.voting import cast_vote
from collaboratives.selectors.places import acting_for
from tenancy.context import Acting, acting
from tests.worlds import programme


BALLOTS: dict[str, UUID] = {}


def build() -> None:
    for name, question in (("open", "Approve version 2?"), ("counted", "Meet in Lansing?"), ("draft", "Retire it?")):
        BALLOTS[name] = draft(question)
    for name in ("open", "counted"):
        begin(BALLOTS[name])
    vote("open", "birch", APPROVE)
    for hospital, option in {
        "alder": APPROVE,
        "birch": APPROVE,
        "cedar": REJECT,
        "elm": APPROVE,
        "finch": APPROVE,
    }.items():
        vote("counted", hospital, option)
    end(BALLOTS["counted"])


def wording(question: str, **changes: object) -> Wording:
    """A question of two weeks, to be approved or rejected."""
    now = timezone.now()
    values: dict[str, object] = {
        "question": question,
        "details": "What speaks **for** it.",
        "rule": Rule.APPROVAL,
        "options": (),
        "quorum": 50,
        "threshold": 50,
        "opens_at": now,
        "closes_at": now + timedelta(days=14),
    }
    return Wording(**{**values, **changes})  # type: ignore[arg-type]  # the values above


def draft(question: str, about: About | None = None, **changes: object) -> UUID:
    cora = programme.viewer("cora")
    with acting(acting_for(cora)), transaction.atomic():
        return draft_ballot(wording=wording(question, **changes), about=about or About(), by=cora).public_id


def begin(ballot_id: UUID) -> None:
    cora = programme.viewer("cora")
    with acting(acting_for(cora)), transaction.atomic():
        open_ballot(ballot=Ballot.objects.get(public_id=ballot_id), by=cora)


def vote(ballot: str | UUID, hospital: str, option: str) -> Vote:
    champion, public_id = programme.viewer(f"{hospital}.champion"), BALLOTS.get(str(ballot), ballot)
    with acting(acting_for(champion)), transaction.atomic():
        return cast_vote(ballot=Ballot.objects.get(public_id=public_id), option=option, by=champion)


def end(ballot_id: UUID) -> Result | None:
    """Count it after its close. Votes are guarded by the database's clock, counting looks at ours."""
    with acting(Acting("compute", collaborative_id=programme.collaborative().pk)), transaction.atomic():
        ballot = Ballot.objects.get(public_id=ballot_id)
        with time_machine.travel(ballot.closes_at, tick=False):
            return count_ballot(ballot.pk)
