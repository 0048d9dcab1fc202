"""Keys for programs, as their page shows them. Their digests stay where they are."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone

from collaboratives.enums import KeyScope
from collaboratives.models import ApiToken
from privacy.roles import Capacity, Permission
from privacy.viewer import Viewer, require


@dataclass(frozen=True, kw_only=True)
class KeyRow:
    public_id: UUID
    name: str
    owner: str
    hospital: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    state: str  # "in use", "expired" or "revoked"


@dataclass(frozen=True, kw_only=True)
class KeyPage:
    """Keys of the viewer alone or, for those who look after people, of everybody."""

    rows: tuple[KeyRow, ...]
    everybody: bool
    shows_hospital: bool
    may_create: bool


def key_page(viewer: Viewer) -> KeyPage:
    keys = _keys(viewer).select_related("user", "participation__site").order_by("-created_at", "-pk")
    return KeyPage(
        rows=tuple(_row(each) for each in keys.defer("digest")),
        everybody=viewer.can(Permission.PEOPLE_MANAGE),
        shows_hospital=viewer.capacity is Capacity.CENTRE,
        may_create=viewer.capacity is Capacity.HOSPITAL,
    )


def key_for(viewer: Viewer, public_id: UUID) -> ApiToken:
    """A key that the viewer may revoke, or 404."""
    return get_object_or_404(_keys(viewer), public_id=public_id)


def _keys(viewer: Viewer) -> QuerySet[ApiToken]:
    require(viewer, Permission.API_TOKEN_MANAGE)
    keys = ApiToken.objects.filter(collaborative_id=viewer.collaborative_id)
    if viewer.capacity is Capacity.HOSPITAL:
        keys = keys.filter(participation_id=viewer.participation_id or 0)
    return keys if viewer.can(Permission.PEOPLE_MANAGE) else keys.filter(user_id=viewer.user_id)


def _row(key: ApiToken) -> KeyRow:
    expired = key.expires_at <= timezone.now()
    return KeyRow(
        public_id=key.public_id,
        name=key.name,
        owner=key.user.full_name,
        hospital=key.participation.site.name,
        scopes=tuple(scope.label for scope in KeyScope if scope.permissions & set(key.scopes)),
        created_at=key.created_at,
        expires_at=key.expires_at,
        last_used_at=key.last_used_at,
        state="revoked" if key.revoked_at else "expired" if expired else "in use",
    )
