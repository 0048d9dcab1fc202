"""Addresses of which a page holds hundreds."""

from functools import lru_cache
from uuid import UUID

from django import template
from django.urls import reverse


register = template.Library()
ANYBODY = UUID(int=0)


@register.simple_tag
def hospital_url(slug: str, hospital: UUID) -> str:
    """The page of a hospital: looked up once for a programme, for each lookup is slow enough to be felt in a long list."""
    return _pattern(slug).replace(str(ANYBODY), str(hospital))


@lru_cache(maxsize=256)
def _pattern(slug: str) -> str:
    return reverse("collaboratives:hospital-detail", args=[slug, ANYBODY])
