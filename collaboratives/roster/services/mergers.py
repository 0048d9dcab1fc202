"""Two hospitals become one: the older participation ends, both histories stay."""

from datetime import date

from django.db import transaction

from collaboratives.enums import Stage
from collaboratives.models import Grant, Participation
from collaboratives.roster.errors import RosterError
from collaboratives.roster.models import Merger
from collaboratives.services.people import grant_role
from collaboratives.services.programme import end_participation
from events.enums import EventKind
from events.services import record_event
from privacy.roles import Permission, Role
from privacy.viewer import Viewer, require


READERS = (Role.CHAMPION, Role.ADMINISTRATOR)


@transaction.atomic
def merge_hospital(
    *, participation: Participation, into: Participation, merged_on: date, let_read: bool, by: Viewer
) -> Merger:
    """The hospital goes on as another. Its people keep reading what it was.

    With `let_read`, champions and administrators of the other one get their role at this one too, so that they read its
    history. Cases and results are moved nowhere: a number that was released stays the number of the hospital it was of.
    """
    require(by, Permission.HOSPITAL_MANAGE)
    if participation == into:
        raise RosterError("A hospital cannot merge into itself. Choose the other one.")
    if into.left_on:
        raise RosterError(f"{into.site.name} has left. Choose a member.")
    if Merger.objects.filter(participation=participation).exists():
        raise RosterError(f"{participation.site.name} has merged already.")
    if merged_on < participation.joined_on:
        raise RosterError(f"{participation.site.name} joined on {participation.joined_on:%-d %B %Y}. Check the day.")
    merger = Merger.objects.create(
        collaborative_id=by.collaborative_id,
        participation=participation,
        into=into,
        merged_on=merged_on,
        recorded_by_id=by.user_id,
    )
    if let_read:
        _let_read(participation, into, by)
    if participation.stage != Stage.LEFT:
        end_participation(participation=participation, left_on=merged_on, by=by)
    record_event(EventKind.HOSPITAL_MERGED, by=by, subject=merger, participation_id=participation.pk)
    return merger


def _let_read(participation: Participation, into: Participation, by: Viewer) -> None:
    held = Grant.objects.filter(participation=into, role__in=[role.value for role in READERS], ends_at=None)
    for grant in held.select_related("user"):
        grant_role(user=grant.user, role=Role(grant.role), participation=participation, by=by)
