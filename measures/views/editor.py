"""The draft of a form: its outline, and a page for each of its parts."""

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from collaboratives.http import ViewerRequest, needs
from measures.definition.canonical import from_json, to_json
from measures.definition.draft_check import FormProblemsError, check_expression
from measures.definition.edits import Part, PartChangedError, Shown
from measures.definition.spec import Rule, Section, VariableSpec
from measures.errors import DraftClosedError, NameTakenError
from measures.forms.outline import ExpressionForm, MoveForm, RemoveForm, with_suggestion
from measures.forms.parts import FORMS, PartForm
from measures.forms.whole import DetailsForm
from measures.selectors.drafts import EditorPage, draft_for, editor_page, vocabulary
from measures.services.drafts import (
    Removed,
    move_part,
    remove_part,
    restore_part,
    save_details,
    save_part,
)
from measures.services.review import return_draft, submit_draft
from privacy.roles import Permission


PARTS: dict[str, type[Part]] = {"variable": VariableSpec, "section": Section, "rule": Rule}
NOUNS = {"variable": "question", "section": "section", "rule": "check"}
ROUTES = {
    "variable": "measures:question-edit",
    "section": "measures:section-edit",
    "rule": "measures:check-edit",
}
REMOVED = "removed-part"


@needs(Permission.DEFINITION_EDIT)
def draft_detail(request: ViewerRequest, collaborative_slug: str, form_slug: str) -> HttpResponse:
    page = editor_page(request.viewer, form_slug)
    removed = request.session.get(REMOVED, {})
    context = {"page": page, "removed": removed if removed.get("version") == page.version.pk else None}
    return render(request, "measures/draft_detail.html", context)


@needs(Permission.DEFINITION_EDIT)
def draft_form(request: ViewerRequest, collaborative_slug: str, form_slug: str) -> HttpResponse:
    """What is said once for the whole form."""
    page = editor_page(request.viewer, form_slug, "form")
    shown = {"effective_from": page.version.effective_from, "note": page.version.note}
    form = DetailsForm(request.POST or None, spec=page.spec, initial=shown)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            save_details(
                version=page.version,
                details=form.changed,
                effective_from=data["effective_from"],
                note=data["note"],
                by=request.viewer,
            )
        except DraftClosedError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, "Saved.")
            return redirect("measures:draft-form", collaborative_slug, form_slug)
    return render(request, "measures/draft_form.html", {"page": page, "form": form}, status=422 if form.errors else 200)


@needs(Permission.DEFINITION_EDIT)
def section_new(request: ViewerRequest, collaborative_slug: str, form_slug: str) -> HttpResponse:
    return _pane(request, form_slug, "section", "")


@needs(Permission.DEFINITION_EDIT)
def section_edit(request: ViewerRequest, collaborative_slug: str, form_slug: str, part: str) -> HttpResponse:
    return _pane(request, form_slug, "section", part)


@needs(Permission.DEFINITION_EDIT)
def question_new(request: ViewerRequest, collaborative_slug: str, form_slug: str) -> HttpResponse:
    return _pane(request, form_slug, "variable", "")


@needs(Permission.DEFINITION_EDIT)
def question_edit(request: ViewerRequest, collaborative_slug: str, form_slug: str, part: str) -> HttpResponse:
    return _pane(request, form_slug, "variable", part)


@needs(Permission.DEFINITION_EDIT)
def check_new(request: ViewerRequest, collaborative_slug: str, form_slug: str) -> HttpResponse:
    return _pane(request, form_slug, "rule", "")


@needs(Permission.DEFINITION_EDIT)
def check_edit(request: ViewerRequest, collaborative_slug: str, form_slug: str, part: str) -> HttpResponse:
    return _pane(request, form_slug, "rule", part)


def _pane(request: ViewerRequest, form_slug: str, kind: str, name: str) -> HttpResponse:
    posted = request.method == "POST"
    page = editor_page(request.viewer, form_slug, kind, name, must_exist=not posted)
    data = with_suggestion(request.POST) if posted else None
    form = FORMS[kind](data, spec=page.spec, part=page.part, initial=None if page.part else request.GET.dict())
    form.problems, conflict = page.part_problems, None
    if form.is_valid():
        try:
            save_part(version=page.version, part=form.written(), shown=form.shown_part(name), by=request.viewer)
        except PartChangedError as problem:
            conflict = form.against(problem.theirs)
        except (NameTakenError, DraftClosedError) as problem:
            form.add_error("name" if isinstance(problem, NameTakenError) else None, str(problem))
        else:
            return _saved(request, page, form)
    context = {"page": page, "form": form, "conflict": conflict, "noun": NOUNS[kind], "kind": kind}
    status = 409 if conflict else 422 if form.errors else 200
    return render(request, f"measures/draft_{kind}.html", context, status=status)


def _saved(request: ViewerRequest, page: EditorPage, form: PartForm) -> HttpResponse:
    slug, form_slug = request.viewer.collaborative_slug, page.form.slug
    messages.success(request, "Saved.")
    if "next" in request.POST and page.following:
        return redirect("measures:question-edit", slug, form_slug, page.following.name)
    if "another" in request.POST:
        section = form.cleaned_data.get("section", "")
        return redirect(f"{reverse('measures:question-new', args=[slug, form_slug])}?section={section}")
    return redirect(ROUTES[form.kind], slug, form_slug, form.cleaned_data["name"])


@require_POST
@needs(Permission.DEFINITION_EDIT)
def part_move(request: ViewerRequest, collaborative_slug: str, form_slug: str) -> HttpResponse:
    form = MoveForm(request.POST)
    if form.is_valid():
        try:
            move_part(version=draft_for(request.viewer, form_slug), **form.cleaned_data, by=request.viewer)
        except DraftClosedError as problem:
            messages.error(request, str(problem))
    return redirect(f"{reverse('measures:draft-detail', args=[collaborative_slug, form_slug])}{form.address}")


@require_POST
@needs(Permission.DEFINITION_EDIT)
def part_remove(request: ViewerRequest, collaborative_slug: str, form_slug: str) -> HttpResponse:
    """Take a part out; it can be put back from the outline until the next one is removed."""
    version, form = draft_for(request.viewer, form_slug), RemoveForm(request.POST)
    if form.is_valid():
        try:
            removed = remove_part(version=version, shown=Shown(**form.cleaned_data), by=request.viewer)
        except (NameTakenError, PartChangedError, DraftClosedError) as problem:
            messages.error(request, str(problem))
        else:
            part = {"kind": form.cleaned_data["kind"], "name": removed.part.name, "part": to_json(removed.part)}
            request.session[REMOVED] = {"version": version.pk, "place": removed.place, **part}
    return redirect("measures:draft-detail", collaborative_slug, form_slug)


@require_POST
@needs(Permission.DEFINITION_EDIT)
def part_restore(request: ViewerRequest, collaborative_slug: str, form_slug: str) -> HttpResponse:
    version, kept = draft_for(request.viewer, form_slug), request.session.pop(REMOVED, {})
    if kept.get("version") == version.pk:
        removed = Removed(from_json(PARTS[kept["kind"]], kept["part"]), kept["place"])
        try:
            restore_part(version=version, removed=removed, by=request.viewer)
        except (NameTakenError, DraftClosedError) as problem:
            messages.error(request, str(problem))
    return redirect("measures:draft-detail", collaborative_slug, form_slug)


@require_POST
@needs(Permission.DEFINITION_EDIT)
def draft_submit(request: ViewerRequest, collaborative_slug: str, form_slug: str) -> HttpResponse:
    version = draft_for(request.viewer, form_slug)
    try:
        submit_draft(version=version, note=request.POST.get("note", version.note), by=request.viewer)
    except (FormProblemsError, DraftClosedError) as problem:
        messages.error(request, str(problem))
        return redirect("measures:draft-detail", collaborative_slug, form_slug)
    messages.success(request, "Submitted. Another director or coordinator reads and publishes it.")
    return redirect("cases:form-review", collaborative_slug, form_slug)


@require_POST
@needs(Permission.DEFINITION_EDIT)
def draft_return(request: ViewerRequest, collaborative_slug: str, form_slug: str) -> HttpResponse:
    comment = request.POST.get("comment", "")[:2000]
    try:
        return_draft(version=draft_for(request.viewer, form_slug), comment=comment, by=request.viewer)
    except DraftClosedError as problem:
        messages.error(request, str(problem))
    return redirect("measures:draft-detail", collaborative_slug, form_slug)


# What form-editor.js asks while somebody types ------------------------------------------------------------------------


@require_POST
@needs(Permission.DEFINITION_EDIT)
def draft_expression(request: ViewerRequest, collaborative_slug: str, form_slug: str) -> HttpResponse:
    """What is wrong with one expression, in the words of the whole check."""
    form, text = ExpressionForm(request.POST), request.POST.get("text", "")
    problem = None
    if form.is_valid() and text.strip():
        problem = check_expression(draft_for(request.viewer, form_slug).definition, text, form.kind)
    return JsonResponse({"problem": asdict(problem) if problem else None})


@needs(Permission.DEFINITION_EDIT)
def draft_vocabulary(request: ViewerRequest, collaborative_slug: str, form_slug: str) -> HttpResponse:
    """What expressions of this draft can name."""
    return JsonResponse(vocabulary(draft_for(request.viewer, form_slug).definition))
