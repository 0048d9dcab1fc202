"""What the director reads before deciding when members see a release."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from collaboratives.definition.clock import told_in
from collaboratives.selectors.places import Place
from feedback.enums import ReleaseState
from feedback.models import Release
from feedback.selectors.bad_news import hospitals_with_bad_news
from feedback.selectors.policies import policy_of
from feedback.selectors.releases import release_for
from privacy.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class PublishPage:
    release: Release
    possible: bool
    own_approval: bool
    hospitals: int
    notice_days: int
    earliest: str
    proposal: dict[str, str]


def publish_page(viewer: Viewer, place: Place, public_id: UUID) -> PublishPage:
    """The first moment that leaves hospitals their days is proposed: the next eight o'clock after it."""
    release = release_for(viewer, public_id)
    zone, policy = place.collaborative.time_zone, policy_of(viewer.collaborative_id)
    hospitals = hospitals_with_bad_news(release)
    earliest = timezone.now() + (policy.notice if hospitals else timedelta(0))
    day = earliest.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    own = release.approved_by_id == viewer.user_id
    return PublishPage(
        release=release,
        possible=release.state == ReleaseState.APPROVED and not own,
        own_approval=own,
        hospitals=hospitals,
        notice_days=policy.notice_days,
        earliest=told_in(earliest, zone),
        proposal={"when": "later", "day": day.isoformat(), "time": "08:00"},
    )
