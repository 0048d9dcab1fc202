"""Who has access, looked through twice a year; and who wants to be found."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from collaboratives.http import ViewerRequest, needs
from collaboratives.roster.errors import RosterError
from collaboratives.roster.forms.people import DirectoryForm, ReviewForm
from collaboratives.roster.selectors.access_review import access_file, access_report, access_rows
from collaboratives.roster.selectors.directory import directory_page
from collaboratives.roster.services.access_review import confirm_review
from collaboratives.roster.services.directory import wish_listing
from events.enums import AccessAction
from events.services import record_access
from privacy.roles import Permission


@needs(Permission.PEOPLE_MANAGE)
def access_review(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            confirm_review(note=form.cleaned_data["note"], by=request.viewer)
        except RosterError as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, "Confirmed, with today's date and your name.")
        return redirect("roster:access-review", collaborative_slug)
    context = {"report": access_report(request.viewer), "form": form}
    return render(request, "roster/access_review.html", context, status=422 if form.errors else 200)


@needs(Permission.PEOPLE_MANAGE)
def access_download(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """The same list as a file."""
    file, own = access_file(access_rows(request.viewer)), request.viewer.participation_id
    record_access(AccessAction.EXPORTED, by=request.viewer, subject="list of who has access", participation_id=own)
    response = HttpResponse(file, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="access.csv"'
    return response


@needs(Permission.DIRECTORY_VIEW)
def directory(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """People who want to be found, and what oneself wants to be known."""
    page = directory_page(request.viewer, request.GET.get("q", ""))
    names = ("listed", "contact_listed", "interests")
    initial = {name: getattr(page.wish, name) for name in names} if page.wish else {}
    form = DirectoryForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        wish_listing(by=request.viewer, **form.cleaned_data)
        messages.success(request, "Kept. The directory follows within seconds.")
        return redirect("roster:directory", collaborative_slug)
    return render(request, "roster/directory.html", {"page": page, "form": form}, status=422 if form.errors else 200)
