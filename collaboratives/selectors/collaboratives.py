"""Every collaborative there is: for what workers do by the clock."""

from django.db import transaction

from collaboratives.models import Collaborative
from tenancy.context import Acting, acting


def collaborative_keys() -> list[int]:
    with acting(Acting("platform")), transaction.atomic():
        return list(Collaborative.objects.order_by("pk").values_list("pk", flat=True))
