"""The cases behind a number, from the frozen slice: what is listed is exactly what was counted."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from urllib.parse import urlencode

from django.urls import reverse

from cases.models import Case
from feedback.enums import Outcome
from feedback.models import SiteResult, SnapshotSlice
from feedback.selectors.results import own_hospital
from feedback.selectors.slices import Slice, SliceRow, unpack
from feedback.selectors.units import case_value
from measures.definition.spec import Direction, FormSpec, MeasureKind, MeasureSpec
from privacy.viewer import Viewer
from ui.addresses import Addresses
from ui.parts import Pages, Tab


PER_PAGE = 50
ALL = "all"


@dataclass(frozen=True, kw_only=True)
class CaseLine:
    public_id: str
    case_number: str
    event_date: date
    outcome: str
    why: str
    url: str
    value: str = ""


@dataclass(frozen=True, kw_only=True)
class CasesPart:
    outcome: str
    lines: tuple[CaseLine, ...]
    filters: tuple[Tab, ...]
    pages: Pages
    numerator: str
    event_date_label: str
    shows_why: bool  # what counted, or could have and did not, needs no reason
    shows_value: bool


def cases_part(viewer: Viewer, result: SiteResult, form: FormSpec, outcome: str, sheet: tuple[int, int]) -> CasesPart:
    """One page of the cases with this outcome; at first those there is something to learn from.

    `sheet` is the number of the page and how many cases it has.
    """
    page, per_page = sheet
    spec = result.measure_version.definition
    continuous = spec.kind is MeasureKind.CONTINUOUS  # whose cases all count by their value
    first = Outcome.MET if continuous or spec.direction is Direction.LOWER else Outcome.NOT_MET
    asked = outcome if outcome in {ALL, *Outcome.values} else first.value
    frozen = _frozen(result)
    places = frozen.places(list(Outcome) if asked == ALL else [Outcome(asked)])
    if continuous:  # the farthest from where they should be first
        places.sort(key=partial(_far, frozen, _way(spec)))
    number = min(max(1, page), max(1, -(-len(places) // per_page)))
    shown = [frozen.row(at) for at in places[(number - 1) * per_page : number * per_page]]
    return CasesPart(
        outcome=asked,
        lines=tuple(_lines(viewer, result, shown, form)),
        filters=_filters(viewer, result, asked),
        pages=Pages(number=number, total=len(places), per_page=per_page),
        numerator="" if continuous else spec.unit_noun,
        event_date_label=form.variable(form.event_date).label,
        shows_why=asked not in {Outcome.MET, Outcome.NOT_MET},
        shows_value=spec.has_value,
    )


def _way(spec: MeasureSpec) -> int:
    return -1 if spec.direction is Direction.LOWER else 1


def _far(frozen: Slice, way: int, at: int) -> float:
    value = frozen.value(at)
    return math.inf if value is None else value * way


def _frozen(result: SiteResult) -> Slice:
    found = SnapshotSlice.objects.filter(
        snapshot_id=result.release.snapshot_id or 0,
        participation_id=result.participation_id,
        measure_version=result.measure_version,
    )
    payload = found.values_list("payload", flat=True).first()
    return unpack(payload) if payload else Slice()


def _lines(viewer: Viewer, result: SiteResult, rows: Sequence[SliceRow], form: FormSpec) -> list[CaseLine]:
    found = Case.objects.filter(participation_id=own_hospital(viewer)).only("public_id", "case_number", "event_date")
    cases = found.in_bulk([row.case_id for row in rows])
    reasons = {entry["name"]: entry["label"] for entry in result.flow}
    spec = result.measure_version.definition
    address = Addresses("cases:case-detail", viewer.collaborative_slug)
    return [
        CaseLine(
            public_id=cases[row.case_id].public_id,
            case_number=cases[row.case_id].case_number,
            event_date=cases[row.case_id].event_date,
            outcome=outcome_label(spec, row.outcome),
            why=_why(row, reasons, form),
            value="" if row.value is None else case_value(spec, row.value),
            url=address(cases[row.case_id].public_id),
        )
        for row in rows
        if row.case_id in cases
    ]


def outcome_label(spec: MeasureSpec, outcome: Outcome) -> str:
    """What has no numerator is neither met nor not met: it counts by its value."""
    return "Counted" if spec.kind is MeasureKind.CONTINUOUS and outcome is Outcome.MET else str(outcome.label)


def _why(row: SliceRow, reasons: dict[str, str], form: FormSpec) -> str:
    if row.outcome is Outcome.EXCLUDED:
        return reasons.get(row.reason, row.reason)
    labels = [form.variable(name).label if name in form.by_name else name for name in row.missing]
    return f"Missing: {', '.join(labels)}" if labels else ""


def _filters(viewer: Viewer, result: SiteResult, asked: str) -> tuple[Tab, ...]:
    spec = result.measure_version.definition
    counts = {
        Outcome.MET: result.observed,
        Outcome.NOT_MET: result.denominator - result.observed,
        Outcome.EXCLUDED: result.excluded,
        Outcome.CANNOT_TELL: result.cannot_tell,
    }
    address = reverse(
        "feedback:measure-detail", args=[viewer.collaborative_slug, result.measure_version.definition.slug]
    )
    if spec.kind is MeasureKind.CONTINUOUS:
        del counts[Outcome.NOT_MET]
    named = [(each.value, outcome_label(spec, each), count) for each, count in counts.items()]
    named.append((ALL, "All", result.cases))
    kept = {"view": "cases", "release": str(result.release.public_id)}
    return tuple(
        Tab(label, f"{address}?{urlencode({**kept, 'outcome': value})}", f"{count:,}", current=value == asked)
        for value, label, count in named
    )
