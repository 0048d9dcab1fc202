"""One list of everything that waits for a person, from every application that the settings name."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from collaboratives.definition.due import Due
from collaboratives.models import Collaborative, Participation
from collaboratives.selectors.clock import today_of
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
    groups: tuple[TaskGroup, ...]
    count: int
    overdue: int
    at_centre: bool


def task_page(viewer: Viewer) -> TaskPage:
    """What waits for the viewer here, the most urgent first."""
    today = today_of(Collaborative.objects.get(pk=viewer.collaborative_id))
    found = due_of(viewer)
    at_centre = viewer.capacity is Capacity.CENTRE
    names = _names(found) if at_centre else {}
    tasks = sorted((_task(each, today, names) for each in found), key=_urgency)
    groups = tuple(
        TaskGroup(label=when, tasks=tuple(group)) for when, group in groupby(tasks, key=lambda task: task.when)
    )
    overdue = sum(task.due.count for task in tasks if task.when == OVERDUE)
    return TaskPage(groups=groups, count=len(tasks), overdue=overdue, at_centre=at_centre)


def due_of(viewer: Viewer) -> list[Due]:
    """Everything, in the order of the settings."""
    sources: list[Source] = [import_string(path) for path in settings.TASK_SOURCES]
    return [each for source in sources for each in source(viewer)]


def when_due(due: Due, today: date) -> str:
    """How urgent it is."""
    if due.due_on is None:
        return OPEN
    return OVERDUE if due.due_on < today else WEEK if due.due_on <= today + SOON else LATER


def _task(due: Due, today: date, names: dict[UUID, str]) -> Task:
    day = f"{due.due_on:%-d %b %Y}" if due.due_on else ""
    return Task(
        due=due, when=when_due(due, today), day=day, hospital=names.get(due.hospital, "") if due.hospital else ""
    )


def _urgency(task: Task) -> tuple[int, date, str]:
    return ORDER.index(task.when), task.due.due_on or date.max, task.due.title


def _names(found: list[Due]) -> dict[UUID, str]:
    wanted = {each.hospital for each in found if each.hospital}
    rows = Participation.objects.filter(public_id__in=wanted).values_list("public_id", "site__name")
    return dict(rows) if wanted else {}
