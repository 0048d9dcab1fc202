"""The discussion of a hospital at a measure."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from collaboratives.http import ViewerRequest, needs
from feedback.reviews.errors import ReviewError
from feedback.reviews.forms.words import CommentForm
from feedback.reviews.selectors.talk import comment_for, talked_about
from feedback.reviews.services.discussing import delete_comment, write_comment
from privacy.roles import Permission


UNPROCESSABLE = 422
HERE = "#discussion"


@require_POST
@needs(Permission.DISCUSSION_JOIN)
def comment_write(request: ViewerRequest, collaborative_slug: str, measure_slug: str) -> HttpResponse:
    """Say something; what looks like an identifier is asked about once more, on a page of its own."""
    measure, release = talked_about(request.viewer, measure_slug, request.POST.get("release", ""))
    form = CommentForm(request.POST)
    if form.is_valid():
        write_comment(measure=measure, release=release, text=form.cleaned_data["text"], by=request.viewer)
        return redirect(_address(collaborative_slug, measure_slug, request.POST.get("release", "")))
    context = {"form": form, "measure": measure, "release": request.POST.get("release", "")}
    return render(request, "reviews/comment_again.html", context, status=UNPROCESSABLE)


@require_POST
@needs(Permission.DISCUSSION_JOIN)
def comment_delete(request: ViewerRequest, collaborative_slug: str, public_id: str) -> HttpResponse:
    comment = comment_for(request.viewer, public_id)
    try:
        delete_comment(comment=comment, by=request.viewer)
    except ReviewError as problem:
        messages.error(request, str(problem))
    return redirect(_address(collaborative_slug, comment.measure.slug, request.POST.get("release", "")))


def _address(slug: str, measure_slug: str, release: str) -> str:
    address = reverse("feedback:measure-detail", args=[slug, measure_slug])
    return f"{address}?release={release}{HERE}" if release else f"{address}{HERE}"
