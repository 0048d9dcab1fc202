"""Recording who stands in for a vacant role."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from collaboratives.models import Participation
from collaboratives.roster.errors import RosterError
from collaboratives.roster.models import InterimCover
from collaboratives.roster.selectors.roster import NEEDED, rows_of
from collaboratives.selectors.clock import today_of
from collaboratives.services.people import refuse_wrong_role
from events.enums import EventKind
from events.services import record_event
from privacy.roles import Role
from privacy.viewer import Viewer


@transaction.atomic
def record_cover(*, participation: Participation, role: Role, name: str, until: date, by: Viewer) -> InterimCover:
    """Somebody stands in until a day; whoever stood in before no longer does."""
    refuse_wrong_role(by, role, participation)
    seats = rows_of(participation.collaborative, [participation])[0].seats
    if role not in NEEDED or not next(seat for seat in seats if seat.role is role).is_vacant:
        raise RosterError(f"The role {role.label} is held here. Cover is for a vacant role.")
    if until < today_of(participation.collaborative):
        raise RosterError("The last day is over already. Check it.")
    InterimCover.objects.filter(participation=participation, role=role, ended_at=None).update(ended_at=timezone.now())
    cover = InterimCover.objects.create(
        collaborative_id=by.collaborative_id,
        participation=participation,
        role=role,
        name=name.strip(),
        until=until,
        recorded_by_id=by.user_id,
    )
    record_event(EventKind.COVER_RECORDED, by=by, subject=cover, participation_id=participation.pk)
    return cover


@transaction.atomic
def end_cover(*, cover: InterimCover, by: Viewer) -> None:
    """Nobody stands in any more."""
    refuse_wrong_role(by, Role(cover.role), cover.participation)
    if InterimCover.objects.filter(pk=cover.pk, ended_at=None).update(ended_at=timezone.now()):
        record_event(EventKind.COVER_ENDED, by=by, subject=cover, participation_id=cover.participation_id)
