"""The training area: what to read, to practise and to pass."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cases.training.errors import TrainingError
from cases.training.selectors.area import exam_for, exam_part, module_for, practice_for, training_area
from cases.training.services.modules import read_module
from cases.training.services.taking import begin_attempt, begin_practice
from collaboratives.http import ViewerRequest, needs
from privacy.roles import Permission


@needs(Permission.TRAINING_VIEW)
def area(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    parts = training_area(request.viewer, request.place.collaborative)
    return render(request, "training/area.html", {"parts": parts})


@needs(Permission.TRAINING_VIEW)
def module_detail(request: ViewerRequest, collaborative_slug: str, module_id: UUID) -> HttpResponse:
    """POST says that it is read."""
    version = module_for(request.viewer, module_id)
    if version is None:
        raise Http404
    if request.method == "POST":
        read_module(module=version.module, by=request.viewer)
        messages.success(request, f"“{version.title}” is read.")
        return redirect("training:training-area", collaborative_slug)
    return render(request, "training/module.html", {"version": version})


@require_POST
@needs(Permission.TRAINING_TAKE)
def practice_begin(request: ViewerRequest, collaborative_slug: str, test_case_id: UUID) -> HttpResponse:
    test_case = practice_for(request.viewer, test_case_id)
    if test_case is None:
        raise Http404
    exercise = begin_practice(test_case=test_case, by=request.viewer)
    return redirect("training:exercise-detail", collaborative_slug, exercise.public_id)


@needs(Permission.TRAINING_TAKE)
def exam_detail(request: ViewerRequest, collaborative_slug: str, exam_id: UUID) -> HttpResponse:
    """What the exam asks; POST begins it, or goes on with the attempt that was begun."""
    exam = exam_for(request.viewer, exam_id)
    if exam is None:
        raise Http404
    if request.method == "POST":
        try:
            attempt = begin_attempt(exam=exam, by=request.viewer)
        except TrainingError as problem:
            messages.error(request, str(problem))
        else:
            return redirect("training:attempt-detail", collaborative_slug, attempt.public_id)
    part = exam_part(request.viewer, request.place.collaborative, exam)
    return render(request, "training/exam.html", {"part": part})
