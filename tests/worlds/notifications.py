"""Everybody was told that they are welcome; birch's people something about their hospital; a release that is there."""

from uuid import UUID

from django.db import transaction

from collaboratives.models import Grant
from collaboratives.notifications.enums import How, NotificationKind
from collaboratives.notifications.models import Notification
from collaboratives.notifications.services.notifying import notify
from collaboratives.notifications.services.wishing import choose
from tenancy.context import acting
from tests.worlds import programme, releases


WELCOME = "world-welcome"
BIRCH_WORD = "Yarrowfield"  # in what birch alone was told
WISHING = ("sam", "pat", "stella")  # minutes in the mail of the day
NOTIFICATIONS: dict[str, UUID] = {}
"""Public ids of the welcomes, by short name of the person and, for those of hernia-lakes alone, of that programme."""


def build() -> None:
    for slug in ("colectomy-mi", "hernia-lakes"):
        who = releases.worker(slug)
        with acting(who), transaction.atomic():
            here = Grant.objects.filter(collaborative=who.collaborative_id, ends_at=None)
            everybody = set(here.values_list("user_id", flat=True))
            tell(everybody, slug, key=WELCOME)
            _remember(who.collaborative_id)
    for name in WISHING:
        choose(user_id=programme.USERS[name][0], hows={NotificationKind.MINUTES: How.DIGEST})
    place = programme.participation("birch")
    with acting(releases.worker()), transaction.atomic():
        people = set(Grant.objects.filter(participation=place, ends_at=None).values_list("user_id", flat=True))
        tell(people, key="world-birch", title=f"News of {BIRCH_WORD}", participation_id=place.pk)


def tell(
    people: set[int],
    slug: str = "colectomy-mi",
    *,
    key: str,
    kind: NotificationKind = NotificationKind.GROUP,
    title: str = "Welcome to the programme",
    participation_id: int | None = None,
) -> int:
    """As a worker does, inside its transaction."""
    return notify(
        people,
        kind=kind,
        title=title,
        path=f"/c/{slug}/",
        key=key,
        collaborative_id=programme.collaborative(slug).pk,
        participation_id=participation_id,
    )


def _remember(collaborative_id: int) -> None:
    names = {user: name for name, (user, _) in programme.USERS.items()}
    rows = Notification.objects.filter(collaborative=collaborative_id, key=WELCOME)
    for user, public_id in rows.values_list("user_id", "public_id"):
        if user in names:
            NOTIFICATIONS.setdefault(names[user], public_id)
