"""The worker's part of a release: write what members may know of each other, then let them see it."""

from collaboratives.models import Collaborative
from events.models import Job
from feedback.enums import ReleaseState
from feedback.models import GroupPeers, MeasureResult, MemberFit, ModelFit, PeerDistribution, Release, SiteResult
from feedback.selectors.disclosing import UNCHANGED, peers_shown, pooled_shown
from feedback.selectors.disclosing_fit import member_fit
from feedback.selectors.disclosing_parts import is_group, parts_shown, rows_of_groups
from feedback.selectors.membership import few_changed_since
from feedback.services.pooled_statements import write_pooled_statements
from feedback.services.release_mail import tell_members


def publish_release(job: Job) -> None:
    """Job: blinded comparisons, then the release itself; the one before is superseded in the same moment."""
    release = Release.objects.select_for_update().get(pk=job.subject_id)
    if release.state != ReleaseState.RELEASING:
        return
    rules = Collaborative.objects.get(pk=release.collaborative_id).disclosure_rules
    changed = few_changed_since(release)
    for pooled in MeasureResult.objects.filter(release=release).select_related("measure_version"):
        sites = list(SiteResult.objects.filter(release=release, measure_version=pooled.measure_version))
        few = changed.get(pooled.measure_version.measure_id, UNCHANGED)
        peers_shown(pooled, sites, rules, few).save(force_insert=True)
        parts = parts_shown(pooled, sites, rules)
        PeerDistribution.objects.bulk_create(part for part in parts if not is_group(part))
        GroupPeers.objects.bulk_create(rows_of_groups(parts, sites))
        pooled_shown(pooled, sites, rules, few).save(force_insert=True)
    write_pooled_statements(release)
    MemberFit.objects.bulk_create(map(member_fit, ModelFit.objects.filter(release=release)))
    earlier = Release.objects.filter(collaborative_id=release.collaborative_id, state=ReleaseState.RELEASED)
    earlier.update(state=ReleaseState.SUPERSEDED)
    release.state = ReleaseState.RELEASED
    release.save(update_fields=["state"])
    tell_members(release)
