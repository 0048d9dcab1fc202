"""Results of all hospitals together: rounded, without a hospital in sight, for every member and observer."""

from dataclasses import dataclass

from collaboratives.selectors.places import Place
from feedback.charts import Drawing
from feedback.models import PooledResult
from feedback.selectors.home import Aim, aim_of, pooled_before, pooled_spark
from feedback.selectors.releases import latest_release, release_line
from feedback.selectors.statements import Statement, pooled_statement, with_statement
from feedback.selectors.wording import percent, withheld_sentence
from measures.definition.spec import MeasureSpec
from privacy.viewer import Viewer


ROUNDING = 0.0101  # of two rates in whole percents


@dataclass(frozen=True, kw_only=True)
class PooledRow:
    spec: MeasureSpec
    hospitals: str
    rate: str
    was: str
    withheld: str
    spark: Drawing | None
    statement: Statement


@dataclass(frozen=True, kw_only=True)
class PooledPage:
    line: str = ""
    aim: Aim | None = None
    rows: tuple[PooledRow, ...] = ()


def pooled_page(viewer: Viewer, place: Place) -> PooledPage:
    release = latest_release(viewer)
    if release is None:
        return PooledPage()
    found = PooledResult.objects.filter(release=release).select_related("measure_version__measure")
    results = with_statement(found).order_by("measure_version__measure__position", "measure_version_id")
    rows = tuple(map(_row, results))
    return PooledPage(line=release_line(release), aim=aim_of(place, release), rows=rows)


def _row(result: PooledResult) -> PooledRow:
    spec = result.measure_version.definition
    key = f"pooled-{spec.slug.replace('_', '-')}"
    return PooledRow(
        spec=spec,
        hospitals=result.hospitals_band,
        rate=percent(result.rate, 0),
        was=pooled_before(result),
        withheld=withheld_sentence(result.withheld),
        spark=pooled_spark(result, key, f"{spec.short_name} by quarter, all hospitals") if _moves(result) else None,
        statement=pooled_statement(result),
    )


def _moves(result: PooledResult) -> bool:
    """Whether the quarters differ by more than rounding makes them; a line of rounding errors would mislead."""
    rates = [float(point["rate"]) for point in result.trend if point["rate"] is not None]
    return bool(rates) and max(rates) - min(rates) > ROUNDING
