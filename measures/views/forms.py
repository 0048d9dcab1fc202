"""Forms and their versions: what there is, begin a draft or a new form, give it away, take it up again."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from collaboratives.http import ViewerRequest, needs
from measures.errors import DraftClosedError, NameTakenError
from measures.forms.whole import FileForm, NewForm
from measures.selectors.drafts import discarded_for, draft_for, form_row, form_rows
from measures.selectors.files import FORMATS
from measures.services.drafts import replace_draft, start_draft, start_form
from measures.services.review import discard_draft, reopen_draft
from privacy.roles import Permission


@needs(Permission.DEFINITION_EDIT)
def form_list(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    formats = list(FORMATS.items())
    return render(request, "measures/form_list.html", {"rows": form_rows(request.viewer), "formats": formats})


@needs(Permission.DEFINITION_EDIT)
def form_new(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    rows = form_rows(request.viewer)
    specs = {row.form.slug: (row.published[0] if row.published else row.versions[-1]).definition for row in rows}
    form = NewForm(request.POST or None, request.FILES or None, specs=specs)
    if request.method == "POST" and form.is_valid():
        try:
            version = start_form(spec=form.cleaned_data["spec"], by=request.viewer)
        except NameTakenError as problem:
            form.add_error("slug", str(problem))
        else:
            return _opened(
                request, version.form.slug, form, "The draft is made. Nothing is asked before it is published."
            )
    return render(request, "measures/form_new.html", {"form": form}, status=422 if form.errors else 200)


def _opened(request: ViewerRequest, slug: str, form: FileForm, words: str) -> HttpResponse:
    messages.success(request, words)
    for note in form.notes[:20]:
        messages.info(request, str(note))
    return redirect("measures:draft-detail", request.viewer.collaborative_slug, slug)


@needs(Permission.DEFINITION_EDIT)
def form_upload(request: ViewerRequest, collaborative_slug: str, form_slug: str) -> HttpResponse:
    """Put a file in place of the draft, or begin a draft with it."""
    row = form_row(request.viewer, form_slug)
    form = FileForm(request.POST or None, request.FILES or None, slug=form_slug, name=row.form.name)
    if request.method == "POST" and form.is_valid():
        try:
            replace_draft(form=row.form, spec=form.cleaned_data["spec"], by=request.viewer)
        except DraftClosedError as problem:
            form.add_error(None, str(problem))
        else:
            return _opened(request, form_slug, form, "The draft is now what the file says.")
    return render(request, "measures/form_upload.html", {"form": form, "row": row}, status=422 if form.errors else 200)


@require_POST
@needs(Permission.DEFINITION_EDIT)
def draft_start(request: ViewerRequest, collaborative_slug: str, form_slug: str) -> HttpResponse:
    try:
        start_draft(form=form_row(request.viewer, form_slug).form, by=request.viewer)
    except DraftClosedError as problem:
        messages.error(request, str(problem))
        return redirect("measures:form-list", collaborative_slug)
    return redirect("measures:draft-detail", collaborative_slug, form_slug)


@require_POST
@needs(Permission.DEFINITION_EDIT)
def draft_discard(request: ViewerRequest, collaborative_slug: str, form_slug: str) -> HttpResponse:
    version = discard_draft(version=draft_for(request.viewer, form_slug), by=request.viewer)
    messages.success(request, f"The draft of version {version.number} is put away. It can be taken up again.")
    return redirect("measures:form-list", collaborative_slug)


@require_POST
@needs(Permission.DEFINITION_EDIT)
def draft_reopen(request: ViewerRequest, collaborative_slug: str, form_slug: str) -> HttpResponse:
    try:
        reopen_draft(version=discarded_for(request.viewer, form_slug), by=request.viewer)
    except DraftClosedError as problem:
        messages.error(request, str(problem))
        return redirect("measures:form-list", collaborative_slug)
    return redirect("measures:draft-detail", collaborative_slug, form_slug)
