"""The worker's half of the centre's home: how every hospital stands with its locks and the window that is open."""

from django.db import transaction
from django.utils import timezone

from cases.log.models import WindowCount
from cases.log.selectors.by_hospital import windows_of
from collaboratives.models import Collaborative
from collaboratives.selectors.collaboratives import collaborative_keys
from tenancy.context import Acting, acting


def count_windows_everywhere() -> None:
    """Every collaborative, each in a transaction of its own."""
    for key in collaborative_keys():
        with acting(Acting("compute", collaborative_id=key)):
            count_windows(key)


@transaction.atomic
def count_windows(collaborative_id: int) -> None:
    """Every hospital, whether anything happened there or not: days pass too."""
    now, counts = timezone.now(), windows_of(Collaborative.objects.get(pk=collaborative_id))
    WindowCount.objects.bulk_create(
        (
            WindowCount(collaborative_id=collaborative_id, participation_id=hospital, counted_at=now, **found)
            for hospital, found in counts.items()
        ),
        update_conflicts=True,
        unique_fields=["participation"],
        update_fields=["past_lock", "cycle", "drawn", "expected", "entered", "counted_at"],
    )
