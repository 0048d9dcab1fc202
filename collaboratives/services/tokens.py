"""Keys for programs: made for oneself, shown once, kept as a digest, and dead with their owner's role."""

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import TypeAlias
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from collaboratives.enums import KeyScope
from collaboratives.errors import KeyRefusedError
from collaboratives.models import ApiToken
from collaboratives.selectors.places import Place, places_of
from events.enums import EventKind
from events.services import record_event
from privacy.roles import Capacity, Permission
from privacy.viewer import PermissionRefusedError, Viewer, require
from tenancy.context import Acting, acting


KeyOwner: TypeAlias = User  # the name for views, which may hold a person but not look one up
LONGEST_LIFE = timedelta(days=365)
USED_AT_MOST_EVERY = timedelta(hours=1)
TEXT = re.compile(r"clq_([0-9a-f]{32})_([0-9a-f]{32})_([A-Za-z0-9_-]{43})")
NO_DIGEST = "0" * 64


@dataclass(frozen=True)
class NewKey:
    """The only moment in which the text of a key exists here."""

    token: ApiToken
    text: str


@dataclass(frozen=True)
class Visit:
    """A program that came with a good key, and for whom it acts where."""

    user: User
    viewer: Viewer
    place: Place
    key: str


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def scopes_to_give(viewer: Viewer) -> tuple[KeyScope, ...]:
    """What the viewer's keys may be allowed: nothing its owner may not do, and the centre makes none."""
    if viewer.capacity is not Capacity.HOSPITAL or not viewer.can(Permission.API_TOKEN_MANAGE):
        return ()
    return tuple(scope for scope in KeyScope if scope.permissions & viewer.permissions)


@transaction.atomic
def create_token(*, name: str, scopes: Iterable[KeyScope], expires_at: datetime, by: Viewer) -> NewKey:
    """Make a key for a program of the viewer's own, in the hospital where they work now."""
    require(by, Permission.API_TOKEN_MANAGE)
    wanted = frozenset(scopes)
    if not wanted <= set(scopes_to_give(by)) or by.participation_id is None:
        raise PermissionRefusedError(Permission.API_TOKEN_MANAGE)
    secret = secrets.token_urlsafe(32)
    granted = frozenset[Permission]().union(*(scope.permissions for scope in wanted)) & by.permissions
    token = ApiToken.objects.create(
        collaborative_id=by.collaborative_id,
        participation_id=by.participation_id,
        user_id=by.user_id,
        name=name.strip(),
        digest=_digest(secret),
        scopes=sorted(granted),
        expires_at=min(expires_at, timezone.now() + LONGEST_LIFE),
    )
    record_event(EventKind.TOKEN_CREATED, by=by, subject=token, participation_id=by.participation_id)
    owner = User.objects.values_list("public_id", flat=True).get(pk=by.user_id)
    return NewKey(token, f"clq_{owner.hex}_{token.public_id.hex}_{secret}")


@transaction.atomic
def revoke_token(*, token: ApiToken, by: Viewer) -> None:
    """End a key now: its owner, the hospital's administrator or the centre may."""
    require(by, Permission.API_TOKEN_MANAGE)
    if token.user_id != by.user_id:
        require(by, Permission.PEOPLE_MANAGE)
    now = timezone.now()
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now, revoked_by_id=by.user_id):
        record_event(EventKind.TOKEN_REVOKED, by=by, subject=token, participation_id=token.participation_id)


# A request with a key --------------------------------------------------------------------------------------------------


def enter_with_key(text: str) -> Visit:
    """For whom a program acts. Every wrong key is answered alike, and looks up as much as a right one.

    Raises
    ------
    KeyRefusedError
        Without saying why.
    """
    user_id, token_id, secret = _parts(text)
    user = User.objects.filter(public_id=user_id, is_active=True).first()
    owner = user.pk if user else 0
    token = _token(owner, token_id)
    fits = compare_digest(token.digest if token else NO_DIGEST, _digest(secret))
    place = next((each for each in places_of(owner) if token and each.participation_id == token.participation_id), None)
    if user is None or token is None or place is None or not fits:
        raise KeyRefusedError
    _note_use(token)
    scopes = frozenset(Permission(each) for each in token.scopes)
    return Visit(user, replace(place.viewer(owner, user.full_name), scopes=scopes), place, token.public_id.hex)


def _parts(text: str) -> tuple[UUID, UUID, str]:
    """The parts of a key; of a text that is none, parts that fit nothing."""
    match = TEXT.fullmatch(text)
    return (UUID(match[1]), UUID(match[2]), match[3]) if match else (uuid4(), uuid4(), "")


def _token(owner: int, public_id: UUID) -> ApiToken | None:
    """A key that lives, as its owner sees it: the wall shows nobody else's."""
    living = Q(revoked_at=None, expires_at__gt=timezone.now())
    with acting(Acting("member", user_id=owner)), transaction.atomic():
        return ApiToken.objects.filter(living, user_id=owner, public_id=public_id).first()


def _note_use(token: ApiToken) -> None:
    """At most once an hour: a busy program does not write a row with every request."""
    now = timezone.now()
    if token.last_used_at and token.last_used_at > now - USED_AT_MOST_EVERY:
        return
    with acting(Acting("member", user_id=token.user_id)), transaction.atomic():
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
