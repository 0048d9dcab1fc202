"""What a programme asks of its releases."""

from django.db import transaction

from events.enums import EventKind
from events.services import record_event
from feedback.definition.policy import Policy
from feedback.models import ReleasePolicy
from privacy.roles import Permission
from privacy.viewer import Viewer, require


@transaction.atomic
def set_release_policy(*, policy: Policy, by: Viewer) -> ReleasePolicy:
    """From now on; what was checked and scheduled before stands."""
    require(by, Permission.RELEASE_PUBLISH)
    row = ReleasePolicy.objects.create(collaborative_id=by.collaborative_id, set_by_id=by.user_id, **vars(policy))
    record_event(EventKind.RELEASE_POLICY_SET, by=by, subject=row)
    return row
