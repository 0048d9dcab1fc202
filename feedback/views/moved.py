"""Hospitals by two models or in two releases, by name, for the coordinating centre. Every look is noted."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from collaboratives.http import ViewerRequest, needs
from events.enums import AccessAction
from events.services import record_access
from feedback.selectors.moved import MovedPage, release_hospitals, trial_hospitals
from privacy.roles import Permission


@needs(Permission.UNBLINDED_VIEW)
def trial_moved(request: ViewerRequest, collaborative_slug: str, model_slug: str, trial_id: UUID) -> HttpResponse:
    """Who is read otherwise by the version tried than by the one before, on the same cases."""
    page = trial_hospitals(request.viewer, model_slug, trial_id)
    return _shown(request, page, f"hospitals in a trial of {model_slug}")


@needs(Permission.UNBLINDED_VIEW)
def release_moved(request: ViewerRequest, collaborative_slug: str, public_id: UUID, measure_slug: str) -> HttpResponse:
    """Who is read otherwise than in the release before."""
    page = release_hospitals(request.viewer, public_id, measure_slug)
    return _shown(request, page, f"{measure_slug}, two releases")


def _shown(request: ViewerRequest, page: MovedPage, subject: str) -> HttpResponse:
    record_access(AccessAction.RESULTS_VIEWED, by=request.viewer, subject=subject[:80])
    return render(request, "feedback/moved.html", {"page": page})
