"""The worker's half of the centre's overview: count the cases of every hospital, so that no page reads them all."""

from django.db import transaction
from django.utils import timezone

from cases.models import CaseCount
from cases.selectors.clock import today_of
from cases.selectors.hospital_cases import NONE, counts_by_hospital
from collaboratives.models import Collaborative
from collaboratives.selectors.collaboratives import collaborative_keys
from tenancy.context import Acting, acting


def count_cases_everywhere() -> None:
    """Every collaborative, each in a transaction of its own."""
    for key in collaborative_keys():
        with acting(Acting("compute", collaborative_id=key)):
            count_cases(key)


@transaction.atomic
def count_cases(collaborative_id: int) -> None:
    """Every hospital, whether anything happened there or not: days pass too."""
    collaborative, now = Collaborative.objects.get(pk=collaborative_id), timezone.now()
    counts = counts_by_hospital(collaborative_id, today=today_of(collaborative), due_days=collaborative.due_days)
    CaseCount.objects.bulk_create(
        (
            CaseCount(collaborative_id=collaborative_id, participation_id=hospital, counted_at=now, **found)
            for hospital, found in counts.items()
        ),
        update_conflicts=True,
        unique_fields=["participation"],
        update_fields=[*NONE, "counted_at"],
    )
