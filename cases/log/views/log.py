"""The operative log: its cycles, the entries of one, its upload and its draw."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from cases.errors import CaseDateError
from cases.log.errors import LogError
from cases.log.forms.log import LogFileForm
from cases.log.selectors.cycles import ViewedCycle
from cases.log.selectors.log import (
    PER_PAGE,
    TABS,
    LogPage,
    ViewedUpload,
    all_logs,
    log_cycle,
    log_page,
    own_logs,
    upload_for,
)
from cases.log.selectors.rules import eligibility_of, rule_of, scheme_in_words
from cases.log.services.drawing import draw_sample
from cases.log.services.entries import begin_all
from cases.log.services.upload import commit_log, discard_log, upload_log
from cases.selectors.hospital_cases import hospital_for
from cases.services.imports import too_large
from collaboratives.http import ViewerRequest, needs
from events.enums import AccessAction
from events.services import record_access
from measures.errors import NoVersionInForceError
from privacy.roles import Capacity, Permission
from ui.parts import Pages, Tab


UNPROCESSABLE, TOO_LARGE = 422, 413


def viewed_cycle(request: ViewerRequest, cycle_id: UUID) -> ViewedCycle:
    cycle = log_cycle(request.viewer, cycle_id)
    if cycle is None:
        raise Http404
    return cycle


def page_number(request: ViewerRequest) -> int:
    number = request.GET.get("page", "")
    return int(number) if number.isdecimal() and int(number[:6]) > 0 else 1


@needs(Permission.CASE_VIEW)
def log_list(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """The cycles of the own hospital; for the centre one cycle, hospital by hospital."""
    collaborative = request.place.collaborative
    if request.viewer.capacity is Capacity.CENTRE:
        page = all_logs(request.viewer, collaborative, _uuid(request.GET.get("cycle", "")))
        return render(request, "caselog/log_hospitals.html", {"page": page})
    year = request.GET.get("year", "")
    chosen = int(year) if year.isdecimal() and len(year) == len("2026") else None
    return render(request, "caselog/log_list.html", {"page": own_logs(request.viewer, collaborative, chosen)})


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@needs(Permission.CASE_VIEW)
def log_detail(request: ViewerRequest, collaborative_slug: str, cycle_id: UUID) -> HttpResponse:
    """The entries of one cycle: of the own hospital, or of the one that the centre chose."""
    cycle = viewed_cycle(request, cycle_id)
    if request.viewer.participation_id is not None:
        return _log(request, cycle, request.viewer.participation_id)
    if "hospital" not in request.GET:
        return redirect(f"{reverse('caselog:log-list', args=[collaborative_slug])}?cycle={cycle_id}")
    hospital = hospital_for(request.viewer, request.GET["hospital"])
    if hospital is None:
        raise Http404
    record_access(AccessAction.CASES_LISTED, by=request.viewer, subject="operative log", participation_id=hospital.pk)
    return _log(request, cycle, hospital.pk, hospital.site.name)


def _log(request: ViewerRequest, cycle: ViewedCycle, participation_id: int, name: str = "") -> HttpResponse:
    tab, number = request.GET.get("tab", ""), page_number(request)
    page = log_page(cycle, participation_id, request.viewer, tab=tab, number=number)
    return render(request, "caselog/log_detail.html", {"page": page, "hospital": name, **_frame(request, page)})


def _frame(request: ViewerRequest, page: LogPage) -> dict[str, object]:
    hospital = f"&hospital={request.GET['hospital']}" if "hospital" in request.GET else ""
    shown = [(name, label) for name, (label, _) in TABS.items() if page.counts[name] or name in {page.tab, "all"}]
    return {
        "tabs": [
            Tab(label, f"?tab={name}{hospital}", str(page.counts[name]), current=name == page.tab)
            for name, label in shown
        ],
        "pages": Pages(number=page.number, total=page.counts[page.tab], per_page=PER_PAGE),
        "scheme": scheme_in_words(page.rule) if page.rule else "",
    }


@needs(Permission.LOG_MANAGE)
def log_upload(request: ViewerRequest, collaborative_slug: str, cycle_id: UUID) -> HttpResponse:
    cycle = viewed_cycle(request, cycle_id)
    form = LogFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and (upload := _uploaded(request, cycle, form)):
        return redirect("caselog:upload-detail", collaborative_slug, upload.public_id)
    return _upload_page(request, cycle, form)


def _upload_page(request: ViewerRequest, cycle: ViewedCycle, form: LogFileForm) -> HttpResponse:
    too_much = getattr(request, "upload_too_large", False)
    rule = rule_of(cycle)
    context = {
        "form": LogFileForm() if too_much else form,
        "refused": " ".join(too_large()) if too_much else "",
        "cycle": cycle,
        "rule": rule,
        "eligibility": eligibility_of(rule),
    }
    status = TOO_LARGE if too_much else UNPROCESSABLE if form.errors else 200
    return render(request, "caselog/log_upload.html", context, status=status)


def _uploaded(request: ViewerRequest, cycle: ViewedCycle, form: LogFileForm) -> ViewedUpload | None:
    file = form.cleaned_data["file"]
    try:
        return upload_log(cycle=cycle, file_name=file.name, content=file.read(), by=request.viewer)
    except LogError as problem:
        form.add_error("file", str(problem))
        return None


@needs(Permission.LOG_MANAGE)
def upload_detail(request: ViewerRequest, collaborative_slug: str, upload_id: UUID) -> HttpResponse:
    """What the file would do, or what is wrong with it; then the decision."""
    upload = upload_for(request.viewer, upload_id)
    if upload is None:
        raise Http404
    if request.method != "POST":
        return render(request, "caselog/upload_detail.html", {"upload": upload, "summary": upload.summary})
    try:
        _decide(request, upload)
    except LogError as problem:
        messages.error(request, str(problem))
        return redirect("caselog:upload-detail", collaborative_slug, upload_id)
    return redirect("caselog:log-detail", collaborative_slug, upload.cycle.public_id)


def _decide(request: ViewerRequest, upload: ViewedUpload) -> None:
    if request.POST.get("do") == "discard":
        discard_log(upload=upload, by=request.viewer)
        messages.info(request, "The file is discarded. Nothing was listed.")
        return
    commit_log(upload=upload, by=request.viewer)
    done = upload.summary
    messages.success(
        request, f"The log is taken over: {done['new']} new, {done['changed']} changed, {done['same']} as before."
    )


@needs(Permission.LOG_MANAGE)
def log_draw(request: ViewerRequest, collaborative_slug: str, cycle_id: UUID) -> HttpResponse:
    """What would be drawn from, and the draw itself, which nobody repeats."""
    cycle = viewed_cycle(request, cycle_id)
    if request.method == "POST":
        try:
            made = draw_sample(cycle=cycle, by=request.viewer)
            messages.success(request, f"{made.drawn} of {made.eligible} eligible operations are drawn.")
        except LogError as problem:
            messages.error(request, str(problem))
        return redirect("caselog:log-detail", collaborative_slug, cycle_id)
    page = log_page(cycle, request.viewer.participation_id or 0, request.viewer, tab="all", number=1)
    scheme = scheme_in_words(page.rule) if page.rule else ""
    return render(request, "caselog/log_draw.html", {"page": page, "scheme": scheme})


@require_POST
@needs(Permission.CASE_EDIT)
def log_begin(request: ViewerRequest, collaborative_slug: str, cycle_id: UUID) -> HttpResponse:
    """Begin every sampled operation that is not begun, so that all are on the work list."""
    try:
        count = begin_all(cycle=viewed_cycle(request, cycle_id), by=request.viewer)
    except (LogError, CaseDateError, NoVersionInForceError) as problem:
        messages.error(request, str(problem))
        return redirect("caselog:log-detail", collaborative_slug, cycle_id)
    messages.success(request, f"{count} cases are begun. They are on the work list.")
    return redirect("cases:case-list", collaborative_slug)
