"""The inbox: a list on the left, one question on the right. Each has its own address, so it works without JavaScript."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from cases.questions.enums import Side, Step
from cases.questions.errors import QuestionError
from cases.questions.forms.writing import StepForm
from cases.questions.selectors.inbox import AGES, TAB_LABELS, InboxFilter, InboxPage, inbox_page, next_question, side_of
from cases.questions.selectors.response import response_figures
from cases.questions.selectors.threads import ViewedQuestion, question_for, question_page
from cases.questions.services.thread import (
    answer_question,
    ask_the_centre,
    close_question,
    confirm_value,
    may_take,
    reopen_question,
    reply,
    report_correction,
)
from collaboratives.http import ViewerRequest, needs
from events.enums import AccessAction
from events.services import record_access
from privacy.roles import Permission
from ui.parts import Option, Tab


UNPROCESSABLE = 422
STEPS: dict[str, Callable[..., ViewedQuestion]] = {
    Step.REPLY: reply,
    Step.ANSWER: answer_question,
    Step.CONFIRM: confirm_value,
    Step.CORRECT: report_correction,
    Step.ASK_CENTRE: ask_the_centre,
    Step.CLOSE: close_question,
    Step.REOPEN: reopen_question,
}
# What happened, for the message over the next question.
DONE = {
    Step.REPLY: "Your message is sent.",
    Step.ANSWER: "Your answer is sent.",
    Step.CONFIRM: "The value is confirmed, with your reason.",
    Step.CORRECT: "The centre sees that the value is corrected.",
    Step.ASK_CENTRE: "The centre is asked.",
    Step.CLOSE: "Closed.",
    Step.REOPEN: "Open again.",
}


def viewed_question(request: ViewerRequest, public_id: str) -> ViewedQuestion:
    question = question_for(request.viewer, public_id)
    if question is None:
        raise Http404
    return question


@needs(Permission.CASE_VIEW)
def question_list(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    at_centre = side_of(request.viewer) is Side.CENTRE
    if at_centre:
        record_access(AccessAction.CASES_LISTED, by=request.viewer, subject="questions")
    context = {**_list(request), "figures": response_figures(request.viewer) if at_centre else None}
    return render(request, "questions/inbox.html", context)


@needs(Permission.CASE_VIEW)
def question_detail(request: ViewerRequest, collaborative_slug: str, public_id: str) -> HttpResponse:
    question = viewed_question(request, public_id)
    if request.method == "POST":
        return _take_step(request, question)
    if side_of(request.viewer) is Side.CENTRE:
        record_access(
            AccessAction.CASE_VIEWED,
            by=request.viewer,
            subject=f"question {question.public_id}",
            participation_id=question.participation_id,
        )
    return _show(request, question, StepForm())


def _take_step(request: ViewerRequest, question: ViewedQuestion) -> HttpResponse:
    """Do what the button said, then open the next one of the list."""
    form = StepForm(request.POST)
    wanted = InboxFilter.from_query(request.GET.dict())
    following = next_question(request.viewer, wanted, question)
    if form.is_valid():
        step = form.cleaned_data["do"]
        try:
            STEPS[step](question=question, text=form.cleaned_data["text"], by=request.viewer)
        except (QuestionError, KeyError) as problem:
            form.add_error("text", str(problem))
        else:
            messages.success(request, f"{DONE[step]} {'The next one is open.' if following else ''}")
            return redirect(_address(request, following, wanted))
    return _show(request, viewed_question(request, question.public_id), form, status=UNPROCESSABLE)


def _address(request: ViewerRequest, public_id: str, wanted: InboxFilter) -> str:
    slug = request.viewer.collaborative_slug
    path = reverse("questions:question-list", args=[slug])
    if public_id:
        path = reverse("questions:question-detail", args=[slug, public_id])
    return f"{path}?{wanted.query}" if wanted.query else path


def _show(request: ViewerRequest, question: ViewedQuestion, form: StepForm, *, status: int = 200) -> HttpResponse:
    page = question_page(request.viewer, question, request.place.collaborative)
    steps = may_take(question, request.viewer)
    context = {
        **_list(request),
        "page": page,
        "form": form,
        "steps": steps,
        "may_promote": page.promotable and request.viewer.can(Permission.DEFINITION_EDIT),
    }
    return render(request, "questions/question.html", context, status=status)


def _list(request: ViewerRequest) -> dict[str, object]:
    inbox = inbox_page(request.viewer, InboxFilter.from_query(request.GET.dict()))
    wanted = inbox.filter
    return {
        "inbox": inbox,
        "tabs": _tabs(request, inbox),
        "kinds": (Option("question", "Questions"), Option("query", "Queries")),
        "ages": tuple(Option(days, words, chosen=wanted.age == days) for days, words in AGES.items()),
        "query": f"?{wanted.query}" if wanted.query else "",
        "list_url": _address(request, "", wanted),
    }


def _tabs(request: ViewerRequest, inbox: InboxPage) -> list[Tab]:
    """Tabs keep the filters and begin at their first page."""
    wanted = inbox.filter
    return [
        Tab(label, _address(request, "", wanted.on_tab(tab)), str(inbox.counts[tab]), current=wanted.tab == tab)
        for tab, label in TAB_LABELS.items()
    ]
