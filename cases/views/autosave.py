"""What the script of the case form asks for while somebody types: saving, and who else is there."""

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from cases.errors import (
    CaseChangedError,
    CaseCompletedError,
    CaseDateError,
    EntryRefusedError,
    KeyFormatError,
    KeyReusedError,
)
from cases.forms.autosave import AutosaveFormatError, Sent, conflict_json, read_sent, saved_json
from cases.forms.case_page import saved_words
from cases.forms.submission import Submission
from cases.selectors.cases import ViewedCase, case_for
from cases.selectors.clock import today_of
from cases.selectors.history import changed_since
from cases.services.cases import SavedCase, save_answers
from cases.services.changes import Changes
from cases.services.idempotency import Answer, fingerprint_of, once
from cases.services.presence import editing_words, forget_editor, note_editor
from collaboratives.http import ViewerRequest, needs
from measures.definition.errors import ValueProblem
from measures.definition.spec import DateOrder
from privacy.roles import Permission


CONFLICT, UNPROCESSABLE = 409, 422


@require_POST
@needs(Permission.CASE_EDIT)
def case_answers(request: ViewerRequest, collaborative_slug: str, public_id: str) -> HttpResponse:
    """Keep the answers that somebody has just left, once for each key."""
    case = _case(request, public_id)
    try:
        answer = _once(request, case)
    except CaseChangedError as changed:
        return JsonResponse({"conflict": conflict_json(_case(request, public_id), changed)}, status=CONFLICT)
    except (AutosaveFormatError, EntryRefusedError, KeyFormatError, KeyReusedError):
        return JsonResponse({}, status=UNPROCESSABLE)
    body = {**answer.body, "editors": editing_words(case=case, by=request.viewer)}
    return JsonResponse(body, status=answer.status)


def _once(request: ViewerRequest, case: ViewedCase) -> Answer:
    sent = read_sent(request.body)
    fingerprint = fingerprint_of("POST", request.path, sent.body)
    return once(by=request.viewer, key=sent.key, fingerprint=fingerprint, work=lambda: _work(request, case, sent))


def _work(request: ViewerRequest, case: ViewedCase, sent: Sent) -> Answer:
    collaborative = case.collaborative
    spec = case.form_version.definition
    submission = sent.submission(spec, DateOrder(collaborative.date_order), today_of(collaborative))
    try:
        saved, submission = save_submission(request, case, submission)
    except CaseCompletedError:
        return Answer(200, {"leave": reverse("cases:case-detail", args=[collaborative.slug, case.public_id])})
    if saved.rebound:
        messages.warning(request, saved.rebound)  # the page draws itself anew and shows it
    note_editor(case=case, by=request.viewer)
    others = changed_since(saved.case, submission.revision)
    body = saved_json(saved.case, submission, others)
    return Answer(200, body | {"saved": saved_words(saved.case), "rebound": bool(saved.rebound)})


def save_submission(request: ViewerRequest, case: ViewedCase, submission: Submission) -> tuple[SavedCase, Submission]:
    """Save; an impossible event date stays out and is said beside its question, all else is kept."""
    try:
        return save_answers(case=case, changes=_changes(submission), by=request.viewer), submission
    except CaseDateError as problem:
        event_date = case.form_version.definition.event_date
        submission = submission.without(event_date, ValueProblem(str(problem), "The date before stays."))
        return save_answers(case=case, changes=_changes(submission), by=request.viewer), submission


def _changes(submission: Submission) -> Changes:
    return Changes(
        revision=submission.revision,
        answers=submission.answers,
        reasons=submission.reasons,
        base=submission.base,
        resume_at=submission.resume_at,
    )


@require_POST
@needs(Permission.CASE_EDIT)
def case_presence(request: ViewerRequest, collaborative_slug: str, public_id: str) -> HttpResponse:
    """The page is still open, or is being left; the answer says who else is at the case."""
    case = _case(request, public_id)
    if "leaving" in request.POST:
        forget_editor(case=case, by=request.viewer)
        return JsonResponse({})
    note_editor(case=case, by=request.viewer, active=False)
    return JsonResponse({"editors": editing_words(case=case, by=request.viewer)})


def _case(request: ViewerRequest, public_id: str) -> ViewedCase:
    case = case_for(request.viewer, public_id)
    if case is None:
        raise Http404
    return case
