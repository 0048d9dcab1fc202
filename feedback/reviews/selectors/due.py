"""What waits around numbers: a release to review at a hospital, contested cases at the centre."""

from django.db.models import Exists, OuterRef
from django.urls import reverse

from collaboratives.definition.due import Due
from feedback.enums import ReleaseState
from feedback.models import Release
from feedback.reviews.models import Attestation
from feedback.reviews.selectors.contests import open_contests
from privacy.roles import Capacity, Permission
from privacy.viewer import Viewer


def due_for(viewer: Viewer) -> list[Due]:
    """The release in force that the viewer has not reviewed; the centre's open contests. One statement."""
    if viewer.capacity is Capacity.HOSPITAL and viewer.can(Permission.RELEASE_ATTEST):
        return _to_review(viewer)
    if viewer.can(Permission.CONTEST_DECIDE) and (waiting := open_contests(viewer)):
        url = reverse("reviews:contest-list", args=[viewer.collaborative_slug])
        return [Due(kind="contests", title="Decide contested cases", url=url, count=waiting)]
    return []


def _to_review(viewer: Viewer) -> list[Due]:
    own = Attestation.objects.filter(release=OuterRef("pk"), person_id=viewer.user_id)
    found = Release.objects.filter(~Exists(own), collaborative_id=viewer.collaborative_id, state=ReleaseState.RELEASED)
    return [
        Due(
            kind="review",
            title=f"Review release {each.name}",
            url=reverse("home-collaborative", args=[viewer.collaborative_slug]),
            since=each.released_at.date() if each.released_at else None,
        )
        for each in found
    ]
