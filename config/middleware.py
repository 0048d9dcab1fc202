"""From a request to a viewer: who looks, in which place, announced to PostgreSQL for the length of the request."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from collaboratives.api.limits import note_wrong_key, too_many_wrong_keys
from collaboratives.api.problems import request_id_of, wants_problem
from collaboratives.api.views import key_in
from collaboratives.errors import KeyRefusedError
from collaboratives.selectors.places import acting_for, chosen_place, places_of
from collaboratives.services.tokens import enter_with_key
from privacy.viewer import PermissionRefusedError
from tenancy.context import acting


GetResponse = Callable[[HttpRequest], HttpResponse]
PLACE_KEY = "place"


class ViewerMiddleware:
    """Resolves the viewer for every path inside a collaborative; paths outside it act for nobody."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with ExitStack() as stack:
            request.context_stack = stack  # type: ignore[attr-defined]  # closed when the response is made
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., object], _args: tuple[object, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        if hasattr(view, "asks"):
            self._enter_with_key(request)
        slug = kwargs.get("collaborative_slug")
        if slug is None:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), reverse("account_login"))
        request.places = places_of(request.user.pk)  # type: ignore[attr-defined]  # ViewerRequest
        place = chosen_place(request.places, slug=slug, key=request.session.get(PLACE_KEY))  # type: ignore[attr-defined]
        if place is None:
            raise Http404
        if place.capacity in settings.SECOND_FACTOR_FOR and not is_mfa_enabled(request.user):
            messages.info(request, f"{place.label} is entered with a second factor. Set yours up, then go on.")
            return redirect("mfa_activate_totp")
        request.place = place  # type: ignore[attr-defined]
        request.viewer = place.viewer(request.user.pk, request.user.full_name)  # type: ignore[attr-defined]
        request.context_stack.enter_context(acting(acting_for(request.viewer)))  # type: ignore[attr-defined]
        # Days and times are told, and read, by the clock of the programme.
        request.context_stack.enter_context(timezone.override(place.collaborative.time_zone))  # type: ignore[attr-defined]
        return None

    @staticmethod
    def _enter_with_key(request: HttpRequest) -> None:
        """A program acts for the owner of its key; without a good one it acts for nobody, and the view says so."""
        text = key_in(request)
        if not text:
            return
        if too_many_wrong_keys(request):
            request.refused_unread = True  # type: ignore[attr-defined]  # read by KeyAuthentication
            return
        try:
            visit = request.visit = enter_with_key(text)  # type: ignore[attr-defined]  # read by KeyAuthentication
        except KeyRefusedError:
            note_wrong_key(request)
        else:
            request.context_stack.enter_context(acting(acting_for(visit.viewer)))  # type: ignore[attr-defined]

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, PermissionRefusedError):
            return render(request, "403.html", {"refused": exception}, status=403)
        return None


def safe_headers(get_response: GetResponse) -> GetResponse:
    """Keep pages out of shared caches, and browsers from lending our pages their sensors."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
        # A view says "immutable" of what holds no patient's data and never changes, such as a form's program.
        if not request.path.startswith("/static/") and "immutable" not in response.get("Cache-Control", ""):
            response["Cache-Control"] = "no-store, private"
        if request.path == reverse("account_logout") and request.method == "POST":
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response

    return middleware


def request_ids(get_response: GetResponse) -> GetResponse:
    """Answers to programs carry a number under which the log tells more."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if wants_problem(request):
            response["X-Request-ID"] = request_id_of(request)
        return response

    return middleware
