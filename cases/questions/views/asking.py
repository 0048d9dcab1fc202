"""Ask the centre, or query a hospital: from a field of a case, or in general."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from cases.questions.enums import Side
from cases.questions.errors import QuestionError
from cases.questions.forms.writing import AskForm, GeneralForm
from cases.questions.selectors.inbox import side_of
from cases.questions.selectors.threads import asked_about, questions_of_case
from cases.questions.services.asking import ask_question, raise_query
from cases.selectors.cases import ViewedCase, case_for
from collaboratives.http import ViewerRequest, needs
from events.enums import AccessAction
from events.services import record_access
from privacy.roles import Permission


UNPROCESSABLE = 422


def _case(request: ViewerRequest, public_id: str) -> ViewedCase:
    """The case, noted when somebody of the centre looks at it."""
    case = case_for(request.viewer, public_id)
    if case is None:
        raise Http404
    if side_of(request.viewer) is Side.CENTRE and request.method == "GET":
        record_access(
            AccessAction.CASE_VIEWED,
            by=request.viewer,
            subject=f"case {case.public_id}",
            participation_id=case.participation_id,
        )
    return case


@needs(Permission.CASE_VIEW)
def question_ask(request: ViewerRequest, collaborative_slug: str, case_public_id: str) -> HttpResponse:
    """The hospital asks the centre about a field; the centre asks the hospital."""
    case = _case(request, case_public_id)
    variable = request.POST.get("variable", request.GET.get("variable", ""))
    form = AskForm(request.POST or None, case=case, initial={"variable": variable})
    if request.method == "POST" and form.is_valid() and _asked(request, case, form):
        anchor = f"#field-{form.cleaned_data['variable']}-field" if form.cleaned_data["variable"] else ""
        return redirect(reverse("cases:case-detail", args=[collaborative_slug, case.public_id]) + anchor)
    context = {"form": form, "case": case, "about": asked_about(case, variable), "query": _is_query(request)}
    return render(request, "questions/ask.html", context, status=UNPROCESSABLE if form.errors else 200)


def _is_query(request: ViewerRequest) -> bool:
    return side_of(request.viewer) is Side.CENTRE


def _asked(request: ViewerRequest, case: ViewedCase, form: AskForm) -> bool:
    ask = raise_query if _is_query(request) else ask_question
    text, variable = form.cleaned_data["text"], form.cleaned_data["variable"]
    try:
        ask(case=case, variable=variable, text=text, by=request.viewer)
    except QuestionError as problem:
        form.add_error("text", str(problem))
        return False
    whom = "The hospital" if _is_query(request) else "The coordinating centre"
    messages.success(request, f"{whom} is asked. The answer will be under Questions, and beside the case.")
    return True


@needs(Permission.QUESTION_ASK)
def question_new(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """A question about no case."""
    form = GeneralForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ask_question(case=None, variable="", text=form.cleaned_data["text"], by=request.viewer)
        except QuestionError as problem:
            form.add_error("text", str(problem))
        else:
            messages.success(request, "The coordinating centre is asked.")
            return redirect(reverse("questions:question-list", args=[collaborative_slug]) + "?tab=open")
    return render(request, "questions/ask.html", {"form": form}, status=UNPROCESSABLE if form.errors else 200)


@needs(Permission.CASE_VIEW)
def case_questions(request: ViewerRequest, collaborative_slug: str, case_public_id: str) -> HttpResponse:
    """What is asked about a case: a box for the case page, otherwise the inbox narrowed to it."""
    case = _case(request, case_public_id)
    if not request.headers.get("HX-Request"):
        address = reverse("questions:question-list", args=[collaborative_slug])
        return redirect(f"{address}?tab=all&case={case.public_id}")
    context = {"questions": questions_of_case(request.viewer, case), "slug": collaborative_slug}
    return render(request, "questions/partials/list_of_case.html", context)
