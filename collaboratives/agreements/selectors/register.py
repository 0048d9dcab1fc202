"""The register of agreements: hospital by kind for the centre, the own ones for a hospital."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.http import Http404
from django.shortcuts import get_object_or_404

from collaboratives.agreements.definition.standing import Found, Stands
from collaboratives.agreements.enums import AgreementKind
from collaboratives.agreements.models import Agreement, AgreementScan, AgreementText
from collaboratives.agreements.selectors.needs import Need, needs_of
from collaboratives.agreements.selectors.standings import BY_HOSPITAL, standings_of
from collaboratives.models import Collaborative, Participation
from collaboratives.selectors.hospitals import own_participation, participation_for
from privacy.roles import Capacity, Permission
from privacy.viewer import Viewer, require
from ui.parts import Kind


STATE_KINDS: dict[Stands, Kind] = {
    Stands.MISSING: "bad",
    Stands.ACTIVE: "good",
    Stands.EXPIRING: "warn",
    Stands.LATER: "",
    Stands.EXPIRED: "bad",
    Stands.ENDED: "bad",
}
NOT_IN_ORDER = (Stands.MISSING, Stands.EXPIRED, Stands.ENDED, Stands.EXPIRING)


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One kind at one hospital; `wanted` where something needs it."""

    kind: AgreementKind
    found: Found
    wanted: bool

    @property
    def state_kind(self) -> Kind:
        return STATE_KINDS[self.found.stands] if self.wanted else ""

    @property
    def words(self) -> str:
        """Short, for a cell."""
        found = self.found
        if found.stands is Stands.MISSING:
            return "missing" if self.wanted else "not signed"
        if found.stands is Stands.EXPIRING:
            left = found.days_left or 0
            return "expires today" if left == 0 else f"expires in {left} day{'' if left == 1 else 's'}"
        if found.stands is Stands.ACTIVE and self.day:
            return "active until"
        return str(found.stands)

    @property
    def day(self) -> date | None:
        term = self.found.term
        if term is None:
            return None
        days = {Stands.LATER: term.starts_on, Stands.ENDED: term.ended_on}
        return days.get(self.found.stands, term.ends_on)

    @property
    def lacks(self) -> bool:
        return self.wanted and self.found.stands in {Stands.MISSING, Stands.EXPIRED, Stands.ENDED}

    @property
    def is_open(self) -> bool:
        """Missing, over, or ending soon."""
        return self.wanted and self.found.stands in NOT_IN_ORDER


@dataclass(frozen=True, kw_only=True)
class RegisterRow:
    public_id: UUID
    hospital: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True)
class Register:
    kinds: tuple[AgreementKind, ...]
    rows: tuple[RegisterRow, ...]
    hospitals: int
    lacking: int
    expiring: int
    only: str
    may_manage: bool


@dataclass(frozen=True, kw_only=True)
class OwnRow:
    cell: Cell
    need: Need
    text: AgreementText | None
    signed: tuple[Agreement, ...]
    may_sign: bool

    @property
    def is_renewal(self) -> bool:
        return self.cell.found.stands in {Stands.EXPIRING, Stands.EXPIRED}


@dataclass(frozen=True, kw_only=True)
class HospitalPage:
    participation: Participation
    rows: tuple[OwnRow, ...]
    only: str = ""


def wanted_kinds(needs: Mapping[AgreementKind, Need]) -> dict[AgreementKind, bool]:
    """Which kinds a hospital is expected to have: those that something needs."""
    return {kind: need.is_any for kind, need in needs.items()}


def cells_of(standings: BY_HOSPITAL, wanted: Mapping[AgreementKind, bool]) -> tuple[Cell, ...]:
    return tuple(Cell(kind=kind, found=standings[kind], wanted=wanted[kind]) for kind in AgreementKind)


def register(viewer: Viewer, only: str = "") -> Register:
    """Every member by every kind; `only` "open" for those with something missing, ending or over."""
    require(viewer, Permission.UNBLINDED_VIEW)
    collaborative = Collaborative.objects.get(pk=viewer.collaborative_id)
    members = Participation.objects.filter(collaborative=collaborative, left_on=None).select_related("site")
    hospitals = list(members.order_by("site__name"))
    wanted = wanted_kinds(needs_of(collaborative.pk))
    found = standings_of(collaborative, [each.pk for each in hospitals])
    kinds = tuple(kind for kind in AgreementKind if wanted[kind] or any(each[kind].term for each in found.values()))
    rows = [_row(each, kinds, found[each.pk], wanted) for each in hospitals]
    lacking = [row for row in rows if any(cell.lacks for cell in row.cells)]
    ending = [row for row in rows if any(cell.found.stands is Stands.EXPIRING for cell in row.cells)]
    shown = [row for row in rows if row in lacking or row in ending] if only == "open" else rows
    return Register(
        kinds=kinds,
        rows=tuple(shown),
        hospitals=len(rows),
        lacking=len(lacking),
        expiring=len(ending),
        only=only,
        may_manage=viewer.can(Permission.AGREEMENT_MANAGE),
    )


def _row(
    hospital: Participation,
    kinds: tuple[AgreementKind, ...],
    found: Mapping[AgreementKind, Found],
    wanted: Mapping[AgreementKind, bool],
) -> RegisterRow:
    """A kind that nothing needs and nobody signed has no column."""
    cells = tuple(cell for cell in cells_of(found, wanted) if cell.kind in kinds)
    return RegisterRow(public_id=hospital.public_id, hospital=hospital.site.name, cells=cells)


def hospital_page(viewer: Viewer, public_id: UUID | None, only: str = "") -> HospitalPage:
    """Every kind at one hospital with everything signed: the viewer's own, or any by its id for the centre.

    `only` "open" for those that are missing, ending or over.
    """
    require(viewer, Permission.AGREEMENT_VIEW)
    to = Permission.HOSPITAL_VIEW
    participation = participation_for(viewer, public_id, to) if public_id else own_participation(viewer)
    rows = _own_rows(viewer, participation)
    if only == "open":
        rows = tuple(row for row in rows if row.cell.is_open)
    return HospitalPage(participation=participation, rows=rows, only=only)


def _own_rows(viewer: Viewer, participation: Participation) -> tuple[OwnRow, ...]:
    collaborative = Collaborative.objects.get(pk=viewer.collaborative_id)
    needs, texts = needs_of(collaborative.pk), texts_in_force(collaborative.pk)
    signed = _signed(participation)
    standings = standings_of(collaborative, [participation.pk])[participation.pk]
    may_sign = viewer.can(Permission.AGREEMENT_SIGN) and participation.left_on is None
    return tuple(
        OwnRow(
            cell=cell,
            need=needs[cell.kind],
            text=texts.get(cell.kind),
            signed=tuple(each for each in signed if each.kind == cell.kind),
            may_sign=may_sign and cell.kind in texts,
        )
        for cell in cells_of(standings, wanted_kinds(needs))
        if cell.wanted or cell.kind in texts or any(each.kind == cell.kind for each in signed)
    )


def _signed(participation: Participation) -> Sequence[Agreement]:
    rows = Agreement.objects.filter(participation=participation)
    scan = AgreementScan.objects.filter(agreement=OuterRef("pk"))
    return list(rows.select_related("text").annotate(has_scan=Exists(scan)).order_by("-starts_on", "-pk"))


def texts_in_force(collaborative_id: int) -> dict[AgreementKind, AgreementText]:
    """The latest version in force of each kind."""
    rows = AgreementText.objects.filter(collaborative_id=collaborative_id, in_force_at__isnull=False)
    return {AgreementKind(row.kind): row for row in rows.order_by("number")}


def texts_of(viewer: Viewer) -> list[tuple[AgreementKind, Need, list[AgreementText]]]:
    """Every kind with its need and its versions, the newest first, for whoever writes them."""
    require(viewer, Permission.AGREEMENT_MANAGE)
    rows = list(AgreementText.objects.filter(collaborative_id=viewer.collaborative_id).order_by("-number"))
    needs = needs_of(viewer.collaborative_id)
    return [(kind, needs[kind], [row for row in rows if row.kind == kind]) for kind in AgreementKind]


def text_for(viewer: Viewer, public_id: UUID) -> AgreementText:
    """A version of a text, or 404; members read no drafts."""
    require(viewer, Permission.AGREEMENT_VIEW)
    seen = Q() if viewer.can(Permission.AGREEMENT_MANAGE) else Q(in_force_at__isnull=False)
    return get_object_or_404(AgreementText, seen, collaborative_id=viewer.collaborative_id, public_id=public_id)


def draft_of(viewer: Viewer, kind: AgreementKind) -> AgreementText | None:
    """The latest version of a kind: the draft, or what the next draft begins from."""
    require(viewer, Permission.AGREEMENT_MANAGE)
    rows = AgreementText.objects.filter(collaborative_id=viewer.collaborative_id, kind=kind)
    return rows.order_by("-number").first()


def get_draft(viewer: Viewer, kind: AgreementKind) -> AgreementText:
    """The same, 404 where nothing is written."""
    found = draft_of(viewer, kind)
    if found is None:
        raise Http404
    return found


def kind_for(text: str) -> AgreementKind:
    """A kind by its name in an address, or 404."""
    if text not in AgreementKind.values:
        raise Http404
    return AgreementKind(text)


def agreement_for(viewer: Viewer, public_id: UUID, to: Permission) -> Agreement:
    """An agreement of the own hospital, or of any for the centre; 404 otherwise."""
    require(viewer, to)
    own = Q(participation_id=viewer.participation_id) if viewer.capacity is Capacity.HOSPITAL else Q()
    rows = Agreement.objects.select_related("text", "participation__site", "recorded_by", "ended_by")
    return get_object_or_404(rows, own, collaborative_id=viewer.collaborative_id, public_id=public_id)


def scan_of(agreement: Agreement) -> AgreementScan:
    """The paper, or 404 for what was signed here."""
    return get_object_or_404(AgreementScan, agreement=agreement)
