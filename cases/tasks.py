"""Celery's side of what cases need now and then."""

from celery import shared_task

from cases.services.burden import measure_burden_everywhere
from cases.services.case_counts import count_cases_everywhere
from cases.services.clear_uploads import clear_uploads
from cases.services.idempotency import clear_saved_requests
from collaboratives.selectors.collaboratives import collaborative_keys
from tenancy.context import Acting, acting


@shared_task(name="cases.clear_uploads")
def clear_old_uploads() -> None:
    """Clear the uploaded files of every collaborative that nobody needs any more."""
    for key in collaborative_keys():
        with acting(Acting("compute", collaborative_id=key)):
            clear_uploads(key)


@shared_task(name="cases.clear_saved_requests")
def clear_old_requests() -> None:
    """Forget what requests were answered more than a week ago, in every collaborative."""
    for key in collaborative_keys():
        with acting(Acting("compute", collaborative_id=key)):
            clear_saved_requests(key)


@shared_task(name="cases.measure_burden")
def measure_burden() -> None:
    """What the forms cost abstractors, once a day."""
    measure_burden_everywhere()


@shared_task(name="cases.count_cases")
def count_cases() -> None:
    """How every hospital is getting on with its cases, for the centre."""
    count_cases_everywhere()
