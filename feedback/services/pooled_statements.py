"""The statement beside a value of all hospitals, written when members are to see it: shares that tell about nobody alone."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from collaboratives.models import Collaborative
from feedback.models import DataQualityStatement, PooledStatement, Release
from feedback.selectors.membership import overlapping
from feedback.selectors.statements import supplied_of
from privacy.disclosure import DisclosureRules, few_changed, pooled_share


# Share → how many are meant, and of how many.
SHARES: Mapping[str, tuple[str, str]] = {
    "completeness": ("known", "required"),
    "timeliness": ("on_time", "due"),
    "capture": ("captured", "eligible"),
    "agreement": ("agreeing", "compared"),
    "queried": ("open_queries", "cases"),
    "locked": ("locked", "cases"),
}
Rows = Sequence[DataQualityStatement]
Safe = Callable[[str, set[int]], bool]


def write_pooled_statements(release: Release) -> None:
    """One for every measure of the release."""
    rules = Collaborative.objects.get(pk=release.collaborative_id).disclosure_rules
    rows: dict[int, list[DataQualityStatement]] = {}
    own = DataQualityStatement.objects.filter(release=release).select_related("measure_version")
    for row in own.order_by("measure_version_id", "participation_id"):
        rows.setdefault(row.measure_version_id, []).append(row)
    told = _told_before(release)
    PooledStatement.objects.bulk_create(_statement(release, each, rules, told) for each in rows.values())


Told = Mapping[tuple[int, str], Sequence[set[int]]]  # by measure and share: the hospitals behind each that was told


def _statement(release: Release, rows: Rows, rules: DisclosureRules, told: Told) -> PooledStatement:
    version = rows[0].measure_version
    keys = {"collaborative_id": release.collaborative_id, "release": release, "measure_version": version}
    if version.form_id is None:
        return PooledStatement(**keys, **_whence(rows))
    return PooledStatement(**keys, **dict(_shares(rows, rules, version.measure_id, told)))


def _shares(rows: Rows, rules: DisclosureRules, measure: int, told: Told) -> Iterator[tuple[str, float | None]]:
    """None where one hospital would be known by it, or by what it differs from the share of an earlier release."""
    for name, (part, whole) in SHARES.items():
        counts = [(getattr(row, part) or 0, getattr(row, whole) or 0) for row in rows]
        share = pooled_share(sum(each for each, _ in counts), [each for _, each in counts], rules)
        contributing = _contributing(rows, whole)
        if any(few_changed(contributing, then) for then in told.get((measure, name), ())):
            share = None
        yield name, None if share is None else float(share)


def _contributing(rows: Rows, whole: str) -> set[int]:
    return {row.participation_id for row in rows if getattr(row, whole)}


def _told_before(release: Release) -> Told:
    earlier = [each.pk for each in overlapping(release)]
    behind: dict[tuple[int, int], list[DataQualityStatement]] = {}
    for row in DataQualityStatement.objects.filter(release__in=earlier).iterator():
        behind.setdefault((row.release_id, row.measure_version_id), []).append(row)
    told: dict[tuple[int, str], list[set[int]]] = {}
    for statement in PooledStatement.objects.filter(release__in=earlier).select_related("measure_version"):
        rows = behind.get((statement.release_id, statement.measure_version_id), [])
        for name, (_, whole) in SHARES.items():
            if getattr(statement, name) is not None:
                told.setdefault((statement.measure_version.measure_id, name), []).append(_contributing(rows, whole))
    return told


def _whence(rows: Rows) -> dict[str, str | date | None]:
    """Supplied figures: where they come from, and when the last of them came."""
    source, day = supplied_of((source, row.supplied_on) for row in rows for source in row.source.split("; "))
    return {"source": source, "supplied_on": day}
