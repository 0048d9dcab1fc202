"""The worker splits the cases behind every number of a hospital, right after a release is computed.

From the frozen slices, so that the parts add up to the number; the answers by which they are split are those of that
moment. Nobody reads it before the release is in force, and nobody but the hospital ever does.
"""

from collections.abc import Mapping, Sequence

from cases.models import Case
from cases.services.progress import Progress
from collaboratives.models import Collaborative
from collaboratives.selectors.places import worker_viewer
from events.models import Job
from events.services import queue_job
from feedback.enums import ReleaseState
from feedback.models import Release, SnapshotSlice
from feedback.reviews.models import OwnBreakdown
from feedback.selectors.slices import OUTCOMES, unpack
from feedback.services.numbers.breakdown import Splitter, split, split_values
from feedback.services.numbers.scales import counted_places, sample_of
from feedback.services.numbers.values import Json
from measures.definition.spec import IdentifierClass, VariableSpec, VariableType
from measures.models import MeasureVersion
from measures.selectors.definitions import counted_form


SPLITTING = "splitting"
Answers = Mapping[int, Mapping[str, str | None]]


def ask_for_breakdowns(job: Job) -> None:
    """After the job that computed a release: nothing where it was refused."""
    release = Release.objects.get(pk=job.subject_id)
    if release.state == ReleaseState.DRAFT:
        worker = worker_viewer(Collaborative.objects.get(pk=release.collaborative_id))
        queue_job("reviews.break_down", title=f"Own breakdowns of {release.name}", subject=release, by=worker)


def break_down(job: Job) -> None:
    """Job: every measure of the release for every hospital. Safe to run again."""
    release = Release.objects.get(pk=job.subject_id)
    frozen = SnapshotSlice.objects.filter(snapshot_id=release.snapshot_id or 0, measure_version__form__isnull=False)
    hospitals = sorted(frozen.order_by().values_list("participation_id", flat=True).distinct())
    versions = _versions(list(frozen.order_by().values_list("measure_version_id", flat=True).distinct()))
    progress = Progress(job.public_id, SPLITTING)
    for done, hospital in enumerate(hospitals, start=1):
        _of_hospital(release, hospital, versions)
        progress.tell(done, len(hospitals))


def _versions(keys: Sequence[int]) -> dict[int, tuple[MeasureVersion, tuple[Splitter, ...]]]:
    found = MeasureVersion.objects.filter(pk__in=keys).select_related("form", "measure")
    return {each.pk: (each, splitters(each)) for each in found}


def splitters(version: MeasureVersion) -> tuple[Splitter, ...]:
    """Codes of the hospital's own (clinician, unit) first, then the strata of the measure."""
    form = counted_form(version)
    own = [each for each in form.variables if _is_own_code(each)]
    named = version.definition.stratifiers
    strata = [form.variable(name) for name in named if name in form.by_name and _labels(form.variable(name))]
    return tuple(Splitter(variable=each.name, label=each.label, labels=_labels(each)) for each in (*own, *strata))


def _is_own_code(variable: VariableSpec) -> bool:
    """A text that the form declares to be a reference of the hospital's own: who operated, on which unit."""
    return variable.type is VariableType.TEXT and variable.identifier is IdentifierClass.LOCAL_REFERENCE


def _labels(variable: VariableSpec) -> dict[str, str]:
    if variable.type is VariableType.ONE_OF:
        return {code.value: code.label for code in variable.codes}
    return {"True": "Yes", "False": "No"} if variable.type is VariableType.YES_NO else {}


def _of_hospital(
    release: Release, hospital: int, versions: Mapping[int, tuple[MeasureVersion, tuple[Splitter, ...]]]
) -> None:
    names = sorted({by.variable for _, chosen in versions.values() for by in chosen})
    answers = _answers(release, hospital, names)
    rows = [
        OwnBreakdown(
            collaborative_id=release.collaborative_id,
            participation_id=hospital,
            release=release,
            measure_version_id=version,
            splits=_splits(*versions[version], payload, answers),
        )
        for version, payload in SnapshotSlice.objects.filter(
            snapshot_id=release.snapshot_id or 0, participation_id=hospital, measure_version__in=list(versions)
        ).values_list("measure_version_id", "payload")
    ]
    OwnBreakdown.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["participation", "release", "measure_version"],
        update_fields=["splits", "computed_at"],
    )


def _answers(release: Release, hospital: int, names: Sequence[str]) -> Answers:
    window = {"event_date__gte": release.window_from, "event_date__lte": release.window_to}
    found = Case.objects.filter(participation_id=hospital, **window) if names else Case.objects.none()
    rows = found.values_list("pk", *(f"answers__{name}" for name in names)).iterator(chunk_size=5000)
    return {key: dict(zip(names, map(_text, values), strict=True)) for key, *values in rows}


def _text(value: object) -> str | None:
    return None if value is None else str(value).strip()


def _splits(
    version: MeasureVersion, chosen: Sequence[Splitter], payload: bytes | memoryview, answers: Answers
) -> list[Json]:
    if not chosen:
        return []
    columns, nothing = unpack(payload), dict[str, str | None]()
    if (measure := version.definition).has_value:
        sample = sample_of(columns, measure)
        counted = [answers.get(columns.cases[place], nothing) for place in counted_places(columns).tolist()]
        return [split_values(by, measure, sample, [given.get(by.variable) for given in counted]) for by in chosen]
    rows = [
        (OUTCOMES[letter], answers.get(case, nothing))
        for case, letter in zip(columns.cases, columns.outcomes, strict=True)
    ]
    return [split(by, ((outcome, given.get(by.variable)) for outcome, given in rows)) for by in chosen]
