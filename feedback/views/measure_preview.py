"""What a draft of a measure makes of real cases, for those who write and review it. Every look is noted."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from collaboratives.http import ViewerRequest, needs
from events.enums import AccessAction
from events.services import record_access
from feedback.errors import PreviewTooSlowError
from feedback.selectors.evaluation_progress import evaluation_of
from feedback.selectors.measure_preview import Preview, preview_of
from measures.definition.expression.errors import ExpressionError
from measures.forms.measure import MeasureForm
from measures.selectors.measure_drafts import Previewed, measure_previewed
from privacy.roles import Permission


@require_POST
@needs(Permission.DEFINITION_EDIT)
def measure_preview(request: ViewerRequest, collaborative_slug: str, measure_slug: str) -> HttpResponse:
    """Of the page as it is being written; with `saved`, of the draft as it was saved."""
    page = measure_previewed(request.viewer, measure_slug)
    form = MeasureForm(request.POST, spec=page.version.definition, form=page.form, models=page.models)
    context: dict[str, object] = {"version": page.version}
    try:
        context["preview"] = _preview(request, page, form)
    except (ExpressionError, PreviewTooSlowError) as problem:
        context["problem"] = str(problem)
    is_part = bool(request.headers.get("HX-Request"))
    return render(
        request, "feedback/partials/measure_preview.html" if is_part else "feedback/measure_preview.html", context
    )


def _preview(request: ViewerRequest, page: Previewed, form: MeasureForm) -> Preview | None:
    """None where the page cannot be read; what it says meanwhile is beside its boxes."""
    saved = "saved" in request.POST
    if not saved and not form.is_valid():
        return None
    spec = page.version.definition if saved else form.written()
    preview = preview_of(request.viewer, request.place.collaborative, page.version, spec)
    record_access(AccessAction.CASES_LISTED, by=request.viewer, subject=f"preview of measure {spec.slug}")
    return preview


@needs(Permission.DEFINITION_EDIT)
def measure_progress(request: ViewerRequest, collaborative_slug: str, measure_slug: str) -> HttpResponse:
    """How far counting by a new version is; the part of a page."""
    page = evaluation_of(request.viewer, measure_slug)
    return render(request, "feedback/partials/measure_progress.html", {"page": page})
