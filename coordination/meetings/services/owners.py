"""Who has to do something, as the coordinator typed it: a hospital, or somebody of the programme, by name."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils import timezone

from collaboratives.models import Grant, Participation
from coordination.meetings.errors import MeetingError
from coordination.meetings.services.outcomes import Task
from privacy.roles import Permission
from privacy.viewer import Viewer, require


def task_of(asked: Mapping[str, Any], *, by: Viewer) -> Task:
    """An empty «who» is the centre. A name is looked for among hospitals first, then among people.

    Raises
    ------
    MeetingError
        The name fits nobody, or several.
    """
    require(by, Permission.MEETING_MANAGE)
    who, text, due_on = asked["who"].strip(), asked["text"], asked["due_on"]
    if not who:
        return Task(text=text, due_on=due_on)
    if hospital := _hospital(who, by):
        return Task(text=text, hospital=hospital, due_on=due_on)
    grant = _person(who, by)
    return Task(text=text, hospital=grant.participation, owner=grant.user, due_on=due_on)


def _hospital(who: str, by: Viewer) -> Participation | None:
    members = Participation.objects.filter(collaborative_id=by.collaborative_id, left_on=None).select_related("site")
    exact = members.filter(site__name__iexact=who).first()
    found = [exact] if exact else list(members.filter(site__name__icontains=who)[:2])
    return found[0] if len(found) == 1 else None


def _person(who: str, by: Viewer) -> Grant:
    now = timezone.now()
    held = Grant.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now),
        collaborative_id=by.collaborative_id,
        starts_at__lte=now,
        user__full_name__icontains=who,
        user__is_active=True,
    )
    found = list(held.select_related("user", "participation").order_by("user_id", "pk")[:20])
    if len({each.user_id for each in found}) != 1:
        problem = (
            "fits several people or hospitals" if found else "is nobody of this programme and none of its hospitals"
        )
        raise MeetingError(f"«{who}» {problem}. Choose one from the list, or leave it empty for the centre.")
    return found[0]
