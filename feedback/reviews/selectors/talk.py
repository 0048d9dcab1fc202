"""Where a comment is written, and whose it is."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from feedback.models import Release
from feedback.reviews.models import Comment
from feedback.selectors.releases import chosen_release
from feedback.selectors.results import own_hospital
from measures.models import Measure
from privacy.viewer import Viewer


def talked_about(viewer: Viewer, slug: str, release: str) -> tuple[Measure, Release | None]:
    """The measure and the release that was on the page."""
    measure = get_object_or_404(Measure, collaborative_id=viewer.collaborative_id, slug=slug)
    return measure, chosen_release(viewer, release)


def comment_for(viewer: Viewer, public_id: str) -> Comment:
    found = Comment.objects.filter(participation_id=own_hospital(viewer), public_id=public_id)
    comment = found.select_related("measure").first()
    if comment is None:
        raise Http404
    return comment
