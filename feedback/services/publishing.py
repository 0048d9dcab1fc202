"""The worker's part of a release: write what members may know of each other, then let them see it."""

from collections.abc import Sequence

from collaboratives.models import Collaborative
from events.models import Job
from feedback.enums import ReleaseState
from feedback.models import MeasureResult, PooledResult, Release, SiteResult
from feedback.selectors.disclosing import peers_shown
from feedback.services.release_mail import tell_members
from privacy.disclosure import DisclosureRules, Withheld, pooled_share


def publish_release(job: Job) -> None:
    """Job: blinded comparisons, then the release itself; the one before is superseded in the same moment."""
    release = Release.objects.select_for_update().get(pk=job.subject_id)
    if release.state != ReleaseState.APPROVED or release.released_at is None:
        return
    rules = Collaborative.objects.get(pk=release.collaborative_id).disclosure_rules
    for pooled in MeasureResult.objects.filter(release=release).select_related("measure_version"):
        sites = list(SiteResult.objects.filter(release=release, measure_version=pooled.measure_version))
        peers_shown(pooled, sites, rules).save(force_insert=True)
        _write_pooled(release, pooled, sites, rules)
    earlier = Release.objects.filter(collaborative_id=release.collaborative_id, state=ReleaseState.RELEASED)
    earlier.update(state=ReleaseState.SUPERSEDED)
    release.state = ReleaseState.RELEASED
    release.save(update_fields=["state"])
    tell_members(release)


def _write_pooled(release: Release, pooled: MeasureResult, sites: Sequence[SiteResult], rules: DisclosureRules) -> None:
    denominators = [site.denominator for site in sites]
    share = pooled_share(pooled.observed, denominators, rules)
    PooledResult.objects.create(
        collaborative_id=release.collaborative_id,
        release=release,
        measure_version=pooled.measure_version,
        hospitals_band=_band(pooled.hospitals),
        rate=None if share is None else float(share),
        withheld="" if share is not None else Withheld.TOO_FEW_HOSPITALS.name.lower(),
        trend=[_quarter(pooled, sites, at, rules) for at in range(len(pooled.trend))],
    )


def _quarter(pooled: MeasureResult, sites: Sequence[SiteResult], at: int, rules: DisclosureRules) -> dict[str, object]:
    """One quarter of all hospitals, by the same rules as the whole window."""
    point = pooled.trend[at]
    share = pooled_share(point["observed"], [site.trend[at]["denominator"] for site in sites], rules)
    return {"quarter": point["quarter"], "rate": None if share is None else float(share)}


def _band(hospitals: int) -> str:
    """How many hospitals, never exactly: who joins or leaves must not show."""
    if hospitals < 10:
        return "fewer than 10"
    lower = hospitals // 10 * 10
    return f"{lower} to {lower + 9}"
