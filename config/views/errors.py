"""Error pages that help and give nothing away."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from collaboratives.http import open_to


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
    return render(request, "500.html", {"reference": uuid.uuid4().hex[:8]}, status=500)
