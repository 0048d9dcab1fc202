from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from ui.samples import SAMPLES


def gallery(request: HttpRequest) -> HttpResponse:
    """Show every component, to those who build pages."""
    if not (settings.DEBUG or getattr(settings, "DEMO", False)):
        raise Http404
    return render(request, "ui/gallery.html", {"samples": SAMPLES})


gallery.audience = "anyone"  # type: ignore[attr-defined]  # read by the route table and its test
