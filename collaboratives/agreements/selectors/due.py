"""What waits for somebody: agreements to sign or renew."""

from collections.abc import Iterator
from typing import Any

from django.db.models import OuterRef
from django.urls import reverse

from collaboratives.agreements.definition.standing import Stands
from collaboratives.agreements.enums import AgreementKind
from collaboratives.agreements.models import Agreement, AgreementNeed
from collaboratives.agreements.selectors.register import NOT_IN_ORDER, Cell, cells_of, wanted_kinds
from collaboratives.agreements.selectors.standings import DECIDED, SIGNED, found_in, needs_in
from collaboratives.definition.due import Due
from collaboratives.models import Participation
from collaboratives.selectors.clock import today_of
from collaboratives.selectors.listed import listed
from privacy.roles import Capacity, Permission
from privacy.viewer import Viewer


KIND = "agreement"
WAITS = {
    Stands.MISSING: "Sign the {}",
    Stands.EXPIRED: "Renew the {}: it has expired",
    Stands.ENDED: "Sign the {} again: it was ended",
    Stands.EXPIRING: "Renew the {}",
}


def due_for(viewer: Viewer) -> list[Due]:
    """For whoever signs: their own; for the centre: those of every member. One statement."""
    centre = viewer.capacity is Capacity.CENTRE and viewer.can(Permission.AGREEMENT_MANAGE)
    if not centre and not viewer.can(Permission.AGREEMENT_SIGN):
        return []
    members = Participation.objects.filter(collaborative_id=viewer.collaborative_id, left_on=None)
    if not centre:
        members = members.filter(pk=viewer.participation_id or 0)
    same = OuterRef("collaborative")
    hospitals = members.select_related("collaborative").annotate(
        signed=listed(Agreement.objects.filter(participation=OuterRef("pk")), **SIGNED),
        decided=listed(AgreementNeed.objects.filter(collaborative=same), **DECIDED),
    )
    return [due for hospital in hospitals.order_by("pk") for due in _of_hospital(viewer, hospital)]


def _of_hospital(viewer: Viewer, hospital: Any) -> Iterator[Due]:  # noqa: ANN401 -- a participation with its lists
    found = found_in(hospital.signed, today_of(hospital.collaborative))
    for cell in cells_of(found, wanted_kinds(needs_in(hospital.decided))):
        if cell.wanted and cell.found.stands in NOT_IN_ORDER:
            yield _due(viewer, hospital, cell)


def _due(viewer: Viewer, hospital: Participation, cell: Cell) -> Due:
    slug, kind = viewer.collaborative_slug, AgreementKind(cell.kind)
    own = reverse("agreements:agreement-list", args=[slug])
    ended = cell.found.stands in {Stands.EXPIRED, Stands.ENDED}
    return Due(
        kind=KIND,
        title=WAITS[cell.found.stands].format(kind.in_words),
        url=own
        if viewer.participation_id
        else reverse("agreements:agreement-hospital", args=[slug, hospital.public_id]),
        due_on=cell.day,
        since=cell.day if ended else None,
        hospital=hospital.public_id,
    )
