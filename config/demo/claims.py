"""Figures that a payer supplies: readmissions from claims, by hospital and quarter. One file counts, one waits to be looked at."""

import random
from collections.abc import Iterator

from django.db import transaction

from collaboratives.selectors.places import acting_for
from config.demo.cast import HOSPITALS, PROGRAMME, SURGERY, Hospital
from config.demo.people import Cast
from feedback.services.aggregate_upload import commit_figures, upload_figures
from measures.models import Measure
from privacy.roles import Role
from tenancy.context import acting


SEED, MEASURE = 20261123, "claims_readmission"
QUARTERS = tuple(f"{year}-Q{quarter}" for year in (2025, 2026) for quarter in range(1, 5))[:7]
LATE = {"copper-harbor", "old-mission"}  # their claims of the last quarter come with the next file
HEADING = "hospital,period,numerator,denominator,expected"


def write_claims(cast: Cast) -> int:
    """Before the releases, which count what is committed."""
    chance = random.Random(SEED)  # noqa: S311 -- the same demo every time
    rows = [row for key in PROGRAMME[SURGERY].hospitals for row in _of_hospital(HOSPITALS[key], chance)]
    by = cast.viewer(Role.COORDINATOR, SURGERY)
    with acting(acting_for(by)), transaction.atomic():
        measure = Measure.objects.get(collaborative_id=by.collaborative_id, slug=MEASURE)
        counted = [text for quarter, key, text in rows if quarter != QUARTERS[-1] or key not in LATE]
        first = upload_figures(
            measure=measure,
            file_name="claims-2026-10.csv",
            source="Medicare claims, file of October 2026",
            content=_file(counted),
            by=by,
        )
        commit_figures(upload=first, by=by)
        late = [text for quarter, key, text in rows if quarter == QUARTERS[-1] and key in LATE]
        upload_figures(
            measure=measure,
            file_name="claims-2026-11-late.csv",
            source="Medicare claims, late file of November 2026",
            content=_file(late),
            by=by,
        )
    return len(counted)


def _of_hospital(hospital: Hospital, chance: random.Random) -> Iterator[tuple[str, str, str]]:
    """Some hospitals are truly better or worse; the supplier's model expects about one in fourteen."""
    truly = chance.choice((0.75, 0.9, 1.0, 1.0, 1.0, 1.1, 1.35))
    for quarter in QUARTERS:
        discharges = max(8, round(hospital.beds * chance.uniform(0.18, 0.26)))
        share = chance.uniform(0.06, 0.085)
        events = sum(chance.random() < share * truly for _ in range(discharges))
        yield quarter, hospital.key, f"{hospital.identifier},{quarter},{events},{discharges},{discharges * share:.1f}"


def _file(rows: list[str]) -> bytes:
    return "\n".join((HEADING, *rows, "")).encode()
