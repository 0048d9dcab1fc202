"""Where a clinician lands: the common aim, what matters most for this hospital, and every measure in one table."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from collaboratives.selectors.places import Place
from feedback.charts import Drawing, Sparkline, ValueFormat, draw_sparkline
from feedback.enums import Reading
from feedback.models import PeerDistribution, PooledResult, Release, SiteResult
from feedback.models.results import KEPT_OVER_TIME
from feedback.selectors.measure_page import counted_cases
from feedback.selectors.releases import latest_release, peer_distributions, release_line
from feedback.selectors.results import (
    LiveCounts,
    finding_of,
    live_counts,
    own_hospital,
    peers_of,
    quarter_label,
    spark_of,
    strip_of,
)
from feedback.selectors.statements import (
    Statement,
    live_statement,
    own_statements,
    pooled_statement,
    statement_of,
    with_statement,
)
from feedback.selectors.units import form_of, target_value
from feedback.selectors.wording import Finding, counted, gap_text, reading_kind, reading_text
from measures.definition.spec import MeasureKind, MeasureSpec
from measures.models import MeasureVersion
from measures.selectors.definitions import published_measures
from privacy.viewer import Viewer
from ui.parts import Kind


CARDS = 3


@dataclass(frozen=True, kw_only=True)
class Aim:
    """The common aim with the pooled trend."""

    text: str
    spark: Drawing | None
    tag: str
    statement: Statement | None = None


@dataclass(frozen=True, kw_only=True)
class PriorityLink:
    label: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Priority:
    """One card: what the hospital could gain, or give."""

    eyebrow: str
    title: str
    headline: str
    text: str
    links: tuple[PriorityLink, ...]


@dataclass(frozen=True, kw_only=True)
class MeasureRow:
    spec: MeasureSpec
    url: str
    finding: Finding
    value: str
    collaborative: str
    benchmark: str
    note: str
    leading: bool
    strip: Drawing | None
    spark: Drawing | None
    reading: str
    reading_kind: Kind
    statement: Statement


@dataclass(frozen=True, kw_only=True)
class HomePage:
    hospital: str
    line: str = ""
    aim: Aim | None = None
    priorities: tuple[Priority, ...] = ()
    rows: tuple[MeasureRow, ...] = ()
    since: str = ""
    release: Release | None = None
    live: tuple[str, ...] = ()
    statement: Statement | None = None

    @property
    def shows_no_peers(self) -> bool:
        """Whether the page has to say why: nothing may be left of them for want of agreements."""
        return bool(self.rows) and not any(row.strip for row in self.rows)


def home_page(viewer: Viewer, place: Place) -> HomePage:
    """Everything of the latest release; before the first one, what has been counted so far."""
    release = latest_release(viewer)
    if release is None:
        return HomePage(hospital=place.site_name, live=_live_lines(viewer), statement=live_statement(viewer))
    results = list(own_results(viewer, release))
    rows = _rows(viewer, place, release, results)
    since = _since(results, live_counts(viewer, release.window_from))
    return HomePage(
        hospital=place.site_name,
        line=release_line(release),
        aim=aim_of(place, release),
        priorities=priorities(rows),
        rows=rows,
        since=since,
        release=release,
    )


def measure_rows(viewer: Viewer, place: Place, release: Release) -> tuple[MeasureRow, ...]:
    """Every measure of the release with this hospital's result among its peers."""
    return _rows(viewer, place, release, own_results(viewer, release))


def _rows(viewer: Viewer, place: Place, release: Release, results: Iterable[SiteResult]) -> tuple[MeasureRow, ...]:
    peers, statements = peer_distributions(release), own_statements(viewer, release)
    return tuple(
        _row(
            viewer,
            place,
            result,
            peers.get(result.measure_version_id),
            statement_of(statements, result.measure_version_id),
        )
        for result in results
    )


def own_results(viewer: Viewer, release: Release) -> Iterable[SiteResult]:
    found = SiteResult.objects.filter(release=release, participation_id=own_hospital(viewer)).defer(*KEPT_OVER_TIME)
    return found.select_related("measure_version__measure").order_by("measure_version__measure__position", "pk")


def _row(
    viewer: Viewer, place: Place, result: SiteResult, peers: PeerDistribution | None, statement: Statement
) -> MeasureRow:
    spec = result.measure_version.definition
    finding = finding_of(result, peers, place)
    key = spec.slug.replace("_", "-")
    return MeasureRow(
        spec=spec,
        url=reverse("feedback:measure-detail", args=[viewer.collaborative_slug, spec.slug]),
        finding=finding,
        value=finding.write(finding.value),
        collaborative=finding.tell(finding.collaborative),
        benchmark=finding.tell(finding.benchmark),
        note=_note(finding),
        leading=_leads(finding, peers_of(finding, peers)),
        strip=strip_of(finding, peers, f"strip-{key}", spec.short_name),
        spark=spark_of(result, f"spark-{key}", spec.short_name),
        reading=reading_text(finding),
        reading_kind=reading_kind(finding),
        statement=statement,
    )


def _note(finding: Finding) -> str:
    if finding.few_cases:
        return finding.counts if finding.denominator else ""
    text = gap_text(finding)
    return f"{text} would reach the benchmark" if text else finding.counts


def _since(results: list[SiteResult], live: dict[int, LiveCounts]) -> str:
    """Cases completed since the release. Every complete case of a form counts for each of its measures, so once."""
    more: dict[int, int] = {}
    for result in results:
        form, counts = result.measure_version.form_id, live.get(result.measure_version_id, LiveCounts())
        if form is None:  # its figures are supplied
            continue
        more[form] = max(more.get(form, 0), counts.cases - result.cases)
    return f"Since the release: {counted_cases(sum(more.values()))} completed"


def _live_lines(viewer: Viewer) -> tuple[str, ...]:
    counts = live_counts(viewer, None)
    versions = [version for version in published_measures(viewer.collaborative_id) if version.pk in counts]
    return tuple(f"{version.definition.short_name}: {_live(version, counts[version.pk])}" for version in versions)


def _live(version: MeasureVersion, counts: LiveCounts) -> str:
    if version.definition.kind is MeasureKind.CONTINUOUS:
        return counted_cases(counts.denominator)
    return f"{counts.met:,} of {counts.denominator:,}"


def aim_of(place: Place, release: Release) -> Aim | None:
    """The pooled trend of the aim's measure, rounded like everything that is not the hospital's own."""
    collaborative = place.collaborative
    if not collaborative.aim:
        return None
    found = PooledResult.objects.filter(release=release, measure_version__measure__slug=collaborative.aim_measure)
    pooled = with_statement(found).select_related("measure_version").first()
    if pooled is None or pooled.rate is None:
        return Aim(text=collaborative.aim, spark=None, tag="")
    target = None if collaborative.aim_target is None else float(collaborative.aim_target)
    spec = pooled.measure_version.definition
    target = None if target is None else target_value(spec, target)
    goal = "" if target is None else f", aim {form_of(spec, pooled.step).write_peer(target)}"
    return Aim(
        text=collaborative.aim,
        spark=pooled_spark(pooled, "aim", collaborative.aim, target=target),
        tag=f"{pooled.hospitals_band} hospitals · {pooled_change(pooled)}{goal}",
        statement=pooled_statement(pooled),
    )


def pooled_change(pooled: PooledResult) -> str:
    """4%, was 6% in Q4 2023: the whole window beside the first quarter that is shown."""
    before = pooled_before(pooled)
    now = "" if pooled.rate is None else pooled_form(pooled).write_peer(pooled.rate)
    return f"{now}, was {before}" if before else now


def pooled_form(pooled: PooledResult) -> ValueFormat:
    return form_of(pooled.measure_version.definition, pooled.step)


def pooled_before(pooled: PooledResult) -> str:
    """6% in Q4 2023: the first quarter that is shown."""
    first = next((point for point in pooled.trend if point["rate"] is not None), None)
    if first is None or first is pooled.trend[-1]:
        return ""
    return f"{pooled_form(pooled).write_peer(first['rate'])} in {quarter_label(first['quarter'])}"


def pooled_spark(pooled: PooledResult, key: str, title: str, *, target: float | None = None) -> Drawing | None:
    values = tuple(None if point["rate"] is None else float(point["rate"]) for point in pooled.trend)
    if sum(value is not None for value in values) < 2:
        return None
    labels = tuple(quarter_label(point["quarter"]) for point in pooled.trend)
    spark = Sparkline(
        key=key,
        title=title,
        form=pooled_form(pooled),
        labels=labels,
        values=values,
        whose="collaborative",
        size="wide",
        target=target,
    )
    return draw_sparkline(spark)


def priorities(rows: tuple[MeasureRow, ...]) -> tuple[Priority, ...]:
    """Most preventable events first; the last card is for what the hospital could teach."""
    teach = [row for row in rows if row.finding.reading is Reading.BETTER and row.leading]
    teach.sort(key=lambda row: row.finding.gap or 0)
    gaps = [row for row in rows if row.finding.gap and row not in teach]
    gaps.sort(key=lambda row: -(row.finding.gap or 0))
    # Few hospitals have no benchmark to tell, and so no gap; what chance alone does not explain is still worth a look.
    # So are values that have no events to prevent: after those that have, the farthest from the collaborative first.
    watch = [row for row in rows if row.finding.gap is None and row.finding.reading is Reading.WORSE]
    watch.sort(key=lambda row: -_distance(row.finding))
    cards = [_gap_card(row, first=place == 0) for place, row in enumerate(gaps)] + [_watch_card(row) for row in watch]
    cards = cards[: CARDS - bool(teach)]
    return (*cards, *(_teach_card(row) for row in teach[: CARDS - len(cards)]))


def _distance(finding: Finding) -> float:
    """From the collaborative, as a share of its value: comparable between minutes and per cent."""
    value, collaborative = finding.value or 0.0, finding.collaborative or 0.0
    return abs(value - collaborative) / abs(collaborative) if collaborative else 0.0


def _leads(finding: Finding, peers: tuple[float, ...]) -> bool:
    """Whether fewer than a quarter of the hospitals are better, as far as rounded values can tell."""
    own = finding.told
    if own is None or not peers:
        return False
    ahead = sum(1 for peer in peers if (peer > own) == finding.higher_is_better and peer != own)
    return ahead < (len(peers) + 1) / 4


def _gap_card(row: MeasureRow, *, first: bool) -> Priority:
    finding = row.finding
    worse = finding.reading is Reading.WORSE
    missed = "not_met" if finding.higher_is_better else "met"
    number = finding.denominator - finding.observed if finding.higher_is_better else finding.observed
    return Priority(
        eyebrow="Largest gap" if first else "Watch" if worse else "Room to improve",
        title=row.spec.short_name,
        headline=gap_text(finding),
        text=_gap_words(finding),
        links=(
            PriorityLink(label="Compare", url=row.url),
            PriorityLink(
                label="See our figures" if row.spec.is_aggregate else f"See the {number:,} {counted('cases', number)}",
                url=f"{row.url}?view=cases&outcome={missed}",
            ),
        ),
    )


def _watch_card(row: MeasureRow) -> Priority:
    return Priority(
        eyebrow="Watch",
        title=row.spec.short_name,
        headline=row.value,
        text=f"{_worse_words(row.finding)} The collaborative is at {row.collaborative}.",
        links=(PriorityLink(label="Compare", url=row.url),),
    )


def _worse_words(finding: Finding) -> str:
    way = "lower" if finding.higher_is_better else "higher"
    return f"You are {way} than the collaborative, more than chance alone would explain."


def _gap_words(finding: Finding) -> str:
    start = f"would bring you to what the best hospitals already achieve ({finding.tell(finding.benchmark)})."
    if finding.reading is Reading.WORSE:
        return f"{start} {_worse_words(finding)}"
    if finding.reading is Reading.BETTER:
        return f"{start} You are already better than the collaborative."
    return f"{start} Chance alone could explain your difference to the collaborative."


def _teach_card(row: MeasureRow) -> Priority:
    return Priority(
        eyebrow="You could teach this",
        title=row.spec.short_name,
        headline=row.value,
        text=f"You are in the best quarter of the hospitals; the collaborative is at {row.collaborative}.",
        links=(PriorityLink(label="Compare", url=row.url),),
    )
