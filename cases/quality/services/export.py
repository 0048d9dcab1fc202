"""Figures as a file: what the page shows, with the counts behind it."""

from collections.abc import Iterator, Sequence

from django.db import transaction
from django.db.models import Q

from cases.quality.definition.figures import Figures
from cases.quality.models import QualityFigures
from cases.quality.selectors.reading import COUNTED
from cases.services.csv_file import write_table
from events.enums import AccessAction
from events.services import record_access
from privacy.roles import Capacity, Permission
from privacy.viewer import Viewer, require


SHARES = ("completeness", "timeliness", "capture", "agreement")
HEADER = ("hospital", "form", "cycle", "first_day", "last_day", *SHARES, *COUNTED, "computed_at")


@transaction.atomic
def figures_file(*, by: Viewer) -> bytes:
    """All cycles and forms of the own hospital; for the centre, of every hospital. An empty cell is not known."""
    require(by, Permission.QUALITY_VIEW)
    own = Q() if by.capacity is Capacity.CENTRE else Q(participation_id=by.participation_id or 0)
    found = QualityFigures.objects.filter(own, collaborative_id=by.collaborative_id).defer("questions")
    rows = found.select_related("participation__site", "form", "cycle").order_by(
        "participation__site__name", "participation", "form", "cycle__first_day"
    )
    record_access(AccessAction.EXPORTED, by=by, subject="data-quality figures", participation_id=by.participation_id)
    return write_table([HEADER, *_rows(list(rows))])


def _rows(rows: Sequence[QualityFigures]) -> Iterator[list[str]]:
    for row in rows:
        figures = Figures(**{name: getattr(row, name) for name in COUNTED})
        shares = (getattr(figures, name) for name in SHARES)
        yield [
            row.participation.site.name,
            row.form.slug,
            row.cycle.name if row.cycle else "last twelve months",
            row.first_day.isoformat(),
            row.last_day.isoformat(),
            *("" if each is None else f"{each:.4f}" for each in shares),
            *("" if (value := getattr(row, name)) is None else str(value) for name in COUNTED),
            row.computed_at.isoformat(timespec="minutes"),
        ]
