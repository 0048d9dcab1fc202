"""Needed roles that nobody holds at each hospital, for the centre's home."""

from collections.abc import Iterable

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q

from collaboratives.models import Grant
from collaboratives.roster.selectors.roster import NEEDED
from collaboratives.selectors.by_hospital import HERE, NOW, Asked, Together, by_hospital


HELD = "held"


def asked() -> list[Asked]:
    """Roles that somebody holds today and can sign in for."""
    held = Grant.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=NOW),
        collaborative_id=HERE,
        participation__isnull=False,
        starts_at__lte=NOW,
        role__in=[role.value for role in NEEDED],
        user__is_active=True,
    )
    return [by_hospital(HELD, held, roles=ArrayAgg("role", distinct=True))]


def told(found: Together, hospitals: Iterable[int]) -> dict[int, int]:
    """How many roles are vacant; a hospital with nobody at all has no row, and every role vacant."""
    held = found.get(HELD, {})
    return {key: len(NEEDED) - len(held.get(key, {}).get("roles", ())) for key in hospitals}
