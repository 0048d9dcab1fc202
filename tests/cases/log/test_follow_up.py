"""Follow-up to day 30: who is due, when it closes, and that not reached is never taken for well."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError

from cases.log.definition.sampling import Scheme
from cases.log.enums import AttemptOutcome, FollowUpMethod, FollowUpState
from cases.log.errors import AttemptError
from cases.log.models import Cycle, FollowUp, FollowUpAttempt
from cases.log.selectors.figures import cycle_figures
from cases.log.selectors.follow_up import FollowUpPage, case_follow_up, follow_up_list
from cases.log.services.follow_up import Attempt, record_attempt
from cases.log.services.rules import set_sampling
from cases.models import Case
from cases.services.cases import start_case
from collaboratives.models import Collaborative
from events.enums import EventKind
from events.models import Event
from measures.models import Form
from privacy.viewer import PermissionRefusedError
from tests.clock import today
from tests.world import World
from tests.worlds.logs import rule_words


pytestmark = pytest.mark.django_db
TODAY = today()


def begin(world: World, number: str, days_ago: int, name: str = "alder.abstractor") -> Case:
    with world.acting_as(name) as by:
        form = Form.objects.get(slug="colectomy")
        return start_case(form=form, case_number=number, event_date=TODAY - timedelta(days=days_ago), by=by)


def try_once(
    world: World, case: Case, outcome: AttemptOutcome, day: date = TODAY, name: str = "alder.abstractor"
) -> FollowUp:
    with world.acting_as(name) as by:
        attempt = Attempt(tried_on=day, method=FollowUpMethod.PHONE, outcome=outcome)
        return record_attempt(case=case, attempt=attempt, by=by)


def own_list(world: World, tab: str = "due", name: str = "alder.abstractor") -> FollowUpPage:
    with world.acting_as(name) as by:
        collaborative = Collaborative.objects.get(pk=by.collaborative_id)
        return follow_up_list(by, by.participation_id or 0, collaborative, tab=tab, number=1)


def _numbers(page: FollowUpPage) -> list[str]:
    return [row.case_number for row in page.rows if row.case_number.startswith("F-")]


def test_a_draft_is_due_when_its_thirtieth_day_is_there(world: World) -> None:
    for number, days in (("F-30", 30), ("F-29", 29), ("F-16", 16), ("F-15", 15), ("F-90", 90)):
        begin(world, number, days)
    due, soon = own_list(world), own_list(world, "soon")
    assert (_numbers(due), _numbers(soon)) == (["F-90", "F-30"], ["F-29", "F-16"])
    (oldest, *_) = [row for row in due.rows if row.case_number == "F-90"]
    assert (oldest.due_on, oldest.overdue) == (TODAY - timedelta(days=60), 60)
    assert (due.counts["due"], due.counts["soon"]) == (len(due.rows), len(soon.rows))


def test_the_days_are_those_of_the_rule_in_force_on_the_day_of_the_event(world: World) -> None:
    with world.acting_as("cora") as cora:
        words = rule_words(
            Scheme.ALL, effective_from=TODAY - timedelta(days=50), follow_up_days=45, follow_up_attempts=2
        )
        set_sampling(form=Form.objects.get(slug="colectomy"), words=words, by=cora)
    for number, days in (("F-old", 51), ("F-due", 46), ("F-new", 44)):
        begin(world, number, days)
    page = own_list(world)
    assert _numbers(page) == ["F-old", "F-due"]
    assert {row.case_number: row.most for row in page.rows if row.case_number in {"F-old", "F-due"}} == {
        "F-old": 3,
        "F-due": 2,
    }


def test_reached_closes_it_and_leaves_who_when_and_how(world: World) -> None:
    case = begin(world, "F-1", 40)
    try_once(world, case, AttemptOutcome.NO_ANSWER, TODAY - timedelta(days=5))
    closed = try_once(world, case, AttemptOutcome.REACHED)
    assert (closed.state, closed.attempts, closed.closed_by_id) == (
        FollowUpState.REACHED,
        2,
        world.user("alder.abstractor").pk,
    )
    assert (_numbers(own_list(world)), _numbers(own_list(world, "reached"))) == ([], ["F-1"])
    with world.acting_as("alder.abstractor"):
        case = Case.objects.select_related("form_version__form", "collaborative").get(pk=case.pk)
        page = case_follow_up(case)
        events = Event.objects.filter(
            kind=EventKind.FOLLOW_UP_TRIED, subject_id__in=[each.pk for each in page.attempts]
        )
        assert events.count() == 2
    assert [(each.tried_on, each.method, each.outcome) for each in page.attempts] == [
        (TODAY, "phone", "reached"),
        (TODAY - timedelta(days=5), "phone", "no_answer"),
    ]
    with pytest.raises(AttemptError, match="known already"):
        try_once(world, case, AttemptOutcome.NO_ANSWER)


def test_so_many_attempts_from_the_due_date_on_close_it_as_not_reached(world: World) -> None:
    case = begin(world, "F-1", 40)
    early = TODAY - timedelta(days=20)
    states = [try_once(world, case, AttemptOutcome.NO_ANSWER, day).state for day in (early, early, early, TODAY)]
    assert states == ["open", "open", "open", "not_reached"]
    assert _numbers(own_list(world, "not_reached")) == ["F-1"]
    assert try_once(world, case, AttemptOutcome.NO_ANSWER).state == "not_reached"
    assert try_once(world, case, AttemptOutcome.REACHED).state == "reached"


def test_whoever_declines_is_not_asked_again(world: World) -> None:
    assert try_once(world, begin(world, "F-1", 10), AttemptOutcome.DECLINED).state == "not_reached"


def test_an_attempt_has_a_possible_date(world: World) -> None:
    case = begin(world, "F-1", 20)
    for day in (TODAY + timedelta(days=1), TODAY - timedelta(days=21)):
        with pytest.raises(AttemptError, match="between the event"):
            try_once(world, case, AttemptOutcome.NO_ANSWER, day)
    with pytest.raises(AttemptError, match="Before it nobody knows"):
        try_once(world, case, AttemptOutcome.REACHED)
    with world.acting_as("alder.abstractor"):
        assert not FollowUp.objects.filter(case=case).exists()


def test_not_reached_changes_no_answer(world: World) -> None:
    """Missing outcomes stay missing: nobody is taken for well because the telephone rang in vain."""
    case = begin(world, "F-1", 40)
    try_once(world, case, AttemptOutcome.DECLINED)
    with world.acting_as("alder.abstractor"):
        after = Case.objects.get(pk=case.pk)
    assert (after.answers, after.missing, after.revision) == (case.answers, case.missing, case.revision)


def test_only_the_own_data_team_records_and_nobody_edits(world: World) -> None:
    case = begin(world, "F-1", 40)
    for name in ("birch.abstractor", "alder.champion", "cora"):
        with pytest.raises(PermissionRefusedError):
            try_once(world, case, AttemptOutcome.NO_ANSWER, name=name)
    try_once(world, case, AttemptOutcome.NO_ANSWER)
    with world.acting_as("alder.abstractor"), pytest.raises(DatabaseError, match="permission denied"):
        FollowUpAttempt.objects.update(outcome="reached")


def test_the_figures_count_what_is_closed_or_complete(world: World) -> None:
    with world.acting_as("cora") as cora:
        form, first = Form.objects.get(slug="colectomy"), TODAY - timedelta(days=45)
        Cycle.objects.create(
            collaborative_id=cora.collaborative_id, form=form, name="Now", created_by_id=cora.user_id,
            first_day=first, last_day=TODAY, locks_on=TODAY + timedelta(days=90),
        )  # fmt: skip
    reached, declined = begin(world, "F-1", 40), begin(world, "F-2", 41)
    begin(world, "F-3", 42)
    begin(world, "F-4", 3)
    try_once(world, reached, AttemptOutcome.REACHED)
    try_once(world, declined, AttemptOutcome.DECLINED)
    with world.acting_as("alder.abstractor") as by:
        collaborative = Collaborative.objects.get(pk=by.collaborative_id)
        found = next(each for each in cycle_figures(collaborative) if each.name == "Now")
        others = Case.objects.filter(event_date__range=(TODAY - timedelta(days=45), TODAY)).exclude(
            case_number__startswith="F-"
        )
        due = others.filter(event_date__lte=TODAY - timedelta(days=30))
        assert found.begun == others.count() + 4
        assert found.follow_up_due == due.count() + 3
        assert found.follow_up_done == due.exclude(status="in_progress").count() + 2
    assert found.not_reached == 1
