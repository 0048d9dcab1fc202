"""The roster: roles that every hospital needs, who stands in, and inviting many at once."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from collaboratives.http import ViewerRequest, needs
from collaboratives.roster.definition.people_file import TEMPLATE
from collaboratives.roster.errors import RosterError
from collaboratives.roster.forms.people import CoverForm, PeopleFileForm
from collaboratives.roster.selectors.bulk import check_people
from collaboratives.roster.selectors.roster import cover_for, roster_page
from collaboratives.roster.services.bulk import invite_people
from collaboratives.roster.services.cover import end_cover, record_cover
from collaboratives.selectors.people import hospitals_to_invite_for
from privacy.roles import Permission


@needs(Permission.PEOPLE_VIEW)
def roster(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    page = roster_page(request.viewer, request.GET.get("show", ""), request.GET.get("hospital", ""))
    return render(request, "roster/roster.html", {"page": page})


@needs(Permission.PEOPLE_MANAGE)
def cover_new(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """Somebody stands in for a vacant role."""
    initial = {name: request.GET.get(name, "") for name in ("hospital", "role")}
    form = CoverForm(request.POST or None, hospitals=hospitals_to_invite_for(request.viewer), initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        place = given["hospital"]
        try:
            record_cover(
                participation=place, role=given["role"], name=given["name"], until=given["until"], by=request.viewer
            )
        except RosterError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, f"{given['name']} stands in. That gives no access; invite them if they need it.")
            return redirect("roster:roster", collaborative_slug)
    return render(request, "roster/cover_new.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@needs(Permission.PEOPLE_MANAGE)
def cover_end(request: ViewerRequest, collaborative_slug: str, cover_id: UUID) -> HttpResponse:
    cover = cover_for(request.viewer, cover_id)
    end_cover(cover=cover, by=request.viewer)
    messages.success(request, f"{cover.name} no longer stands in.")
    return redirect("roster:roster", collaborative_slug)


@needs(Permission.PEOPLE_MANAGE)
def people_upload(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """Look at a list of people; nothing is kept and nobody is written to."""
    return _checked_page(request)


def _checked_page(request: ViewerRequest) -> HttpResponse:
    form, checked = PeopleFileForm(request.POST or None, request.FILES or None), None
    if request.method == "POST" and form.is_valid():
        try:
            checked = check_people(request.viewer, form.cleaned_data["text"])
        except RosterError as problem:
            form.add_error(None, str(problem))
    status = 422 if form.errors or (checked and checked.bad) else 200
    text = form.cleaned_data.get("text", "") if form.is_bound else ""
    return render(request, "roster/people_upload.html", {"form": form, "checked": checked, "text": text}, status=status)


@require_POST
@needs(Permission.PEOPLE_MANAGE)
def people_invite_all(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """Everybody in the list, or nobody."""
    text = request.POST.get("text", "")
    try:
        invited = invite_people(text=text, by=request.viewer)
    except RosterError as problem:
        messages.error(request, str(problem))
        return _checked_page(request)
    messages.success(request, f"{invited} {'person is' if invited == 1 else 'people are'} invited.")
    return redirect("collaboratives:people-list", collaborative_slug)


@needs(Permission.PEOPLE_MANAGE)
def people_template(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """An empty list to fill in."""
    response = HttpResponse(TEMPLATE, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="people.csv"'
    return response
