"""A worker tells members of what is new in their group, and whoever is asked or decides of what waits for them.

Titles name the group and nothing of what was written or uploaded. Who reads them at a hospital reads them only while
they work there.
"""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from collaboratives.models import Grant
from collaboratives.notifications.enums import NotificationKind
from collaboratives.notifications.services.notifying import notify, untell
from coordination.groups.enums import MemberRole
from coordination.groups.models import Admission, GroupDecision, GroupPost, Membership, WorkingGroup
from events.models import Event
from privacy.roles import ROLE_PERMISSIONS, Permission, Role


Place = tuple[int, int | None]  # a person, and the hospital from which they are in the group
VIEWING = [role for role in Role if Permission.GROUP_VIEW in ROLE_PERMISSIONS[role]]
MANAGING = [role for role in Role if Permission.GROUP_MANAGE in ROLE_PERMISSIONS[role]]


def tell_post(event: Event) -> None:
    """Of a post that stands; its writer of one that the worker took back (`checking`)."""
    group, post = _group(event), GroupPost.objects.select_related("written_by").get(pk=event.subject_id)
    if post.withdrawn_at is None:
        _tell(event, group, _members(group), f"A new post in {group.name}", _key(event), "discussion")


def tell_of_withdrawal(event: Event) -> None:
    """Its writer, where somebody else took the post back; nobody who had no mail of it yet gets one."""
    group, post = _group(event), GroupPost.objects.select_related("written_by").get(pk=event.subject_id)
    untell(collaborative_id=event.collaborative_id, key=f"group-post-{post.pk}")
    who = _here([(post.written_by.user_id, post.written_by.participation_id)], group)
    _tell(event, group, who, f"Your post in {group.name} was taken back", f"group-post-back-{post.pk}", "discussion")


def tell_document(event: Event) -> None:
    group, number = _group(event), event.details["number"]
    title = f"A new document in {group.name}" if number == 1 else f"A new version of a document in {group.name}"
    _tell(event, group, _members(group), title, f"{_key(event)}-{number}", "documents")


def tell_decision(event: Event) -> None:
    group = _group(event)
    if GroupDecision.objects.filter(pk=event.subject_id, removed_at=None).exists():
        _tell(event, group, _members(group), f"A decision of {group.name}", _key(event), "meetings")


def tell_invitation(event: Event) -> None:
    group, admission = _group(event), Admission.objects.get(pk=event.subject_id)
    who = _here([(admission.user_id, admission.participation_id)], group)
    _tell(event, group, who, f"You are invited to the working group {group.name}", _key(event), "about")


def tell_request(event: Event) -> None:
    """The chair and the centre's managers decide."""
    group = _group(event)
    chairs = _members(group, Membership.objects.filter(role=MemberRole.CHAIR).values_list("pk", flat=True))
    centre = _held(group).filter(role__in=MANAGING).values_list("user_id", "participation_id")
    title = f"Somebody asks to join {group.name}"
    _tell(event, group, {*chairs, *centre}, title, _key(event), "members")


def tell_admission(event: Event) -> None:
    """Whoever asked is let in; an invited person knows that they accepted."""
    if event.details.get("on_request"):
        group, membership = _group(event), Membership.objects.get(pk=event.subject_id)
        who = _here([(membership.user_id, membership.participation_id)], group)
        _tell(event, group, who, f"You are a member of {group.name} now", _key(event), "about")


def _group(event: Event) -> WorkingGroup:
    return WorkingGroup.objects.select_related("collaborative").get(pk=event.details["group"])


def _key(event: Event) -> str:
    kind = event.subject.rpartition(".")[2].lower().removeprefix("group")
    return f"group-{kind}-{event.subject_id}"


def _members(group: WorkingGroup, only: Iterable[int] | None = None) -> set[Place]:
    rows = Membership.objects.filter(group=group, until=None)
    if only is not None:
        rows = rows.filter(pk__in=only)
    return _here(rows.values_list("user_id", "participation_id"), group)


def _here(people: Iterable[Place], group: WorkingGroup) -> set[Place]:
    """Those who still hold a role at the place from which they joined."""
    held = _held(group).filter(role__in=VIEWING).values_list("user_id", "participation_id")
    return {*people} & {*held}


def _held(group: WorkingGroup) -> QuerySet[Grant]:
    now = timezone.now()
    return Grant.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now),
        collaborative_id=group.collaborative_id,
        starts_at__lte=now,
        user__is_active=True,
    )


def _tell(event: Event, group: WorkingGroup, people: Iterable[Place], title: str, key: str, tab: str) -> None:  # noqa: PLR0913, PLR0917 -- one line each
    """Everybody but whoever did it."""
    path = reverse("groups:group-detail", args=[group.collaborative.slug, group.public_id])
    there = {each for each in people if each[0] != event.actor_id}
    for place in sorted({hospital or 0 for _, hospital in there}):
        notify(
            sorted(user for user, hospital in there if (hospital or 0) == place),
            kind=NotificationKind.GROUP,
            title=title,
            path=f"{path}?tab={tab}",
            key=key,
            collaborative_id=group.collaborative_id,
            participation_id=place or None,
        )
