"""The worker's part of a draft: snapshot, models, results. Computed from the stored snapshot, so that it can be again."""

import tomllib
import zlib
from collections.abc import Iterator
from importlib.metadata import version as installed

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, QuerySet

from collaboratives.models import Collaborative, Participation
from collaboratives.selectors.places import worker_viewer
from events.enums import EventKind
from events.models import Job
from events.services import queue_job, record_event
from feedback.enums import ComputingStep, ReleaseState
from feedback.models import MeasureResult, ModelFit, Release, SiteResult, SnapshotSlice
from feedback.selectors.aggregate_slices import unpack_aggregate
from feedback.selectors.slices import digest_of, unpack
from feedback.services.before import anew_of, before_of
from feedback.services.earlier import earlier_fit
from feedback.services.gaps import with_told_gaps
from feedback.services.gate import write_checks
from feedback.services.numbers.aggregate import compute_aggregate
from feedback.services.numbers.measure import compute_measure
from feedback.services.numbers.values import AggregateInput, MeasureInput, MeasureNumbers
from feedback.services.snapshot import take_snapshot
from feedback.services.statements import write_statements
from measures.models import MeasureVersion
from measures.selectors.definitions import form_spec_of
from riskstats.errors import ModelRefusedError


MEASURE_LOCKS = 7005  # first key of our advisory lock on a measure of a release that is being computed
REMEDY = "No number of it is shown. Correct the model in the definition file or choose a longer window, then draft the release again."


def compute_release(job: Job) -> ComputingStep:
    """Job, a step a transaction: freeze the inputs, then measure after measure, then the draft.

    Two workers share the measures, and one that is killed loses the measure it was at.
    """
    release = Release.objects.select_related("snapshot").get(pk=job.subject_id)
    if release.state != ReleaseState.COMPUTING:
        return ComputingStep.NOTHING
    if release.snapshot is None:
        return _freeze(release)
    version = _claimed(release)
    if version is None:
        return ComputingStep.NOTHING
    try:
        with transaction.atomic():
            write_result(release, version)
    except ModelRefusedError as refused:
        _refuse(release, str(refused))
        return ComputingStep.NOTHING
    return _finish(release)


def _freeze(release: Release) -> ComputingStep:
    """One of the two jobs freezes; the other finds it done."""
    current = Release.objects.select_for_update().get(pk=release.pk)
    if current.state != ReleaseState.COMPUTING or current.snapshot_id is not None:
        return ComputingStep.MORE
    try:
        with transaction.atomic():
            current.snapshot = take_snapshot(current)
    except ModelRefusedError as refused:
        _refuse(current, str(refused))
        return ComputingStep.NOTHING
    current.save(update_fields=["snapshot"])
    worker = worker_viewer(Collaborative.objects.get(pk=current.collaborative_id))
    queue_job("feedback.compute_release", title=f"Compute release {current.name}", subject=current, by=worker)
    return ComputingStep.MORE


def _claimed(release: Release) -> MeasureVersion | None:
    """The next measure that nobody has computed or is computing; those with a model first, for they may be refused."""
    done = MeasureResult.objects.filter(release=release).values("measure_version")
    waiting = _measures(release).exclude(pk__in=done).order_by(F("risk_model_version").asc(nulls_last=True), "pk")
    for version in waiting:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [MEASURE_LOCKS, _lock_of(release, version)])
            (locked,) = cursor.fetchone()
        if locked and not MeasureResult.objects.filter(release=release, measure_version=version).exists():
            return version
    return None


def _lock_of(release: Release, version: MeasureVersion) -> int:
    return zlib.crc32(f"{release.pk}:{version.pk}".encode()) % 2**31


def _finish(release: Release) -> ComputingStep:
    """After the last measure: what is said of the data, what is checked, and the draft."""
    current = Release.objects.select_for_update().get(pk=release.pk)
    missing = _measures(release).exclude(pk__in=MeasureResult.objects.filter(release=release).values("measure_version"))
    if current.state != ReleaseState.COMPUTING or missing.exists():
        return ComputingStep.MORE
    write_statements(current)
    write_checks(current)
    current.state, current.code_version = ReleaseState.DRAFT, code_version()
    current.save(update_fields=["state", "code_version"])
    return ComputingStep.DRAFTED


def code_version() -> str:
    """What computed it; the same versions give the same bits."""
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))
    return f"{project['project']['version']}; numpy {installed('numpy')}; scipy {installed('scipy')}"


def _refuse(release: Release, problem: str) -> None:
    """A model that must not be released ends the release: a page shows the reason, and no number of it is ever shown."""
    current = Release.objects.select_for_update().get(pk=release.pk)
    if current.state != ReleaseState.COMPUTING:
        return
    current.state, current.problem = ReleaseState.DISCARDED, f"{problem[:1].upper()}{problem[1:]}. {REMEDY}"
    current.save(update_fields=["state", "problem"])
    worker = worker_viewer(Collaborative.objects.get(pk=release.collaborative_id))
    record_event(EventKind.RELEASE_DISCARDED, by=worker, subject=release, details={"problem": True})


def write_result(release: Release, version: MeasureVersion) -> None:
    """Compute one measure from the release's snapshot and keep the numbers."""
    members = Participation.objects.filter(collaborative_id=release.collaborative_id)
    groups = dict(members.values_list("pk", "comparison_group"))
    numbers = numbers_of(release, version)
    keys = {"collaborative_id": release.collaborative_id, "release": release, "measure_version": version}
    MeasureResult.objects.create(**keys, **vars(numbers.pooled))
    if numbers.fit and version.risk_model_version:
        ModelFit.objects.create(**keys, risk_model_version=version.risk_model_version, **vars(numbers.fit))
    SiteResult.objects.bulk_create(
        SiteResult(**keys, participation_id=participation, comparison_group=groups.get(participation, ""), **vars(site))
        for participation, site in numbers.sites.items()
    )


def results_of(release: Release) -> Iterator[tuple[MeasureVersion, MeasureNumbers]]:
    """Every measure of the release with its numbers."""
    for version in _measures(release).order_by("measure__position", "measure_id"):
        yield version, numbers_of(release, version)


def numbers_of(release: Release, version: MeasureVersion) -> MeasureNumbers:
    """The numbers of one measure as they are kept."""
    return with_told_gaps(release, version, _computed(release, version))


def _computed(release: Release, version: MeasureVersion) -> MeasureNumbers:
    """From the stored snapshot alone."""
    rules = Collaborative.objects.get(pk=release.collaborative_id).disclosure_rules
    form, model, payloads = form_spec_of(version), version.risk_model_version, _payloads(release, version)
    if form is None:
        figures = {hospital: unpack_aggregate(payload) for hospital, payload in payloads}
        return compute_aggregate(
            AggregateInput(
                measure=version.definition,
                slices=figures,
                rules=rules,
                before=before_of(release, version),
                anew=anew_of(release, version),
            )
        )
    return compute_measure(
        MeasureInput(
            measure=version.definition,
            form=form,
            risk_model=model.definition if model else None,
            slices={hospital: unpack(payload) for hospital, payload in payloads},
            window_from=release.window_from,
            window_to=release.window_to,
            rules=rules,
            earlier=earlier_fit(release, version),
            before=before_of(release, version),
            anew=anew_of(release, version),
        )
    )


def _measures(release: Release) -> QuerySet[MeasureVersion]:
    frozen = SnapshotSlice.objects.filter(snapshot=release.snapshot).values("measure_version")
    return MeasureVersion.objects.filter(pk__in=frozen).select_related("measure", "form", "risk_model_version")


def _payloads(release: Release, version: MeasureVersion) -> Iterator[tuple[int, bytes | memoryview]]:
    rows = SnapshotSlice.objects.filter(snapshot=release.snapshot, measure_version=version)
    return rows.order_by("participation_id").values_list("participation_id", "payload").iterator()


def recompute(release: Release) -> str:
    """Compute a release again from its snapshot; the first difference to what is kept, or nothing."""
    if different := _digest_differs(release):
        return different
    for version, numbers in results_of(release):
        kept = {
            row.participation_id: row for row in SiteResult.objects.filter(release=release, measure_version=version)
        }
        for participation, site in numbers.sites.items():
            if different := _difference(vars(site), kept[participation], f"{version} of hospital {participation}"):
                return different
        pooled = MeasureResult.objects.get(release=release, measure_version=version)
        if different := _difference(vars(numbers.pooled), pooled, f"{version} of all hospitals"):
            return different
        fit = ModelFit.objects.filter(release=release, measure_version=version).first()
        if different := _difference(vars(numbers.fit) if numbers.fit else {}, fit, f"model of {version}"):
            return different
    return ""


def _digest_differs(release: Release) -> str:
    rows = SnapshotSlice.objects.filter(snapshot=release.snapshot).values_list(
        "participation_id", "measure_version_id", "digest"
    )
    found = digest_of(rows)
    kept = release.snapshot.digest if release.snapshot else ""
    return "" if found == kept else f"digest of the snapshot: kept {kept}, found {found}"


def _difference(numbers: dict[str, object], row: object, where: str) -> str:
    for name, value in numbers.items():
        kept = getattr(row, name)
        if kept != value:
            return f"{name}, {where}: kept {kept!r}, computed {value!r}"
    return ""
