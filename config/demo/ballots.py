"""Ballots of the surgery programme: one open for days, one that closes while the demo runs, and is counted then."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from collaboratives.ballots.definition.wording import About, Wording
from collaboratives.ballots.enums import ABSTAIN, APPROVE, REJECT, Rule
from collaboratives.ballots.models import Ballot
from collaboratives.ballots.services.drafting import draft_ballot, open_ballot
from collaboratives.ballots.services.voting import cast_vote
from collaboratives.selectors.places import acting_for, places_of
from config.demo.cast import SURGERY
from config.demo.people import Cast
from privacy.roles import Role
from tenancy.context import acting


VOTES = (APPROVE, APPROVE, REJECT, APPROVE, ABSTAIN)
DETAILS = (
    "**For:** wound protectors are recommended by the 2023 guideline; five hospitals count them already.\n\n"
    "**Against:** one more question in the form, about 20 seconds a case.\n\n"
    "If approved, the measure is drafted for the next form version."
)
UNVOTED = "northgate"  # whose champion the visitor of the demo is


def write_ballots(cast: Cast) -> int:
    """Two questions to the hospitals; every second hospital has voted in the open one, Northgate has not."""
    wordings = (
        _wording("Add a measure of wound-protector use?", timedelta(days=12)),
        _wording("When do we meet next spring?", timedelta(minutes=20), ("March", "April", "May")),
    )
    keys = [_open(cast, each) for each in wordings]
    hospitals = sorted(key for slug, key in cast.participations if slug == SURGERY and key != UNVOTED)
    for place, hospital in enumerate(hospitals):
        if place % 2 == 0:
            _vote(cast, keys[0], hospital, VOTES[place % len(VOTES)])
        _vote(cast, keys[1], hospital, ("April", "March", "April", "May")[place % 4])
    return len(keys)


def _wording(question: str, lasts: timedelta, options: tuple[str, ...] = ()) -> Wording:
    now, rule = timezone.now(), Rule.PLURALITY if options else Rule.APPROVAL
    return Wording(
        question=question,
        details="" if options else DETAILS,
        rule=rule,
        options=options,
        quorum=50,
        threshold=50,
        opens_at=now,
        closes_at=now + lasts,
    )


def _open(cast: Cast, wording: Wording) -> int:
    coordinator = cast.viewer(Role.COORDINATOR, SURGERY)
    with acting(acting_for(coordinator)), transaction.atomic():
        return open_ballot(ballot=draft_ballot(wording=wording, about=About(), by=coordinator), by=coordinator).pk


def _vote(cast: Cast, ballot_id: int, hospital: str, option: str) -> None:
    person = cast.users[f"{Role.CHAMPION}@{hospital}.example"]
    champion = next(place for place in places_of(person.pk) if place.collaborative.slug == SURGERY).viewer(
        person.pk, person.full_name
    )
    with acting(acting_for(champion)), transaction.atomic():
        cast_vote(ballot=Ballot.objects.get(pk=ballot_id), option=option, by=champion)
