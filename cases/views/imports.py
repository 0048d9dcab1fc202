"""Files of cases: upload, columns, what the check found, take over or discard."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from cases.errors import ImportRefusedError, ImportStateError
from cases.forms.imports import FoundColumn, UploadForm, columns_page, read_columns, read_constants
from cases.selectors.imports import ViewedImport, import_for, import_page
from cases.selectors.imports import import_list as imports_of
from cases.services.columns import Choices, constant_text
from cases.services.files import problems_file, template_file
from cases.services.imports import (
    choices_of,
    choose_columns,
    commit_import,
    discard_import,
    too_large,
    upload_import,
)
from collaboratives.http import ViewerRequest, needs
from measures.definition.spec import CaseNumberSource, FormSpec
from measures.selectors.definitions import form_of, forms_of, merged_spec
from privacy.roles import Permission


TOO_LARGE = 413


def _import(request: ViewerRequest, public_id: UUID) -> ViewedImport:
    case_import = import_for(request.viewer, public_id)
    if case_import is None:
        raise Http404
    return case_import


def _to_detail(request: ViewerRequest, case_import: ViewedImport) -> HttpResponse:
    return redirect("cases:import-detail", request.viewer.collaborative_slug, case_import.public_id)


@needs(Permission.CASE_IMPORT)
def import_list(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    context = {"imports": imports_of(request.viewer), "time_zone": request.place.collaborative.time_zone}
    return render(request, "cases/import_list.html", context)


@needs(Permission.CASE_IMPORT)
def import_new(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    choices = forms_of(request.viewer.collaborative_id)
    form = UploadForm(request.POST or None, request.FILES or None, choices=choices)
    if getattr(request, "upload_too_large", False):  # known once the request has been read
        page = {"form": UploadForm(choices=choices), "forms": choices, "refused": " ".join(too_large())}
        return render(request, "cases/import_new.html", page, status=TOO_LARGE)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        uploaded = upload_import(
            form=form.cleaned_data["form"], file_name=file.name, content=file.read(), by=request.viewer
        )
        return _to_detail(request, uploaded)
    return render(request, "cases/import_new.html", {"form": form, "forms": choices})


@needs(Permission.CASE_IMPORT)
def import_template(request: ViewerRequest, collaborative_slug: str, form_slug: str) -> HttpResponse:
    form = form_of(request.viewer.collaborative_id, form_slug)
    if form is None:
        raise Http404
    return _download(template_file(merged_spec(form), by=request.viewer), f"{form.slug}-template.csv")


def _download(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


@needs(Permission.CASE_IMPORT)
def import_detail(request: ViewerRequest, collaborative_slug: str, public_id: UUID) -> HttpResponse:
    page = import_page(_import(request, public_id))
    template = "cases/partials/import_state.html" if request.headers.get("HX-Request") else "cases/import_detail.html"
    return render(request, template, {"page": page, "time_zone": request.place.collaborative.time_zone})


@needs(Permission.CASE_IMPORT)
def import_columns(request: ViewerRequest, collaborative_slug: str, public_id: UUID) -> HttpResponse:
    case_import = _import(request, public_id)
    form = form_of(case_import.collaborative_id, case_import.form_slug)
    if form is None or "columns" not in case_import.summary:
        raise Http404
    if request.method == "POST":
        return _choose(request, case_import)
    return render(
        request, "cases/import_columns.html", {"import": case_import, "page": _columns(case_import, merged_spec(form))}
    )


def _columns(case_import: ViewedImport, spec: FormSpec) -> object:
    summary, choices = case_import.summary, choices_of(case_import)
    defaults = {name: constant_text(value) for name, value in spec.imports.constants.items()}
    by_row = spec.imports.case_number is CaseNumberSource.BY_ROW if choices.by_row is None else choices.by_row
    found = [FoundColumn(**column) for column in summary["columns"]]
    return columns_page(found, spec, {**defaults, **choices.constants}, by_row=by_row)


def _choose(request: ViewerRequest, case_import: ViewedImport) -> HttpResponse:
    choices = Choices(
        columns=dict(read_columns(request.POST, [column["name"] for column in case_import.summary["columns"]])),
        constants=read_constants(request.POST),
        by_row=request.POST.get("by_row") == "1",
    )
    try:
        choose_columns(case_import=case_import, choices=choices, by=request.viewer)
    except ImportStateError as problem:
        messages.error(request, str(problem))
    return _to_detail(request, case_import)


@needs(Permission.CASE_IMPORT)
def import_commit(request: ViewerRequest, collaborative_slug: str, public_id: UUID) -> HttpResponse:
    case_import = _import(request, public_id)
    if request.method == "POST":
        try:
            commit_import(case_import=case_import, valid_only=request.POST.get("rows") == "valid", by=request.viewer)
        except ImportStateError as problem:
            messages.error(request, str(problem))
    return _to_detail(request, case_import)


@needs(Permission.CASE_IMPORT)
def import_discard(request: ViewerRequest, collaborative_slug: str, public_id: UUID) -> HttpResponse:
    case_import = _import(request, public_id)
    if request.method == "POST":
        try:
            discard_import(case_import=case_import, by=request.viewer)
            messages.success(request, "The file is discarded. No case was changed.")
        except ImportStateError as problem:
            messages.error(request, str(problem))
    return _to_detail(request, case_import)


@needs(Permission.CASE_IMPORT)
def import_problems(request: ViewerRequest, collaborative_slug: str, public_id: UUID) -> HttpResponse:
    """The uploaded rows with problems, plus two columns."""
    case_import = _import(request, public_id)
    try:
        content = problems_file(case_import=case_import, by=request.viewer)
    except ImportRefusedError as refused:
        raise Http404 from refused
    return _download(content, "problems.csv")
