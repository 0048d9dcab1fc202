"""Risk models and their versions: what there is, begin a change or a new one, compare, retire, take away as a file."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from collaboratives.http import ViewerRequest, needs
from measures.errors import DraftClosedError, ModelNeededError, NameTakenError
from measures.forms.risk_model import NewRiskModelForm, RetireRiskModelForm
from measures.selectors.risk_model_files import model_file
from measures.selectors.risk_models import (
    model_difference_page,
    model_discarded,
    model_draft,
    model_row,
    model_rows,
    predictable,
)
from measures.services.review import discard_draft
from measures.services.risk_model_review import reopen_model, retire_model
from measures.services.risk_models import start_model, start_model_draft
from measures.views.downloads import attached
from privacy.roles import Permission


@needs(Permission.DEFINITION_EDIT)
def model_list(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    return render(request, "measures/model_list.html", {"rows": model_rows(request.viewer)})


@needs(Permission.DEFINITION_EDIT)
def model_new(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    outcomes = [(each.measure.slug, each.measure.name, each.definition.form) for each in predictable(request.viewer)]
    form = NewRiskModelForm(request.POST if request.method == "POST" else None, outcomes=outcomes)
    if form.is_valid():
        try:
            version = start_model(spec=form.written(), by=request.viewer)
        except NameTakenError as problem:
            form.add_error("slug", str(problem))
        else:
            return redirect("measures:model-draft", collaborative_slug, version.risk_model.slug)
    return render(request, "measures/model_new.html", {"form": form}, status=422 if form.is_bound else 200)


@needs(Permission.DEFINITION_EDIT)
def model_history(request: ViewerRequest, collaborative_slug: str, model_slug: str) -> HttpResponse:
    """Every version with who, when and what; retire the one in use."""
    context = {"row": model_row(request.viewer, model_slug), "form": RetireRiskModelForm()}
    return render(request, "measures/model_history.html", context)


@require_POST
@needs(Permission.DEFINITION_PUBLISH)
def model_retire(request: ViewerRequest, collaborative_slug: str, model_slug: str) -> HttpResponse:
    row, form = model_row(request.viewer, model_slug), RetireRiskModelForm(request.POST)
    if form.is_valid() and row.in_use:
        try:
            retire_model(version=row.in_use, reason=form.cleaned_data["reason"], by=request.viewer)
        except (DraftClosedError, ModelNeededError) as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, f"{row.model.name} is retired. What was released stays as it is.")
            return redirect("measures:model-history", collaborative_slug, model_slug)
    return render(request, "measures/model_history.html", {"row": row, "form": form}, status=422)


@needs(Permission.DEFINITION_EDIT)
def model_difference(request: ViewerRequest, collaborative_slug: str, model_slug: str) -> HttpResponse:
    """What changed from one version of a risk model to another."""
    old, new = request.GET.get("old", ""), request.GET.get("new", "")
    page = model_difference_page(request.viewer, model_slug, old=old, new=new)
    context = {"page": page, "model": model_row(request.viewer, model_slug).model}
    return render(request, "measures/model_difference.html", context)


@needs(Permission.DEFINITION_EDIT)
def model_version_file(request: ViewerRequest, collaborative_slug: str, model_slug: str, version: int) -> HttpResponse:
    """A definition file of the model with its measure and form."""
    return attached(model_file(request.viewer, model_slug, version))


@require_POST
@needs(Permission.DEFINITION_EDIT)
def model_start(request: ViewerRequest, collaborative_slug: str, model_slug: str) -> HttpResponse:
    try:
        start_model_draft(model=model_row(request.viewer, model_slug).model, by=request.viewer)
    except DraftClosedError as problem:
        messages.error(request, str(problem))
        return redirect("measures:model-list", collaborative_slug)
    return redirect("measures:model-draft", collaborative_slug, model_slug)


@require_POST
@needs(Permission.DEFINITION_EDIT)
def model_discard(request: ViewerRequest, collaborative_slug: str, model_slug: str) -> HttpResponse:
    version = discard_draft(version=model_draft(request.viewer, model_slug), by=request.viewer)
    messages.success(request, f"The draft of version {version.number} is put away. It can be taken up again.")
    return redirect("measures:model-list", collaborative_slug)


@require_POST
@needs(Permission.DEFINITION_EDIT)
def model_reopen(request: ViewerRequest, collaborative_slug: str, model_slug: str) -> HttpResponse:
    try:
        reopen_model(version=model_discarded(request.viewer, model_slug), by=request.viewer)
    except DraftClosedError as problem:
        messages.error(request, str(problem))
        return redirect("measures:model-list", collaborative_slug)
    return redirect("measures:model-draft", collaborative_slug, model_slug)
