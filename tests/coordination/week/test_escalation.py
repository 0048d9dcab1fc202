"""What waits too long is told to the next one: once each step, one a day, by the programme's own rules."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from collaboratives.models import Grant
from collaboratives.notifications.enums import NotificationKind
from collaboratives.notifications.models import Notification
from collaboratives.selectors.clock import today_of
from collaboratives.selectors.places import acting_for
from collaboratives.services.people import end_role
from coordination.week.definition.escalation import KINDS, days_late, next_step, steps
from coordination.week.enums import Step
from coordination.week.errors import EscalationRuleError
from coordination.week.models import EscalationDone, EscalationRule, WaitingList, WaitingTask
from coordination.week.selectors.tasks import list_of
from coordination.week.services.escalating import escalate, escalate_everywhere
from coordination.week.services.rules import set_rule, set_rules
from privacy.roles import Role
from privacy.viewer import PermissionRefusedError
from tenancy.context import Acting, acting
from tests.world import World
from tests.worlds import programme, week


pytestmark = pytest.mark.worker
DAY = date(2026, 11, 23)
HERE = "/c/colectomy-mi/tasks/escalation/"


@pytest.fixture
def today(world: World) -> date:
    """Nothing waits anywhere but what a test puts there."""
    week.count()
    with acting(compute()), transaction.atomic():
        WaitingTask.objects.all().delete()
    return there()


def there() -> date:
    """Of the programme's clock, which is hours behind."""
    return today_of(programme.collaborative())


def compute() -> Acting:
    return Acting("compute", collaborative_id=programme.collaborative().pk)


def waits(name: str, *, kind: str = "cases", late: int, key: str = "cases") -> None:
    viewer = programme.viewer(name)
    with acting(acting_for(viewer)), transaction.atomic():
        kept = list_of(viewer)
    assert kept is not None
    with acting(compute()), transaction.atomic():
        WaitingTask.objects.create(
            collaborative_id=viewer.collaborative_id,
            participation_id=viewer.participation_id,
            user_id=viewer.user_id,
            capacity=viewer.capacity,
            waiting_list=WaitingList.objects.get(pk=kept.pk),
            kind=kind,
            key=key,
            title="Complete cases, 7 overdue",
            path="/c/colectomy-mi/cases/",
            due_on=there() - timedelta(days=late),
        )


def run() -> list[tuple[str, int]]:
    """The job twice: who was told by it, as (title, person), the second time nobody."""
    with acting(compute()), transaction.atomic():
        before = set(Notification.objects.values_list("pk", flat=True))
        escalate(programme.collaborative().pk)
        told = Notification.objects.filter(kind=NotificationKind.ESCALATION).exclude(pk__in=before)
        found = sorted(told.values_list("title", "user_id"))
        assert escalate(programme.collaborative().pk) == 0
        assert Notification.objects.exclude(pk__in=before).count() == len(found)
    return found


def people(*names: str) -> set[int]:
    return {programme.USERS[name][0] for name in names}


def test_a_task_walks_through_its_steps_over_days(today: date) -> None:
    waits("alder.abstractor", late=13)
    waits("alder.sampler", late=13)  # the same task of the same hospital
    begun = timezone.now()
    told: dict[int, list[tuple[str, int]]] = {}
    for day in range(40):
        with time_machine.travel(begun + timedelta(days=day), tick=True):
            if found := run():
                told[13 + day] = found

    assert sorted(told) == [14, 30, 45]
    assert {person for _, person in told[14]} == people("alder.champion")
    assert {person for _, person in told[30]} == people("alder.administrator")
    assert {person for _, person in told[45]} == people("cora")
    assert {title for title, _ in told[14]} == {"A task of your hospital has waited for 14 days: complete cases"}
    assert {title for title, _ in told[45]} == {"A task of a hospital has waited for 45 days: complete cases"}


def test_what_is_told_names_neither_person_nor_hospital(today: date) -> None:
    waits("alder.abstractor", late=20)
    run()
    with acting(compute()), transaction.atomic():
        told = Notification.objects.get(kind=NotificationKind.ESCALATION)
    words = f"{told.title} {told.text}"
    assert "Ashgrave" not in words
    assert programme.HOSPITALS["alder"][1] not in words
    assert told.path == "/c/colectomy-mi/cases/"
    assert told.participation_id == programme.participation("alder").pk


def test_several_tasks_of_a_hospital_are_one_piece_of_news(today: date) -> None:
    waits("alder.abstractor", late=20)
    waits("alder.administrator", late=9, kind="agreement", key="agreement")
    waits("birch.abstractor", late=20)
    told = run()
    assert [title for title, _ in told] == [
        "2 tasks of your hospital have waited too long",
        "A task of your hospital has waited for 20 days: complete cases",
    ]
    with acting(compute()), transaction.atomic():
        both = Notification.objects.get(title__startswith="2 tasks")
        assert EscalationDone.objects.count() == 3
    assert both.path == "/c/colectomy-mi/tasks/"
    assert "- complete cases: 20 days\n- sign an agreement: 9 days" in both.text


def test_the_coordinator_is_led_to_the_hospital(today: date) -> None:
    waits("alder.abstractor", late=50)
    begun = timezone.now()
    for day in range(3):  # each step has its day, even when all are long due
        with time_machine.travel(begun + timedelta(days=day), tick=True):
            assert len(run()) == 1
    with acting(compute()), transaction.atomic():
        told = Notification.objects.get(kind=NotificationKind.ESCALATION, user_id=programme.USERS["cora"][0])
    assert told.path == f"/c/colectomy-mi/hospitals/{programme.participation('alder').public_id}/"
    assert told.participation_id is None


def test_a_task_that_is_done_and_lapses_again_begins_anew(today: date) -> None:
    waits("alder.abstractor", late=20)
    assert len(run()) == 1
    with acting(compute()), transaction.atomic():
        WaitingTask.objects.all().delete()
    assert run() == []
    waits("alder.abstractor", late=20)
    assert len(run()) == 1
    with acting(compute()), transaction.atomic():
        assert EscalationDone.objects.filter(over_at=None).count() == 1
        assert EscalationDone.objects.exclude(over_at=None).count() == 1


def test_a_list_that_is_being_counted_ends_nothing(today: date) -> None:
    waits("alder.abstractor", late=20)
    run()
    with acting(compute()), transaction.atomic():
        WaitingTask.objects.all().delete()
        WaitingList.objects.filter(user_id=programme.USERS["alder.sampler"][0]).update(stale_since=timezone.now())
    assert run() == []
    with acting(compute()), transaction.atomic():
        assert EscalationDone.objects.filter(over_at=None).count() == 1


def test_a_vacant_role_keeps_nobody_waiting(today: date, world: World) -> None:
    with world.acting_as("cora") as cora:
        grant = Grant.objects.get(role=Role.CHAMPION, participation=world.participation("alder"), ends_at=None)
        end_role(grant=grant, by=cora)
    waits("alder.abstractor", late=40)
    begun = timezone.now()
    assert run() == []
    with time_machine.travel(begun + timedelta(days=1), tick=True):
        assert {person for _, person in run()} == people("alder.administrator")


def test_kinds_that_would_shame_are_off_as_shipped(today: date) -> None:
    waits("alder.clinician", late=300, kind="document", key="document")
    waits("alder.clinician", late=300, kind="review", key="review")
    waits("alder.clinician", late=300, kind="unheard_of", key="other")
    assert run() == []
    assert {kind for kind, about in KINDS.items() if about.why} == {"document", "review", "meeting_action"}


def test_the_programme_decides_otherwise(today: date, world: World) -> None:
    with world.acting_as("cora") as cora:
        set_rule(kind="document", days=steps(None, None, 5), by=cora)
        set_rule(kind="cases", days=steps(None, None, None), by=cora)
    waits("alder.clinician", late=6, kind="document", key="document")
    waits("alder.abstractor", late=90)
    assert {person for _, person in run()} == people("cora")


def test_the_clock_walks_every_programme(today: date) -> None:
    waits("alder.abstractor", late=20)
    escalate_everywhere()
    with acting(compute()), transaction.atomic():
        assert Notification.objects.filter(kind=NotificationKind.ESCALATION).count() == 1


def test_a_step_that_another_worker_took_meanwhile_is_left_to_it(today: date, monkeypatch: pytest.MonkeyPatch) -> None:
    waits("alder.abstractor", late=20)
    run()
    monkeypatch.setattr("coordination.week.services.escalating._done", lambda _key: {})
    with acting(compute()), transaction.atomic():
        assert escalate(programme.collaborative().pk) == 0


# The rule itself ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due_on", "since", "late"),
    [
        (DAY - timedelta(days=3), None, 3),
        (DAY + timedelta(days=3), DAY - timedelta(days=9), -3),
        (None, DAY - timedelta(days=9), 9),
        (None, None, 0),
    ],
)
def test_days_count_from_the_day_it_was_due_else_from_when_it_waits(
    due_on: date | None, since: date | None, late: int
) -> None:
    assert days_late(due_on, since, DAY) == late


@pytest.mark.parametrize(
    ("done", "late", "step"),
    [
        ({}, 6, None),
        ({}, 7, Step.CHAMPION),
        ({}, 100, Step.CHAMPION),
        ({Step.CHAMPION: DAY}, 100, None),
        ({Step.CHAMPION: DAY - timedelta(days=1)}, 100, Step.COORDINATOR),
        ({Step.CHAMPION: DAY - timedelta(days=1)}, 20, None),
        ({Step.CHAMPION: DAY - timedelta(days=2), Step.COORDINATOR: DAY - timedelta(days=1)}, 100, None),
    ],
)
def test_the_next_step_is_the_first_not_taken_whose_day_has_come(
    done: dict[Step, date], late: int, step: Step | None
) -> None:
    assert next_step(steps(7, None, 21), done, late, DAY) == step


@pytest.mark.parametrize(
    ("kind", "days", "words"),
    [
        ("nonsense", steps(1, 2, 3), "no such kind"),
        ("cases", steps(0, None, None), "from 1 to 365"),
        ("cases", steps(None, None, 366), "from 1 to 365"),
        ("cases", steps(30, 14, None), "do not fall"),
        ("cases", steps(30, None, 14), "do not fall"),
    ],
)
def test_a_rule_that_cannot_hold_is_refused(world: World, kind: str, days: object, words: str) -> None:
    with world.acting_as("cora") as cora, pytest.raises(EscalationRuleError, match=words):
        set_rule(kind=kind, days=days, by=cora)  # type: ignore[arg-type]


def test_the_database_refuses_steps_out_of_order(world: World) -> None:
    with world.acting_as("cora") as cora, pytest.raises(IntegrityError), transaction.atomic():
        EscalationRule.objects.create(
            collaborative_id=cora.collaborative_id,
            kind="cases",
            champion_after=9,
            coordinator_after=3,
            decided_by_id=cora.user_id,
        )


def test_all_rules_of_a_page_hold_or_none(world: World) -> None:
    with world.acting_as("cora") as cora:
        with pytest.raises(EscalationRuleError):
            set_rules(rules={"cases": steps(1, 2, 3), "audit": steps(3, 2, 1)}, by=cora)
        assert not EscalationRule.objects.exists()


def test_only_who_reminds_hospitals_decides(world: World) -> None:
    with world.acting_as("ben") as ben, pytest.raises(PermissionRefusedError):
        set_rule(kind="cases", days=steps(1, 2, 3), by=ben)
