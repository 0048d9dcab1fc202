"""The centre's side of test cases: the record, the right answers, and why they are right."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from cases.selectors.clock import today_of
from cases.training.enums import MaterialState, Purpose
from cases.training.errors import TrainingError
from cases.training.forms.material import TestCaseForm, WhyForm
from cases.training.forms.sheet import Sheet, merged
from cases.training.selectors.material import WrittenCase, right_answers, versions_to_teach, written_case
from cases.training.services.charts import (
    TestCaseText,
    begin_test_case,
    explain_answers,
    keep_reference,
    publish_test_case,
    retire_test_case,
    write_test_case,
)
from collaboratives.http import ViewerRequest, needs
from privacy.roles import Permission


UNPROCESSABLE = 422
BUTTONS = (("save", "Save"), ("check", "Check as if complete"), ("close", "Save and say why they are right"))


def _case(request: ViewerRequest, public_id: UUID) -> WrittenCase:
    case = written_case(request.viewer, public_id)
    if case is None:
        raise Http404
    return case


def _draft(request: ViewerRequest, public_id: UUID) -> WrittenCase:
    """Published test cases have no pages to change them."""
    case = _case(request, public_id)
    if case.state != MaterialState.DRAFT:
        raise Http404
    return case


def _words(form: TestCaseForm) -> TestCaseText:
    sent = form.cleaned_data
    return TestCaseText(title=sent["title"], chart=sent["chart"], purpose=Purpose(sent["purpose"]))


@needs(Permission.TRAINING_MANAGE)
def test_case_new(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    form = TestCaseForm(request.POST or None, among=versions_to_teach(request.viewer))
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        made = begin_test_case(form_version=version, words=_words(form), by=request.viewer)
        messages.success(request, "The record is kept. Now give the right answers.")
        return redirect("training:test-case-answers", collaborative_slug, made.public_id)
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "training/test_case_form.html", {"form": form}, status=status)


@needs(Permission.TRAINING_MANAGE)
def test_case_edit(request: ViewerRequest, collaborative_slug: str, test_case_id: UUID) -> HttpResponse:
    """Change what the record of a draft says."""
    case = _draft(request, test_case_id)
    shown = {name: getattr(case, name) for name in ("title", "chart", "purpose")}
    form = TestCaseForm(request.POST or None, among=(), fixed=True, initial=shown)
    if request.method == "POST" and form.is_valid():
        write_test_case(test_case=case, words=_words(form), by=request.viewer)
        messages.success(request, "The record is kept.")
        return redirect("training:test-case-detail", collaborative_slug, test_case_id)
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "training/test_case_form.html", {"form": form, "case": case}, status=status)


# What a button does, and the words when it is done.
CHANGES = {
    "publish": (publish_test_case, "It is published, and stays as it is."),
    "retire": (retire_test_case, "It is out of use."),
}


@needs(Permission.TRAINING_MANAGE)
def test_case_detail(request: ViewerRequest, collaborative_slug: str, test_case_id: UUID) -> HttpResponse:
    """The whole test case; POST publishes it or takes it out of use."""
    case = _case(request, test_case_id)
    if request.method == "POST" and request.POST.get("do") in CHANGES:
        change, done = CHANGES[request.POST["do"]]
        try:
            change(test_case=case, by=request.viewer)
        except TrainingError as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, done)
        return redirect("training:test-case-detail", collaborative_slug, test_case_id)
    return render(request, "training/test_case.html", {"case": case, "answers": right_answers(case)})


@needs(Permission.TRAINING_MANAGE)
def test_case_answers(request: ViewerRequest, collaborative_slug: str, test_case_id: UUID) -> HttpResponse:
    """The right answers, entered in the form itself; "check" shows what a real case would be refused for."""
    case, collaborative = _draft(request, test_case_id), request.place.collaborative
    sheet = Sheet(version=case.form_version, collaborative=collaborative, today=today_of(collaborative))
    submission = sheet.read(request.POST) if request.method == "POST" else None
    answers = merged(case.reference, submission) if submission else case.reference
    if submission:
        case = keep_reference(test_case=case, answers=answers, by=request.viewer)
    done = submission is not None and not submission.problems
    if done and request.POST.get("do") == "close":
        return redirect("training:test-case-why", collaborative_slug, test_case_id)
    checking = request.POST.get("do") == "check"
    page = sheet.page(answers, editable=True, submission=submission, completing=checking)
    status = UNPROCESSABLE if page.problems else 200
    context = {"case": case, "page": page, "buttons": BUTTONS}
    return render(request, "training/test_case_answers.html", context, status=status)


@needs(Permission.TRAINING_MANAGE)
def test_case_why(request: ViewerRequest, collaborative_slug: str, test_case_id: UUID) -> HttpResponse:
    """Why each right answer is right; people read it beside theirs."""
    case = _draft(request, test_case_id)
    form = WhyForm(request.POST or None, answers=right_answers(case))
    if request.method == "POST" and form.is_valid():
        explain_answers(test_case=case, explanations=form.cleaned_data, by=request.viewer)
        messages.success(request, "The reasons are kept.")
        return redirect("training:test-case-detail", collaborative_slug, test_case_id)
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "training/test_case_why.html", {"case": case, "form": form}, status=status)
