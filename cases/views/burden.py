"""Count the burden of the forms now instead of tonight."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from cases.services.burden import ask_for_burden
from collaboratives.http import ViewerRequest, needs
from privacy.roles import Permission


@require_POST
@needs(Permission.DEFINITION_EDIT)
def burden_measure(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    ask_for_burden(collaborative=request.place.collaborative, by=request.viewer)
    messages.success(request, "The burden of the forms is being counted. Open this page again in a moment.")
    return redirect("home-collaborative", collaborative_slug)
