"""One locked case each at alder and birch, whose cycle closed long ago."""

from django.db import transaction

from cases.models import Case
from cases.services.locking import lock_cases
from tenancy.context import Acting, acting
from tests.worlds import programme


LOCKED = {"alder": "AL-040", "birch": "BI-040"}


def build() -> None:
    collaborative_id = programme.viewer("cora").collaborative_id
    with acting(Acting("compute", collaborative_id=collaborative_id)), transaction.atomic():
        lock_cases(Case.objects.filter(case_number__in=LOCKED.values()))
