"""Notes on a measure's trend as their reader sees them: those of the own hospital and those of the centre."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import CharField, QuerySet, Value
from django.http import Http404

from feedback.models import HospitalNote, ProgrammeNote
from feedback.selectors.over_time import Mark
from measures.models import Measure
from privacy.roles import Capacity, Permission
from privacy.viewer import Viewer


HOSPITAL, CENTRE = "hospital", "centre"
WHOSE = {HOSPITAL: "your hospital", CENTRE: "coordinating centre"}


@dataclass(frozen=True, kw_only=True)
class NoteLine:
    """One note of the list below the chart."""

    public_id: UUID
    month: date
    text: str
    whose: str
    removable: bool

    @property
    def mark(self) -> Mark:
        return Mark(self.month, self.text, self.whose)


def note_lines(viewer: Viewer, measure_id: int) -> tuple[NoteLine, ...]:
    """In the order of the months; one query for both tables."""
    own = _rows(HospitalNote.objects.filter(participation_id=viewer.participation_id or 0), measure_id, HOSPITAL)
    centre = _rows(ProgrammeNote.objects.filter(collaborative_id=viewer.collaborative_id), measure_id, CENTRE)
    rows = own.union(centre, all=True).order_by("month", "created_at")
    side = CENTRE if viewer.capacity is Capacity.CENTRE else HOSPITAL
    may = viewer.can(Permission.TREND_NOTE)
    return tuple(
        NoteLine(
            public_id=public_id,
            month=month,
            text=text,
            whose=WHOSE[table],
            removable=may and table == side,
        )
        for public_id, month, text, _, table in rows
    )


def _rows(
    notes: QuerySet[HospitalNote] | QuerySet[ProgrammeNote], measure_id: int, table: str
) -> QuerySet[HospitalNote, tuple[UUID, date, str, datetime, str]]:
    found = notes.filter(measure_id=measure_id, removed_at=None).annotate(table=Value(table, CharField()))
    return found.values_list("public_id", "month", "text", "created_at", "table")  # type: ignore[return-value]  # same columns


def measure_for(viewer: Viewer, slug: str) -> Measure:
    """The measure that a note is about."""
    found = Measure.objects.filter(collaborative_id=viewer.collaborative_id, slug=slug).first()
    if found is None:
        raise Http404
    return found


def note_for(viewer: Viewer, public_id: UUID) -> HospitalNote | ProgrammeNote:
    """A note that the viewer's side wrote; of all others there is none."""
    if viewer.capacity is Capacity.CENTRE:
        note: HospitalNote | ProgrammeNote | None = ProgrammeNote.objects.filter(
            collaborative_id=viewer.collaborative_id, public_id=public_id, removed_at=None
        ).first()
    else:
        note = HospitalNote.objects.filter(
            participation_id=viewer.participation_id or 0, public_id=public_id, removed_at=None
        ).first()
    if note is None:
        raise Http404
    return note
