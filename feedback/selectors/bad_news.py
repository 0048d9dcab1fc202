"""Results that a hospital should hear of from the centre before it meets them on a page."""

from django.db.models import QuerySet

from feedback.enums import Reading
from feedback.models import Release, SiteResult


def bad_news(release: Release) -> QuerySet[SiteResult]:
    """What reads worse than the collaborative; a flag to look or to act is that reading."""
    return SiteResult.objects.filter(release=release, reading=Reading.WORSE)


def hospitals_with_bad_news(release: Release) -> int:
    return bad_news(release).values("participation").distinct().count()
