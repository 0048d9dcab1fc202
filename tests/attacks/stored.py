"""Releases from the database, as attacks on plain numbers take them. For tests that act as the worker."""

from collections.abc import Iterator

from feedback.models import MeasureResult, PeerDistribution, PooledResult, Release, SiteResult
from feedback.selectors.membership import Cases, FewChanged
from feedback.services.numbers.tally import quarter_name, quarter_of
from tests.attacks.plain import Released


def stored(release: Release) -> Iterator[Released]:
    """Every measure of the release that compares hospitals."""
    found = MeasureResult.objects.filter(release=release).select_related("measure_version__measure")
    for pooled in found.order_by("measure_version__measure__position", "pk"):
        rows = SiteResult.objects.filter(release=release, measure_version=pooled.measure_version)
        first, last = (quarter_name(quarter_of(day)) for day in (release.window_from, release.window_to))
        yield Released(
            sites={row.participation_id: row for row in rows.select_related("measure_version")},
            pooled=pooled,
            peers=PeerDistribution.objects.get(release=release, measure_version=pooled.measure_version, stratum="all"),
            all=PooledResult.objects.get(release=release, measure_version=pooled.measure_version),
            quarters=[at for at, point in enumerate(pooled.trend) if point["quarter"] >= first],
            cases=Cases(first, last),
            changed=FewChanged(),
        )
