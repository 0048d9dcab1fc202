"""What was supplied of a hospital, on its own page of a measure: what the release counted, and what came since."""

from dataclasses import dataclass
from datetime import date

from feedback.models import AggregateFigure, Release, SiteResult, SnapshotSlice
from feedback.selectors.aggregate import FigureLine, figures_asked, line_of, own_figures
from feedback.selectors.aggregate_slices import AggregateSlice, Supplied, unpack_aggregate
from feedback.selectors.statements import NOT_SUPPLIED, Statement, supplied_of, supplied_words
from measures.definition.spec import Figures
from measures.models import MeasureVersion
from privacy.viewer import Viewer
from ui.parts import Fact


@dataclass(frozen=True, kw_only=True)
class SuppliedPart:
    """`lines` are what the release counted, or what there is before the first one; `since` what came or changed later."""

    asked: Figures
    lines: tuple[FigureLine, ...]
    released: bool
    partly: tuple[str, ...] = ()
    since: tuple[FigureLine, ...] = ()

    @property
    def statement(self) -> Statement:
        """Where the figures of today come from, before there is a release that says it."""
        words = supplied_of([(line.source, line.supplied_on) for line in self.lines])
        return Statement(parts=supplied_words(*words))


def supplied_part(viewer: Viewer, result: SiteResult | None, version: MeasureVersion) -> SuppliedPart:
    """Of the viewer's own hospital."""
    today = own_figures(viewer, version.measure_id)
    asked = figures_asked(version.definition)
    if result is None:
        return SuppliedPart(asked=asked, lines=tuple(line_of(each) for each in today), released=False)
    frozen = frozen_figures(result)
    return SuppliedPart(
        asked=asked,
        lines=tuple(line_of(_as_figure(each)) for each in frozen.figures),
        released=True,
        partly=tuple(each.period for each in frozen.partly),
        since=tuple(line_of(each) for each in today if _is_new(each, result.release, frozen)),
    )


def frozen_figures(result: SiteResult) -> AggregateSlice:
    """What a result was computed from."""
    found = SnapshotSlice.objects.filter(
        snapshot_id=result.release.snapshot_id or 0,
        participation_id=result.participation_id,
        measure_version=result.measure_version_id,
    )
    payload = found.values_list("payload", flat=True).first()
    return unpack_aggregate(payload) if payload else AggregateSlice()


def _as_figure(supplied: Supplied) -> AggregateFigure:
    return AggregateFigure(
        first_day=date.fromisoformat(supplied.first_day),
        last_day=date.fromisoformat(supplied.last_day),
        numerator=supplied.numerator,
        denominator=supplied.denominator,
        expected=supplied.expected,
        source=supplied.source,
        supplied_on=date.fromisoformat(supplied.supplied_on),
    )


def _is_new(figure: AggregateFigure, release: Release, frozen: AggregateSlice) -> bool:
    """Not what the release had: changed since, or of a later period."""
    known = {
        (each.first_day, each.last_day, each.numerator, each.denominator, each.expected)
        for each in (*frozen.figures, *frozen.history, *frozen.partly)
    }
    days = figure.first_day.isoformat(), figure.last_day.isoformat()
    earlier = figure.last_day < release.window_from
    return not earlier and (*days, figure.numerator, figure.denominator, figure.expected) not in known


def supplied_facts(result: SiteResult, part: SuppliedPart) -> tuple[Fact, ...]:
    """In the place of the case flow: whence, when, and which periods count."""
    source, day = supplied_of([(line.source, line.supplied_on) for line in part.lines])
    periods = ", ".join(line.period for line in part.lines)
    facts = [
        Fact("Figures supplied by", "the coordinating centre"),
        Fact("Where they come from", source if day else NOT_SUPPLIED),
        Fact("Supplied", f"{day:%-d %b %Y}" if day else "not for this period"),
        Fact("Periods that count", periods or "none"),
    ]
    if part.partly:
        facts.append(Fact("Only in part within the window", ", ".join(part.partly), "not counted"))
    return (*facts, Fact("Data closed", f"{result.release.created_at:%-d %b %Y}"))
