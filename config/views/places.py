"""Switching between hospitals and collaboratives, always by an explicit choice."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from collaboratives.http import SignedInRequest, open_to
from collaboratives.selectors.places import places_of
from config.middleware import PLACE_KEY


@open_to("signed-in people")
@login_required
def place_switch(request: SignedInRequest) -> HttpResponse:
    """List the person's places; a POST takes one."""
    places = places_of(request.user.pk)
    if request.method != "POST":
        return render(request, "config/place_switch.html", {"places": places, "chosen": request.session.get(PLACE_KEY)})
    place = next((place for place in places if place.key == request.POST.get("place")), None)
    if place is None:
        raise Http404
    request.session[PLACE_KEY] = place.key
    return redirect("home-collaborative", place.collaborative.slug)
