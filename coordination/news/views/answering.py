"""Answers that several pages give alike."""

from functools import wraps
from typing import ParamSpec

from django.contrib import messages
from django.http import JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from collaboratives.http import ViewerRequest, ViewerView
from coordination.news.errors import NoDraftError


P = ParamSpec("P")
CONFLICT, UNPROCESSABLE = 409, 422


def wants_json(request: ViewerRequest) -> bool:
    """The script that saves drafts asks for it."""
    return "application/json" in request.headers.get("Accept", "")


def unless_gone(view: ViewerView[P]) -> ViewerView[P]:
    """Where a colleague sent or discarded the draft first, say so and show what became of it."""

    @wraps(view)
    def answered(request: ViewerRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except NoDraftError as gone:
            if wants_json(request):
                return JsonResponse({"problem": str(gone)}, status=CONFLICT)
            messages.info(request, str(gone))
            slug = request.viewer.collaborative_slug
            if gone.public_id is None:
                return redirect("news:archive", slug)
            return redirect("news:announcement-detail", slug, gone.public_id)

    return answered
