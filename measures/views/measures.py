"""Measures and their versions: what there is, begin a change or a new one, compare, retire, take away as a file."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from collaboratives.http import ViewerRequest, needs
from measures.errors import DraftClosedError, MeasureNeededError, NameTakenError
from measures.forms.measure import NewMeasureForm, RetireForm
from measures.selectors.measure_drafts import (
    measure_difference_page,
    measure_discarded,
    measure_draft,
    measure_forms,
    measure_row,
    measure_rows,
)
from measures.selectors.measure_files import MEASURE_FORMATS, measure_file
from measures.services.measure_drafts import start_measure, start_measure_draft
from measures.services.measure_review import reopen_measure, retire_measure
from measures.services.review import discard_draft
from measures.views.downloads import attached
from privacy.roles import Permission


@needs(Permission.DEFINITION_EDIT)
def measure_list(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    return render(request, "measures/measure_list.html", {"rows": measure_rows(request.viewer)})


@needs(Permission.DEFINITION_EDIT)
def measure_new(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    found = measure_forms(request.viewer)
    specs = {row.measure.slug: row.newest.definition for row in measure_rows(request.viewer)}
    choices = [(each.slug, each.name) for each in found]
    minimum = request.place.collaborative.minimum_cases
    form = NewMeasureForm(request.POST or None, forms_=choices, specs=specs, minimum=minimum)
    if request.method == "POST" and form.is_valid():
        of_form = next((each for each in found if each.slug == form.cleaned_data["form"]), None)
        try:
            version = start_measure(spec=form.written(), form=of_form, by=request.viewer)
        except NameTakenError as problem:
            form.add_error("slug", str(problem))
        else:
            return redirect("measures:measure-draft", collaborative_slug, version.measure.slug)
    return render(request, "measures/measure_new.html", {"form": form}, status=_status(request, form))


def _status(request: ViewerRequest, form: NewMeasureForm | RetireForm) -> int:
    return 422 if request.method == "POST" or form.errors else 200


@needs(Permission.DEFINITION_EDIT)
def measure_history(request: ViewerRequest, collaborative_slug: str, measure_slug: str) -> HttpResponse:
    """Every version with who, when and what; retire the one in use."""
    context = {"row": measure_row(request.viewer, measure_slug), "formats": list(MEASURE_FORMATS.items())}
    return render(request, "measures/measure_history.html", {**context, "form": RetireForm()})


@require_POST
@needs(Permission.DEFINITION_PUBLISH)
def measure_retire(request: ViewerRequest, collaborative_slug: str, measure_slug: str) -> HttpResponse:
    row, form = measure_row(request.viewer, measure_slug), RetireForm(request.POST)
    if form.is_valid() and row.in_use:
        try:
            retire_measure(version=row.in_use, reason=form.cleaned_data["reason"], by=request.viewer)
        except (DraftClosedError, MeasureNeededError) as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, f"{row.measure.name} is retired. What was released stays as it is.")
            return redirect("measures:measure-history", collaborative_slug, measure_slug)
    context = {"row": row, "formats": list(MEASURE_FORMATS.items()), "form": form}
    return render(request, "measures/measure_history.html", context, status=422)


@needs(Permission.DEFINITION_EDIT)
def measure_difference(request: ViewerRequest, collaborative_slug: str, measure_slug: str) -> HttpResponse:
    """What changed from one version of a measure to another."""
    old, new = request.GET.get("old", ""), request.GET.get("new", "")
    page = measure_difference_page(request.viewer, measure_slug, old=old, new=new)
    context = {"page": page, "measure": measure_row(request.viewer, measure_slug).measure}
    return render(request, "measures/measure_difference.html", context)


@needs(Permission.DEFINITION_EDIT)
def measure_version_file(
    request: ViewerRequest, collaborative_slug: str, measure_slug: str, version: int, file_format: str
) -> HttpResponse:
    if file_format not in MEASURE_FORMATS:
        raise Http404("There is no such format.")
    return attached(measure_file(request.viewer, measure_slug, version, file_format))


@require_POST
@needs(Permission.DEFINITION_EDIT)
def measure_start(request: ViewerRequest, collaborative_slug: str, measure_slug: str) -> HttpResponse:
    try:
        start_measure_draft(measure=measure_row(request.viewer, measure_slug).measure, by=request.viewer)
    except DraftClosedError as problem:
        messages.error(request, str(problem))
        return redirect("measures:measure-list", collaborative_slug)
    return redirect("measures:measure-draft", collaborative_slug, measure_slug)


@require_POST
@needs(Permission.DEFINITION_EDIT)
def measure_discard(request: ViewerRequest, collaborative_slug: str, measure_slug: str) -> HttpResponse:
    version = discard_draft(version=measure_draft(request.viewer, measure_slug), by=request.viewer)
    messages.success(request, f"The draft of version {version.number} is put away. It can be taken up again.")
    return redirect("measures:measure-list", collaborative_slug)


@require_POST
@needs(Permission.DEFINITION_EDIT)
def measure_reopen(request: ViewerRequest, collaborative_slug: str, measure_slug: str) -> HttpResponse:
    try:
        reopen_measure(version=measure_discarded(request.viewer, measure_slug), by=request.viewer)
    except DraftClosedError as problem:
        messages.error(request, str(problem))
        return redirect("measures:measure-list", collaborative_slug)
    return redirect("measures:measure-draft", collaborative_slug, measure_slug)
