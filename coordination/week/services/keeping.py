"""Keep what waits for people: one list for each of their places, asked from the applications as that person.

An event marks lists stale; once a minute a worker brings them up to date, the oldest first, and all of them on a new
day. It takes a list in a transaction of its own and writes it in another, so that nobody who works waits for it, and what
happens in between marks the list again.
"""

import logging
import time as clock
from collections.abc import Mapping
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from collaboratives.definition.due import Due
from collaboratives.models import Participation
from collaboratives.selectors.collaboratives import collaborative_keys
from collaboratives.selectors.places import acting_for, viewers_here
from coordination.week.models import WaitingList, WaitingTask
from coordination.week.selectors.concern import concerned
from coordination.week.selectors.standing import midnight_of, not_up_to_date, roles_of
from coordination.week.selectors.tasks import due_of
from events.models import Event
from privacy.viewer import Viewer
from tenancy.context import Acting, acting


log = logging.getLogger(__name__)
SECONDS_A_RUN = 40.0  # the clock strikes every minute; what is left is the next minute's
Key = tuple[int | None, int, str]


def mark_stale(event: Event) -> None:
    """Reaction to every event: the lists of those whom it may concern, in one statement that writes each list once."""
    who = concerned(event)
    if who is not None:
        fresh = WaitingList.objects.filter(who, collaborative_id=event.collaborative_id, stale_since=None)
        fresh.update(stale_since=timezone.now())


def follow_roles(event: Event) -> None:
    """Reaction to roles that begin and end: lists come and go with them."""
    keep_lists(event.collaborative_id)


@transaction.atomic
def keep_lists(collaborative_id: int) -> Mapping[Key, Viewer]:
    """A list for everybody in each of their places and no other; what was counted for other roles is gone at once."""
    wanted = {_key(each): each for each in viewers_here(collaborative_id)}
    kept = {
        (each.participation_id, each.user_id, each.capacity): each
        for each in WaitingList.objects.filter(collaborative_id=collaborative_id)
    }
    gone = [each.pk for key, each in kept.items() if key not in wanted]
    changed = [each.pk for key, each in kept.items() if key in wanted and each.roles != roles_of(wanted[key])]
    WaitingTask.objects.filter(waiting_list__in=[*gone, *changed]).delete()
    WaitingList.objects.filter(pk__in=gone).delete()
    WaitingList.objects.filter(pk__in=changed, stale_since=None).update(stale_since=timezone.now())
    new = [_list(viewer) for key, viewer in wanted.items() if key not in kept]
    WaitingList.objects.bulk_create(new, ignore_conflicts=True)
    return wanted


def _key(viewer: Viewer) -> Key:
    return viewer.participation_id, viewer.user_id, viewer.capacity.value if viewer.capacity else ""


def _list(viewer: Viewer) -> WaitingList:
    participation, user, capacity = _key(viewer)
    return WaitingList(
        collaborative_id=viewer.collaborative_id, participation_id=participation, user_id=user, capacity=capacity
    )


def refresh_everywhere() -> None:
    """Every programme, within the time of one run."""
    until = clock.monotonic() + SECONDS_A_RUN
    for key in collaborative_keys():
        refresh(key, until=until)


def refresh(collaborative_id: int, *, until: float | None = None) -> int:
    """Bring up to date what waits for it, the oldest first; how many lists were."""
    done = 0
    with acting(Acting("compute", collaborative_id=collaborative_id)):
        with transaction.atomic():
            viewers = keep_lists(collaborative_id)
            hospitals = dict(
                Participation.objects.filter(collaborative_id=collaborative_id).values_list("public_id", "pk")
            )
            waiting = list(_waiting(collaborative_id))
        for each in waiting:
            if until is not None and clock.monotonic() > until:
                break
            done += _bring_up_to_date(each, viewers, hospitals)
    return done


def _waiting(collaborative_id: int) -> list[int]:
    found = WaitingList.objects.filter(not_up_to_date(midnight_of(collaborative_id)), collaborative_id=collaborative_id)
    return list(found.order_by(F("stale_since").asc(nulls_last=True), "pk").values_list("pk", flat=True))


def _bring_up_to_date(key: int, viewers: Mapping[Key, Viewer], hospitals: Mapping[UUID, int]) -> bool:
    """One list. A source that fails leaves it as it was, marked, and the others go on."""
    taken = _take(key)
    viewer = viewers.get((taken.participation_id, taken.user_id, taken.capacity)) if taken else None
    if taken is None or viewer is None:
        return False  # somebody else has it, or the role has ended since
    try:
        return _count(taken, viewer, hospitals)
    except Exception:
        log.exception("what waits in list %s could not be asked", key)
        WaitingList.objects.filter(pk=key, stale_since=None).update(stale_since=timezone.now())
        return False


@transaction.atomic
def _take(key: int) -> WaitingList | None:
    """Clear the mark before asking: whatever happens from now on sets it again."""
    found = WaitingList.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=key).first()
    if found is not None:
        found.begun_at, found.stale_since = timezone.now(), None
        found.save(update_fields=["begun_at", "stale_since"])
    return found


@transaction.atomic
def _count(taken: WaitingList, viewer: Viewer, hospitals: Mapping[UUID, int]) -> bool:
    """Ask as the person, so that the wall and every question of permission hold; write as the worker."""
    with acting(acting_for(viewer)):
        found = due_of(viewer)
    mine = WaitingList.objects.select_for_update().filter(pk=taken.pk, begun_at=taken.begun_at)
    if not mine.exists():
        return False  # another worker took it meanwhile, and writes it
    WaitingTask.objects.filter(waiting_list=taken).delete()
    WaitingTask.objects.bulk_create(_row(taken, each, hospitals) for each in found)
    WaitingList.objects.filter(pk=taken.pk).update(counted_at=taken.begun_at, roles=roles_of(viewer))
    return True


def _row(kept: WaitingList, due: Due, hospitals: Mapping[UUID, int]) -> WaitingTask:
    return WaitingTask(
        collaborative_id=kept.collaborative_id,
        participation_id=kept.participation_id,
        user_id=kept.user_id,
        capacity=kept.capacity,
        waiting_list=kept,
        kind=due.kind,
        key=sha256(due.name.encode()).hexdigest(),
        title=due.title,
        path=due.url,
        count=due.count,
        due_on=due.due_on,
        since=due.since,
        hospital_id=hospitals[due.hospital] if due.hospital else None,
    )
