"""The description of the API: for programs as OpenAPI, for people as a page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from collaboratives.http import open_to
from config.api_docs import docs_page
from config.openapi import schema_text


MEDIA = {"json": "application/vnd.oai.openapi+json", "yaml": "application/vnd.oai.openapi"}


@open_to("anyone")
def schema(request: HttpRequest) -> HttpResponse:
    """JSON, or YAML with `?format=yaml`."""
    kind = "yaml" if request.GET.get("format") == "yaml" else "json"
    return HttpResponse(schema_text(kind), content_type=f"{MEDIA[kind]}; charset=utf-8")


@open_to("anyone")
def docs(request: HttpRequest) -> HttpResponse:
    return render(request, "api/docs.html", {"page": docs_page()})
