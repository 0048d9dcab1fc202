"""A hospital's way in, and two hospitals becoming one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from collaboratives.http import ViewerRequest, needs
from collaboratives.roster.errors import RosterError
from collaboratives.roster.forms.hospitals import MergeForm, OnboardingForm
from collaboratives.roster.selectors.mergers import merged_from, merged_into
from collaboratives.roster.selectors.onboarding import onboarding_page
from collaboratives.roster.services.mergers import merge_hospital
from collaboratives.roster.services.onboarding import go_live, plan_onboarding
from collaboratives.selectors.hospitals import members, participation_for
from privacy.roles import Permission


@needs(Permission.PEOPLE_VIEW)
def onboarding_own(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """As the hospital sees it."""
    if request.viewer.participation_id is None:
        return redirect("collaboratives:hospital-list", collaborative_slug)
    return render(request, "roster/onboarding.html", {"page": onboarding_page(request.viewer, None)})


@needs(Permission.HOSPITAL_MANAGE)
def onboarding(request: ViewerRequest, collaborative_slug: str, participation_id: UUID) -> HttpResponse:
    """As the centre sees and plans it."""
    page = onboarding_page(request.viewer, participation_id)
    form = OnboardingForm(request.POST or None, page=page)
    if request.method == "POST" and form.is_valid():
        try:
            plan_onboarding(participation=page.participation, dates=form.dates(), by=request.viewer)
        except RosterError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, "Kept. The hospital sees the same list.")
            return redirect("roster:onboarding", collaborative_slug, participation_id)
    return render(request, "roster/onboarding.html", {"page": page, "form": form}, status=422 if form.errors else 200)


@require_POST
@needs(Permission.HOSPITAL_MANAGE)
def onboarding_live(request: ViewerRequest, collaborative_slug: str, participation_id: UUID) -> HttpResponse:
    place = participation_for(request.viewer, participation_id, Permission.HOSPITAL_MANAGE)
    try:
        go_live(participation=place, by=request.viewer)
    except RosterError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, f"{place.site.name} is live from today.")
    return redirect("roster:onboarding", collaborative_slug, participation_id)


@needs(Permission.HOSPITAL_MANAGE)
def hospital_merge(request: ViewerRequest, collaborative_slug: str, participation_id: UUID) -> HttpResponse:
    """It goes on as another hospital; both histories stay."""
    place = participation_for(request.viewer, participation_id, Permission.HOSPITAL_MANAGE)
    form = MergeForm(request.POST or None, participation=place, others=members(request.viewer))
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("into", "merged_on", "let_read")}
        try:
            merge_hospital(participation=place, by=request.viewer, **given)
        except RosterError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, f"{place.site.name} goes on as {given['into'].site.name}. Both histories stay.")
            return redirect("roster:hospital-merge", collaborative_slug, participation_id)
    context = {"participation": place, "form": form, "into": merged_into(place), "parts": merged_from(place)}
    return render(request, "roster/hospital_merge.html", context, status=422 if form.errors else 200)
