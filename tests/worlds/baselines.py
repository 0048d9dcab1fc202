"""A baseline of Alder and of Birch that begins anew, decided after the releases of the world were drafted."""

from datetime import date
from uuid import UUID

from django.db import transaction

from collaboratives.selectors.places import acting_for
from feedback.models import BaselineChange
from measures.models import Measure
from tenancy.context import acting
from tests.worlds import programme


MEASURE, MONTH = "ssi", date(2026, 4, 1)
REASONS = {"alder": "Quillen line bundle kept", "birch": "Birchall theatre rebuilt"}
BASELINES: dict[str, UUID] = {}


def build() -> None:
    """Rows, not the service: nothing in the cases of the world has shifted."""
    for hospital, reason in REASONS.items():
        person = programme.viewer(f"{hospital}.champion", "colectomy-mi")
        with acting(acting_for(person)), transaction.atomic():
            BASELINES[hospital] = BaselineChange.objects.create(
                collaborative_id=person.collaborative_id or 0,
                participation_id=person.participation_id or 0,
                measure=Measure.objects.get(collaborative_id=person.collaborative_id, slug=MEASURE),
                month=MONTH,
                reason=reason,
                signature=person.name,
                set_by_id=person.user_id,
            ).public_id
