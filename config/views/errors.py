"""Error pages that help and give nothing away."""

import logging
import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from collaboratives.http import open_to


log = logging.getLogger(__name__)


@open_to("anyone")
def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


@open_to("anyone")
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


@open_to("anyone")
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


@open_to("anyone")
def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without the request, so that what failed in the page cannot fail again in its frame."""
    reference = uuid.uuid4().hex[:8]
    log.error("error page %s for %s", reference, request.resolver_match.view_name if request.resolver_match else "-")
    return HttpResponse(render_to_string("500.html", {"reference": reference}), status=500)


@open_to("anyone")
def not_offered(request: HttpRequest) -> HttpResponse:
    """For pages of libraries that we do not offer."""
    raise Http404
