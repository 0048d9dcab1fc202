"""The draft of a risk model: one form of everything, then review, and publication by a second person."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from collaboratives.http import ViewerRequest, needs
from measures.definition.draft_check import FormProblemsError
from measures.definition.edits import ModelChangedError
from measures.errors import DraftClosedError, EffectiveDateError, OwnDraftError
from measures.forms.measure import PublishMeasureForm
from measures.forms.risk_model import RiskModelForm
from measures.selectors.risk_models import RiskModelEditor, model_draft, model_editor, model_review
from measures.services.review import Publishing, return_draft
from measures.services.risk_model_review import publish_model, submit_model
from measures.services.risk_models import save_model
from privacy.roles import Permission


REFUSALS = (EffectiveDateError, OwnDraftError, FormProblemsError, DraftClosedError)


@needs(Permission.DEFINITION_EDIT)
def model_edit(request: ViewerRequest, collaborative_slug: str, model_slug: str) -> HttpResponse:
    """The draft as a form; POST keeps it, mistakes and all: only publishing wants none."""
    page = model_editor(request.viewer, model_slug)
    data = request.POST if request.method == "POST" else None
    form = RiskModelForm(data, spec=page.spec, form=page.form, problems=page.by_field)
    conflict = None
    if data is not None and form.is_valid():
        try:
            return _saved(request, page, form)
        except ModelChangedError as problem:
            conflict = form.against(problem.theirs)
        except DraftClosedError as problem:
            form.add_error(None, str(problem))
    status = 409 if conflict else 200 if data is None else 422
    context = {"page": page, "form": form, "conflict": conflict}
    return render(request, "measures/model_draft.html", context, status=status)


def _saved(request: ViewerRequest, page: RiskModelEditor, form: RiskModelForm) -> HttpResponse:
    save_model(version=page.version, spec=form.written(), shown=form.cleaned_data["shown"], by=request.viewer)
    address = reverse("measures:model-draft", args=[request.viewer.collaborative_slug, page.model.slug])
    if "covariate" in request.POST:
        return redirect(f"{address}#covariates")
    messages.success(request, "Saved.")
    return redirect(address)


@require_POST
@needs(Permission.DEFINITION_EDIT)
def model_submit(request: ViewerRequest, collaborative_slug: str, model_slug: str) -> HttpResponse:
    version = model_draft(request.viewer, model_slug)
    try:
        submit_model(version=version, note=request.POST.get("note", version.note)[:2000], by=request.viewer)
    except (FormProblemsError, DraftClosedError) as problem:
        messages.error(request, str(problem))
        return redirect("measures:model-draft", collaborative_slug, model_slug)
    messages.success(request, "Submitted. A director or coordinator who did not write on it reads and publishes it.")
    return redirect("measures:model-review", collaborative_slug, model_slug)


@require_POST
@needs(Permission.DEFINITION_EDIT)
def model_return(request: ViewerRequest, collaborative_slug: str, model_slug: str) -> HttpResponse:
    comment = request.POST.get("comment", "")[:2000]
    try:
        return_draft(version=model_draft(request.viewer, model_slug), comment=comment, by=request.viewer)
    except DraftClosedError as problem:
        messages.error(request, str(problem))
    return redirect("measures:model-draft", collaborative_slug, model_slug)


@needs(Permission.DEFINITION_EDIT)
def model_check(request: ViewerRequest, collaborative_slug: str, model_slug: str) -> HttpResponse:
    """A second person reads the draft, and publishes or returns it."""
    page = model_review(request.viewer, model_slug)
    shown = {"effective_from": page.editor.version.effective_from, "note": page.editor.version.note}
    form = PublishMeasureForm(request.POST if request.method == "POST" else None, initial=shown)
    if form.is_valid() and _publish(request, form, model_slug):
        return redirect("measures:model-history", collaborative_slug, model_slug)
    status = 422 if form.is_bound else 200
    return render(request, "measures/model_review.html", {"page": page, "form": form}, status=status)


def _publish(request: ViewerRequest, form: PublishMeasureForm, model_slug: str) -> bool:
    data = form.cleaned_data
    draft, publishing = model_draft(request.viewer, model_slug), Publishing(data["effective_from"], data["note"])
    try:
        adopted = publish_model(version=draft, publishing=publishing, by=request.viewer)
    except REFUSALS as problem:
        form.add_error(None, str(problem))
        return False
    used = (
        f"{adopted.measure.name} uses it from version {adopted.number} on; its cases are being counted."
        if adopted
        else "No measure in use names it yet: draft a version of the measure that does."
    )
    messages.success(request, f"Version {draft.number} of {draft.risk_model.name} is published. {used}")
    return True
