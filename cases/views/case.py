"""One case: its form, saving, completing, re-opening. Everything here works without JavaScript."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from cases.enums import CaseStatus
from cases.errors import (
    CaseChangedError,
    CaseCompletedError,
    CaseLockedError,
    CaseNumberError,
    CaseNumberTakenError,
    CaseProblemsError,
    EntryRefusedError,
    ReasonMissingError,
)
from cases.forms.case_page import Asked, CasePage, case_page
from cases.forms.conflict import conflict_page
from cases.forms.start import CaseNumberForm, ReopenForm
from cases.forms.submission import Submission, read_submission
from cases.selectors.cases import ViewedCase, case_for, next_in_progress
from cases.selectors.clock import today_of
from cases.selectors.history import cleared_at_completion
from cases.services.cases import complete_case, correct_case_number, reopen_case
from cases.services.entry import entry_refusal
from cases.services.presence import editing_words, forget_editor, note_editor
from cases.views.autosave import save_submission
from collaboratives.http import ViewerRequest, needs
from events.enums import AccessAction
from events.services import record_access
from measures.definition.spec import DateOrder
from privacy.roles import Capacity, Permission


UNPROCESSABLE, CONFLICT = 422, 409
# Both complete the case: then the next draft is opened, or a new case begun.
COMPLETING = ("complete", "complete-new")


def _case(request: ViewerRequest, public_id: str) -> ViewedCase:
    case = case_for(request.viewer, public_id)
    if case is None:
        raise Http404
    return case


def _is_open(request: ViewerRequest, case: ViewedCase) -> bool:
    """Whether the viewer's role, and the state of the case, let them answer its questions."""
    mine = request.viewer.capacity is Capacity.HOSPITAL and request.viewer.can(Permission.CASE_EDIT)
    return mine and case.status == CaseStatus.IN_PROGRESS


def _page(
    request: ViewerRequest,
    case: ViewedCase,
    *,
    completing: bool = False,
    submission: Submission | None = None,
    refusal: EntryRefusedError | None = None,
) -> CasePage:
    viewer = request.viewer
    asked = Asked(
        editable=_is_open(request, case) and not refusal,
        today=today_of(case.collaborative),
        dictionary_url=reverse("measures:dictionary", args=[viewer.collaborative_slug]),
        completing=completing,
        submission=submission,
    )
    return case_page(case, asked)


@needs(Permission.CASE_VIEW)
def case_detail(request: ViewerRequest, collaborative_slug: str, public_id: str) -> HttpResponse:
    """The form of a draft for its hospital, otherwise the answers to read."""
    case = _case(request, public_id)
    if request.method == "POST":
        return _save(request, case)
    if request.viewer.capacity is Capacity.CENTRE:
        record_access(
            AccessAction.CASE_VIEWED,
            by=request.viewer,
            subject=f"case {case.public_id}",
            participation_id=case.participation_id,
        )
    refusal = entry_refusal(request.viewer, case.form_version.form_id) if _is_open(request, case) else None
    page = _page(request, case, refusal=refusal)
    if page.editable:
        note_editor(case=case, by=request.viewer)
        return _form(request, page, status=200)
    return render(request, "cases/case_detail.html", {"page": page, "reopen": ReopenForm(), "refusal": refusal})


def _save(request: ViewerRequest, case: ViewedCase) -> HttpResponse:
    """Keep the draft whatever is wrong in it; then do what the button said."""
    collaborative = case.collaborative
    order, today = DateOrder(collaborative.date_order), today_of(collaborative)
    submission = read_submission(request.POST, case.form_version.definition, order, today)
    try:
        saved, submission = save_submission(request, case, submission)
    except CaseChangedError as changed:
        return _conflict(request, case, changed)
    except CaseCompletedError as problem:
        messages.warning(request, str(problem))
        return redirect("cases:case-detail", request.viewer.collaborative_slug, case.public_id)
    if saved.rebound:
        messages.warning(request, saved.rebound)
    return _after_save(request, saved.case, submission)


def _after_save(request: ViewerRequest, case: ViewedCase, submission: Submission) -> HttpResponse:
    case = _case(request, case.public_id)
    slug, button = request.viewer.collaborative_slug, request.POST.get("do", "save")
    if submission.problems:
        return _form(request, _page(request, case, completing=button in COMPLETING, submission=submission))
    if button in COMPLETING:
        return _complete(request, case, then=button)
    forget_editor(case=case, by=request.viewer)
    if button == "close":
        messages.success(request, f"Case {case.case_number} is saved as a draft.")
        return redirect("cases:case-list", slug)
    return redirect("cases:case-detail", slug, case.public_id)


def _complete(request: ViewerRequest, case: ViewedCase, *, then: str) -> HttpResponse:
    slug, cleared = request.viewer.collaborative_slug, cleared_at_completion(case)
    try:
        complete_case(case=case, revision=case.revision, by=request.viewer)
    except CaseProblemsError:
        return _form(request, _page(request, case, completing=True))
    forget_editor(case=case, by=request.viewer)
    messages.success(request, f"Case {case.case_number} is complete.")
    if cleared:
        messages.info(request, f"Not asked in this case, so its earlier answer was cleared: {', '.join(cleared)}.")
    if then == "complete-new":
        return redirect("cases:case-new", slug)
    following = next_in_progress(case)
    if following is None:
        return redirect("cases:case-list", slug)
    return redirect("cases:case-detail", slug, following.public_id)


def _form(request: ViewerRequest, page: CasePage, *, status: int = UNPROCESSABLE) -> HttpResponse:
    editors = editing_words(case=page.case, by=request.viewer)
    return render(request, "cases/case_form.html", {"page": page, "editors": editors}, status=status)


def _conflict(request: ViewerRequest, case: ViewedCase, changed: CaseChangedError) -> HttpResponse:
    page = conflict_page(_case(request, case.public_id), changed)
    return render(request, "cases/case_conflict.html", {"page": page}, status=CONFLICT)


@needs(Permission.CASE_REOPEN)
def case_reopen(request: ViewerRequest, collaborative_slug: str, public_id: str) -> HttpResponse:
    case = _case(request, public_id)
    if request.method == "POST":
        try:
            reopen_case(case=case, reason=request.POST.get("reason", ""), by=request.viewer)
        except (ReasonMissingError, CaseLockedError) as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, f"Case {case.case_number} is open again.")
    return redirect("cases:case-detail", collaborative_slug, public_id)


@needs(Permission.CASE_EDIT)
def case_number(request: ViewerRequest, collaborative_slug: str, public_id: str) -> HttpResponse:
    """Correct the case's number; the history keeps the one before."""
    case = _case(request, public_id)
    form = CaseNumberForm(request.POST or None, initial={"case_number": case.case_number})
    if request.method == "POST" and form.is_valid():
        try:
            correct_case_number(case=case, case_number=form.cleaned_data["case_number"], by=request.viewer)
        except (CaseNumberError, CaseNumberTakenError, CaseCompletedError) as problem:
            form.add_error("case_number", str(problem))
        else:
            messages.success(request, "The case number is corrected.")
            return redirect("cases:case-detail", collaborative_slug, public_id)
    return render(request, "cases/case_number.html", {"case": case, "form": form})
