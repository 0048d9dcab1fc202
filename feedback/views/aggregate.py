"""Supplied figures of aggregate measures: what there is, a file of them, its preview and the decision. Every look is noted."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from cases.services.imports import too_large
from collaboratives.http import ViewerRequest, needs
from events.enums import AccessAction
from events.services import record_access
from feedback.errors import FigureSourceError, FigureStateError
from feedback.forms.aggregate import FiguresForm
from feedback.selectors.aggregate import (
    SuppliedOf,
    ViewedFigures,
    aggregate_measures,
    aggregate_version,
    figures_asked,
    figures_page,
    upload_for,
)
from feedback.selectors.aggregate_template import figures_template
from feedback.services.aggregate_upload import commit_figures, discard_figures, upload_figures
from privacy.roles import Permission


UNPROCESSABLE, TOO_LARGE = 422, 413


@needs(Permission.FIGURES_SUPPLY)
def figure_list(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """The measures whose figures are supplied, and how far they go."""
    return render(request, "feedback/figure_list.html", {"measures": aggregate_measures(request.viewer)})


@needs(Permission.FIGURES_SUPPLY)
def figure_detail(request: ViewerRequest, collaborative_slug: str, aggregate_slug: str) -> HttpResponse:
    """What was supplied of every hospital and period, with what it replaced, and every file."""
    page = figures_page(request.viewer, aggregate_slug)
    record_access(AccessAction.RESULTS_VIEWED, by=request.viewer, subject=f"supplied figures of {aggregate_slug}")
    return render(request, "feedback/figure_detail.html", {"page": page})


@needs(Permission.FIGURES_SUPPLY)
def figure_upload(request: ViewerRequest, collaborative_slug: str, aggregate_slug: str) -> HttpResponse:
    """Keep a file and show what it would do."""
    version = aggregate_version(request.viewer, aggregate_slug)
    form = FiguresForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and (upload := _uploaded(request, version.measure, form)):
        return redirect("feedback:figure-preview", collaborative_slug, upload.public_id)
    context = {"spec": version.definition, "asked": figures_asked(version.definition)}
    return _upload_page(request, form, context)


def _uploaded(request: ViewerRequest, measure: SuppliedOf, form: FiguresForm) -> ViewedFigures | None:
    file, source = form.cleaned_data["file"], form.cleaned_data["source"]
    try:
        return upload_figures(
            measure=measure, file_name=file.name, source=source, content=file.read(), by=request.viewer
        )
    except FigureSourceError as problem:
        form.add_error("source", str(problem))
        return None


def _upload_page(request: ViewerRequest, form: FiguresForm, context: dict[str, object]) -> HttpResponse:
    too_much = getattr(request, "upload_too_large", False)
    refused = " ".join(too_large()) if too_much else ""
    shown = {**context, "form": FiguresForm() if too_much else form, "refused": refused}
    status = TOO_LARGE if too_much else UNPROCESSABLE if form.errors else 200
    return render(request, "feedback/figure_upload.html", shown, status=status)


@needs(Permission.FIGURES_SUPPLY)
def figure_preview(request: ViewerRequest, collaborative_slug: str, upload_id: UUID) -> HttpResponse:
    """What the file would do, or what is wrong with it; then the decision."""
    upload = upload_for(request.viewer, upload_id)
    if upload is None:
        raise Http404
    if request.method != "POST":
        record_access(AccessAction.RESULTS_VIEWED, by=request.viewer, subject=f"figures in {upload.file_name}")
        return render(request, "feedback/figure_preview.html", {"upload": upload, "summary": upload.summary})
    try:
        _decide(request, upload)
    except FigureStateError as problem:
        messages.error(request, str(problem))
        return redirect("feedback:figure-preview", collaborative_slug, upload_id)
    return redirect("feedback:figure-detail", collaborative_slug, upload.measure.slug)


def _decide(request: ViewerRequest, upload: ViewedFigures) -> None:
    if request.POST.get("do") == "discard":
        discard_figures(upload=upload, by=request.viewer)
        messages.info(request, "The file is discarded. Nothing was taken over.")
        return
    commit_figures(upload=upload, by=request.viewer)
    done = upload.summary
    counts = f"{done['new']} new, {done['changed']} changed, {done['same']} as before"
    messages.success(request, f"The figures are taken over: {counts}. Releases of before stay as they are.")


@needs(Permission.FIGURES_SUPPLY)
def figure_template(request: ViewerRequest, collaborative_slug: str, aggregate_slug: str) -> HttpResponse:
    """A file to fill in, with every member hospital."""
    content = figures_template(request.viewer, request.place.collaborative, aggregate_slug)
    record_access(AccessAction.EXPORTED, by=request.viewer, subject=f"template of figures of {aggregate_slug}")
    return HttpResponse(
        content,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{aggregate_slug}-figures.csv"'},
    )
