"""The discussion of a hospital about a measure. Nobody outside the hospital reads it."""

from django.db import transaction
from django.utils import timezone

from events.enums import EventKind
from events.services import record_event
from feedback.models import Release
from feedback.reviews.errors import NotYoursError
from feedback.reviews.models import Comment
from feedback.reviews.validators import LONGEST_COMMENT, clean_text
from measures.models import Measure
from privacy.roles import Capacity, Permission
from privacy.viewer import PermissionRefusedError, Viewer, require


@transaction.atomic
def write_comment(*, measure: Measure, release: Release | None, text: str, by: Viewer) -> Comment:
    hospital = _own_hospital(by)
    comment = Comment.objects.create(
        collaborative_id=by.collaborative_id,
        participation_id=hospital,
        measure=measure,
        release=release,
        text=clean_text(text, "The comment", LONGEST_COMMENT),
        written_by_id=by.user_id,
    )
    record_event(EventKind.COMMENT_WRITTEN, by=by, subject=comment, participation_id=by.participation_id)
    return comment


@transaction.atomic
def delete_comment(*, comment: Comment, by: Viewer) -> Comment:
    """Take one's own words back; that there were some stays to be seen."""
    hospital = _own_hospital(by)
    comment = Comment.objects.select_for_update(of=("self",)).get(pk=comment.pk, participation_id=hospital)
    if comment.written_by_id != by.user_id:
        raise NotYoursError
    if comment.deleted_at is None:
        comment.text, comment.deleted_at = "", timezone.now()
        comment.save(update_fields=["text", "deleted_at"])
        record_event(EventKind.COMMENT_DELETED, by=by, subject=comment, participation_id=by.participation_id)
    return comment


def _own_hospital(by: Viewer) -> int:
    require(by, Permission.DISCUSSION_JOIN)
    if by.capacity is not Capacity.HOSPITAL or by.participation_id is None:
        raise PermissionRefusedError(Permission.DISCUSSION_JOIN)
    return by.participation_id
