"""The target that a hospital sets itself, with those it set before; for the centre those of every hospital."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cases.selectors.clock import today_of
from collaboratives.http import ViewerRequest, needs
from events.enums import AccessAction
from events.services import record_access
from feedback.reviews.errors import ReviewError
from feedback.reviews.forms.words import DropForm, TargetForm
from feedback.reviews.selectors.targets import TargetPage, target_page
from feedback.reviews.services.targets import drop_target, set_target
from privacy.roles import Capacity, Permission


UNPROCESSABLE = 422


@needs(Permission.TARGET_VIEW)
def target_detail(request: ViewerRequest, collaborative_slug: str, measure_slug: str) -> HttpResponse:
    if request.viewer.capacity is Capacity.CENTRE:
        record_access(AccessAction.RESULTS_VIEWED, by=request.viewer, subject=f"targets of {measure_slug}")
    return _show(request, target_page(request.viewer, request.place, measure_slug), None, DropForm(prefix="drop"))


def _show(request: ViewerRequest, page: TargetPage, form: TargetForm | None, drop: forms.Form) -> HttpResponse:
    shown = form or TargetForm(written=page.written)
    status = UNPROCESSABLE if shown.errors or drop.errors else 200
    return render(request, "reviews/target.html", {"page": page, "form": shown, "drop": drop}, status=status)


@require_POST
@needs(Permission.TARGET_SET)
def target_set(request: ViewerRequest, collaborative_slug: str, measure_slug: str) -> HttpResponse:
    page = target_page(request.viewer, request.place, measure_slug)
    form = TargetForm(request.POST, written=page.written)
    if form.is_valid():
        today = today_of(request.place.collaborative)
        try:
            set_target(measure=page.version.measure, wish=form.wish, today=today, by=request.viewer)
        except ReviewError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, "Your target is set. It is drawn in your own trend.")
            return redirect("feedback:measure-detail", collaborative_slug, measure_slug)
    return _show(request, page, form, DropForm(prefix="drop"))


@require_POST
@needs(Permission.TARGET_SET)
def target_drop(request: ViewerRequest, collaborative_slug: str, measure_slug: str) -> HttpResponse:
    page = target_page(request.viewer, request.place, measure_slug)
    form = DropForm(request.POST, prefix="drop")
    if form.is_valid():
        drop_target(measure=page.version.measure, reason=form.cleaned_data["reason"], by=request.viewer)
        messages.success(request, "The target holds no more. It stays in the history.")
        return redirect("reviews:target-detail", collaborative_slug, measure_slug)
    return _show(request, page, None, form)
