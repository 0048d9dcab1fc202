"""Needed roles that nobody holds at each hospital, for the centre's home."""

from collections.abc import Iterable, Mapping

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q
from django.utils import timezone

from collaboratives.models import Grant
from collaboratives.roster.selectors.roster import NEEDED
from collaboratives.selectors.by_hospital import Asked, Together, by_hospital, read_together
from privacy.viewer import Viewer


HELD = "held"


def asked(viewer: Viewer) -> list[Asked]:
    """Roles that somebody holds today and can sign in for."""
    now = timezone.now()
    held = Grant.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now),
        collaborative_id=viewer.collaborative_id,
        participation__isnull=False,
        starts_at__lte=now,
        role__in=[role.value for role in NEEDED],
        user__is_active=True,
    )
    return [by_hospital(HELD, held, roles=ArrayAgg("role", distinct=True))]


def told(found: Together, hospitals: Iterable[int]) -> dict[int, int]:
    """How many roles are vacant; a hospital with nobody at all has no row, and every role vacant."""
    held = found.get(HELD, {})
    return {key: len(NEEDED) - len(held.get(key, {}).get("roles", ())) for key in hospitals}


def counts_for(viewer: Viewer, hospitals: Iterable[int]) -> Mapping[int, int]:
    """Of these hospitals, in one statement."""
    return told(read_together(*asked(viewer)), hospitals)
