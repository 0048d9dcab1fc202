"""The worker's half of follow-up: count what waits at every hospital, so that no page reads every draft."""

from django.db import transaction
from django.utils import timezone

from cases.log.models import FollowUpCount
from cases.log.selectors.follow_up import NONE, waiting_and_closed
from collaboratives.models import Collaborative
from collaboratives.selectors.collaboratives import collaborative_keys
from tenancy.context import Acting, acting


def count_everywhere() -> None:
    """Every collaborative, each in a transaction of its own."""
    for key in collaborative_keys():
        with acting(Acting("compute", collaborative_id=key)):
            count_follow_up(key)


@transaction.atomic
def count_follow_up(collaborative_id: int) -> None:
    """Every hospital, whether anything happened there or not: days pass too."""
    counts = waiting_and_closed(Collaborative.objects.get(pk=collaborative_id))
    now = timezone.now()
    FollowUpCount.objects.bulk_create(
        (
            FollowUpCount(collaborative_id=collaborative_id, participation_id=hospital, counted_at=now, **found)
            for hospital, found in counts.items()
        ),
        update_conflicts=True,
        unique_fields=["participation"],
        update_fields=[*NONE, "counted_at"],
    )
