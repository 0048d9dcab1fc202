"""Tell the next one when a task of a hospital waits too long: champion, administrator, then the centre's coordinator.

A task is that of the hospital, whoever of its people it waits for, and nobody is named. Each step is taken once, one a
day; when the task is done its steps are over, and another lapse begins anew.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
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
    due = [
        (task, step)
        for key, task in late.items()
        if (step := next_step(rules[task.kind], done.get(key, {}), task.days, today))
    ]
    _end({key: steps for key, steps in done.items() if key not in late})
    return _take(programme, due, today) if due else 0


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


def _take(programme: Collaborative, due: Sequence[tuple[Late, Step]], today: date) -> int:
    """Note the steps, and tell those who are next. Where nobody has that role, nobody is waited for: the next day goes on."""
    people = _people(programme.pk)
    rows = [
        EscalationDone(
            collaborative_id=programme.pk,
            participation_id=task.participation_id,
            kind=task.kind,
            key=task.key,
            step=step,
            told_on=today,
            people=len(people.get(_place(task.participation_id, step), ())),
        )
        for task, step in due
    ]
    try:
        with transaction.atomic():
            kept = EscalationDone.objects.bulk_create(rows)
    except IntegrityError:
        return 0  # another worker took one of them at this moment, and the others, too
    by_reader: dict[tuple[int, Step], list[tuple[int, Late]]] = {}
    for row, (task, step) in zip(kept, due, strict=True):
        by_reader.setdefault((task.participation_id, step), []).append((row.pk, task))
    hospitals = dict(Participation.objects.filter(collaborative=programme).values_list("pk", "public_id"))
    for (hospital, step), tasks in by_reader.items():
        _tell(programme, (hospital, hospitals[hospital]), step, tasks, people.get(_place(hospital, step), set()))
    return len(kept)


def _place(hospital: int, step: Step) -> tuple[int | None, Role]:
    return None if step is Step.COORDINATOR else hospital, ROLES[step]


def _people(collaborative_id: int) -> Mapping[tuple[int | None, Role], set[int]]:
    """Who holds the roles that are told, by hospital; in one statement."""
    now = timezone.now()
    held = Grant.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now),
        collaborative_id=collaborative_id,
        starts_at__lte=now,
        role__in=list(ROLES.values()),
        user__is_active=True,
    )
    found: dict[tuple[int | None, Role], set[int]] = {}
    for participation, role, user in held.values_list("participation_id", "role", "user_id"):
        found.setdefault((participation, Role(role)), set()).add(user)
    return found


def _tell(
    programme: Collaborative,
    hospital: tuple[int, UUID],
    step: Step,
    tasks: Sequence[tuple[int, Late]],
    people: set[int],
) -> None:
    """One piece of news for all tasks of a hospital that take this step today."""
    key, public_id = hospital
    late = [task for _, task in tasks]
    if step is Step.COORDINATOR:
        path = reverse("collaboratives:hospital-detail", args=[programme.slug, public_id])
    else:
        path = late[0].path if len(late) == 1 else reverse("week:task-list", args=[programme.slug])
    notify(
        people,
        kind=NotificationKind.ESCALATION,
        title=_title(late, step),
        text=_text(late, step),
        path=path,
        key=f"escalation-{min(row for row, _ in tasks)}",
        collaborative_id=programme.pk,
        participation_id=None if step is Step.COORDINATOR else key,
    )


def _title(late: Sequence[Late], step: Step) -> str:
    """No name of a person; of a hospital neither, for the title is the subject of a mail."""
    whose = "a hospital" if step is Step.COORDINATOR else "your hospital"
    if len(late) > 1:
        return f"{len(late)} tasks of {whose} have waited too long"
    return f"A task of {whose} has waited for {late[0].days} days: {KINDS[late[0].kind].words}"


def _text(late: Sequence[Late], step: Step) -> str:
    others = "its champion and administrator" if step is Step.COORDINATOR else "those for whom it waits"
    lines = [f"- {KINDS[each.kind].words}: {each.days} days" for each in sorted(late, key=lambda task: -task.days)]
    return "\n".join(
        [
            f"{_title(late, step)}.",
            "",
            *lines,
            "",
            f"You are told because it is long overdue; {others} were told before.",
        ]
    )


def _end(steps: Mapping[TaskKey, Iterable[Step]]) -> None:
    """Of tasks that are done. A hospital whose lists are being counted is left until they are."""
    hospitals = {participation for participation, _ in steps}
    uncounted = WaitingList.objects.filter(
        Q(counted_at=None) | Q(stale_since__isnull=False), participation__in=hospitals
    ).values_list("participation_id", flat=True)
    waiting, by_hospital = set(uncounted), dict[int, list[str]]()
    for participation, key in steps:
        if participation not in waiting:
            by_hospital.setdefault(participation, []).append(key)
    for participation, keys in by_hospital.items():
        over = EscalationDone.objects.filter(participation=participation, key__in=keys, over_at=None)
        over.update(over_at=timezone.now())
