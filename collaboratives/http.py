"""What views ask before they answer. Strangers to a collaborative get 404, members without the right 403."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.models import User
from collaboratives.selectors.places import Place
from privacy.roles import Permission
from privacy.viewer import Viewer, require


P = ParamSpec("P")
MOST_DIGITS = 7  # no list is as long


class SignedInRequest(HttpRequest):
    """A request of somebody who has signed in."""

    user: User


class ViewerRequest(SignedInRequest):
    """A request inside a collaborative: the middleware has resolved who looks, from where."""

    viewer: Viewer
    place: Place
    places: list[Place]


ViewerView = Callable[Concatenate[ViewerRequest, P], HttpResponseBase]


def page_number(request: HttpRequest) -> int:
    """Which page of a list the address asks for; anything unknown means the first."""
    number = request.GET.get("page", "")
    return max(1, int(number)) if number.isdecimal() and len(number) < MOST_DIGITS else 1


def needs(permission: Permission) -> Callable[[ViewerView[P]], ViewerView[P]]:
    """Answer 403 unless the viewer holds the permission; a test fails for any view of ours without this mark."""

    def decorate(view: ViewerView[P]) -> ViewerView[P]:
        @wraps(view)
        def asked(request: ViewerRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            require(request.viewer, permission)
            return view(request, *args, **kwargs)

        asked.permission = permission  # type: ignore[attr-defined]  # read by the route table and its test
        return asked

    return decorate


def open_to(audience: str) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Mark a view that asks for no permission, and say who it is for: "anyone" or "signed-in people"."""

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        view.audience = audience  # type: ignore[attr-defined]  # read by the route table and its test
        return view

    return decorate
