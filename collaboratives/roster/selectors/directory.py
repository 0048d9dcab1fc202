"""People of all hospitals who want to be found, and what oneself wants to be known."""

from dataclasses import dataclass

from django.db.models import Q

from collaboratives.roster.models import DirectoryEntry, DirectoryWish
from privacy.roles import Permission
from privacy.viewer import Viewer, require


@dataclass(frozen=True, kw_only=True)
class DirectoryPage:
    entries: tuple[DirectoryEntry, ...]
    search: str
    wish: DirectoryWish | None
    may_be_listed: bool


def directory_page(viewer: Viewer, search: str = "") -> DirectoryPage:
    """By name; every word of the search stands in the name, hospital, role or interests."""
    require(viewer, Permission.DIRECTORY_VIEW)
    found = DirectoryEntry.objects.filter(collaborative_id=viewer.collaborative_id)
    for word in search.split()[:8]:
        found = found.filter(
            Q(full_name__icontains=word)
            | Q(hospital__icontains=word)
            | Q(roles__icontains=word)
            | Q(interests__icontains=word)
        )
    return DirectoryPage(
        entries=tuple(found),
        search=search,
        wish=own_wish(viewer),
        may_be_listed=viewer.participation_id is not None,
    )


def own_wish(viewer: Viewer) -> DirectoryWish | None:
    if viewer.participation_id is None:
        return None
    return DirectoryWish.objects.filter(participation_id=viewer.participation_id, user_id=viewer.user_id).first()
