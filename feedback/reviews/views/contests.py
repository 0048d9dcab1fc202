"""Contested cases: the hospital contests, the centre decides, both follow."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from collaboratives.http import ViewerRequest, needs
from events.enums import AccessAction
from events.services import record_access
from feedback.reviews.enums import ContestReason, Verdict
from feedback.reviews.errors import ReviewError
from feedback.reviews.forms.words import ContestForm, DecisionForm
from feedback.reviews.selectors.contests import (
    ContestFilter,
    ViewedContest,
    contest_for,
    contest_page,
    contestable,
)
from feedback.reviews.selectors.contests import contest_list as listed
from feedback.reviews.services.contesting import decide_contest, lift_exclusion, raise_contest, withdraw_contest
from privacy.roles import Capacity, Permission


UNPROCESSABLE = 422


@needs(Permission.CONTEST_RAISE)
def contest_new(
    request: ViewerRequest, collaborative_slug: str, measure_slug: str, case_public_id: str
) -> HttpResponse:
    """Contest a case from the list behind a number."""
    about = contestable(request.viewer, measure_slug, case_public_id, request.GET.get("release", ""))
    form = ContestForm(request.POST or None, outcome=about.counted.outcome)
    if request.method == "POST" and form.is_valid():
        reason, text = ContestReason(form.cleaned_data["reason"]), form.cleaned_data["text"]
        try:
            raise_contest(case=about.case, result=about.result, reason=reason, text=text, by=request.viewer)
        except ReviewError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, f"Case {about.case.case_number} is contested. The coordinating centre decides.")
            return redirect(about.back)
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "reviews/contest_new.html", {"form": form, "about": about}, status=status)


@needs(Permission.CONTEST_VIEW)
def contest_list(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """The centre's inbox; a hospital's own."""
    if request.viewer.capacity is Capacity.CENTRE:
        record_access(AccessAction.CASES_LISTED, by=request.viewer, subject="contested cases")
    wanted = ContestFilter.from_query(request.GET.dict())
    page = listed(request.viewer, request.place.collaborative, wanted)
    return render(request, "reviews/contest_list.html", {"page": page})


@needs(Permission.CONTEST_VIEW)
def contest_detail(request: ViewerRequest, collaborative_slug: str, public_id: str) -> HttpResponse:
    contest = contest_for(request.viewer, public_id)
    if request.viewer.capacity is Capacity.CENTRE:
        subject = f"contest {contest.public_id}"
        record_access(
            AccessAction.CASE_VIEWED, by=request.viewer, subject=subject, participation_id=contest.participation_id
        )
    return _show(request, contest)


def _show(request: ViewerRequest, contest: ViewedContest, form: DecisionForm | None = None) -> HttpResponse:
    page = contest_page(request.viewer, request.place.collaborative, contest)
    shown = form or (DecisionForm(may_exclude=page.may_exclude) if page.may_decide else None)
    status = UNPROCESSABLE if form else 200
    return render(request, "reviews/contest_detail.html", {"page": page, "form": shown}, status=status)


@require_POST
@needs(Permission.CONTEST_DECIDE)
def contest_decide(request: ViewerRequest, collaborative_slug: str, public_id: str) -> HttpResponse:
    """Accept or decline; then back to what else waits."""
    contest = contest_for(request.viewer, public_id)
    form = DecisionForm(request.POST, may_exclude=contest.outcome != "excluded")
    if form.is_valid():
        verdict, text = Verdict(form.cleaned_data["verdict"]), form.cleaned_data["text"]
        try:
            decide_contest(contest=contest, verdict=verdict, text=text, by=request.viewer)
        except ReviewError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, f"Decided about case {contest.case.case_number}. The hospital sees it.")
            return redirect("reviews:contest-list", collaborative_slug)
    return _show(request, contest_for(request.viewer, public_id), form)


@require_POST
@needs(Permission.CONTEST_RAISE)
def contest_withdraw(request: ViewerRequest, collaborative_slug: str, public_id: str) -> HttpResponse:
    """The hospital thinks otherwise before the centre has decided."""
    contest = contest_for(request.viewer, public_id)
    try:
        withdraw_contest(contest=contest, by=request.viewer)
    except ReviewError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, f"Case {contest.case.case_number} is contested no more.")
    return redirect("reviews:contest-detail", collaborative_slug, public_id)


@require_POST
@needs(Permission.CONTEST_DECIDE)
def contest_lift(request: ViewerRequest, collaborative_slug: str, public_id: str) -> HttpResponse:
    """Take an exclusion back."""
    contest = contest_for(request.viewer, public_id)
    try:
        lift_exclusion(contest=contest, by=request.viewer)
    except ReviewError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, "The exclusion is taken back. The next release counts the case by its answers.")
    return redirect("reviews:contest-detail", collaborative_slug, public_id)
