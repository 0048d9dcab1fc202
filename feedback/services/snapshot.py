"""Freeze what a release is computed from: which cases, what each counts as, and the covariates of the risk models."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import NamedTuple

from django.db import connection
from django.db.models import Q

from collaboratives.enums import Stage
from collaboratives.models import Participation
from feedback.enums import Outcome
from feedback.models import CaseOutcome, Release, SiteMonth, Snapshot, SnapshotSlice
from feedback.selectors.slices import LETTERS, Covariate, Slice, digest_of, pack
from feedback.services.aggregate_snapshot import aggregate_slices
from feedback.services.numbers.tally import quarter_of
from measures.definition.spec import MissingRule, RiskModelSpec
from measures.models import MeasureVersion
from measures.selectors.definitions import published_measures


HISTORY_YEARS = 2  # of the trend before the window
SNAPSHOT_LOCKS = 7003  # first key of our advisory lock on the snapshots of a collaborative


class _Row(NamedTuple):
    participation: int
    case: int
    day: date
    outcome: str
    reason: str
    missing: Sequence[str]
    covariates: tuple[Covariate, ...]


@dataclass(frozen=True)
class _Measure:
    """A measure version with the covariates its risk model wants."""

    version: MeasureVersion
    model: RiskModelSpec | None

    @property
    def covariates(self) -> tuple[str, ...]:
        return tuple(each.variable for each in self.model.covariates) if self.model else ()


def take_snapshot(release: Release) -> Snapshot:
    """Freeze every measure of the release's window for every member hospital, cases or not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [SNAPSHOT_LOCKS, release.collaborative_id % 2**31])
    hospitals = members_of(release)
    slices = [
        _slice_row(release, measure.version, hospital, columns)
        for measure in _measures(release.collaborative_id)
        for hospital, columns in _slices(release, measure, hospitals)
    ]
    cases = {case for _, columns in slices for case in columns.cases}
    rows = [*(row for row, _ in slices), *aggregate_slices(release, hospitals)]
    keys = [(row.participation_id, row.measure_version_id, row.digest) for row in rows]
    snapshot = Snapshot.objects.create(
        collaborative_id=release.collaborative_id,
        window_from=release.window_from,
        window_to=release.window_to,
        cases=len(cases),
        digest=digest_of(keys),
    )
    for row in rows:
        row.snapshot = snapshot
    SnapshotSlice.objects.bulk_create(rows, batch_size=200)
    return snapshot


def slices_of(window: Release, version: MeasureVersion, model: RiskModelSpec | None) -> Iterable[tuple[int, Slice]]:
    """One measure of a window as a snapshot would hold it, read with this model: for a trial, which keeps no snapshot."""
    return _slices(window, _Measure(version, model), members_of(window))


def members_of(release: Release) -> list[int]:
    """Hospitals that belong in the release: all members of today.

    Cases from before a hospital joined count like others: it submitted them, and leaving them out would go unnoticed.
    """
    members = Participation.objects.filter(collaborative_id=release.collaborative_id)
    return list(members.exclude(stage=Stage.LEFT).order_by("pk").values_list("pk", flat=True))


def _measures(collaborative_id: int) -> list[_Measure]:
    versions = [each for each in published_measures(collaborative_id) if not each.definition.is_aggregate]
    return [
        _Measure(version, version.risk_model_version.definition if version.risk_model_version else None)
        for version in versions
    ]


def _slices(release: Release, measure: _Measure, hospitals: list[int]) -> Iterable[tuple[int, Slice]]:
    grouped = {key: list(rows) for key, rows in groupby(_rows(release, measure), key=lambda row: row.participation)}
    history = _history(release, measure)
    for hospital in hospitals:
        columns = _columns(grouped.get(hospital, []), measure)
        yield hospital, replace(columns, history=tuple(history.get(hospital, ())))


def _history(release: Release, measure: _Measure) -> dict[int, list[tuple[int, int, int]]]:
    """Quarters before the window, from the month counts: one line in the trend needs no single case."""
    first = date(release.window_from.year - HISTORY_YEARS, release.window_from.month, 1)
    months = SiteMonth.objects.filter(
        collaborative_id=release.collaborative_id,
        measure_version=measure.version,
        month__gte=first,
        month__lt=release.window_from,
    )
    counts: Counter[tuple[int, int, str]] = Counter()
    for hospital, month, met, not_met in months.values_list("participation_id", "month", "met", "not_met"):
        counts[hospital, quarter_of(month), "met"] += met
        counts[hospital, quarter_of(month), "not_met"] += not_met
    found: dict[int, list[tuple[int, int, int]]] = {}
    for hospital, quarter in sorted({(hospital, quarter) for hospital, quarter, _ in counts}):
        met, not_met = counts[hospital, quarter, "met"], counts[hospital, quarter, "not_met"]
        if met + not_met:
            found.setdefault(hospital, []).append((quarter, met, not_met))
    return found


def _rows(release: Release, measure: _Measure) -> Iterable[_Row]:
    in_window = Q(case__event_date__gte=release.window_from, case__event_date__lte=release.window_to)
    names = ("participation_id", "case_id", "case__event_date", "outcome", "reason", "missing")
    rows = (
        CaseOutcome.objects.filter(
            in_window, measure_version=measure.version, collaborative_id=release.collaborative_id
        )
        .order_by("participation_id", "case_id")
        .values_list(*names, *(f"case__answers__{name}" for name in measure.covariates))
    )
    return (_Row._make((*row[: len(names)], row[len(names) :])) for row in rows.iterator(chunk_size=5000))


def _columns(rows: list[_Row], measure: _Measure) -> Slice:
    judged = [_judged(row, measure) for row in rows]
    reasons = tuple(sorted({row.reason for row in judged}))
    gaps = tuple(sorted({tuple(row.missing) for row in judged}))
    return Slice(
        cases=tuple(row.case for row in judged),
        quarters=tuple(quarter_of(row.day) for row in judged),
        outcomes="".join(LETTERS[Outcome(row.outcome)] for row in judged),
        reasons=reasons,
        reason=tuple(reasons.index(row.reason) for row in judged),
        gaps=gaps,
        gap=tuple(gaps.index(tuple(row.missing)) for row in judged),
        covariates={name: tuple(row.covariates[at] for row in judged) for at, name in enumerate(measure.covariates)},
    )


def _judged(row: _Row, measure: _Measure) -> _Row:
    """Where the model leaves out cases without a covariate, nobody can tell what such a case means for the hospital."""
    counts = row.outcome in {Outcome.MET, Outcome.NOT_MET}
    if not counts or measure.model is None or measure.model.missing_rule is not MissingRule.EXCLUDE:
        return row
    without = [name for name, value in zip(measure.covariates, row.covariates, strict=True) if value is None]
    return row._replace(outcome=Outcome.CANNOT_TELL.value, missing=without) if without else row


def _slice_row(release: Release, version: MeasureVersion, hospital: int, columns: Slice) -> tuple[SnapshotSlice, Slice]:
    packed = pack(columns)
    row = SnapshotSlice(
        collaborative_id=release.collaborative_id,
        participation_id=hospital,
        measure_version=version,
        cases=len(columns),
        payload=packed.payload,
        digest=packed.digest,
    )
    return row, columns
