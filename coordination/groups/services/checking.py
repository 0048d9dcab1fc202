"""A worker reads again what members of a hospital wrote: the web knows no names of other hospitals, and so cannot."""

from django.utils import timezone

from collaboratives.models import Collaborative
from collaboratives.selectors.naming import naming_problem
from collaboratives.selectors.places import worker_viewer
from coordination.groups.models import GroupDecision, GroupPost
from events.enums import EventKind
from events.models import Event
from events.services import record_event


NAMES_ONE = "It named a hospital. Colloquy took it back."


def check_post(event: Event) -> None:
    """Whoever would be told of it is told after this, and only of what stands."""
    post = GroupPost.objects.filter(pk=event.subject_id, withdrawn_at=None).first()
    if post and _names_one(post.text, event):
        post.text, post.withdrawn_at, post.withdrawn_because = "", timezone.now(), NAMES_ONE
        post.save(update_fields=["text", "withdrawn_at", "withdrawn_because"])
        by = worker_viewer(Collaborative.objects.get(pk=event.collaborative_id))
        record_event(EventKind.GROUP_POST_WITHDRAWN, by=by, subject=post, details={"group": post.group_id})


def check_decision(event: Event) -> None:
    decision = GroupDecision.objects.filter(pk=event.subject_id, removed_at=None).first()
    if decision and _names_one(decision.text, event):
        decision.removed_at = timezone.now()
        decision.save(update_fields=["removed_at"])
        by = worker_viewer(Collaborative.objects.get(pk=event.collaborative_id))
        details = {"group": decision.group_id}
        record_event(EventKind.GROUP_DECISION_REMOVED, by=by, subject=decision, details=details)


def _names_one(text: str, event: Event) -> bool:
    return bool(naming_problem(text, collaborative_id=event.collaborative_id, reader=None))
