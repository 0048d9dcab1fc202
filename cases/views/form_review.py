"""The page on which a second person reads a draft, sees what it does, and publishes or returns it."""

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from cases.errors import EffectsUnseenError
from cases.forms.form_review import PublishForm
from cases.selectors.form_review import review_page
from cases.services.form_publishing import publish_form
from collaboratives.http import ViewerRequest, needs
from measures.definition.draft_check import FormProblemsError
from measures.errors import DraftClosedError, EffectiveDateError, OwnDraftError
from measures.selectors.drafts import draft_for
from measures.services.review import Publishing
from privacy.roles import Permission


REFUSALS = (EffectsUnseenError, EffectiveDateError, OwnDraftError, FormProblemsError, DraftClosedError)


@needs(Permission.DEFINITION_EDIT)
def form_review(request: ViewerRequest, collaborative_slug: str, form_slug: str) -> HttpResponse:
    """GET with `effective_from` tells what publishing from that day does; POST publishes."""
    version = draft_for(request.viewer, form_slug)
    if request.method == "POST":
        form = PublishForm(request.POST)
        if form.is_valid() and _publish(request, form, form_slug):
            return redirect("measures:form-list", collaborative_slug)
    else:
        form = PublishForm(initial={"effective_from": version.effective_from, "note": version.note})
    page = review_page(request.viewer, form_slug, _day(request, form) or version.effective_from)
    status = 422 if form.errors else 200
    return render(request, "cases/form_review.html", {"page": page, "form": form}, status=status)


def _day(request: ViewerRequest, form: PublishForm) -> date | None:
    if form.is_bound:
        return form.day
    asked = PublishForm({"effective_from": request.GET.get("effective_from", ""), "note": "-"})
    return asked.day


def _publish(request: ViewerRequest, form: PublishForm, form_slug: str) -> bool:
    data = form.cleaned_data
    try:
        version = publish_form(
            version=draft_for(request.viewer, form_slug),
            publishing=Publishing(data["effective_from"], data["note"]),
            accepted=form.has_accepted,
            by=request.viewer,
        )
    except REFUSALS as problem:
        form.add_error(None, str(problem))
        return False
    messages.success(
        request, f"Version {version.number} of {version.form.name} is in force from {version.effective_from:%-d %B %Y}."
    )
    return True
