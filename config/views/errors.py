"""Error pages that help and give nothing away."""

import logging
import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from collaboratives.api.problems import Kind, problem_response, request_id_of, wants_problem
from collaboratives.http import open_to


log = logging.getLogger(__name__)


@open_to("anyone")
def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    if wants_problem(request):
        return problem_response(request, Kind.NOT_ALLOWED)
    return render(request, "403.html", status=403)


@open_to("anyone")
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


@open_to("anyone")
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if wants_problem(request):
        return problem_response(request, Kind.MALFORMED)
    return HttpResponse(render_to_string("400.html"), status=400)


@open_to("anyone")
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if wants_problem(request):
        return problem_response(request, Kind.NOT_FOUND)
    return render(request, "404.html", status=404)


@open_to("anyone")
def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without the request, so that what failed in the page cannot fail again in its frame."""
    for_program = wants_problem(request)
    reference = request_id_of(request) if for_program else uuid.uuid4().hex[:8]
    log.error("error page %s for %s", reference, request.resolver_match.view_name if request.resolver_match else "-")
    if for_program:
        return problem_response(request, Kind.BROKEN)
    return HttpResponse(render_to_string("500.html", {"reference": reference}), status=500)


@open_to("anyone")
def not_offered(request: HttpRequest) -> HttpResponse:
    """For pages of libraries that we do not offer."""
    raise Http404
