"""Releases as the coordinating centre prepares them: draft, approve, release, discard."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from collaboratives.http import ViewerRequest, needs
from feedback.errors import ReleaseNameTakenError, ReleaseStateError, TwoPeopleError, WindowError
from feedback.forms.release import ReleaseForm
from feedback.selectors.releases import release_for, release_list_page, release_page
from feedback.services.releases import (
    approve_release,
    discard_release,
    draft_release,
    publish_release,
    withdraw_release,
)
from privacy.roles import Permission


@needs(Permission.RELEASE_VIEW)
def release_list(request: ViewerRequest, collaborative_slug: str) -> HttpResponse:
    """Every release of the collaborative with its state."""
    return render(request, "feedback/release_list.html", {"page": release_list_page(request.viewer)})


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
    """The steps and the measures of one release."""
    return render(request, "feedback/release_detail.html", {"page": release_page(request.viewer, public_id)})


@require_POST
@needs(Permission.RELEASE_APPROVE)
def release_approve(request: ViewerRequest, collaborative_slug: str, public_id: UUID) -> HttpResponse:
    """The biostatistician stands for the numbers."""
    return _step(request, public_id, approve_release, "Approved. The programme director can now release it to members.")


@require_POST
@needs(Permission.RELEASE_PUBLISH)
def release_publish(request: ViewerRequest, collaborative_slug: str, public_id: UUID) -> HttpResponse:
    """Release to members."""
    return _step(
        request, public_id, publish_release, "Being released. Members see it as soon as their comparisons are written."
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


@require_POST
@needs(Permission.RELEASE_PUBLISH)
def release_withdraw(request: ViewerRequest, collaborative_slug: str, public_id: UUID) -> HttpResponse:
    """Take a release back from members, with the reason they read."""
    step = partial(withdraw_release, reason=request.POST.get("reason", ""))
    return _step(request, public_id, step, "Withdrawn. Members see the release before it, and why.")


def _step(request: ViewerRequest, public_id: UUID, step: Callable[..., object], done: str) -> HttpResponse:
    release = release_for(request.viewer, public_id)
    try:
        step(release=release, by=request.viewer)
    except (ReleaseStateError, TwoPeopleError) as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, done)
    return redirect("feedback:release-detail", request.viewer.collaborative_slug, release.public_id)
