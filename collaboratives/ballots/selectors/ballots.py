"""Ballots as pages show them: a hospital its own vote, members the result, the centre who has not voted yet."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.models import User
from collaboratives.ballots.enums import BallotState
from collaboratives.ballots.models import Ballot, Designation, Policy, Vote
from collaboratives.definition.clock import told_in
from collaboratives.enums import Stage
from collaboratives.models import Grant, Participation
from privacy.roles import Capacity, Permission
from privacy.viewer import Viewer, require


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One option of a result."""

    option: str
    votes: int
    share: str
    decided: bool


@dataclass(frozen=True, kw_only=True)
class BallotRow:
    ballot: Ballot
    state: str
    closes: str
    own_option: str
    voted: int | None


@dataclass(frozen=True, kw_only=True)
class BallotList:
    rows: list[BallotRow]
    may_manage: bool
    at_centre: bool
    measures_by_ballot: bool


@dataclass(frozen=True, kw_only=True)
class HospitalVote:
    """For the centre: where one hospital stands."""

    site: str
    option: str
    name: str
    cast: str


@dataclass(frozen=True, kw_only=True)
class BallotPage:
    ballot: Ballot
    state: str
    opens: str
    closes: str
    own: Vote | None
    own_cast: str
    designee: Designation | None
    colleagues: list[User]
    may_vote: bool
    may_name: bool
    may_manage: bool
    bars: list[Bar]
    hospitals: list[HospitalVote]


def ballots_of(viewer: Viewer) -> QuerySet[Ballot]:
    """Drafts are the centre's alone."""
    require(viewer, Permission.BALLOT_VIEW)
    ballots = Ballot.objects.filter(collaborative_id=viewer.collaborative_id)
    return ballots if viewer.capacity is Capacity.CENTRE else ballots.exclude(state=BallotState.DRAFT)


def ballot_for(viewer: Viewer, public_id: UUID) -> Ballot:
    """One ballot that the viewer may see, or 404."""
    return get_object_or_404(
        ballots_of(viewer).select_related("collaborative").prefetch_related("results"), public_id=public_id
    )


def ballot_list(viewer: Viewer) -> BallotList:
    """Newest first; a programme holds a few a year."""
    at_centre = viewer.capacity is Capacity.CENTRE
    own = Vote.objects.filter(ballot=OuterRef("pk"), participation_id=viewer.participation_id or 0).values("option")
    ballots = (
        ballots_of(viewer)
        .select_related("collaborative")
        .prefetch_related("results")
        .annotate(own_option=Subquery(own))
        .order_by("-closes_at", "-pk")
    )
    if at_centre:
        ballots = ballots.annotate(voted=Count("votes"))
    policy = Policy.objects.filter(collaborative_id=viewer.collaborative_id).first()
    return BallotList(
        rows=[
            BallotRow(
                ballot=each,
                state=state_of(each),
                closes=_told(each, each.closes_at),
                own_option=each.own_option or "",
                voted=getattr(each, "voted", None),
            )
            for each in ballots
        ],
        may_manage=viewer.can(Permission.BALLOT_MANAGE),
        at_centre=at_centre,
        measures_by_ballot=bool(policy and policy.measures),
    )


def state_of(ballot: Ballot) -> str:
    """The state in the words of the reader's moment: "Opens later", "Being counted"."""
    now = timezone.now()
    if ballot.state == BallotState.OPEN:
        return "Opens later" if now < ballot.opens_at else "Open" if now < ballot.closes_at else "Being counted"
    return ballot.get_state_display()


def ballot_page(viewer: Viewer, ballot: Ballot) -> BallotPage:
    """Everything the viewer may know of a ballot."""
    at_hospital, voting = viewer.capacity is Capacity.HOSPITAL, state_of(ballot) == "Open"
    own = at_hospital and Vote.objects.filter(ballot=ballot, participation_id=viewer.participation_id or 0).first()
    designee = at_hospital and _designee(viewer, ballot)
    may_name = voting and viewer.can(Permission.BALLOT_VOTE) and not own
    named = bool(designee and designee.person_id == viewer.user_id)
    return BallotPage(
        ballot=ballot,
        state=state_of(ballot),
        opens=_told(ballot, ballot.opens_at),
        closes=_told(ballot, ballot.closes_at),
        own=own or None,
        own_cast=_told(ballot, own.cast_at) if own else "",
        designee=designee or None,
        colleagues=colleagues_of(viewer) if may_name else [],
        may_vote=voting and not own and at_hospital and (named or viewer.can(Permission.BALLOT_VOTE)),
        may_name=may_name,
        may_manage=viewer.can(Permission.BALLOT_MANAGE),
        bars=_bars(ballot),
        hospitals=_hospitals(ballot) if viewer.capacity is Capacity.CENTRE else [],
    )


def _told(ballot: Ballot, moment: datetime) -> str:
    return told_in(moment, ballot.collaborative.time_zone)


def _designee(viewer: Viewer, ballot: Ballot) -> Designation | None:
    named = Designation.objects.filter(ballot=ballot, participation_id=viewer.participation_id or 0, ended_at=None)
    return named.select_related("person").first()


def colleagues_of(viewer: Viewer) -> list[User]:
    """People with a role in the viewer's hospital today, but the viewer."""
    today = Q(ends_at=None) | Q(ends_at__gt=timezone.now())
    here = Grant.objects.filter(today, participation_id=viewer.participation_id or 0).exclude(user_id=viewer.user_id)
    return list(User.objects.filter(pk__in=here.values("user_id")).order_by("full_name"))


def _bars(ballot: Ballot) -> list[Bar]:
    result = ballot.result
    if result is None:
        return []
    return [
        Bar(
            option=option,
            votes=votes,
            share=f"{votes / result.votes:.0%}" if result.votes else "none",
            decided=option == result.option,
        )
        for option, votes in zip(ballot.choices, result.counts, strict=True)
    ]


def _hospitals(ballot: Ballot) -> list[HospitalVote]:
    cast = {vote.participation_id: vote for vote in Vote.objects.filter(ballot=ballot)}
    members = Participation.objects.filter(
        Q(stage=Stage.LIVE) | Q(pk__in=cast), collaborative_id=ballot.collaborative_id
    )
    return [
        HospitalVote(
            site=each.site.name,
            option=cast[each.pk].option if each.pk in cast else "",
            name=cast[each.pk].name if each.pk in cast else "",
            cast=_told(ballot, cast[each.pk].cast_at) if each.pk in cast else "",
        )
        for each in members.select_related("site").order_by("site__name")
    ]
