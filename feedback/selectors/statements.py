"""The data-quality statement that stands beside every number, as whoever looks may see it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import BoolOr, JSONBAgg
from django.db.models import BigIntegerField, Count, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import JSONObject
from django.urls import reverse

from cases.quality.definition.figures import Figures, statement
from cases.quality.selectors.reading import add_up, figures_of, figures_of_year
from collaboratives.selectors.kept import Given, Kept
from feedback.models import DataQualityStatement, PooledResult, PooledStatement, Release
from privacy.roles import Permission
from privacy.viewer import Viewer


COUNTS = (
    "cases",
    "complete",
    "locked",
    "required",
    "known",
    "due",
    "on_time",
    "eligible",
    "captured",
    "compared",
    "agreeing",
    "audited_on",
    "open_queries",
)
# Share, what is said of it, and what where it is not known or would tell about one hospital.
POOLED = (
    ("completeness", "Completeness {}", "Completeness not shown"),
    ("timeliness", "complete by the due date {}", "complete by the due date not shown"),
    ("capture", "case capture {}", "case capture not known of enough hospitals"),
    ("agreement", "last audits {} agreement", "too few hospitals audited"),
    ("queried", "open queries about {} of the cases", "open queries not shown"),
    ("locked", "{} of cases locked", "locked cases not shown"),
)
SHARES = tuple(name for name, *_ in POOLED)
KEPT = (*SHARES, "source", "supplied_on")
ALL = "Data quality, all hospitals"
SUPPLIED = "Figures supplied by the coordinating centre"
NOT_SUPPLIED = "No figures supplied"
LONGEST_SOURCE = 200
NOT_KEPT = "Not kept with this release, which is older than the statement"
WITHHELD = "Not shown: too few hospitals to tell it without telling about one of them"


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One compact block, the same wherever a number stands."""

    parts: tuple[str, ...]
    whose: str = "Data quality"
    url: str = ""

    @property
    def text(self) -> str:
        return " · ".join(self.parts)


def said_by_all(statements: Sequence[Statement]) -> Statement | None:
    """The parts that several measures share, so that a table tells them once. Supplied figures are a kind of their own."""
    found = [each for each in statements if not each.parts[0].startswith(SUPPLIED)]
    if len(found) < 2:
        return None
    first = found[0]
    parts = tuple(part for part in first.parts if all(part in each.parts for each in found))
    return Statement(parts=parts, whose=first.whose, url=first.url) if parts else None


def besides(statement: Statement, common: Statement | None) -> Statement:
    """What is left to say; everything, where it does not say what the others share."""
    if common is None or not set(common.parts) <= set(statement.parts):
        return statement
    return Statement(parts=tuple(part for part in statement.parts if part not in common.parts), whose=statement.whose)


def own_statements(viewer: Viewer, release: Release) -> Mapping[int, Statement]:
    """By measure version, of the viewer's own hospital."""
    return statements_of(release, viewer.participation_id or 0, url=quality_url(viewer))


def statements_of(release: Release | int, hospital: int, *, url: str = "") -> Mapping[int, Statement]:
    """By measure version, of one hospital."""
    found = DataQualityStatement.objects.filter(release=release, participation_id=hospital)
    return {row.measure_version_id: _of_hospital(row, url) for row in found}


def _of_hospital(row: DataQualityStatement, url: str = "") -> Statement:
    """Supplied figures have no cases whose quality could be told: what is known is where they come from, and when."""
    if row.source:
        return Statement(parts=supplied_words(row.source, row.supplied_on))
    return Statement(parts=statement(_counts(row)), url=url)


def supplied_words(source: str, day: date | None) -> tuple[str, ...]:
    return (SUPPLIED, source, f"{day:%-d %b %Y}") if day else (source,)


def statement_of(statements: Mapping[int, Statement], version: int) -> Statement:
    return statements.get(version, Statement(parts=(NOT_KEPT,)))


def with_statement(results: QuerySet[PooledResult]) -> QuerySet[PooledResult]:
    """Pooled results with the shares of their statements, in one query."""
    kept = PooledStatement.objects.filter(release=OuterRef("release"), measure_version=OuterRef("measure_version"))
    return results.annotate(quality=Subquery(kept.values(shares=JSONObject(**{name: name for name in KEPT}))))


def pooled_statement(result: PooledResult) -> Statement:
    """Of all hospitals together, for every member and observer."""
    shares: Mapping[str, Any] | None = result.quality  # type: ignore[attr-defined]  # annotated above
    return Statement(parts=(NOT_KEPT,) if shares is None else _pooled_words(shares), whose=ALL)


def model_statement(release: Release, version: int) -> Statement:
    """Of the model's measure, for members: pooled."""
    row = PooledStatement.objects.filter(release=release, measure_version=version).values(*KEPT).first()
    return Statement(parts=(NOT_KEPT,) if row is None else _pooled_words(row), whose=ALL)


def centre_statements(viewer: Viewer, release: Release, version: int | None = None) -> Mapping[int, Statement]:
    """By measure version (all, or this one), the exact sums of all hospitals, for the coordinating centre."""
    url = quality_url(viewer)
    rows = _SUMS_OF_ONE.read(release=release.pk, version=version) if version else _SUMS.read(release=release.pk)
    return {row["measure_version_id"]: _of_all(row, url) for row in rows}


def _sums(**of: Any) -> "QuerySet[Any, Any]":  # noqa: ANN401 -- `Given` keys
    figures = JSONBAgg(JSONObject(source="source", day="supplied_on"), filter=Q(supplied_on__isnull=False))
    sums = {f"all_{name}": Max(name) if name == "audited_on" else Sum(name) for name in COUNTS}
    found = DataQualityStatement.objects.filter(release_id=RELEASE, **of).order_by().values("measure_version_id")
    supplied = BoolOr(~Q(source=""), default=False)
    return found.annotate(**sums, hospitals=Count("pk"), figures=figures, supplied=supplied)


RELEASE: Any = Given("release", BigIntegerField())
VERSION: Any = Given("version", BigIntegerField())
_SUMS: Kept[dict[str, Any]] = Kept(_sums)
_SUMS_OF_ONE: Kept[dict[str, Any]] = Kept(lambda: _sums(measure_version_id=VERSION))


def _of_all(row: Mapping[str, Any], url: str) -> Statement:
    if not row["supplied"]:
        counts = Figures(**{name: row[f"all_{name}"] for name in COUNTS})
        return Statement(parts=statement(counts), whose=ALL, url=url)
    figures = [(each["source"], _day(each["day"])) for each in row["figures"] or ()]
    return _supplied_by_all(figures, row["hospitals"])


def _supplied_by_all(figures: Sequence[tuple[str, date | None]], hospitals: int) -> Statement:
    words = supplied_words(*supplied_of(figures))
    return Statement(parts=(*words, f"of {len(figures):,} of {hospitals:,} hospitals"), whose=ALL)


def supplied_of(found: Iterable[tuple[str, date | None]]) -> tuple[str, date | None]:
    """The sources of several figures, and the day of the last of them."""
    figures = [(source, day) for source, day in found if day is not None]
    sources = list(dict.fromkeys(source for source, _ in figures))
    last = max((day for _, day in figures), default=None)
    return ("; ".join(sources)[:LONGEST_SOURCE] or NOT_SUPPLIED), last


def hospital_statements(release: int, version: int, *, url: str = "") -> tuple[Mapping[int, Statement], Statement]:
    """By hospital, and of all of them together, for the centre's audited page."""
    rows = list(DataQualityStatement.objects.filter(release=release, measure_version=version))
    each = {row.participation_id: _of_hospital(row) for row in rows}
    if not rows:
        return each, Statement(parts=(NOT_KEPT,))
    if any(row.source for row in rows):
        return each, _supplied_by_all([(row.source, row.supplied_on) for row in rows if row.supplied_on], len(rows))
    together = statement(add_up([_counts(row) for row in rows]))
    return each, Statement(parts=together, whose=ALL, url=url)


def live_statement(viewer: Viewer) -> Statement:
    """Beside counts of today: the last twelve months, as last counted."""
    rows = figures_of_year([viewer.participation_id or 0], collaborative_id=viewer.collaborative_id)
    parts = statement(add_up([figures_of(row) for row in rows])) if rows else ("Not counted yet",)
    return Statement(parts=parts, whose="Data quality, last twelve months", url=quality_url(viewer))


def quality_url(viewer: Viewer, hospital: UUID | None = None) -> str:
    if not viewer.can(Permission.QUALITY_VIEW):
        return ""
    if hospital is not None:
        return reverse("quality:hospital-quality", args=[viewer.collaborative_slug, hospital])
    return reverse("quality:data-quality", args=[viewer.collaborative_slug])


def _counts(row: DataQualityStatement) -> Figures:
    return Figures(**{name: getattr(row, name) for name in COUNTS})


def _pooled_words(shares: Mapping[str, Any]) -> tuple[str, ...]:
    if source := shares["source"]:
        return supplied_words(source, _day(shares["supplied_on"]))
    if all(shares[name] is None for name in SHARES):
        return (WITHHELD,)
    words = {name: None if shares[name] is None else _rounded(shares[name]) for name in SHARES}
    return tuple(told if words[name] is None else text.format(words[name]) for name, text, told in POOLED)


def _day(kept: date | str | None) -> date | None:
    """JSON has days as texts."""
    return date.fromisoformat(kept) if isinstance(kept, str) else kept


def _rounded(share: float) -> str:
    """What was rounded to all or to none need not be."""
    return {0.0: "1% or less", 1.0: "99% or more"}.get(share, f"{100 * share:.0f}%")
