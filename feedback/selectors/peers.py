"""What is told of peers in one measure of one release: all of them, strata of their cases, similar hospitals."""

from django.db.models import FloatField, Value

from feedback.models import GroupPeers, PeerDistribution, SiteResult


SHARED = ("stratum", "values", "withheld", "step", "collaborative_value")
COLUMNS = (*SHARED, "middle", "benchmark")


def peers_by_stratum(result: SiteResult) -> dict[str, PeerDistribution]:
    """In one statement; of groups a hospital reads its own, the centre reads all."""
    asked = {"release_id": result.release_id, "measure_version_id": result.measure_version_id}
    groups = GroupPeers.objects.filter(**asked).annotate(middle=Value(True), benchmark=Value(None, FloatField()))  # noqa: FBT003 -- a column
    # Not UNION ALL: to the centre every hospital of a group would tell the same.
    rows = PeerDistribution.objects.filter(**asked).values_list(*COLUMNS).union(groups.values_list(*COLUMNS))
    return {row[0]: PeerDistribution(**dict(zip(COLUMNS, row, strict=True))) for row in rows}
