"""Days on which agreements end, for the calendar."""

from datetime import date

from django.db.models import Q
from django.urls import reverse

from collaboratives.agreements.enums import AgreementKind
from collaboratives.agreements.models import Agreement
from collaboratives.definition.due import DatedThing
from privacy.roles import Capacity, Permission
from privacy.viewer import Viewer


def dates_for(viewer: Viewer, first: date, last: date) -> list[DatedThing]:
    """The last days of what counts, in these days, that no later one goes beyond."""
    if not viewer.can(Permission.AGREEMENT_VIEW):
        return []
    own = Q(participation_id=viewer.participation_id) if viewer.capacity is Capacity.HOSPITAL else Q()
    rows = Agreement.objects.filter(
        own, collaborative_id=viewer.collaborative_id, ended_on=None, participation__left_on=None
    ).select_related("participation__site")
    longest: dict[tuple[int, str], Agreement] = {}
    for row in sorted(rows, key=lambda each: each.term.last_day):
        longest[row.participation_id, row.kind] = row
    ending = [row for row in longest.values() if row.ends_on and first <= row.ends_on <= last]
    return [_dated(viewer, row) for row in sorted(ending, key=lambda each: each.term.last_day)]


def _dated(viewer: Viewer, row: Agreement) -> DatedThing:
    name = AgreementKind(row.kind).label
    title = f"{name} ends" if viewer.participation_id else f"{name} of {row.participation.site.name} ends"
    return DatedThing(
        kind="agreement",
        title=title,
        url=reverse("agreements:agreement-detail", args=[viewer.collaborative_slug, row.public_id]),
        starts=row.term.last_day,
        ends=row.term.last_day,
        hospital=row.participation.public_id,
        uid=f"agreement-{row.public_id}@colloquy",
    )
