"""What only the centre does: close several at once, put an answer into the manual."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from cases.questions.errors import QuestionError
from cases.questions.forms.writing import ScenarioForm
from cases.questions.selectors.inbox import InboxFilter
from cases.questions.selectors.threads import proposed_scenario
from cases.questions.services.scenarios import promote_answer
from cases.questions.services.thread import close_several, take_or_give_back
from cases.questions.views.inbox import UNPROCESSABLE, viewed_question
from collaboratives.http import ViewerRequest, needs
from privacy.roles import Permission


@require_POST
@needs(Permission.QUESTION_ANSWER)
def questions_close(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    closed = close_several(public_ids=request.POST.getlist("question"), by=request.viewer)
    if closed:
        messages.success(request, f"{closed} closed. Each can be opened again from the tab Closed.")
    else:
        messages.warning(request, "Nothing was closed: tick the questions to close first.")
    wanted = InboxFilter.from_query(request.GET.dict())
    return redirect(f"{reverse('questions:question-list', args=[collaborative_slug])}?{wanted.query}")


@require_POST
@needs(Permission.QUESTION_ANSWER)
def question_take(request: ViewerRequest, collaborative_slug: str, public_id: str) -> HttpResponse:
    """Take care of a question, or give it back."""
    take_or_give_back(question=viewed_question(request, public_id), by=request.viewer)
    wanted = InboxFilter.from_query(request.GET.dict())
    return redirect(f"{reverse('questions:question-detail', args=[collaborative_slug, public_id])}?{wanted.query}")


@needs(Permission.DEFINITION_EDIT)
def question_promote(request: ViewerRequest, collaborative_slug: str, public_id: str) -> HttpResponse:
    """Add the answer to the scenarios of the variable, in a draft of the form."""
    question = viewed_question(request, public_id)
    form = ScenarioForm(
        request.POST or None, initial={"text": proposed_scenario(question, request.place.collaborative)}
    )
    if request.method == "POST" and form.is_valid():
        try:
            promote_answer(question=question, text=form.cleaned_data["text"], by=request.viewer)
        except QuestionError as problem:
            form.add_error("text", str(problem))
        else:
            messages.success(request, "The scenario is in the draft. It is in force when the draft is published.")
            return redirect("questions:question-detail", collaborative_slug, public_id)
    context = {"form": form, "question": question}
    return render(request, "questions/promote.html", context, status=UNPROCESSABLE if form.errors else 200)
