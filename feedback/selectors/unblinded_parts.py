"""What the centre sees of a measure beside the comparison: every stratum, and the newest signals of every hospital."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.db.models import F

from feedback.models import PeerDistribution, SiteResult
from feedback.selectors.disclosing_parts import group_name, stratum_label
from feedback.selectors.over_time import cumulative_signal, trend_signal
from feedback.selectors.peers import peers_by_stratum
from feedback.selectors.units import form_of
from feedback.selectors.wording import withheld_sentence
from measures.definition.spec import FormSpec, MeasureKind, MeasureSpec


@dataclass(frozen=True, kw_only=True)
class PartRow:
    """One stratum or group with the exact counts of all its hospitals, and what members see of it."""

    label: str
    hospitals: int
    counts: str
    rate: str
    members: str


def part_rows(results: Sequence[SiteResult], form: FormSpec | None) -> tuple[PartRow, ...]:
    """Strata in the order of the definition, then groups by name; before the release nobody knows what members will see."""
    if not results:
        return ()
    shown = peers_by_stratum(results[0])
    return (*_strata(results, form, shown), *_groups(results, shown))


def _strata(results: Sequence[SiteResult], form: FormSpec | None, shown: dict[str, PeerDistribution]) -> list[PartRow]:
    counts: dict[str, list[Counts]] = {}
    for result in results:
        for entry in result.strata:
            sums = (entry["observed"], entry["denominator"], entry.get("total"), entry["rate"])
            counts.setdefault(entry["stratum"], []).append(sums)
    labels = {name: stratum_label(form, name) if form else name for name in counts}
    spec = results[0].measure_version.definition
    return [_row(labels[name], pairs, shown.get(name), spec) for name, pairs in sorted(counts.items())]


def _groups(results: Sequence[SiteResult], shown: dict[str, PeerDistribution]) -> list[PartRow]:
    groups: dict[str, list[Counts]] = {}
    for result in results:
        if result.comparison_group and result.denominator:
            sums = (result.observed, result.denominator, result.values.get("total"), result.rate)
            groups.setdefault(result.comparison_group, []).append(sums)
    spec = results[0].measure_version.definition
    return [
        _row(f"Similar hospitals: {name}", pairs, shown.get(group_name(name)), spec)
        for name, pairs in sorted(groups.items())
    ]


Counts = tuple[int, int, float | None, float | None]  # events, cases, what the cases add up to, value


def _row(label: str, pairs: list[Counts], peers: PeerDistribution | None, spec: MeasureSpec) -> PartRow:
    observed, cases = (sum(pair[at] or 0 for pair in pairs) for at in (0, 1))
    continuous = spec.kind is MeasureKind.CONTINUOUS
    return PartRow(
        label=label,
        hospitals=len(pairs),
        counts=f"{cases:,} cases" if continuous else f"{observed:,} of {cases:,}",
        rate=_rate(pairs, spec),
        members=_members(peers),
    )


def _rate(pairs: list[Counts], spec: MeasureSpec) -> str:
    """Of all hospitals of the part. Typical values do not add up: the hospital in the middle stands for them."""
    events, cases, total = (sum(pair[at] or 0 for pair in pairs) for at in (0, 1, 2))
    if spec.kind is MeasureKind.CONTINUOUS:
        known = [pair[3] for pair in pairs if pair[3] is not None]
        return form_of(spec).write(median(known)) if known else ""
    whole = total if spec.has_value else cases
    return form_of(spec).write(events / whole) if whole else ""


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


# Read with the results: what tells the newest signals, without the points of any chart.
SIGNALS = {
    "told_chart": F("control__chart"),
    "told_signal": F("control__signal"),
    "told_few": F("control__crossings__few"),
    "told_cases": F("cumulative__cases"),
    "told_signals": F("cumulative__signals"),
}


def signals_of(results: Iterable[Any]) -> dict[int, Signals]:
    """By hospital; of results annotated with SIGNALS."""
    return {
        each.participation_id: Signals(
            trend_signal(each.told_chart, each.told_signal, few_crossings=bool(each.told_few)),
            cumulative_signal(each.told_cases, each.told_signals or []),
            watched=each.told_cases is not None,
        )
        for each in results
    }
