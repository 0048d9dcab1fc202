"""Who acts in the demo."""

from django.db import transaction

from collaboratives.models import Collaborative
from config.demo.cast import SURGERY
from tenancy.context import Acting, acting


def worker_of_surgery() -> Acting:
    with acting(Acting("platform")), transaction.atomic():
        return Acting("compute", collaborative_id=Collaborative.objects.get(slug=SURGERY).pk)
