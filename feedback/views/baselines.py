"""Begin the baseline of the own hospital's chart anew, and take that back."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from collaboratives.http import ViewerRequest, needs
from feedback.errors import BaselineError
from feedback.forms.baselines import BaselineForm
from feedback.selectors.baselines import baseline_for
from feedback.selectors.trend_notes import measure_for
from feedback.services.baselines import begin_baseline, end_baseline
from privacy.roles import Permission


UNPROCESSABLE = 422


def _chart(request: ViewerRequest, slug: str) -> str:
    address = reverse("feedback:measure-detail", args=[request.viewer.collaborative_slug, slug])
    return f"{address}?{urlencode({'view': 'time'})}#baseline"


@needs(Permission.BASELINE_SET)
def baseline_new(request: ViewerRequest, collaborative_slug: str, measure_slug: str) -> HttpResponse:
    """A form, and what speaks against it."""
    measure = measure_for(request.viewer, measure_slug)
    form = BaselineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            begin_baseline(measure=measure, month=given["first_month"], reason=given["reason"], by=request.viewer)
        except BaselineError as problem:
            form.add_error("first_month", str(problem))
        else:
            return redirect(_chart(request, measure_slug))
    context = {"form": form, "measure": measure}
    return render(request, "feedback/baseline_new.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_POST
@needs(Permission.BASELINE_SET)
def baseline_end(request: ViewerRequest, collaborative_slug: str, measure_slug: str, baseline_id: UUID) -> HttpResponse:
    """Go back to the limits there were."""
    end_baseline(change=baseline_for(request.viewer, baseline_id), by=request.viewer)
    return redirect(_chart(request, measure_slug))
