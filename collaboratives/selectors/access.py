"""Who looked at identified data: a hospital sees its own list, the centre the whole."""

from django.core.paginator import Page, Paginator
from django.db.models import Q

from events.models import AccessLog
from privacy.roles import Capacity, Permission
from privacy.viewer import Viewer, require


PER_PAGE = 50


def access_page(viewer: Viewer, number: int) -> Page[AccessLog]:
    """Newest first. Views of all hospitals at once are listed for the centre only."""
    require(viewer, Permission.ACCESS_LOG_VIEW)
    here = Q(collaborative_id=viewer.collaborative_id)
    if viewer.capacity is Capacity.HOSPITAL:
        here &= Q(participation_id=viewer.participation_id)
    return Paginator(
        AccessLog.objects.filter(here).select_related("user").order_by("-created_at", "-pk"), PER_PAGE
    ).get_page(number)
