"""Celery's side of what cases need now and then."""

from celery import shared_task
from django.db import transaction

from cases.services.clear_uploads import clear_uploads
from collaboratives.models import Collaborative
from tenancy.context import Acting, acting


@shared_task(name="cases.clear_uploads")
def clear_old_uploads() -> None:
    """Clear the uploaded files of every collaborative that nobody needs any more."""
    with acting(Acting("platform")), transaction.atomic():
        keys = list(Collaborative.objects.values_list("pk", flat=True))
    for key in keys:
        with acting(Acting("compute", collaborative_id=key)):
            clear_uploads(key)
