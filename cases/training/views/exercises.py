"""Abstract a test case with the form of real cases, and see what differs from the reference."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from cases.forms.case_page import CasePage
from cases.forms.submission import Submission
from cases.selectors.clock import today_of
from cases.training.errors import ExerciseProblemsError, SubmittedError
from cases.training.forms.sheet import Sheet, merged
from cases.training.selectors.exercises import (
    ViewedExercise,
    attempt_for,
    attempt_page,
    exercise_for,
    feedback_of,
)
from cases.training.services.taking import save_exercise, submit_exercise
from collaboratives.http import ViewerRequest, needs
from privacy.roles import Permission


UNPROCESSABLE = 422
BUTTONS = (("save", "Save"), ("close", "Save and close"), ("submit", "Submit the answers"))


@needs(Permission.TRAINING_TAKE)
def exercise_detail(request: ViewerRequest, collaborative_slug: str, exercise_id: str) -> HttpResponse:
    """The form until the answers are submitted; then what agrees and what differs, or the page of the exam."""
    exercise = exercise_for(request.viewer, exercise_id)
    if exercise is None:
        raise Http404
    if exercise.submitted_at:
        return _feedback(request, exercise)
    if request.method == "POST":
        return _save(request, exercise)
    return _form(request, exercise, _sheet(request, exercise).page(exercise.values, editable=True))


def _sheet(request: ViewerRequest, exercise: ViewedExercise) -> Sheet:
    collaborative = request.place.collaborative
    return Sheet(
        version=exercise.test_case.form_version,
        collaborative=collaborative,
        today=today_of(collaborative),
        dictionary_url=reverse("measures:dictionary", args=[collaborative.slug]),
    )


def _feedback(request: ViewerRequest, exercise: ViewedExercise) -> HttpResponse:
    if exercise.attempt:
        return redirect("training:attempt-detail", request.viewer.collaborative_slug, exercise.attempt.public_id)
    return render(request, "training/feedback.html", {"feedback": feedback_of(exercise), "exercise": exercise})


def _save(request: ViewerRequest, exercise: ViewedExercise) -> HttpResponse:
    """Keep what can be read, whatever is wrong; then submit if the button said so."""
    sheet, slug = _sheet(request, exercise), request.viewer.collaborative_slug
    submission = sheet.read(request.POST)
    answers, submitting = merged(exercise.values, submission), request.POST.get("do") == "submit"
    try:
        save_exercise(exercise=exercise, answers=answers, by=request.viewer)
        if submission.problems:
            return _refused(request, exercise, submission, completing=submitting)
        if submitting:
            submit_exercise(exercise=exercise, answers=answers, by=request.viewer)
    except ExerciseProblemsError:
        return _refused(request, exercise, submission, completing=True)
    except SubmittedError as problem:
        messages.warning(request, str(problem))
    if request.POST.get("do") == "close":
        return redirect("training:training-area", slug)
    return redirect("training:exercise-detail", slug, exercise.public_id)


def _refused(
    request: ViewerRequest, exercise: ViewedExercise, submission: Submission, *, completing: bool
) -> HttpResponse:
    answers = merged(exercise.values, submission)
    page = _sheet(request, exercise).page(answers, editable=True, submission=submission, completing=completing)
    return _form(request, exercise, page, status=UNPROCESSABLE)


def _form(request: ViewerRequest, exercise: ViewedExercise, page: CasePage, status: int = 200) -> HttpResponse:
    context = {"exercise": exercise, "page": page, "chart": exercise.test_case.chart, "buttons": BUTTONS}
    return render(request, "training/exercise.html", context, status=status)


@needs(Permission.TRAINING_TAKE)
def attempt_detail(request: ViewerRequest, collaborative_slug: str, attempt_id: str) -> HttpResponse:
    """The test cases of an exam still to abstract; when all are submitted, the result."""
    attempt = attempt_for(request.viewer, attempt_id)
    if attempt is None:
        raise Http404
    return render(request, "training/attempt.html", {"page": attempt_page(request.viewer, attempt)})
