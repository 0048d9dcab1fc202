"""Releases as the coordinating centre prepares them: draft, check, approve, prove, discard."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from collaboratives.http import ViewerRequest, needs
from feedback.enums import CheckName
from feedback.errors import ReasonMissingError, ReleaseNameTakenError, ReleaseStateError, WindowError
from feedback.forms.release import ReleaseForm
from feedback.selectors.release_course import course_of
from feedback.selectors.releases import release_for, release_list_page, release_page
from feedback.services.gate import ask_to_check
from feedback.services.proof_requests import ask_for_proof
from feedback.services.releases import approve_release, discard_release, draft_release
from privacy.roles import Permission


@needs(Permission.RELEASE_VIEW)
def release_list(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """Every release of the collaborative with its state."""
    return render(request, "feedback/release_list.html", {"page": release_list_page(request.viewer, request.place)})


@needs(Permission.RELEASE_BUILD)
def release_draft(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """Close a window and have its results computed."""
    form = ReleaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            release = draft_release(name=form.cleaned_data["name"], **form.window(), by=request.viewer)
        except (WindowError, ReleaseNameTakenError) as problem:
            form.add_error(None, str(problem))
        else:
            return redirect("feedback:release-detail", collaborative_slug, release.public_id)
    return render(request, "feedback/release_draft.html", {"form": form}, status=422 if form.errors else 200)


@needs(Permission.RELEASE_VIEW)
def release_detail(request: ViewerRequest, collaborative_slug: str, public_id: UUID) -> HttpResponse:
    """The steps, the checks and the measures of one release."""
    page = release_page(request.viewer, public_id)
    course = course_of(request.viewer, request.place, page.release)
    return render(request, "feedback/release_detail.html", {"page": page, "course": course})


@require_POST
@needs(Permission.RELEASE_APPROVE)
def release_approve(request: ViewerRequest, collaborative_slug: str, public_id: UUID) -> HttpResponse:
    """The biostatistician stands for the numbers, with a reason for every check that says stop."""
    reasons = {name: request.POST.get(f"reason-{name}", "") for name in CheckName.values}
    step = partial(approve_release, reasons=reasons)
    return _step(request, public_id, step, "Approved. The programme director can now release it to members.")


@require_POST
@needs(Permission.RELEASE_BUILD)
def release_check(request: ViewerRequest, collaborative_slug: str, public_id: UUID) -> HttpResponse:
    """Count the gate again."""
    return _step(request, public_id, ask_to_check, "A worker counts the checks again. Load the page in a moment.")


@require_POST
@needs(Permission.RELEASE_BUILD)
def release_prove(request: ViewerRequest, collaborative_slug: str, public_id: UUID) -> HttpResponse:
    """Compute it again from its snapshot, to the last bit."""
    return _step(
        request, public_id, ask_for_proof, "A worker computes it again. The result stands below when it is done."
    )


@require_POST
@needs(Permission.RELEASE_BUILD)
def release_discard(request: ViewerRequest, collaborative_slug: str, public_id: UUID) -> HttpResponse:
    """Put a release aside that members have not seen; its name is typed so that nobody does it by a slip."""
    release = release_for(request.viewer, public_id)
    if request.POST.get("name", "").strip() != release.name:
        messages.error(request, f"Not discarded. Type “{release.name}” exactly to confirm.")
        return redirect("feedback:release-detail", collaborative_slug, public_id)
    return _step(request, public_id, discard_release, "Discarded. Nothing of it was shown to members.")


def _step(request: ViewerRequest, public_id: UUID, step: Callable[..., object], done: str) -> HttpResponse:
    release = release_for(request.viewer, public_id)
    try:
        step(release=release, by=request.viewer)
    except (ReleaseStateError, ReasonMissingError) as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, done)
    return redirect("feedback:release-detail", request.viewer.collaborative_slug, release.public_id)
