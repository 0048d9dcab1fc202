"""Tell the next one when a task of a hospital waits too long: champion, administrator, then the centre's coordinator.

A task is that of the hospital, whoever of its people it waits for, and nobody is named. Each step is taken once, one a
day; when the task is done its steps are over, and another lapse begins anew.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from collaboratives.models import Collaborative, Grant, Participation
from collaboratives.notifications.enums import NotificationKind
from collaboratives.notifications.services.notifying import notify
from collaboratives.selectors.clock import today_of
from collaboratives.selectors.collaboratives import collaborative_keys
from coordination.week.definition.escalation import KINDS, days_late, next_step
from coordination.week.enums import Step
from coordination.week.models import EscalationDone, WaitingList, WaitingTask
from coordination.week.selectors.escalation import days_by_kind
from privacy.roles import Role
from tenancy.context import Acting, acting


ROLES = {Step.CHAMPION: Role.CHAMPION, Step.ADMINISTRATOR: Role.ADMINISTRATOR, Step.COORDINATOR: Role.COORDINATOR}
TaskKey = tuple[int, str]


@dataclass(frozen=True, kw_only=True)
class Late:
    """A task of a hospital, as late as it is for the one for whom it is latest."""

    participation_id: int
    key: str
    kind: str
    path: str
    days: int


def escalate_everywhere() -> None:
    for key in collaborative_keys():
        with acting(Acting("compute", collaborative_id=key)):
            escalate(key)


@transaction.atomic
def escalate(collaborative_id: int) -> int:
    """Take the step that is due of every task; how many were taken. Safe to run twice, and by two workers at once."""
    programme = Collaborative.objects.get(pk=collaborative_id)
    today, rules = today_of(programme), days_by_kind(collaborative_id)
    late = _late(collaborative_id, today)
    done = _done(collaborative_id)
    taken = 0
    for key, task in late.items():
        step = next_step(rules[task.kind], done.get(key, {}), task.days, today)
        taken += step is not None and _take(programme, task, step, today)
    _end({key: steps for key, steps in done.items() if key not in late})
    return taken


def _late(collaborative_id: int, today: date) -> Mapping[TaskKey, Late]:
    """By hospital and task, in one statement. What has no day counts from when it began to wait."""
    rows = WaitingTask.objects.filter(
        collaborative_id=collaborative_id,
        participation__isnull=False,
        kind__in=list(KINDS),
        participation__left_on=None,
    ).values_list("participation", "key", "kind", "path", "due_on", "since")
    found: dict[TaskKey, Late] = {}
    for participation, key, kind, path, due_on, since in rows.order_by("pk"):
        days = days_late(due_on, since, today)
        known = found.get((participation, key))
        if days > 0 and (known is None or days > known.days):
            found[participation, key] = Late(participation_id=participation, key=key, kind=kind, path=path, days=days)
    return found


def _done(collaborative_id: int) -> Mapping[TaskKey, dict[Step, date]]:
    """Steps that were taken of tasks that are not done yet."""
    found: dict[TaskKey, dict[Step, date]] = {}
    rows = EscalationDone.objects.filter(collaborative_id=collaborative_id, over_at=None)
    for participation, key, step, day in rows.values_list("participation_id", "key", "step", "told_on"):
        found.setdefault((participation, key), {})[Step(step)] = day
    return found


def _take(programme: Collaborative, task: Late, step: Step, today: date) -> bool:
    """Note the step, and tell whoever is next: where nobody has that role, nobody waits for them, and the next day goes on."""
    done, is_new = EscalationDone.objects.get_or_create(
        collaborative_id=programme.pk,
        participation_id=task.participation_id,
        key=task.key,
        step=step,
        over_at=None,
        defaults={"kind": task.kind, "told_on": today},
    )
    if not is_new:
        return False
    people = _people(programme.pk, task.participation_id, step)
    done.people = len(people)
    done.save(update_fields=["people"])
    notify(
        people,
        kind=NotificationKind.ESCALATION,
        title=_title(task, step),
        text=_text(task, step),
        path=_path(programme, task, step),
        key=f"escalation-{done.pk}",
        collaborative_id=programme.pk,
        participation_id=None if step is Step.COORDINATOR else task.participation_id,
    )
    return True


def _people(collaborative_id: int, participation_id: int, step: Step) -> list[int]:
    now = timezone.now()
    held = Grant.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now),
        collaborative_id=collaborative_id,
        starts_at__lte=now,
        role=ROLES[step],
        participation=None if step is Step.COORDINATOR else participation_id,
        user__is_active=True,
    )
    return sorted(set(held.values_list("user", flat=True)))


def _title(task: Late, step: Step) -> str:
    """No name of a person; of a hospital neither, for the title is the subject of a mail."""
    words = KINDS[task.kind].words
    whose = "A hospital's task" if step is Step.COORDINATOR else "A task of your hospital"
    return f"{whose} has waited for {task.days} days: {words}"


def _text(task: Late, step: Step) -> str:
    others = "its champion and administrator" if step is Step.COORDINATOR else "those for whom it waits"
    return f"{_title(task, step)}. You are told because it is long overdue; {others} have been told before."


def _path(programme: Collaborative, task: Late, step: Step) -> str:
    if step is not Step.COORDINATOR:
        return task.path
    hospital = Participation.objects.values_list("public_id", flat=True).get(pk=task.participation_id)
    return reverse("collaboratives:hospital-detail", args=[programme.slug, hospital])


def _end(steps: Mapping[TaskKey, Iterable[Step]]) -> None:
    """Of tasks that are done. A hospital whose lists are being counted is left until they are."""
    hospitals = {participation for participation, _ in steps}
    uncounted = WaitingList.objects.filter(
        Q(counted_at=None) | Q(stale_since__isnull=False), participation__in=hospitals
    ).values_list("participation_id", flat=True)
    ended = Q(pk=None)
    for participation, key in steps:
        if participation not in set(uncounted):
            ended |= Q(participation=participation, key=key)
    EscalationDone.objects.filter(ended, over_at=None).update(over_at=timezone.now())
