"""Confirming that the roles have been looked through."""

from django.db import transaction

from collaboratives.models import Collaborative
from collaboratives.roster.definition.half_years import half_year_of
from collaboratives.roster.errors import RosterError
from collaboratives.roster.models import AccessReview
from collaboratives.roster.selectors.access_review import access_rows, side_of
from collaboratives.selectors.clock import today_of
from events.enums import EventKind
from events.services import record_event
from privacy.roles import Permission
from privacy.viewer import Viewer, require


@transaction.atomic
def confirm_review(*, note: str, by: Viewer) -> AccessReview:
    """For this half-year, by the centre or by the hospital's administrator, with who had how much then."""
    require(by, Permission.PEOPLE_MANAGE)
    rows = access_rows(by)
    half_year = half_year_of(today_of(Collaborative.objects.get(pk=by.collaborative_id)))
    mine = AccessReview.objects.filter(side_of(by), collaborative_id=by.collaborative_id, half_year=half_year)
    if done := mine.select_related("reviewed_by").first():
        raise RosterError(f"{done.reviewed_by.full_name} confirmed it on {done.reviewed_at:%-d %B %Y} already.")
    review = AccessReview.objects.create(
        collaborative_id=by.collaborative_id,
        participation_id=by.participation_id,
        half_year=half_year,
        people=len({row.email for row in rows}),
        roles=len(rows),
        note=note.strip(),
        reviewed_by_id=by.user_id,
    )
    record_event(EventKind.ACCESS_REVIEWED, by=by, subject=review, participation_id=by.participation_id)
    return review
