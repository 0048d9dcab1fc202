"""What members had of a measure when a release was drafted: the rate and the charts that later cases are watched by."""

from collections import defaultdict

from django.db.models import Q

from feedback.models import BaselineChange, MeasureResult, Release, SiteResult
from feedback.services.numbers.values import Anew, Before
from measures.models import MeasureVersion


def before_of(release: Release, version: MeasureVersion) -> Before | None:
    """Of the newest release then; the same however often it is computed again."""
    moment = release.created_at
    in_force = Q(release__withdrawn_at=None) | Q(release__withdrawn_at__gt=moment)
    found = MeasureResult.objects.filter(
        in_force,
        collaborative_id=release.collaborative_id,
        measure_version__measure_id=version.measure_id,
        release__released_at__lt=moment,
        release__window_to__lt=release.window_to,
    )
    pooled = found.select_related("release").order_by("-release__released_at").first()
    if pooled is None:
        return None
    sites = SiteResult.objects.filter(release=pooled.release, measure_version=pooled.measure_version_id)
    charts = dict(sites.values_list("participation_id", "control")) if pooled.measure_version_id == version.pk else {}
    return Before(
        release=pooled.release.name,
        closed=pooled.release.window_to,
        rate=pooled.rate,
        charts={key: control for key, control in charts.items() if control},
    )


def anew_of(release: Release, version: MeasureVersion) -> dict[int, tuple[Anew, ...]]:
    """By hospital, as it was when the release was drafted; the same however often it is computed again."""
    moment = release.created_at
    rows = BaselineChange.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=moment),
        collaborative_id=release.collaborative_id,
        measure_id=version.measure_id,
        set_at__lt=moment,
    )
    found: dict[int, list[Anew]] = defaultdict(list)
    for row in rows.order_by("participation_id", "month", "set_at"):
        found[row.participation_id].append(
            Anew(month=row.month, reason=row.reason, who=row.signature, set_on=row.set_at.date())
        )
    return {hospital: tuple(changes) for hospital, changes in found.items()}
