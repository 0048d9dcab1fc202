"""What the centre sees of a measure beside the comparison: every stratum, and one named hospital over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from feedback.charts import Drawing
from feedback.models import PeerDistribution, Release, SiteResult
from feedback.selectors.disclosing_parts import group_name, stratum_label
from feedback.selectors.over_time import (
    CumulativePart,
    cumulative_of,
    cumulative_signal,
    reading_of,
    trend_of,
    trend_signal,
)
from feedback.selectors.reading_aids import trend_aid
from feedback.selectors.wording import percent, withheld_sentence
from measures.definition.spec import FormSpec, MeasureSpec
from measures.models import MeasureVersion


@dataclass(frozen=True, kw_only=True)
class PartRow:
    """One stratum or group with the exact counts of all its hospitals, and what members see of it."""

    label: str
    hospitals: int
    counts: str
    rate: str
    members: str


@dataclass(frozen=True, kw_only=True)
class HospitalTime:
    """One hospital by name over time."""

    name: str
    trend: Drawing | None
    trend_aid: str
    reading: tuple[str, ...]
    cumulative: CumulativePart | None


def part_rows(results: Sequence[SiteResult], form: FormSpec | None) -> tuple[PartRow, ...]:
    """Strata in the order of the definition, then groups by name; before the release nobody knows what members will see."""
    if not results:
        return ()
    first = results[0]
    shown = {
        row.stratum: row
        for row in PeerDistribution.objects.filter(release=first.release_id, measure_version=first.measure_version_id)
    }
    return (*_strata(results, form, shown), *_groups(results, shown))


def _strata(results: Sequence[SiteResult], form: FormSpec | None, shown: dict[str, PeerDistribution]) -> list[PartRow]:
    counts: dict[str, list[tuple[int, int]]] = {}
    for result in results:
        for entry in result.strata:
            counts.setdefault(entry["stratum"], []).append((entry["observed"], entry["denominator"]))
    labels = {name: stratum_label(form, name) if form else name for name in counts}
    return [_row(labels[name], pairs, shown.get(name)) for name, pairs in sorted(counts.items())]


def _groups(results: Sequence[SiteResult], shown: dict[str, PeerDistribution]) -> list[PartRow]:
    groups: dict[str, list[tuple[int, int]]] = {}
    for result in results:
        if result.comparison_group and result.denominator:
            groups.setdefault(result.comparison_group, []).append((result.observed, result.denominator))
    return [
        _row(f"Similar hospitals: {name}", pairs, shown.get(group_name(name))) for name, pairs in sorted(groups.items())
    ]


def _row(label: str, pairs: list[tuple[int, int]], peers: PeerDistribution | None) -> PartRow:
    observed, cases = (sum(column) for column in zip(*pairs, strict=True))
    return PartRow(
        label=label,
        hospitals=len(pairs),
        counts=f"{observed:,} of {cases:,}",
        rate=percent(observed / cases) if cases else "",
        members=_members(peers),
    )


def _members(peers: PeerDistribution | None) -> str:
    if peers is None:
        return "not released yet"
    return withheld_sentence(peers.withheld) if peers.withheld else f"{len(peers.values)} blinded points"


@dataclass(frozen=True)
class Signals:
    """The newest special cause of a hospital's trend and signal of its CUSUM, in a few words."""

    trend: str = ""
    cumulative: str = ""
    watched: bool = False


NO_SIGNALS = Signals()


def signals_of(release: Release, version: MeasureVersion) -> dict[int, Signals]:
    """By hospital, without the points of any chart."""
    rows = SiteResult.objects.filter(release=release, measure_version=version).values_list(
        "participation_id",
        "control__chart",
        "control__signal",
        "control__crossings__few",
        "cumulative__cases",
        "cumulative__signals",
    )
    return {
        hospital: Signals(
            trend_signal(chart, signal, few_crossings=bool(few)),
            cumulative_signal(cases, signals or []),
            watched=cases is not None,
        )
        for hospital, chart, signal, few, cases, signals in rows
    }


def hospital_time(results: Sequence[SiteResult], asked: str, spec: MeasureSpec) -> HospitalTime | None:
    """The hospital asked for; what is unknown means none."""
    try:
        wanted = UUID(asked)
    except ValueError:
        return None
    result = next((each for each in results if each.participation.public_id == wanted), None)
    if result is None:
        return None
    name = result.participation.site.name
    return HospitalTime(
        name=name,
        trend=trend_of(result, spec, hospital=name),
        trend_aid=trend_aid(result, name),
        reading=reading_of(result.control),
        cumulative=cumulative_of(result, spec),
    )
