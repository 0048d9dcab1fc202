"""Being found by members of other hospitals, as far as one wishes.

Nobody behind the wall reads another hospital's people. A worker writes what somebody agreed to into the directory, and
takes it away when they no longer wish it, when their last role there ends, or when the hospital leaves.
"""

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from collaboratives.models import Grant, Participation
from collaboratives.roster.models import DirectoryEntry, DirectoryWish
from events.enums import EventKind
from events.models import Event
from events.services import record_event
from privacy.roles import Permission, Role
from privacy.viewer import PermissionRefusedError, Viewer, require


@transaction.atomic
def wish_listing(*, listed: bool, contact_listed: bool, interests: str, by: Viewer) -> DirectoryWish:
    """Say what members of other hospitals may know; the address only together with the name."""
    require(by, Permission.DIRECTORY_VIEW)
    if by.participation_id is None:
        raise PermissionRefusedError(Permission.DIRECTORY_VIEW)
    wish, _ = DirectoryWish.objects.update_or_create(
        collaborative_id=by.collaborative_id,
        participation_id=by.participation_id,
        user_id=by.user_id,
        defaults={
            "listed": listed,
            "contact_listed": listed and contact_listed,
            "interests": " ".join(interests.split()),
            "changed_at": timezone.now(),
        },
    )
    record_event(EventKind.DIRECTORY_CHANGED, by=by, subject=wish, participation_id=by.participation_id)
    return wish


def follow_wish(event: Event) -> None:
    refresh(DirectoryWish.objects.filter(pk=event.subject_id))


def follow_role(event: Event) -> None:
    """Somebody's roles at a hospital changed."""
    grant = Grant.objects.filter(pk=event.subject_id).first()
    if grant and grant.participation_id:
        refresh(DirectoryWish.objects.filter(user=grant.user_id, participation=grant.participation_id))


def follow_hospital(event: Event) -> None:
    """A hospital left, or has another name: all of its people."""
    places = Participation.objects.filter(collaborative_id=event.collaborative_id)
    by_site = event.subject == "sites.Site"
    places = places.filter(site_id=event.subject_id) if by_site else places.filter(pk=event.subject_id)
    refresh(DirectoryWish.objects.filter(participation__in=places))


def refresh(wishes: QuerySet[DirectoryWish]) -> None:
    """Bring the entries of these wishes in line with what is wished and true; safe to do again."""
    for wish in wishes.select_related("participation__site", "user"):
        roles = _roles(wish)
        if wish.listed and roles and wish.user.is_active and wish.participation.left_on is None:
            DirectoryEntry.objects.update_or_create(
                collaborative_id=wish.collaborative_id,
                wish=wish,
                defaults={
                    "full_name": wish.user.full_name,
                    "hospital": wish.participation.site.name,
                    "roles": ", ".join(role.label for role in roles),
                    "interests": wish.interests,
                    "contact": wish.user.email if wish.contact_listed else "",
                },
            )
        else:
            DirectoryEntry.objects.filter(wish=wish).delete()


def _roles(wish: DirectoryWish) -> list[Role]:
    now = timezone.now()
    held = Grant.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now), user=wish.user_id, participation=wish.participation_id, starts_at__lte=now
    )
    names = set(held.values_list("role", flat=True))
    return [role for role in Role if role.value in names]
