"""Views of the work list that a person keeps."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from cases.errors import SavedFilterError
from cases.selectors.list_filter import ListFilter
from cases.services.saved_filters import remove_filter, save_filter
from collaboratives.http import ViewerRequest, needs
from privacy.roles import Permission


@require_POST
@needs(Permission.CASE_EDIT)
def filter_save(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    wanted = ListFilter.from_query(request.POST.dict(), request.viewer)
    try:
        saved = save_filter(
            name=request.POST.get("name", ""), query=wanted.address().removeprefix("?"), by=request.viewer
        )
    except SavedFilterError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, f"“{saved.name}” is kept among your views.")
    return redirect(reverse("cases:case-list", args=[collaborative_slug]) + wanted.address())


@require_POST
@needs(Permission.CASE_EDIT)
def filter_remove(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    wanted = ListFilter.from_query(request.POST.dict(), request.viewer)
    try:
        remove_filter(public_id=UUID(request.POST.get("filter", "")), by=request.viewer)
    except ValueError:
        messages.error(request, "Say which view to remove.")
    return redirect(reverse("cases:case-list", args=[collaborative_slug]) + wanted.address())
