"""What waits for somebody: agreements to sign or renew."""

from django.urls import reverse

from collaboratives.agreements.definition.standing import Stands
from collaboratives.agreements.enums import AgreementKind
from collaboratives.agreements.selectors.register import NOT_IN_ORDER, Cell, cells_of, wanted_kinds
from collaboratives.agreements.selectors.standings import standings_of
from collaboratives.definition.due import Due
from collaboratives.models import Collaborative, Participation
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
    """For whoever signs: their own; for the centre: those of every member."""
    centre = viewer.capacity is Capacity.CENTRE and viewer.can(Permission.AGREEMENT_MANAGE)
    if not centre and not viewer.can(Permission.AGREEMENT_SIGN):
        return []
    members = Participation.objects.filter(collaborative_id=viewer.collaborative_id, left_on=None)
    if not centre:
        members = members.filter(pk=viewer.participation_id)
    hospitals = list(members.only("pk", "public_id"))
    collaborative = Collaborative.objects.get(pk=viewer.collaborative_id)
    wanted, found = wanted_kinds(collaborative.pk), standings_of(collaborative, [each.pk for each in hospitals])
    return [
        _due(viewer, each, cell)
        for each in hospitals
        for cell in cells_of(found[each.pk], wanted)
        if cell.wanted and cell.found.stands in NOT_IN_ORDER
    ]


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
