"""The centre's side: modules, exams, and where certificates are asked for."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cases.training.errors import TrainingError
from cases.training.forms.material import ExamForm, ModuleForm
from cases.training.selectors.material import (
    ModuleRow,
    cases_for_exams,
    exam_results,
    form_to_teach,
    forms_to_teach,
    training_material,
    written_exam,
    written_module,
)
from cases.training.services.certifying import decide_rule
from cases.training.services.exams import ExamTerms, publish_exam, retire_exam, write_exam
from cases.training.services.modules import ModuleText, publish_module, retire_module, write_module
from collaboratives.http import ViewerRequest, needs
from privacy.roles import Permission


UNPROCESSABLE = 422


@needs(Permission.TRAINING_MANAGE)
def material(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    return render(request, "training/material.html", {"parts": training_material(request.viewer)})


@require_POST
@needs(Permission.TRAINING_MANAGE)
def rule_decide(request: ViewerRequest, collaborative_slug: str, form_slug: str) -> HttpResponse:
    """Ask for certificates where cases of a form are entered, or stop asking."""
    form, required = form_to_teach(request.viewer, form_slug), request.POST.get("required") == "1"
    if form is None:
        raise Http404
    try:
        decide_rule(form=form, required=required, by=request.viewer)
    except TrainingError as problem:
        messages.error(request, str(problem))
    else:
        whom = "only certified abstractors enter" if required else "everybody whose role allows it enters"
        messages.success(request, f"From now on {whom} cases of {form.name}.")
    return redirect("training:material", collaborative_slug)


@needs(Permission.TRAINING_MANAGE)
def module_new(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    form = ModuleForm(request.POST or None, among=forms_to_teach(request.viewer))
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        words = ModuleText(title=sent["title"], text=sent["text"], position=sent["position"])
        module = write_module(form=sent["form"], module=None, words=words, by=request.viewer)
        messages.success(request, "The module is kept as a draft. Members read it once you publish it.")
        return redirect("training:module-edit", collaborative_slug, module.public_id)
    return _answer(request, "training/module_form.html", form)


@needs(Permission.TRAINING_MANAGE)
def module_edit(request: ViewerRequest, collaborative_slug: str, module_id: UUID) -> HttpResponse:
    row = written_module(request.viewer, module_id)
    if row is None:
        raise Http404
    if request.method == "POST" and request.POST.get("do") == "retire":
        retire_module(module=row.module, by=request.viewer)
        messages.success(request, "The module is out of use. Nobody has to read it any more.")
        return redirect("training:material", collaborative_slug)
    shown = {name: getattr(row.module, name) for name in ("title", "text", "position")}
    form = ModuleForm(request.POST or None, among=(), fixed=True, initial=shown)
    if request.method == "POST" and form.is_valid():
        return _module_kept(request, row, form)
    return _answer(request, "training/module_form.html", form, row=row)


def _module_kept(request: ViewerRequest, row: ModuleRow, form: ModuleForm) -> HttpResponse:
    words = ModuleText(**form.cleaned_data)
    module = write_module(form=row.module.form, module=row.module, words=words, by=request.viewer)
    if request.POST.get("do") == "publish":
        version = publish_module(module=module, by=request.viewer)
        messages.success(request, f"Version {version.number} of “{version.title}” is published.")
        return redirect("training:material", request.viewer.collaborative_slug)
    messages.success(request, "The module is kept. Members go on reading what was published last.")
    return redirect("training:module-edit", request.viewer.collaborative_slug, module.public_id)


@needs(Permission.TRAINING_MANAGE)
def exam_new(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    cases = cases_for_exams(request.viewer)
    form = ExamForm(request.POST or None, among=forms_to_teach(request.viewer), cases=cases)
    if request.method == "POST" and form.is_valid():
        sent = dict(form.cleaned_data)
        try:
            exam = write_exam(form=sent.pop("form"), terms=ExamTerms(**sent), by=request.viewer)
        except TrainingError as problem:
            form.add_error("test_cases", str(problem))
        else:
            messages.success(request, "The exam is put together. People can take it once you publish it.")
            return redirect("training:exam-edit", collaborative_slug, exam.public_id)
    return _answer(request, "training/exam_form.html", form, has_cases=bool(cases))


# What a button does, and the words when it is done.
CHANGES = {
    "publish": (publish_exam, "The exam is published."),
    "retire": (retire_exam, "The exam is out of use. Certificates stay valid."),
}


@needs(Permission.TRAINING_MANAGE)
def exam_edit(request: ViewerRequest, collaborative_slug: str, exam_id: UUID) -> HttpResponse:
    """Look at an exam, publish it, take it out of use."""
    exam = written_exam(request.viewer, exam_id)
    if exam is None:
        raise Http404
    if request.method == "POST" and request.POST.get("do") in CHANGES:
        change, done = CHANGES[request.POST["do"]]
        try:
            change(exam=exam, by=request.viewer)
        except TrainingError as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, done)
        return redirect("training:exam-edit", collaborative_slug, exam_id)
    return render(request, "training/exam_detail.html", {"exam": exam, "results": exam_results(exam)})


def _answer(request: ViewerRequest, template: str, form: ModuleForm | ExamForm, **more: object) -> HttpResponse:
    status = UNPROCESSABLE if form.errors else 200
    return render(request, template, {"form": form, **more}, status=status)
