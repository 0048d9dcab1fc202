"""Freeze what was supplied for the aggregate measures of a release."""

from collections.abc import Iterable, Sequence
from datetime import date

from feedback.models import AggregateFigure, Release, SnapshotSlice
from feedback.selectors.aggregate import current_figures
from feedback.selectors.aggregate_slices import AggregateSlice, Supplied, pack_aggregate
from measures.models import MeasureVersion
from measures.selectors.definitions import published_measures


HISTORY_YEARS = 10  # of the trend before the window: figures by the year are few


def aggregate_slices(release: Release, hospitals: Sequence[int]) -> list[SnapshotSlice]:
    """A slice of every aggregate measure for every member hospital, figures or not; none has a case."""
    versions = [each for each in published_measures(release.collaborative_id) if each.definition.is_aggregate]
    return [row for version in versions for row in _of_measure(release, version, hospitals)]


def _of_measure(release: Release, version: MeasureVersion, hospitals: Sequence[int]) -> Iterable[SnapshotSlice]:
    found: dict[int, list[AggregateFigure]] = {}
    for figure in current_figures(release.collaborative_id, version.measure_id):
        found.setdefault(figure.participation_id, []).append(figure)
    for hospital in hospitals:
        packed = pack_aggregate(_slice(release, found.get(hospital, [])))
        yield SnapshotSlice(
            collaborative_id=release.collaborative_id,
            participation_id=hospital,
            measure_version=version,
            cases=0,
            payload=packed.payload,
            digest=packed.digest,
        )


def _slice(release: Release, figures: Sequence[AggregateFigure]) -> AggregateSlice:
    first, last = release.window_from, release.window_to
    begin = date(first.year - HISTORY_YEARS, 1, 1)
    return AggregateSlice(
        figures=_frozen(each for each in figures if first <= each.first_day and each.last_day <= last),
        history=_frozen(each for each in figures if begin <= each.first_day and each.last_day < first),
        partly=_frozen(each for each in figures if _is_partly_in(each, first, last)),
    )


def _is_partly_in(figure: AggregateFigure, first: date, last: date) -> bool:
    """Across a border of the window: a sum cannot be parted, so it does not count."""
    touches = figure.first_day <= last and first <= figure.last_day
    return touches and not (first <= figure.first_day and figure.last_day <= last)


def _frozen(figures: Iterable[AggregateFigure]) -> tuple[Supplied, ...]:
    return tuple(
        Supplied(
            first_day=each.first_day.isoformat(),
            last_day=each.last_day.isoformat(),
            numerator=each.numerator,
            denominator=each.denominator,
            expected=each.expected,
            source=each.source,
            supplied_on=each.supplied_on.isoformat(),
        )
        for each in figures
    )
