"""Files of cases, step by step: upload, columns, codes, check, commit; and back again."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from cases.errors import ImportRefusedError, ImportStateError
from cases.forms.imports import UploadForm, code_tables, read_cells, read_codes, read_reasons
from cases.selectors.imports import (
    AFTER_CHECK,
    ImportPage,
    ViewedImport,
    checked_rows,
    fix_rows,
    import_for,
    import_page,
    spec_of,
)
from cases.selectors.imports import import_list as imports_of
from cases.services.files import problems_file, template_file
from cases.services.imports import (
    choose_codes,
    commit_import,
    correct_cells,
    discard_import,
    may_undo,
    too_large,
    undo_import,
    upload_import,
)
from cases.views.import_columns import choose, columns_context
from cases.views.import_steps import CHECK, CODES, COLUMNS, COMMIT, UPLOAD, steps_of
from collaboratives.http import ViewerRequest, needs
from measures.definition.spec import FormSpec
from measures.selectors.definitions import form_of, forms_of, merged_spec
from privacy.roles import Permission
from ui.parts import Pages, Tab


TOO_LARGE = 413
TABS = (("errors", "Errors"), ("warnings", "Warnings"), ("ready", "Ready"))


def _import(request: ViewerRequest, public_id: UUID) -> ViewedImport:
    case_import = import_for(request.viewer, public_id)
    if case_import is None:
        raise Http404
    return case_import


def _to(request: ViewerRequest, name: str, case_import: ViewedImport) -> HttpResponse:
    return redirect(f"cases:{name}", request.viewer.collaborative_slug, case_import.public_id)


def _page(request: ViewerRequest, template: str, case_import: ViewedImport, step: int, **more: object) -> HttpResponse:
    part = bool(request.headers.get("HX-Request"))
    context = {"import": case_import, "steps": steps_of(request, case_import, step), "part": part, **more}
    return render(request, template, {**context, "time_zone": request.place.collaborative.time_zone})


@needs(Permission.CASE_IMPORT)
def import_list(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    context = {"imports": imports_of(request.viewer), "time_zone": request.place.collaborative.time_zone}
    return render(request, "cases/import_list.html", context)


@needs(Permission.CASE_IMPORT)
def import_new(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    choices = forms_of(request.viewer.collaborative_id)
    form = UploadForm(request.POST or None, request.FILES or None, choices=choices)
    page = {"form": form, "forms": choices, "steps": steps_of(request, None, UPLOAD)}
    if getattr(request, "upload_too_large", False):  # known once the request has been read
        page |= {"form": UploadForm(choices=choices), "refused": " ".join(too_large())}
        return render(request, "cases/import_new.html", page, status=TOO_LARGE)
    if request.method == "POST" and form.is_valid():
        file, chosen = form.cleaned_data["file"], form.cleaned_data["form"]
        uploaded = upload_import(form=chosen, file_name=file.name, content=file.read(), by=request.viewer)
        return _to(request, "import-detail", uploaded)
    return render(request, "cases/import_new.html", page)


@needs(Permission.CASE_IMPORT)
def import_template(request: ViewerRequest, collaborative_slug: str, form_slug: str) -> HttpResponse:
    form = form_of(request.viewer.collaborative_id, form_slug)
    if form is None:
        raise Http404
    return _download(template_file(merged_spec(form), by=request.viewer), f"{form.slug}-template.csv")


def _download(content: bytes, name: str) -> HttpResponse:
    kind = "text/csv; charset=utf-8" if name.endswith(".csv") else XLSX
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@needs(Permission.CASE_IMPORT)
def import_columns(request: ViewerRequest, collaborative_slug: str, public_id: UUID) -> HttpResponse:
    case_import = _import(request, public_id)
    spec = _spec(case_import)
    if request.method != "POST":
        page = columns_context(request, case_import, spec)
        return _page(request, "cases/import_columns.html", case_import, COLUMNS, page=page)
    try:
        choose(request, case_import, spec)
    except ImportStateError as problem:
        messages.error(request, str(problem))
    return _to(request, "import-detail", case_import)


def _spec(case_import: ViewedImport) -> FormSpec:
    """The form of an import whose columns are known."""
    spec = spec_of(case_import) if "columns" in case_import.summary else None
    if spec is None:
        raise Http404
    return spec


@needs(Permission.CASE_IMPORT)
def import_codes(request: ViewerRequest, collaborative_slug: str, public_id: UUID) -> HttpResponse:
    case_import = _import(request, public_id)
    spec, summary = _spec(case_import), case_import.summary
    if request.method != "POST":
        return _page(request, "cases/import_codes.html", case_import, CODES, tables=code_tables(summary, spec))
    try:
        choose_codes(case_import=case_import, codes=read_codes(request.POST, summary, spec), by=request.viewer)
    except ImportStateError as problem:
        messages.error(request, str(problem))
    return _to(request, "import-detail", case_import)


@needs(Permission.CASE_IMPORT)
def import_detail(request: ViewerRequest, collaborative_slug: str, public_id: UUID) -> HttpResponse:
    """Step 4: what the check found."""
    page = import_page(_import(request, public_id))
    template = "cases/partials/import_check.html" if request.headers.get("HX-Request") else "cases/import_detail.html"
    return _page(request, template, page.case_import, CHECK, page=page, **_tab(request, page))


def _tab(request: ViewerRequest, page: ImportPage) -> dict[str, object]:
    """The rows of the tab and the page that the address names; by itself the first tab that holds any."""
    counts = {"errors": page.rejected, "warnings": page.warned, "ready": page.ready}
    tab = request.GET.get("tab", "")
    tab = tab if tab in counts else next((name for name, count in counts.items() if count), "ready")
    if not page.is_checked:
        return {}
    number = request.GET.get("page", "1")
    shown = checked_rows(
        page, tab=tab, rule=request.GET.get("rule", ""), number=int(number) if number.isdecimal() else 1
    )
    tabs = [Tab(label, f"?tab={name}", str(counts[name] or ""), current=name == tab) for name, label in TABS]
    groups = {"errors": page.errors, "warnings": page.warnings}.get(tab, ())
    return {
        "tabs": tabs,
        "tab": tab,
        "groups": groups,
        "shown": shown,
        "pages": Pages(number=shown.number, total=shown.total),
    }


@needs(Permission.CASE_IMPORT)
def import_fix(request: ViewerRequest, collaborative_slug: str, public_id: UUID) -> HttpResponse:
    """Write other texts in place of the cells that one rule is about."""
    case_import, rule = _import(request, public_id), request.GET.get("rule", "")
    page = import_page(case_import)
    group = next((each for each in page.groups if each.rule == rule and each.can_fix), None)
    if group is None:
        return _to(request, "import-detail", case_import)
    if request.method != "POST":
        rows = fix_rows(case_import, rule)
        return _page(request, "cases/import_fix.html", case_import, CHECK, group=group, rows=rows)
    return _correct(request, case_import)


def _correct(request: ViewerRequest, case_import: ViewedImport) -> HttpResponse:
    corrections = read_cells(request.POST, case_import.summary["columns"])
    try:
        if corrections:
            correct_cells(case_import=case_import, corrections=corrections, by=request.viewer)
        else:
            messages.info(request, "No cell was changed.")
    except ImportStateError as problem:
        messages.error(request, str(problem))
    return _to(request, "import-detail", case_import)


@needs(Permission.CASE_IMPORT)
def import_commit(request: ViewerRequest, collaborative_slug: str, public_id: UUID) -> HttpResponse:
    """Step 5: what would happen, then what happened."""
    page = import_page(_import(request, public_id))
    if request.method == "POST":
        return _commit(request, page)
    if page.state not in {"checked", *AFTER_CHECK}:
        return _to(request, "import-detail", page.case_import)
    template = "cases/partials/import_result.html" if request.headers.get("HX-Request") else "cases/import_commit.html"
    more = {"page": page, "valid_only": request.GET.get("rows") != "all", "may_undo": may_undo(page.case_import)}
    return _page(request, template, page.case_import, COMMIT, **more)


def _commit(request: ViewerRequest, page: ImportPage) -> HttpResponse:
    reasons = read_reasons(request.POST, [group.rule for group in page.warnings])
    valid_only = request.POST.get("rows") == "valid"
    try:
        commit_import(case_import=page.case_import, valid_only=valid_only, reasons=reasons, by=request.viewer)
    except ImportStateError as problem:
        messages.error(request, str(problem))
    return _to(request, "import-commit", page.case_import)


@needs(Permission.CASE_IMPORT)
def import_undo(request: ViewerRequest, collaborative_slug: str, public_id: UUID) -> HttpResponse:
    case_import = _import(request, public_id)
    if request.method == "POST":
        try:
            undo_import(case_import=case_import, by=request.viewer)
        except ImportStateError as problem:
            messages.error(request, str(problem))
    return _to(request, "import-commit", case_import)


@needs(Permission.CASE_IMPORT)
def import_discard(request: ViewerRequest, collaborative_slug: str, public_id: UUID) -> HttpResponse:
    case_import = _import(request, public_id)
    if request.method == "POST":
        try:
            discard_import(case_import=case_import, by=request.viewer)
            messages.success(request, "The file is discarded. No case was changed.")
        except ImportStateError as problem:
            messages.error(request, str(problem))
    return _to(request, "import-detail", case_import)


@needs(Permission.CASE_IMPORT)
def import_problems(request: ViewerRequest, collaborative_slug: str, public_id: UUID) -> HttpResponse:
    """The uploaded file, or only its rows with problems, plus two columns."""
    case_import = _import(request, public_id)
    try:
        content, name = problems_file(
            case_import=case_import, everything=request.GET.get("rows") == "all", by=request.viewer
        )
    except ImportRefusedError as refused:
        raise Http404 from refused
    return _download(content, name)
