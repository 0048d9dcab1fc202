"""What a programme asks of its releases, as last set."""

from feedback.definition.policy import Policy
from feedback.models import ReleasePolicy
from privacy.viewer import Viewer


def policy_of(collaborative_id: int) -> Policy:
    """The latest that was set, else the defaults."""
    found = ReleasePolicy.objects.filter(collaborative_id=collaborative_id).order_by("-pk").first()
    return found.policy if found else Policy()


def last_setting(viewer: Viewer) -> ReleasePolicy | None:
    """The row itself, which says who set it and when."""
    found = ReleasePolicy.objects.filter(collaborative_id=viewer.collaborative_id).select_related("set_by")
    return found.order_by("-pk").first()
