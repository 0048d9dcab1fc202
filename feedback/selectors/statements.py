"""The data-quality statement that stands beside every number, as whoever looks may see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse

from cases.quality.definition.figures import Figures, statement
from cases.quality.selectors.reading import add_up, figures_of, figures_of_year
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
ALL = "Data quality, all hospitals"
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


def own_statements(viewer: Viewer, release: Release) -> Mapping[int, Statement]:
    """By measure version, of the viewer's own hospital."""
    return statements_of(release, viewer.participation_id or 0, url=quality_url(viewer))


def statements_of(release: Release, hospital: int, *, url: str = "") -> Mapping[int, Statement]:
    """By measure version, of one hospital."""
    found = DataQualityStatement.objects.filter(release=release, participation_id=hospital)
    return {row.measure_version_id: Statement(parts=statement(_counts(row)), url=url) for row in found}


def statement_of(statements: Mapping[int, Statement], version: int) -> Statement:
    return statements.get(version, Statement(parts=(NOT_KEPT,)))


def with_statement(results: QuerySet[PooledResult]) -> QuerySet[PooledResult]:
    """Pooled results with the shares of their statements, in one query."""
    kept = PooledStatement.objects.filter(release=OuterRef("release"), measure_version=OuterRef("measure_version"))
    return results.annotate(quality=Subquery(kept.values(shares=JSONObject(**{name: name for name in SHARES}))))


def pooled_statement(result: PooledResult) -> Statement:
    """Of all hospitals together, for every member and observer."""
    shares: Mapping[str, float | None] | None = result.quality  # type: ignore[attr-defined]  # annotated above
    return Statement(parts=(NOT_KEPT,) if shares is None else _pooled_words(shares), whose=ALL)


def model_statement(release: Release, version: int) -> Statement:
    """Of the model's measure, for members: pooled."""
    row = PooledStatement.objects.filter(release=release, measure_version=version).values(*SHARES).first()
    return Statement(parts=(NOT_KEPT,) if row is None else _pooled_words(row), whose=ALL)


def centre_statements(viewer: Viewer, release: Release) -> Mapping[int, Statement]:
    """By measure version, the exact sums of all hospitals, for the coordinating centre."""
    rows: dict[int, list[Figures]] = {}
    for row in DataQualityStatement.objects.filter(release=release):
        rows.setdefault(row.measure_version_id, []).append(_counts(row))
    url = quality_url(viewer)
    return {key: Statement(parts=statement(add_up(each)), whose=ALL, url=url) for key, each in rows.items()}


def hospital_statements(release: Release, version: int) -> Mapping[int, Statement]:
    """By hospital, for the centre's audited page."""
    found = DataQualityStatement.objects.filter(release=release, measure_version=version)
    return {row.participation_id: Statement(parts=statement(_counts(row))) for row in found}


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


def _pooled_words(shares: Mapping[str, float | None]) -> tuple[str, ...]:
    if all(shares[name] is None for name in SHARES):
        return (WITHHELD,)
    words = {name: None if share is None else _rounded(share) for name, share in shares.items()}
    return tuple(told if words[name] is None else text.format(words[name]) for name, text, told in POOLED)


def _rounded(share: float) -> str:
    """What was rounded to all or to none need not be."""
    return {0.0: "1% or less", 1.0: "99% or more"}.get(share, f"{100 * share:.0f}%")
