"""Cases that are past their last day to enter and not locked."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from cases.log.selectors.past_lock import past_lock_page
from cases.log.views.log import page_number
from cases.selectors.hospital_cases import hospital_for
from collaboratives.http import ViewerRequest, needs
from events.enums import AccessAction
from events.services import record_access
from privacy.roles import Capacity, Permission


@needs(Permission.CASE_VIEW)
def past_lock_list(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """The own ones; for the centre those of all hospitals, or of the one it asks for."""
    hospital = None
    if request.viewer.capacity is Capacity.CENTRE:
        hospital = hospital_for(request.viewer, request.GET.get("hospital", ""))
        if hospital is None and "hospital" in request.GET:
            raise Http404
        place = hospital.pk if hospital else None
        record_access(AccessAction.CASES_LISTED, by=request.viewer, subject="cases past lock", participation_id=place)
    page = past_lock_page(request.viewer, request.place.collaborative, hospital=hospital, number=page_number(request))
    return render(request, "caselog/past_lock_list.html", {"page": page})
