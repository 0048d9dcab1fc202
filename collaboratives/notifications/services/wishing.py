"""Somebody says how they want to hear of what. Everybody decides it for themselves, for all their programmes."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from collaboratives.notifications.definition.kinds import KINDS
from collaboratives.notifications.enums import How, NotificationKind
from collaboratives.notifications.models import NotificationWish
from tenancy.context import Acting, acting


def choose(*, user_id: int, hows: Mapping[NotificationKind, How]) -> None:
    """Keep these wishes; what a rule does not allow is refused whole."""
    wrong = [kind for kind, how in hows.items() if how not in KINDS[kind].ways]
    if wrong:
        raise ValueError(f"cannot be heard so: {wrong}")
    rows = [
        NotificationWish(user_id=user_id, kind=kind, how=how, chosen_at=timezone.now()) for kind, how in hows.items()
    ]
    with acting(Acting("member", user_id=user_id)), transaction.atomic():
        NotificationWish.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["user", "kind"], update_fields=["how", "chosen_at"]
        )
