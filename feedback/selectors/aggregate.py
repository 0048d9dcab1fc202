"""Supplied figures as pages show them: the centre those of every hospital, a hospital its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from feedback.models import AggregateFigure, FigureUpload
from feedback.selectors.aggregate_slices import period_name
from feedback.selectors.wording import percent
from measures.definition.spec import Figures, MeasureSpec
from measures.models import Measure, MeasureVersion
from measures.selectors.definitions import PUBLISHED
from privacy.roles import Permission
from privacy.viewer import Viewer, require


# Names for views, which may hold rows but not look them up.
ViewedFigures: TypeAlias = FigureUpload
SuppliedOf: TypeAlias = Measure
MOST_SHOWN = 60  # rows of a preview


def current_figures(collaborative_id: int, measure_id: int) -> list[AggregateFigure]:
    """The figure that counts of each hospital and period; figures that were taken back (0 of 0) do not."""
    found = AggregateFigure.objects.filter(collaborative_id=collaborative_id, measure_id=measure_id)
    return [each for each in newest(found) if each.denominator]


def newest(found: QuerySet[AggregateFigure]) -> list[AggregateFigure]:
    """Of each hospital and period the row that came last, taken back or not."""
    keys = ("participation_id", "first_day", "last_day")
    return list(found.order_by(*keys, "-id").distinct(*keys))


def aggregate_version(viewer: Viewer, slug: str) -> MeasureVersion:
    """The version in force of an aggregate measure, else 404."""
    versions = MeasureVersion.objects.filter(
        PUBLISHED, collaborative_id=viewer.collaborative_id, measure__slug=slug, form=None
    )
    version = versions.select_related("measure").first()
    if version is None:
        raise Http404("There is no such measure whose figures are supplied.")
    return version


def figures_asked(spec: MeasureSpec) -> Figures:
    """What is supplied of an aggregate measure; its definition was checked when it was published."""
    return spec.figures or Figures(numerator="Numerator", denominator="Denominator")


@dataclass(frozen=True, kw_only=True)
class SuppliedMeasure:
    spec: MeasureSpec
    hospitals: int
    periods: str
    supplied_on: date | None


def aggregate_measures(viewer: Viewer) -> tuple[SuppliedMeasure, ...]:
    """Every measure in force whose figures are supplied, and how far they go."""
    require(viewer, Permission.FIGURES_SUPPLY)
    found = MeasureVersion.objects.filter(PUBLISHED, collaborative_id=viewer.collaborative_id, form=None)
    return tuple(
        _supplied(version, current_figures(version.collaborative_id, version.measure_id))
        for version in found.select_related("measure").order_by("measure__position", "measure_id")
    )


def _supplied(version: MeasureVersion, figures: Sequence[AggregateFigure]) -> SuppliedMeasure:
    periods = [name for _, name in sorted({(each.first_day, name_of(each)) for each in figures})]
    return SuppliedMeasure(
        spec=version.definition,
        hospitals=len({each.participation_id for each in figures}),
        periods=f"{periods[0]} to {periods[-1]}" if len(periods) > 1 else "".join(periods),
        supplied_on=max((each.supplied_on for each in figures), default=None),
    )


def name_of(figure: AggregateFigure) -> str:
    return period_name(figure.first_day, figure.last_day)


@dataclass(frozen=True, kw_only=True)
class FigureLine:
    """One figure in words. `earlier` are the values it replaced, the newest first."""

    hospital: str
    period: str
    numerator: str
    denominator: str
    rate: str
    expected: str
    source: str
    supplied_on: date
    earlier: tuple[str, ...] = ()
    taken_back: bool = False


@dataclass(frozen=True, kw_only=True)
class FiguresPage:
    """The figures of one measure for the centre, with every file that there was."""

    spec: MeasureSpec
    asked: Figures
    lines: tuple[FigureLine, ...]
    uploads: tuple[FigureUpload, ...]


def figures_page(viewer: Viewer, slug: str) -> FiguresPage:
    require(viewer, Permission.FIGURES_SUPPLY)
    version = aggregate_version(viewer, slug)
    found = AggregateFigure.objects.filter(collaborative_id=viewer.collaborative_id, measure=version.measure)
    rows = found.select_related("participation__site", "upload__uploaded_by")
    uploads = FigureUpload.objects.filter(collaborative_id=viewer.collaborative_id, measure=version.measure)
    return FiguresPage(
        spec=version.definition,
        asked=figures_asked(version.definition),
        lines=tuple(_lines(rows.order_by("participation__site__name", "participation_id", "first_day", "-id"))),
        uploads=tuple(uploads.select_related("uploaded_by", "decided_by").order_by("-id")[:MOST_SHOWN]),
    )


def _lines(rows: Iterable[AggregateFigure]) -> Iterable[FigureLine]:
    found: dict[tuple[int, date, date], list[AggregateFigure]] = {}
    for row in rows:
        found.setdefault((row.participation_id, row.first_day, row.last_day), []).append(row)
    for newest_first in found.values():
        now, *before = newest_first
        yield line_of(now, now.participation.site.name, tuple(_before(each) for each in before))


def _before(figure: AggregateFigure) -> str:
    who = figure.upload.uploaded_by.full_name
    return f"{in_words(figure)} until then, supplied by {who} on {figure.supplied_on:%-d %b %Y}"


def in_words(figure: AggregateFigure) -> str:
    """12 of 300, 14.2 expected."""
    expected = "" if figure.expected is None else f", {figure.expected:,.1f} expected"
    return f"{figure.numerator:,} of {figure.denominator:,}{expected}"


def line_of(figure: AggregateFigure, hospital: str = "", earlier: tuple[str, ...] = ()) -> FigureLine:
    return FigureLine(
        hospital=hospital,
        period=name_of(figure),
        numerator=f"{figure.numerator:,}",
        denominator=f"{figure.denominator:,}",
        rate=percent(figure.numerator / figure.denominator) if figure.denominator else "",
        expected="" if figure.expected is None else f"{figure.expected:,.1f}",
        source=figure.source,
        supplied_on=figure.supplied_on,
        earlier=earlier,
        taken_back=not figure.denominator,
    )


def upload_for(viewer: Viewer, public_id: UUID) -> ViewedFigures | None:
    require(viewer, Permission.FIGURES_SUPPLY)
    found = FigureUpload.objects.filter(collaborative_id=viewer.collaborative_id, public_id=public_id)
    return found.select_related("measure", "uploaded_by", "decided_by").first()


def own_figures(viewer: Viewer, measure_id: int) -> tuple[AggregateFigure, ...]:
    """What counts of the viewer's own hospital today, oldest period first."""
    found = AggregateFigure.objects.filter(participation_id=viewer.participation_id or 0, measure_id=measure_id)
    return tuple(each for each in newest(found) if each.denominator)
