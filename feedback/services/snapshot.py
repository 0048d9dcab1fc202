"""Freeze what a release is computed from: which cases, what each counts as, and the covariates of the risk models."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from django.db import connection

from collaboratives.enums import Stage
from collaboratives.models import Participation
from feedback.models import Release, SiteMonth, Snapshot, SnapshotSlice
from feedback.selectors.slices import Slice, digest_of, pack
from feedback.services.aggregate_snapshot import aggregate_slices
from feedback.services.beside_window import is_watched, open_cases, rare_before
from feedback.services.case_values import CaseValues
from feedback.services.freezing import Frozen, Window, frozen_slices, history_from, in_groups
from feedback.services.numbers.tally import month_of
from measures.definition.spec import RiskModelSpec
from measures.models import MeasureVersion
from measures.selectors.definitions import published_measures


SNAPSHOT_LOCKS = 7003  # first key of our advisory lock on the snapshots of a collaborative


def take_snapshot(release: Release) -> Snapshot:
    """Freeze every measure of the release's window for every member hospital, cases or not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [SNAPSHOT_LOCKS, release.collaborative_id % 2**31])
    hospitals, measures = members_of(release), _measures(release.collaborative_id)
    rows: list[SnapshotSlice] = []
    cases = 0
    for group in in_groups(hospitals, window_of(release), measures):
        keys: dict[int, set[int]] = {hospital: set() for hospital in group}
        for hospital, version, columns in _of_hospitals(release, group, measures):
            rows.append(_slice_row(release, hospital, version, columns))
            keys[hospital].update(columns.cases)
        cases += sum(map(len, keys.values()))
    rows += aggregate_slices(release, hospitals)
    snapshot = Snapshot.objects.create(
        collaborative_id=release.collaborative_id,
        window_from=release.window_from,
        window_to=release.window_to,
        cases=cases,
        digest=digest_of((row.participation_id, row.measure_version_id, row.digest) for row in rows),
    )
    for row in rows:
        row.snapshot = snapshot
    SnapshotSlice.objects.bulk_create(rows, batch_size=200)
    return snapshot


def slices_of(window: Release, version: MeasureVersion, model: RiskModelSpec | None) -> Iterator[tuple[int, Slice]]:
    """One measure of a window as a snapshot would hold it, read with this model: for a trial, which keeps no snapshot."""
    measures = [Frozen(version=version.pk, model=model)]
    for group in in_groups(members_of(window), window_of(window), measures):
        for hospital, _, columns in _of_hospitals(window, group, measures):
            yield hospital, columns


def members_of(release: Release) -> list[int]:
    """Hospitals that belong in the release: all members of today.

    Cases from before a hospital joined count like others: it submitted them, and leaving them out would go unnoticed.
    """
    members = Participation.objects.filter(collaborative_id=release.collaborative_id)
    return list(members.exclude(stage=Stage.LEFT).order_by("pk").values_list("pk", flat=True))


def _measures(collaborative_id: int) -> list[Frozen]:
    return [
        Frozen(
            version=version.pk,
            model=version.risk_model_version.definition if version.risk_model_version else None,
            strata=version.definition.stratifiers,
            has_value=version.definition.has_value,
            form=version.form_id or 0,
            watched=is_watched(version.definition),
        )
        for version in published_measures(collaborative_id)
        if not version.definition.is_aggregate
    ]


def window_of(release: Release) -> Window:
    return Window(first=release.window_from, last=release.window_to)


def _of_hospitals(
    release: Release, hospitals: Sequence[int], measures: Sequence[Frozen]
) -> Iterator[tuple[int, int, Slice]]:
    history, window = _history(release, hospitals, measures), window_of(release)
    rare = rare_before(window, history, frozenset(each.version for each in measures if each.watched))
    waiting, forms = open_cases(window, hospitals), {each.version: each.form for each in measures}
    valued = CaseValues(hospitals, window.first, window.last, [each.version for each in measures if each.has_value])
    for hospital, version, columns in frozen_slices(hospitals, window, measures):
        yield (
            hospital,
            version,
            replace(
                valued.added(hospital, version, columns),
                history=tuple(history.get((hospital, version), ())),
                rare=rare.get((hospital, version)),
                open=waiting.get((hospital, forms[version]), 0),
            ),
        )


def _history(
    release: Release, hospitals: Sequence[int], measures: Sequence[Frozen]
) -> dict[tuple[int, int], list[tuple[int, int, int]]]:
    """Months before the window: one line in the trend needs no single case."""
    first = history_from(release.window_from)
    months = SiteMonth.objects.filter(
        participation__in=hospitals,
        measure_version__in=[each.version for each in measures],
        month__gte=first,
        month__lt=release.window_from,
    ).order_by("participation_id", "measure_version_id", "month")
    found: dict[tuple[int, int], list[tuple[int, int, int]]] = defaultdict(list)
    for hospital, version, month, met, not_met in months.values_list(
        "participation_id", "measure_version_id", "month", "met", "not_met"
    ):
        if met + not_met:
            found[hospital, version].append((month_of(month), met, not_met))
    return found


def _slice_row(release: Release, hospital: int, version: int, columns: Slice) -> SnapshotSlice:
    packed = pack(columns)
    return SnapshotSlice(
        collaborative_id=release.collaborative_id,
        participation_id=hospital,
        measure_version_id=version,
        cases=len(columns),
        payload=packed.payload,
        digest=packed.digest,
    )
