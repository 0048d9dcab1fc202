"""The worker's part of a draft: snapshot, models, results. Computed from the stored snapshot, so that it can be again."""

import tomllib
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import version as installed

from django.conf import settings
from django.db import transaction

from collaboratives.models import Collaborative, Participation
from collaboratives.selectors.places import worker_viewer
from events.enums import EventKind
from events.models import Job
from events.services import record_event
from feedback.enums import ReleaseState
from feedback.models import MeasureResult, ModelFit, Release, SiteResult, SnapshotSlice
from feedback.selectors.aggregate_slices import unpack_aggregate
from feedback.selectors.slices import digest_of, unpack
from feedback.services.before import before_of
from feedback.services.earlier import earlier_fit
from feedback.services.gate import write_checks
from feedback.services.numbers.aggregate import compute_aggregate
from feedback.services.numbers.measure import compute_measure
from feedback.services.numbers.values import AggregateInput, MeasureInput, MeasureNumbers
from feedback.services.snapshot import take_snapshot
from feedback.services.statements import write_statements
from measures.models import MeasureVersion
from measures.selectors.definitions import form_spec_of
from riskstats.errors import ModelRefusedError


REMEDY = "Nothing was kept. Correct the model in the definition file or choose a longer window, then draft the release again."


def compute_release(job: Job) -> None:
    """Job: turn a release that is being computed into a draft, or discard it and say why."""
    release = Release.objects.select_for_update().get(pk=job.subject_id)
    if release.state != ReleaseState.COMPUTING:
        return
    try:
        with transaction.atomic():
            release.snapshot = take_snapshot(release)
            write_results(release)
            write_statements(release)
            write_checks(release)
    except ModelRefusedError as refused:
        _refuse(release, str(refused))
        return
    release.state, release.code_version = ReleaseState.DRAFT, code_version()
    release.save(update_fields=["state", "snapshot", "code_version"])


def code_version() -> str:
    """What computed it; the same versions give the same bits."""
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))
    return f"{project['project']['version']}; numpy {installed('numpy')}; scipy {installed('scipy')}"


def _refuse(release: Release, problem: str) -> None:
    """A model that must not be released ends the release: a page shows the reason, no number of it exists."""
    release.snapshot, release.state, release.problem = (
        None,
        ReleaseState.DISCARDED,
        f"{problem[:1].upper()}{problem[1:]}. {REMEDY}",
    )
    release.save(update_fields=["state", "problem"])
    worker = worker_viewer(Collaborative.objects.get(pk=release.collaborative_id))
    record_event(EventKind.RELEASE_DISCARDED, by=worker, subject=release, details={"problem": True})


def write_results(release: Release) -> None:
    """Compute every measure from the release's snapshot and keep the numbers."""
    members = Participation.objects.filter(collaborative_id=release.collaborative_id)
    groups = dict(members.values_list("pk", "comparison_group"))
    for version, numbers in results_of(release):
        keys = {"collaborative_id": release.collaborative_id, "release": release, "measure_version": version}
        MeasureResult.objects.create(**keys, **asdict(numbers.pooled))
        if numbers.fit and version.risk_model_version:
            ModelFit.objects.create(**keys, risk_model_version=version.risk_model_version, **asdict(numbers.fit))
        SiteResult.objects.bulk_create(
            SiteResult(
                **keys, participation_id=participation, comparison_group=groups.get(participation, ""), **asdict(site)
            )
            for participation, site in numbers.sites.items()
        )


def results_of(release: Release) -> Iterator[tuple[MeasureVersion, MeasureNumbers]]:
    """Every measure of the release with its numbers, computed from the stored snapshot alone."""
    collaborative = Collaborative.objects.get(pk=release.collaborative_id)
    for version, payloads in _stored(release):
        form, model = form_spec_of(version), version.risk_model_version
        if form is None:
            slices = {hospital: unpack_aggregate(payload) for hospital, payload in payloads.items()}
            rules = collaborative.disclosure_rules
            yield version, compute_aggregate(AggregateInput(measure=version.definition, slices=slices, rules=rules))
            continue
        yield (
            version,
            compute_measure(
                MeasureInput(
                    measure=version.definition,
                    form=form,
                    risk_model=model.definition if model else None,
                    slices={hospital: unpack(payload) for hospital, payload in payloads.items()},
                    window_from=release.window_from,
                    window_to=release.window_to,
                    rules=collaborative.disclosure_rules,
                    earlier=earlier_fit(release, version),
                    before=before_of(release, version),
                )
            ),
        )


def _stored(release: Release) -> Iterator[tuple[MeasureVersion, dict[int, bytes]]]:
    rows = SnapshotSlice.objects.filter(snapshot=release.snapshot)
    versions = MeasureVersion.objects.filter(pk__in=rows.values("measure_version")).select_related(
        "measure", "form", "risk_model_version"
    )
    for version in versions.order_by("measure__position", "measure_id"):
        own = rows.filter(measure_version=version).order_by("participation_id")
        yield version, {row.participation_id: row.payload for row in own}


def recompute(release: Release) -> str:
    """Compute a release again from its snapshot; the first difference to what is kept, or nothing."""
    if different := _digest_differs(release):
        return different
    for version, numbers in results_of(release):
        kept = {
            row.participation_id: row for row in SiteResult.objects.filter(release=release, measure_version=version)
        }
        for participation, site in numbers.sites.items():
            if different := _difference(asdict(site), kept[participation], f"{version} of hospital {participation}"):
                return different
        pooled = MeasureResult.objects.get(release=release, measure_version=version)
        if different := _difference(asdict(numbers.pooled), pooled, f"{version} of all hospitals"):
            return different
        fit = ModelFit.objects.filter(release=release, measure_version=version).first()
        if different := _difference(asdict(numbers.fit) if numbers.fit else {}, fit, f"model of {version}"):
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
