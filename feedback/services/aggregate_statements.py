"""What stands beside a number of supplied figures: where they come from and when, frozen with the release."""

from collections.abc import Iterable
from datetime import date

from feedback.models import DataQualityStatement, Release, SnapshotSlice
from feedback.selectors.aggregate_slices import Supplied, all_figures, unpack_aggregate
from feedback.selectors.statements import COUNTS, supplied_of


NULLABLE = ("eligible", "captured", "compared", "agreeing", "audited_on")
NOTHING = {name: None if name in NULLABLE else 0 for name in COUNTS}  # there are no cases to count


def write_supplied(release: Release) -> None:
    """A statement for every hospital and aggregate measure of the release."""
    rows = SnapshotSlice.objects.filter(snapshot=release.snapshot, measure_version__form=None)
    slices: dict[int, dict[int, list[Supplied]]] = {}
    for row in rows.order_by("measure_version_id", "participation_id"):
        figures = all_figures([unpack_aggregate(row.payload)])
        slices.setdefault(row.measure_version_id, {})[row.participation_id] = figures
    for version, hospitals in slices.items():
        _write(release, version, hospitals)


def _write(release: Release, version: int, hospitals: dict[int, list[Supplied]]) -> None:
    keys = {"collaborative_id": release.collaborative_id, "release": release, "measure_version_id": version}
    DataQualityStatement.objects.bulk_create(
        DataQualityStatement(**keys, **NOTHING, participation_id=hospital, **_whence(figures))
        for hospital, figures in hospitals.items()
    )


def _whence(figures: Iterable[Supplied]) -> dict[str, str | date | None]:
    source, day = supplied_of((each.source, date.fromisoformat(each.supplied_on)) for each in figures)
    return {"source": source, "supplied_on": day}
