"""Sampling rules: the versions there are, and the next one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from cases.log.errors import LogError
from cases.log.forms.rules import SamplingForm, as_initial
from cases.log.selectors.cycles import forms
from cases.log.selectors.rules import rule_list, rule_with
from cases.log.services.rules import set_sampling
from cases.log.views.log import UNPROCESSABLE
from cases.selectors.clock import today_of
from collaboratives.http import ViewerRequest, needs
from privacy.roles import Permission


@needs(Permission.CASE_VIEW)
def sampling_list(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """Everybody who abstracts may read by which rule."""
    return render(request, "caselog/sampling_list.html", {"rows": rule_list(request.viewer)})


@needs(Permission.SAMPLING_MANAGE)
def sampling_new(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """The next version, begun from the one that the address names."""
    initial: dict[str, object] = {"effective_from": today_of(request.place.collaborative).replace(day=1)}
    try:
        rule = rule_with(request.viewer, UUID(request.GET.get("rule", "")))
    except ValueError:
        rule = None
    form = SamplingForm(
        request.POST or None, among=forms(request.viewer), initial=initial | (as_initial(rule) if rule else {})
    )
    if request.method == "POST" and form.is_valid() and _set(request, form):
        return redirect("caselog:sampling-list", collaborative_slug)
    context = {"form": form}
    return render(request, "caselog/sampling_new.html", context, status=UNPROCESSABLE if form.errors else 200)


def _set(request: ViewerRequest, form: SamplingForm) -> bool:
    try:
        made = set_sampling(form=form.cleaned_data["form"], words=form.words, by=request.viewer)
    except LogError as problem:
        form.add_error(None, str(problem))
        return False
    day = f"{made.effective_from:%-d %B %Y}"
    messages.success(request, f"Version {made.number} is in force for cycles that begin on {day} or later.")
    return True
