"""Results of all hospitals together as files, and how every number is made, for everybody."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from collaboratives.http import ViewerRequest, needs
from feedback.reports.definition.words import GLOSSARY, READING_RULES
from feedback.reports.selectors.lists import pooled_report
from feedback.reports.selectors.tables import pooled_table
from feedback.reports.services.files import pooled_file, table_file
from feedback.reports.views.files import taken
from feedback.selectors.pooled import pooled_page
from privacy.roles import Permission


@needs(Permission.POOLED_VIEW)
def pooled_report_download(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """As the worker made it with the release."""
    asked, plain = request.GET.get("release", ""), request.GET.get("words") == "plain"
    report = pooled_report(request.viewer, asked, plain=plain)
    if report is None:
        messages.info(request, "The file of this release is being prepared. Try again in a few minutes.")
        return redirect("feedback:pooled-results", collaborative_slug)
    return taken(request, pooled_file(report), subject=f"results of all hospitals, release {report.release.name}")


@needs(Permission.POOLED_VIEW)
def pooled_table_download(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """What the page shows, as a table."""
    page = pooled_page(request.viewer, request.place, release=request.GET.get("release", ""), words="figures")
    if page.release is None:
        raise Http404
    return taken(
        request, table_file(pooled_table(page)), subject=f"table of all hospitals, release {page.release.name}"
    )


@needs(Permission.PROGRAMME_VIEW)
def methods(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """How to read a number, and where it comes from."""
    rules = request.place.collaborative.disclosure_rules
    return render(request, "reports/methods.html", {"reading": READING_RULES, "glossary": GLOSSARY, "rules": rules})
