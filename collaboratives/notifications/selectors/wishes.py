"""How people want to hear of what."""

from collections.abc import Iterable, Mapping

from django.db import transaction

from collaboratives.notifications.definition.kinds import KINDS, allowed
from collaboratives.notifications.enums import How, NotificationKind
from collaboratives.notifications.models import NotificationWish
from tenancy.context import Acting, acting


def hows_of(people: Iterable[int], kind: NotificationKind) -> Mapping[int, How]:
    """Of each of these people, for one kind: in one statement, or in none where nobody has a choice."""
    keys = list(people)
    if KINDS[kind].is_fixed:
        return dict.fromkeys(keys, KINDS[kind].usual)
    chosen = dict(NotificationWish.objects.filter(user__in=keys, kind=kind).values_list("user_id", "how"))
    return {key: allowed(kind, chosen.get(key)) for key in keys}


def how_of(user_id: int, kind: NotificationKind) -> How:
    return hows_of([user_id], kind)[user_id]


def own_wishes(user_id: int) -> Mapping[NotificationKind, How]:
    """Of the person who asks, for every kind."""
    with acting(Acting("member", user_id=user_id)), transaction.atomic():
        chosen = dict(NotificationWish.objects.filter(user=user_id).values_list("kind", "how"))
    return {kind: allowed(kind, chosen.get(kind)) for kind in KINDS}
