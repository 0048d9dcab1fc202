"""The second abstraction of one case, by somebody who sees the chart and nothing of the first."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from cases.audits.errors import AuditError, ProblemsError
from cases.audits.forms.second import read_second, second_page
from cases.audits.selectors.audits import ViewedSample, sample_for, second_of
from cases.audits.services.abstraction import Entry, finish_second, save_second
from cases.forms.submission import Submission
from collaboratives.http import ViewerRequest, needs
from privacy.roles import Permission


UNPROCESSABLE = 422


@needs(Permission.AUDIT_ABSTRACT)
def second_abstraction(request: ViewerRequest, collaborative_slug: str, sample_id: str) -> HttpResponse:
    audited = sample_for(request.viewer, sample_id)
    if audited is None:
        raise Http404
    if request.method == "POST":
        return _save(request, audited)
    return _form(request, audited)


def _form(
    request: ViewerRequest,
    audited: ViewedSample,
    *,
    completing: bool = False,
    submission: Submission | None = None,
) -> HttpResponse:
    page = second_page(
        audited,
        second_of(audited),
        dictionary_url=reverse("measures:dictionary", args=[request.viewer.collaborative_slug]),
        completing=completing,
        submission=submission,
    )
    status = UNPROCESSABLE if completing or submission else 200
    return render(request, "audits/second_abstraction.html", {"page": page, "audited": audited}, status=status)


def _save(request: ViewerRequest, audited: ViewedSample) -> HttpResponse:
    """Keep what could be read, then finish if that was the button."""
    submission, do = read_second(request.POST, audited), request.POST.get("do")
    entry = Entry(answers=submission.answers, reasons=submission.reasons)
    try:
        save_second(audited=audited, entry=entry, by=request.viewer)
        if submission.problems:
            return _form(request, audited, completing=do == "finish", submission=submission)
        if do == "finish":
            finish_second(audited=audited, by=request.viewer)
    except ProblemsError:
        return _form(request, audited, completing=True)
    except AuditError as problem:
        messages.error(request, str(problem))
        return _back(request, audited)
    return _done(request, audited, do)


def _done(request: ViewerRequest, audited: ViewedSample, do: str | None) -> HttpResponse:
    did = "finished" if do == "finish" else "saved as a draft"
    messages.success(request, f"The second abstraction of {audited.case_number} is {did}.")
    return _back(request, audited) if do in {"finish", "close"} else redirect(request.path)


def _back(request: ViewerRequest, audited: ViewedSample) -> HttpResponse:
    return redirect("audits:audit-detail", request.viewer.collaborative_slug, audited.audit.public_id)
