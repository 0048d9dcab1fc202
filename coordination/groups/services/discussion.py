"""What members say to each other. People of several hospitals read it: it names none."""

from django.db import transaction
from django.utils import timezone

from coordination.groups.errors import GroupError
from coordination.groups.models import GroupPost, WorkingGroup
from coordination.groups.selectors.visible import standing_in
from coordination.groups.services.asking import membership_of, refuse_names, require_open
from coordination.groups.validators import LONGEST_POST, clean_line, clean_text
from events.enums import EventKind
from events.services import record_event
from privacy.viewer import Viewer


@transaction.atomic
def write_post(*, group: WorkingGroup, text: str, by: Viewer) -> GroupPost:
    group = require_open(group, by)
    membership = membership_of(group, by)
    text = clean_text(text, "The post", LONGEST_POST)
    refuse_names([text], by=by)
    post = GroupPost.objects.create(
        collaborative_id=group.collaborative_id, group=group, written_by=membership, text=text
    )
    record_event(
        EventKind.GROUP_POSTED,
        by=by,
        subject=post,
        participation_id=by.participation_id,
        details={"group": group.pk, "post": str(post.public_id)},
    )
    return post


@transaction.atomic
def withdraw_post(*, post: GroupPost, reason: str, by: Viewer) -> GroupPost:
    """Its writer, the chair or the centre takes it back: the words are gone, the reason stays."""
    held = GroupPost.objects.select_for_update(of=("self",)).select_related("group", "written_by").get(pk=post.pk)
    if held.written_by.user_id != by.user_id and not standing_in(by, held.group).leads:
        raise GroupError("Only its writer, the chair and the coordinating centre take a post back.")
    if held.withdrawn_at:
        raise GroupError("This post was taken back already.")
    reason = clean_line(reason, "The reason")
    refuse_names([reason], by=by)
    held.text, held.withdrawn_at, held.withdrawn_because = "", timezone.now(), reason
    held.save(update_fields=["text", "withdrawn_at", "withdrawn_because"])
    record_event(
        EventKind.GROUP_POST_WITHDRAWN,
        by=by,
        subject=held,
        participation_id=by.participation_id,
        details={"group": held.group_id},
    )
    return held
