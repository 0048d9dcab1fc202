"""One list of everything that waits for a person, from every application that the settings name.

A worker asks them (`due_of`) and keeps the answer as rows; the page reads the rows and says when they were counted.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby

from django.conf import settings
from django.utils.module_loading import import_string

from collaboratives.definition.due import Due
from collaboratives.models import Collaborative
from collaboratives.selectors.clock import in_zone, today_of
from coordination.week.models import WaitingList, WaitingTask
from coordination.week.selectors.standing import is_up_to_date, midnight, roles_of
from privacy.roles import Capacity
from privacy.viewer import Viewer


Source = Callable[[Viewer], list[Due]]
SOON = timedelta(days=7)
OVERDUE, WEEK, LATER, OPEN = "Overdue", "In the next seven days", "Later", "Whenever you can"
ORDER = (OVERDUE, WEEK, OPEN, LATER)


@dataclass(frozen=True, kw_only=True)
class Task:
    """A line of the list; `hospital` is a name for the centre, which has many, and empty elsewhere."""

    due: Due
    when: str
    day: str
    hospital: str


@dataclass(frozen=True, kw_only=True)
class TaskGroup:
    """Tasks that are equally urgent."""

    label: str
    tasks: tuple[Task, ...]


@dataclass(frozen=True, kw_only=True)
class TaskPage:
    """`as_of` is empty where nothing was counted yet for what the viewer may do today."""

    groups: tuple[TaskGroup, ...]
    count: int
    overdue: int
    at_centre: bool
    as_of: str
    is_up_to_date: bool


def task_page(viewer: Viewer) -> TaskPage:
    """What waits for the viewer here as a worker last counted it, the most urgent first."""
    collaborative = Collaborative.objects.get(pk=viewer.collaborative_id)
    today, kept = today_of(collaborative), list_of(viewer)
    at_centre = viewer.capacity is Capacity.CENTRE
    rows = rows_of(kept) if kept else []
    tasks = sorted((_task(each, today, at_centre=at_centre) for each in rows), key=_urgency)
    groups = tuple(
        TaskGroup(label=when, tasks=tuple(group)) for when, group in groupby(tasks, key=lambda task: task.when)
    )
    return TaskPage(
        groups=groups,
        count=len(tasks),
        overdue=sum(task.due.count for task in tasks if task.when == OVERDUE),
        at_centre=at_centre,
        as_of=_told(kept.counted_at, collaborative) if kept and kept.counted_at else "",
        is_up_to_date=kept is not None and is_up_to_date(kept, midnight(collaborative.time_zone)),
    )


def list_of(viewer: Viewer) -> WaitingList | None:
    """The viewer's own in this place, if it was counted for the roles they hold now: of no other is anything shown."""
    kept = WaitingList.objects.filter(
        collaborative_id=viewer.collaborative_id,
        participation=viewer.participation_id,
        user_id=viewer.user_id,
        capacity=viewer.capacity,
    ).first()
    return kept if kept and kept.counted_at and kept.roles == roles_of(viewer) else None


def rows_of(kept: WaitingList) -> list[WaitingTask]:
    """In the order in which the applications told them. Observers know of no hospital, not even of its table."""
    rows = WaitingTask.objects.filter(waiting_list=kept).order_by("pk")
    return list(rows if kept.capacity == Capacity.OBSERVER else rows.select_related("hospital__site"))


def due_of(viewer: Viewer) -> list[Due]:
    """Everything, asked from the applications now, in the order of the settings. For workers: it costs some 30 statements."""
    return [each for source in _sources(tuple(settings.TASK_SOURCES)) for each in source(viewer)]


@lru_cache
def _sources(paths: Iterable[str]) -> tuple[Source, ...]:
    return tuple(import_string(path) for path in paths)


def when_due(due_on: date | None, today: date) -> str:
    """How urgent it is."""
    if due_on is None:
        return OPEN
    return OVERDUE if due_on < today else WEEK if due_on <= today + SOON else LATER


def due_in(row: WaitingTask) -> Due:
    """What the application had told."""
    return Due(
        kind=row.kind,
        title=row.title,
        url=row.path,
        count=row.count,
        due_on=row.due_on,
        since=row.since,
        hospital=row.hospital.public_id if row.hospital else None,
    )


def _task(row: WaitingTask, today: date, *, at_centre: bool) -> Task:
    return Task(
        due=due_in(row),
        when=when_due(row.due_on, today),
        day=f"{row.due_on:%-d %b %Y}" if row.due_on else "",
        hospital=row.hospital.site.name if at_centre and row.hospital else "",
    )


def _urgency(task: Task) -> tuple[int, date, str]:
    return ORDER.index(task.when), task.due.due_on or date.max, task.due.title


def _told(moment: datetime, collaborative: Collaborative) -> str:
    """The time of day; of another day, that day before it."""
    there = in_zone(moment, collaborative)
    return f"{there:%H:%M}" if there.date() == today_of(collaborative) else f"{there:%-d %b, %H:%M}"
