"""Results of all hospitals together: rounded, without a hospital in sight, for every member and observer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from collaboratives.selectors.places import Place
from feedback.charts import Drawing, Icons, ValueFormat, draw_icons
from feedback.models import PooledResult, Release
from feedback.selectors.home import Aim, aim_of, pooled_before, pooled_form, pooled_spark
from feedback.selectors.pooled_wording import (
    counted_words,
    plain_sentence,
    pooled_sentence,
    rest_words,
    which_is_better,
)
from feedback.selectors.releases import chosen_release, period, release_line
from feedback.selectors.results import quarter_label
from feedback.selectors.statements import Statement, pooled_statement, with_statement
from feedback.selectors.wording import withheld_sentence
from measures.definition.spec import MeasureKind, MeasureSpec
from privacy.roles import Role
from privacy.viewer import Viewer
from ui.parts import Fact


PER_CENT = 0.01
ROUNDING = 1.01  # of two told values, in steps
NOT_SHOWN = "not shown"


@dataclass(frozen=True, kw_only=True)
class PooledRow:
    spec: MeasureSpec
    version: int
    hospitals: str
    value: float | None
    rate: str
    was: str
    withheld: str
    sentence: str
    plain: str
    better: str
    icons: Drawing | None
    spark: Drawing | None
    quarters: tuple[Fact, ...]
    statement: Statement
    form: ValueFormat


@dataclass(frozen=True, kw_only=True)
class PooledPage:
    """`plain`: in plain words, with a hundred marks for every measure, as patient partners read it."""

    plain: bool = False
    line: str = ""
    period: str = ""
    release: Release | None = None
    aim: Aim | None = None
    rows: tuple[PooledRow, ...] = ()


def pooled_page(viewer: Viewer, place: Place, *, release: str = "", words: str = "") -> PooledPage:
    """Of the latest release, or of the one asked for. Anybody may choose the plain words; patient partners begin there."""
    found = chosen_release(viewer, release)
    plain = words == "plain" or (Role.PATIENT_PARTNER in viewer.roles and words != "figures")
    return PooledPage(plain=plain) if found is None else pooled_of(found, place, plain=plain)


def pooled_of(release: Release, place: Place, *, plain: bool) -> PooledPage:
    """The same for the page, for the file that a worker makes, and for programs."""
    found = PooledResult.objects.filter(release=release).select_related("measure_version__measure")
    results = with_statement(found).order_by("measure_version__measure__position", "measure_version_id")
    return PooledPage(
        plain=plain,
        line=release_line(release),
        period=period(release.window_from, release.window_to),
        release=release,
        aim=aim_of(place, release),
        rows=tuple(map(_row, results)),
    )


def _row(result: PooledResult) -> PooledRow:
    spec = result.measure_version.definition
    key, before = f"pooled-{spec.slug.replace('_', '-')}", pooled_before(result)
    noun = result.case_noun or "patients"
    return PooledRow(
        spec=spec,
        version=result.measure_version.number,
        value=result.rate,
        hospitals=result.hospitals_band,
        rate="" if result.rate is None else pooled_form(result).write_peer(result.rate),
        was=before,
        withheld=withheld_sentence(result.withheld),
        sentence=pooled_sentence(spec, noun, result.rate, before, step=result.step),
        plain=plain_sentence(spec, noun, result.rate, step=result.step),
        better=which_is_better(spec),
        icons=_icons(result, spec, noun, f"of-100-{key}"),
        spark=pooled_spark(result, key, f"{spec.short_name} by quarter, all hospitals") if _moves(result) else None,
        quarters=tuple(_quarter(point, pooled_form(result)) for point in result.trend)
        if result.rate is not None
        else (),
        statement=pooled_statement(result),
        form=pooled_form(result),
    )


def _icons(result: PooledResult, spec: MeasureSpec, noun: str, key: str) -> Drawing | None:
    if result.rate is None or spec.kind is not MeasureKind.PROPORTION:
        return None
    title = f"{spec.short_name}, of 100 {noun}"
    full = round(100 * result.rate)
    return draw_icons(Icons(key=key, title=title, full=full, counted=counted_words(spec), rest=rest_words(spec)))


def _quarter(point: Mapping[str, Any], form: ValueFormat) -> Fact:
    """One quarter, as its picture draws it."""
    told = NOT_SHOWN if point["rate"] is None else form.write_peer(point["rate"])
    return Fact(quarter_label(point["quarter"]), told)


def _moves(result: PooledResult) -> bool:
    """Whether the quarters differ by more than rounding makes them; a line of rounding errors would mislead."""
    rates = [float(point["rate"]) for point in result.trend if point["rate"] is not None]
    return bool(rates) and max(rates) - min(rates) > ROUNDING * (result.step or PER_CENT)
