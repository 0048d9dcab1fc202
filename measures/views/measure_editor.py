"""The draft of a measure: written by one person, read and published by another."""

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from collaboratives.ballots.errors import BallotError
from collaboratives.http import ViewerRequest, needs
from measures.definition.draft_check import FormProblemsError, check_expression
from measures.definition.edits import SpecChangedError
from measures.errors import DraftClosedError, EffectiveDateError, OwnDraftError
from measures.forms.measure import MeasureForm, PublishMeasureForm
from measures.forms.outline import ExpressionForm, with_suggestion
from measures.selectors.drafts import vocabulary
from measures.selectors.measure_drafts import MeasureEditor, measure_draft, measure_editor, measure_form, measure_review
from measures.services.measure_drafts import save_measure
from measures.services.measure_review import publish_measure, submit_measure
from measures.services.review import Publishing, return_draft
from privacy.roles import Permission


REFUSALS = (BallotError, EffectiveDateError, OwnDraftError, FormProblemsError, DraftClosedError)


@needs(Permission.DEFINITION_EDIT)
def measure_detail(request: ViewerRequest, collaborative_slug: str, measure_slug: str) -> HttpResponse:
    """The draft as a form; POST keeps it, mistakes and all: only publishing wants none."""
    page = measure_editor(request.viewer, measure_slug)
    data = with_suggestion(request.POST) if request.method == "POST" else None
    form = MeasureForm(data, spec=page.spec, form=page.form, models=page.models, problems=page.by_field)
    conflict = None
    if data is not None and form.is_valid():
        try:
            return _saved(request, page, form)
        except SpecChangedError as problem:
            conflict = form.against(problem.theirs)
        except DraftClosedError as problem:
            form.add_error(None, str(problem))
    status = 409 if conflict else 200 if data is None else 422
    return render(
        request, "measures/measure_draft.html", {"page": page, "form": form, "conflict": conflict}, status=status
    )


def _saved(request: ViewerRequest, page: MeasureEditor, form: MeasureForm) -> HttpResponse:
    save_measure(version=page.version, spec=form.written(), shown=form.cleaned_data["shown"], by=request.viewer)
    address = reverse("measures:measure-draft", args=[request.viewer.collaborative_slug, page.measure.slug])
    if "exclusion" in request.POST:
        return redirect(f"{address}#exclusions")
    messages.success(request, "Saved.")
    return redirect(address)


@require_POST
@needs(Permission.DEFINITION_EDIT)
def measure_submit(request: ViewerRequest, collaborative_slug: str, measure_slug: str) -> HttpResponse:
    version = measure_draft(request.viewer, measure_slug)
    try:
        submit_measure(version=version, note=request.POST.get("note", version.note)[:2000], by=request.viewer)
    except (FormProblemsError, DraftClosedError) as problem:
        messages.error(request, str(problem))
        return redirect("measures:measure-draft", collaborative_slug, measure_slug)
    messages.success(request, "Submitted. Another director or coordinator reads and publishes it.")
    return redirect("measures:measure-review", collaborative_slug, measure_slug)


@require_POST
@needs(Permission.DEFINITION_EDIT)
def measure_return(request: ViewerRequest, collaborative_slug: str, measure_slug: str) -> HttpResponse:
    comment = request.POST.get("comment", "")[:2000]
    try:
        return_draft(version=measure_draft(request.viewer, measure_slug), comment=comment, by=request.viewer)
    except DraftClosedError as problem:
        messages.error(request, str(problem))
    return redirect("measures:measure-draft", collaborative_slug, measure_slug)


@needs(Permission.DEFINITION_EDIT)
def measure_check(request: ViewerRequest, collaborative_slug: str, measure_slug: str) -> HttpResponse:
    """A second person reads the draft, and publishes or returns it."""
    page = measure_review(request.viewer, measure_slug)
    shown = {"effective_from": page.editor.version.effective_from, "note": page.editor.version.note}
    form = PublishMeasureForm(request.POST if request.method == "POST" else None, initial=shown)
    if form.is_valid() and _publish(request, form, measure_slug):
        return redirect("measures:measure-history", collaborative_slug, measure_slug)
    status = 422 if form.is_bound else 200
    return render(request, "measures/measure_review.html", {"page": page, "form": form}, status=status)


def _publish(request: ViewerRequest, form: PublishMeasureForm, measure_slug: str) -> bool:
    data = form.cleaned_data
    draft, publishing = measure_draft(request.viewer, measure_slug), Publishing(data["effective_from"], data["note"])
    try:
        version = publish_measure(version=draft, publishing=publishing, by=request.viewer)
    except REFUSALS as problem:
        form.add_error(None, str(problem))
        return False
    counting = "Cases are being counted." if version.form_id else "The next release is computed by it."
    messages.success(request, f"Version {version.number} of {version.measure.name} is published. {counting}")
    return True


# What form-editor.js asks while somebody types ------------------------------------------------------------------------


@require_POST
@needs(Permission.DEFINITION_EDIT)
def measure_expression(request: ViewerRequest, collaborative_slug: str, measure_slug: str) -> HttpResponse:
    """What is wrong with one expression, in the words of the whole check."""
    form, text = ExpressionForm(request.POST), request.POST.get("text", "")
    problem = None
    if form.is_valid() and text.strip():
        problem = check_expression(measure_form(request.viewer, measure_slug), text, form.kind)
    return JsonResponse({"problem": asdict(problem) if problem else None})


@needs(Permission.DEFINITION_EDIT)
def measure_vocabulary(request: ViewerRequest, collaborative_slug: str, measure_slug: str) -> HttpResponse:
    """What expressions of this measure can name."""
    return JsonResponse(vocabulary(measure_form(request.viewer, measure_slug)))
