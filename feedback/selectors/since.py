"""What changed since the release before, in words: for a hospital its own results, for the centre how many read differently."""

from dataclasses import dataclass

from django.db.models import Q

from feedback.enums import Reading, ReleaseState
from feedback.models import Release, SiteResult
from feedback.selectors.results import own_hospital
from feedback.selectors.units import form_of
from measures.models import MeasureVersion
from privacy.viewer import Viewer


READINGS = {
    Reading.BETTER: "better than the collaborative",
    Reading.AS_EXPECTED: "within expected variation",
    Reading.WORSE: "worse than the collaborative",
    Reading.TOO_FEW: "too few cases to compare",
}


def own_results(viewer: Viewer, release: Release, slug: str) -> tuple[SiteResult | None, SiteResult | None]:
    """The viewer's hospital in one measure of a release, and in the release before it, in one query."""
    found = SiteResult.objects.filter(
        Q(release=release) | Q(release__state=ReleaseState.SUPERSEDED, release__window_to__lt=release.window_to),
        participation_id=own_hospital(viewer),
        measure_version__measure__slug=slug,
    ).select_related("measure_version__measure", "measure_version__form", "release")
    rows = list(found.order_by("-release__window_to", "-release__released_at")[:2])
    result = next((row for row in rows if row.release_id == release.pk), None)
    return result, next((row for row in rows if row.release_id != release.pk), None)


def sentences_since(before: SiteResult, now: SiteResult) -> tuple[str, ...]:
    """What a hospital's result was in the release before, and what it is now."""
    first = f"{before.release.name}: {before.denominator:,} cases counted; now {now.denominator:,}."
    then, value = _value(before), _value(now)
    form = form_of(now.measure_version.definition)
    if then is not None and value is not None and _alike(before.measure_version, now.measure_version):
        first = f"{before.release.name}: {form.write(then)} of {before.denominator:,} cases; now {form.write(value)} of {now.denominator:,}."
    reading: tuple[str, ...] = ()
    if before.reading != now.reading:
        was, is_now = READINGS[Reading(before.reading)], READINGS[Reading(now.reading)]
        reading = (f"It was {was}, and is {is_now} now.",)
    return (first, *reading, *_definitions(before.measure_version, now.measure_version))


def _alike(before: MeasureVersion, now: MeasureVersion) -> bool:
    """Whether both versions tell the same quantity: a proportion has not become a mean."""
    one, other = before.definition, now.definition
    return (one.kind, one.value_unit, one.per, one.average) == (other.kind, other.value_unit, other.per, other.average)


def _value(result: SiteResult) -> float | None:
    return result.rate if result.adjusted_rate is None else result.adjusted_rate


def _definitions(before: MeasureVersion, now: MeasureVersion) -> list[str]:
    changed = []
    if before.pk != now.pk:
        changed.append(
            f"The definition is v{now.number} now, v{before.number} then: part of the difference may come from it."
        )
    if before.risk_model_version_id != now.risk_model_version_id:
        changed.append("The risk model is another version now.")
    return changed


def release_before(release: Release) -> Release | None:
    """The last release that members saw before this one's window ended."""
    seen = Release.objects.filter(
        collaborative_id=release.collaborative_id,
        state__in=[ReleaseState.RELEASED, ReleaseState.SUPERSEDED],
        window_to__lt=release.window_to,
    )
    return seen.exclude(pk=release.pk).order_by("-window_to", "-released_at").first()


@dataclass(frozen=True, kw_only=True)
class ChangedReading:
    """One hospital and measure that reads differently than in the release before."""

    measure_id: int
    participation_id: int
    was: Reading
    now: Reading


def changed_readings(release: Release, before: Release) -> list[ChangedReading]:
    """Of every hospital and measure that is in both, in the order of the rows."""
    fields = ("measure_version__measure_id", "participation_id", "reading")
    then = {
        (measure, hospital): reading
        for measure, hospital, reading in SiteResult.objects.filter(release=before).values_list(*fields)
    }
    now = SiteResult.objects.filter(release=release).order_by("pk").values_list(*fields)
    return [
        ChangedReading(
            measure_id=measure,
            participation_id=hospital,
            was=Reading(then[measure, hospital]),
            now=Reading(reading),
        )
        for measure, hospital, reading in now
        if then.get((measure, hospital), reading) != reading
    ]
