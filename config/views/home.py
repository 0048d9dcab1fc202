"""Where a person lands."""

from django.contrib.auth.decorators import login_required
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from cases.views.cases import case_list
from collaboratives.http import SignedInRequest, ViewerRequest, needs, open_to
from collaboratives.selectors.places import places_of
from config.middleware import PLACE_KEY
from coordination.week.views.home import centre_home
from feedback.views.home import clinician_home, observer_home
from privacy.roles import Capacity, Permission, Role


CLINICAL_ROLES = {Role.CHAMPION, Role.CLINICIAN, Role.ADMINISTRATOR}


@open_to("signed-in people")
@login_required
def home(request: SignedInRequest) -> HttpResponseBase:
    """The last chosen place, the only place, or the list to choose from."""
    places = places_of(request.user.pk)
    chosen = next((place for place in places if place.key == request.session.get(PLACE_KEY)), None)
    if not places:
        return render(request, "config/no_place.html", status=403)
    if chosen is None and len(places) > 1:
        return redirect("place-switch")
    return redirect("home-collaborative", (chosen or places[0]).collaborative.slug)


@needs(Permission.PROGRAMME_VIEW)
def home_collaborative(request: ViewerRequest, collaborative_slug: str) -> HttpResponseBase:
    """What this person needs first: their results, their work list, or the state of the programme."""
    if request.viewer.capacity is Capacity.CENTRE:
        return centre_home(request, collaborative_slug)
    if request.viewer.capacity is Capacity.OBSERVER:
        return observer_home(request, collaborative_slug)
    if request.viewer.can(Permission.CASE_EDIT) and not request.viewer.roles & CLINICAL_ROLES:
        return case_list(request, collaborative_slug)
    return clinician_home(request, collaborative_slug)
