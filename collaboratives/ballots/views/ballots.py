"""Ballots: listed, drafted, opened, voted on, read."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from collaboratives.ballots.errors import BallotError, VoteRefusedError
from collaboratives.ballots.forms.ballots import AboutForm, BallotForm, CallOffForm, DesigneeForm, VoteForm, initial_of
from collaboratives.ballots.selectors.ballots import ballot_for, ballot_page
from collaboratives.ballots.selectors.ballots import ballot_list as listed
from collaboratives.ballots.services.drafting import (
    cancel_ballot,
    change_ballot,
    draft_ballot,
    open_ballot,
    set_policy,
)
from collaboratives.ballots.services.voting import cast_vote, end_designation, name_designee
from collaboratives.http import ViewerRequest, needs
from privacy.roles import Permission


UNPROCESSABLE = 422


@needs(Permission.BALLOT_VIEW)
def ballot_list(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    return render(request, "ballots/ballot_list.html", {"page": listed(request.viewer)})


@needs(Permission.BALLOT_MANAGE)
def ballot_new(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """A page about a measure hands over what the ballot is about."""
    about = AboutForm(request.GET).about()
    initial = {"question": f"Approve {about.label}?"} if about.key else None
    form = BallotForm(request.POST or None, time_zone=request.place.collaborative.time_zone, initial=initial)
    if request.method == "POST" and form.is_valid():
        ballot = draft_ballot(wording=form.wording(), about=about, by=request.viewer)
        messages.success(request, "The draft is kept. Members see it when you open it.")
        return redirect("ballots:ballot-detail", collaborative_slug, ballot.public_id)
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "ballots/ballot_edit.html", {"form": form, "about": about}, status=status)


@needs(Permission.BALLOT_MANAGE)
def ballot_edit(request: ViewerRequest, collaborative_slug: str, ballot_id: UUID) -> HttpResponse:
    ballot, zone = ballot_for(request.viewer, ballot_id), request.place.collaborative.time_zone
    form = BallotForm(request.POST or None, time_zone=zone, initial=initial_of(ballot, zone))
    if request.method == "POST" and form.is_valid():
        try:
            change_ballot(ballot=ballot, wording=form.wording(), by=request.viewer)
        except BallotError as problem:
            form.add_error(None, str(problem))
        else:
            return redirect("ballots:ballot-detail", collaborative_slug, ballot_id)
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "ballots/ballot_edit.html", {"form": form, "ballot": ballot}, status=status)


@needs(Permission.BALLOT_VIEW)
def ballot_detail(request: ViewerRequest, collaborative_slug: str, ballot_id: UUID) -> HttpResponse:
    return _show(request, ballot_id)


def _show(request: ViewerRequest, ballot_id: UUID, **bound: VoteForm | CallOffForm) -> HttpResponse:
    ballot = ballot_for(request.viewer, ballot_id)
    page = ballot_page(request.viewer, ballot)
    chosen = {"person": page.designee.person_id} if page.designee else None
    designee = DesigneeForm(colleagues=page.colleagues, initial=chosen)
    forms = {"vote": VoteForm(ballot=ballot), "call_off": CallOffForm(), "designee": designee, **bound}
    status = UNPROCESSABLE if bound else 200
    return render(request, "ballots/ballot_detail.html", {"page": page, **forms}, status=status)


@require_POST
@needs(Permission.BALLOT_MANAGE)
def ballot_open(request: ViewerRequest, collaborative_slug: str, ballot_id: UUID) -> HttpResponse:
    try:
        open_ballot(ballot=ballot_for(request.viewer, ballot_id), by=request.viewer)
    except BallotError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, "Members see the ballot now. What they vote on stands from here on.")
    return redirect("ballots:ballot-detail", collaborative_slug, ballot_id)


@require_POST
@needs(Permission.BALLOT_MANAGE)
def ballot_call_off(request: ViewerRequest, collaborative_slug: str, ballot_id: UUID) -> HttpResponse:
    form = CallOffForm(request.POST)
    if not form.is_valid():
        return _show(request, ballot_id, call_off=form)
    try:
        cancel_ballot(ballot=ballot_for(request.viewer, ballot_id), why=form.cleaned_data["why"], by=request.viewer)
    except BallotError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, "The ballot is called off. Members read why.")
    return redirect("ballots:ballot-detail", collaborative_slug, ballot_id)


@require_POST
@needs(Permission.BALLOT_VIEW)
def ballot_vote(request: ViewerRequest, collaborative_slug: str, ballot_id: UUID) -> HttpResponse:
    """Whoever may: the champion, or who was named for this ballot; the service asks."""
    ballot = ballot_for(request.viewer, ballot_id)
    form = VoteForm(request.POST, ballot=ballot)
    if not form.is_valid():
        return _show(request, ballot_id, vote=form)
    try:
        cast_vote(ballot=ballot, option=form.cleaned_data["option"], by=request.viewer)
    except VoteRefusedError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, "Your hospital has voted.")
    return redirect("ballots:ballot-detail", collaborative_slug, ballot_id)


@require_POST
@needs(Permission.BALLOT_VOTE)
def designee_name(request: ViewerRequest, collaborative_slug: str, ballot_id: UUID) -> HttpResponse:
    """Name who else may vote, or nobody any more."""
    ballot = ballot_for(request.viewer, ballot_id)
    form = DesigneeForm(request.POST, colleagues=ballot_page(request.viewer, ballot).colleagues)
    person = form.cleaned_data["person"] if form.is_valid() else None
    try:
        if person is None:
            end_designation(ballot=ballot, by=request.viewer)
        else:
            name_designee(ballot=ballot, person=person, by=request.viewer)
    except VoteRefusedError as problem:
        messages.error(request, str(problem))
    return redirect("ballots:ballot-detail", collaborative_slug, ballot_id)


@require_POST
@needs(Permission.BALLOT_MANAGE)
def policy_set(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    policy = set_policy(measures=request.POST.get("measures") == "1", by=request.viewer)
    said = "wait for a ballot" if policy.measures else "are published without a ballot"
    messages.success(request, f"From now on versions of measures {said}.")
    return redirect("ballots:ballot-list", collaborative_slug)
