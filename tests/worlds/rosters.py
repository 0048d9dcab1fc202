"""Somebody stands in for a role that alder and birch once had: a vacancy that began when its last holder went."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from collaboratives.roster.models import InterimCover
from collaboratives.selectors.places import acting_for
from tenancy.context import acting
from tests.clock import today
from tests.worlds import programme


COVERS: dict[str, UUID] = {}
"""Public id of an interim cover of each hospital; their roles are held by now, so that no page shows them."""


def build() -> None:
    """Rows and not services: the needed roles of alder and birch are held, and the cast needs them."""
    dana = programme.viewer("dana")
    for name in ("alder", "birch"):
        place = programme.participation(name)
        with acting(acting_for(dana)), transaction.atomic():
            cover = InterimCover.objects.create(
                collaborative_id=dana.collaborative_id,
                participation=place,
                role="champion",
                name=f"Deputy {programme.SURNAMES[name]}",
                until=today() + timedelta(days=30),
                recorded_by_id=dana.user_id,
            )
        COVERS[name] = cover.public_id
