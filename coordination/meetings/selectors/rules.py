"""How the programme counts attendance today."""

from coordination.meetings.models import MeetingRule
from privacy.viewer import Viewer


def rule_of(viewer: Viewer) -> MeetingRule:
    """The latest, or what is shipped."""
    latest = MeetingRule.objects.filter(collaborative_id=viewer.collaborative_id).order_by("-pk").first()
    return latest or MeetingRule(collaborative_id=viewer.collaborative_id)
