"""Trial fits of a risk model: ask for one, find it again, read it, take it to R."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from collaboratives.http import ViewerRequest, needs
from events.enums import AccessAction
from events.services import record_access
from feedback.errors import TrialError
from feedback.forms.trial import TrialForm
from feedback.selectors.measure_preview import closed_months
from feedback.selectors.trial_files import trial_coefficients, trial_script
from feedback.selectors.trials import TrialList, trial_list, trial_page, trial_progress
from feedback.services.trials import request_trial
from feedback.views.riskmodels import as_download
from privacy.roles import Permission


@needs(Permission.DEFINITION_EDIT)
def trial_index(request: ViewerRequest, collaborative_slug: str, model_slug: str) -> HttpResponse:
    """What was tried so far; POST tries a version on the months that are asked for."""
    page = trial_list(request.viewer, model_slug)
    form = _form(request, page)
    if form.is_valid():
        version = next(each for each in page.versions if each.number == form.cleaned_data["version"])
        try:
            trial = request_trial(version=version, **form.window(), by=request.viewer)
        except TrialError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, "A worker fits the model. You can leave this page and come back.")
            return redirect("feedback:trial-detail", collaborative_slug, model_slug, trial.public_id)
    context = {"page": page, "form": form}
    return render(request, "feedback/trial_list.html", context, status=422 if form.is_bound else 200)


def _form(request: ViewerRequest, page: TrialList) -> TrialForm:
    first, last = closed_months(request.place.collaborative)
    versions = [(each.number, f"{each.number}, {each.get_status_display().lower()}") for each in page.versions]
    shown = {"first_month": f"{first:%Y-%m}", "last_month": f"{last:%Y-%m}"}
    return TrialForm(request.POST if request.method == "POST" else None, versions=versions, initial=shown)


@needs(Permission.DEFINITION_EDIT)
def trial_detail(request: ViewerRequest, collaborative_slug: str, model_slug: str, trial_id: UUID) -> HttpResponse:
    """The model page of a trial, or how far it is."""
    return render(request, "feedback/trial_detail.html", {"page": trial_page(request.viewer, model_slug, trial_id)})


@needs(Permission.DEFINITION_EDIT)
def trial_running(request: ViewerRequest, collaborative_slug: str, model_slug: str, trial_id: UUID) -> HttpResponse:
    """How far the worker is; the part of a page. When it is done, the page is fetched anew."""
    running = trial_progress(request.viewer, model_slug, trial_id)
    response = render(request, "feedback/partials/trial_progress.html", {"page": running})
    if not running.is_running:
        response["HX-Refresh"] = "true"
    return response


@needs(Permission.DEFINITION_EDIT)
def trial_coefficients_file(
    request: ViewerRequest, collaborative_slug: str, model_slug: str, trial_id: UUID
) -> HttpResponse:
    """Formula, coefficients and standard errors with every digit."""
    file = trial_coefficients(request.viewer, model_slug, trial_id)
    record_access(AccessAction.EXPORTED, by=request.viewer, subject=f"trial coefficients, {model_slug}"[:80])
    return as_download(file, "text/csv; charset=utf-8")


@needs(Permission.DEFINITION_EDIT)
def trial_script_file(request: ViewerRequest, collaborative_slug: str, model_slug: str, trial_id: UUID) -> HttpResponse:
    """A script with which R fits the same again."""
    file = trial_script(request.viewer, model_slug, trial_id)
    record_access(AccessAction.EXPORTED, by=request.viewer, subject=f"trial script, {model_slug}"[:80])
    return as_download(file, "text/plain; charset=utf-8")
