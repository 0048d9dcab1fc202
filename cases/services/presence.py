"""Who else has a case open. Only a courtesy, kept in the cache: a user's number and two times, nothing of the case."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import RedisError

from accounts.models import User
from cases.models import Case
from privacy.viewer import Viewer


# Pages say every minute that they are open; one that said nothing for longer is gone.
ALIVE = 150
Entries = dict[int, tuple[float, float]]


@dataclass(frozen=True)
class Editor:
    name: str
    active_at: datetime

    @property
    def words(self) -> str:
        minutes = int((timezone.now() - self.active_at).total_seconds() // 60)
        return f"{self.name}, {minutes} min ago" if minutes else f"{self.name}, just now"


def note_editor(*, case: Case, by: Viewer, active: bool = True) -> None:
    """Remember that this person has the case open; `active`: and has just answered a question."""
    now, entries = timezone.now().timestamp(), _entries(case)
    _, before = entries.get(by.user_id, (now, now))
    _keep(case, entries | {by.user_id: (now, now if active else before)})


def forget_editor(*, case: Case, by: Viewer) -> None:
    entries = _entries(case)
    if entries.pop(by.user_id, None):
        _keep(case, entries)


def other_editors(*, case: Case, by: Viewer) -> list[Editor]:
    """Colleagues of the same hospital who have the case open, the last active first."""
    others = {user: active for user, (_, active) in _entries(case).items() if user != by.user_id}
    if not others or by.participation_id != case.participation_id:
        return []
    names = dict(User.objects.filter(pk__in=others).values_list("pk", "full_name"))
    latest_first = sorted(others, key=lambda user: -others[user])
    return [
        Editor(names[user], datetime.fromtimestamp(others[user], tz=timezone.get_current_timezone()))
        for user in latest_first
        if user in names
    ]


def editing_words(*, case: Case, by: Viewer) -> str:
    found = other_editors(case=case, by=by)
    return f"Being edited by {'; '.join(editor.words for editor in found)}" if found else ""


def _key(case: Case) -> str:
    return f"case-editors:{case.participation_id}:{case.public_id}"


def _entries(case: Case) -> Entries:
    try:
        found: Mapping[int, tuple[float, float]] = cache.get(_key(case)) or {}
    except RedisError:
        return {}
    oldest = timezone.now().timestamp() - ALIVE
    return {user: (seen, active) for user, (seen, active) in found.items() if seen >= oldest}


def _keep(case: Case, entries: Entries) -> None:
    try:
        cache.set(_key(case), entries, ALIVE)
    except RedisError:
        return
