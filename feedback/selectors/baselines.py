"""Where a hospital's chart begins anew, as its own people and the centre read it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

from django.http import Http404

from feedback.models import BaselineChange
from privacy.roles import Permission
from privacy.viewer import Viewer


ChangedBaseline: TypeAlias = BaselineChange  # a name for views, which may hold a row but not look it up


@dataclass(frozen=True, kw_only=True)
class BaselineLine:
    """One decision. `waits`: made after the release that is shown was drafted, so that the next one draws by it."""

    public_id: UUID
    month: date
    reason: str
    who: str
    set_at: datetime
    ended_at: datetime | None
    waits: bool

    @property
    def state(self) -> str:
        """What became of it, in words."""
        if self.ended_at:
            return f"taken back {self.ended_at:%-d %b %Y}"
        return "from the next release on" if self.waits else "in this release"


@dataclass(frozen=True, kw_only=True)
class BaselinePart:
    lines: tuple[BaselineLine, ...]
    may: bool


def baseline_part(viewer: Viewer, measure_id: int, drafted_at: datetime) -> BaselinePart:
    """Every decision about the viewer's own chart of a measure, taken back or not, oldest month first; one query."""
    rows = BaselineChange.objects.filter(participation_id=viewer.participation_id or 0, measure_id=measure_id)
    return BaselinePart(
        lines=tuple(
            BaselineLine(
                public_id=row.public_id,
                month=row.month,
                reason=row.reason,
                who=row.signature,
                set_at=row.set_at,
                ended_at=row.ended_at,
                waits=row.set_at >= drafted_at,
            )
            for row in rows.order_by("month", "set_at")
        ),
        may=viewer.can(Permission.BASELINE_SET),
    )


def baseline_for(viewer: Viewer, public_id: UUID) -> ChangedBaseline:
    """A decision of the own hospital that still holds; of all others there is none."""
    found = BaselineChange.objects.filter(
        participation_id=viewer.participation_id or 0, public_id=public_id, ended_at=None
    )
    change = found.select_related("measure").first()
    if change is None:
        raise Http404
    return change
