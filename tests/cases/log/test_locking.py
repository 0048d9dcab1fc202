"""Cycles, their lock dates and extensions, the worker that locks, and unlocking by request and decision."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from cases.enums import COUNTED, CaseStatus
from cases.log.definition.calendar import last_day_over
from cases.log.enums import Decision, ExtensionReason, Rhythm
from cases.log.errors import (
    AskedAlreadyError,
    CycleOverlapError,
    DecidedAlreadyError,
    LockDateError,
    NotLockedError,
    ReasonMissingError,
)
from cases.log.models import Cycle, LockExtension, UnlockRequest
from cases.log.services.cycles import Extension, create_cycles, extend_lock
from cases.log.services.locking import lock_due_cycles, lock_everywhere
from cases.log.services.unlocking import Verdict, ask_unlock, carry_out, decide_unlock
from cases.models import Case, CaseChange
from collaboratives.models import Collaborative
from events.enums import EventKind
from events.models import Event
from events.outbox import react
from measures.models import Form
from privacy.viewer import PermissionRefusedError
from tenancy.context import Acting, acting
from tests.world import World
from tests.worlds.locks import LOCKED


LAST = date(2026, 9, 30)
pytestmark = [pytest.mark.worker, pytest.mark.django_db]
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
# The database's own clock signs who acts, so time stands still for nobody: lock dates are far away instead.
QUARTERS = ((date(2026, 1, 1), date(2026, 3, 31)), (date(2026, 4, 1), date(2026, 6, 30)), (date(2026, 7, 1), LAST))
LOCKS = date(2090, 8, 29)


@pytest.fixture
def cycles(world: World) -> list[Cycle]:
    """Three quarters that are locked on one day."""
    with world.acting_as("cora") as cora:
        form = Form.objects.get(slug="colectomy")
        common = {"collaborative_id": cora.collaborative_id, "form": form, "created_by_id": cora.user_id}
        return [
            Cycle.objects.create(name=f"Quarter {place}", first_day=first, last_day=last, locks_on=LOCKS, **common)
            for place, (first, last) in enumerate(QUARTERS, 1)
        ]


def _create(world: World, rhythm: Rhythm = Rhythm.QUARTERLY, year: int = 2026, days_after: int = 60) -> list[Cycle]:
    with world.acting_as("cora") as cora:
        form = Form.objects.get(slug="colectomy")
        return create_cycles(form=form, rhythm=rhythm, year=year, days_after=days_after, by=cora)


def _lock_at(world: World, moment: datetime) -> int:
    key = world.viewer("cora").collaborative_id
    with acting(Acting("compute", collaborative_id=key)), transaction.atomic():
        return lock_due_cycles(Collaborative.objects.get(pk=key), moment)


def _states(world: World, hospital: str, cycle: Cycle) -> set[str]:
    """States of the cases of the cycle that count, but for the one that the world locked."""
    with world.acting_as("dana"):
        cases = Case.objects.filter(participation=world.participation(hospital), status__in=COUNTED)
        days = cases.filter(event_date__range=(cycle.first_day, cycle.last_day)).exclude(
            case_number__in=LOCKED.values()
        )
        return set(days.values_list("status", flat=True))


def _locked_case(world: World, hospital: str = "alder") -> Case:
    with world.acting_as("dana"):
        return Case.objects.get(case_number=LOCKED[hospital])


def test_a_year_is_cut_into_cycles_with_their_lock_dates(world: World) -> None:
    made = _create(world)
    assert [(each.name, each.first_day, each.last_day, each.locks_on) for each in made][1] == (
        "2026, quarter 2",
        date(2026, 4, 1),
        date(2026, 6, 30),
        date(2026, 8, 29),
    )
    with world.acting_as("cora"):
        assert Event.objects.filter(kind=EventKind.CYCLE_CREATED).count() == 4


def test_eight_day_cycles_go_on_where_the_year_before_ended(world: World) -> None:
    before, after = _create(world, Rhythm.EIGHT_DAY, 2024), _create(world, Rhythm.EIGHT_DAY, 2025)
    days = [(each.first_day, each.last_day) for each in (*before, *after)]
    assert len(before) == 46
    assert all(one[1] + timedelta(days=1) == two[0] for one, two in pairwise(days))


def test_no_day_belongs_to_two_cycles(world: World, cycles: list[Cycle]) -> None:
    with pytest.raises(CycleOverlapError, match="Quarter 1 covers 1 January 2026 to 31 March 2026"):
        _create(world, Rhythm.MONTHLY)
    again = Cycle.objects.model(name="Again", first_day=LAST, last_day=LAST, locks_on=LAST)
    again.form_id, again.collaborative_id = cycles[0].form_id, cycles[0].collaborative_id
    again.created_by_id = cycles[0].created_by_id
    with world.acting_as("cora"), pytest.raises(IntegrityError, match="caselog_cycle_no_overlap"):
        again.save()


@pytest.mark.parametrize("name", ["ben", "vera", "alder.abstractor", "alder.administrator"])
def test_only_directors_and_coordinators_set_locks(world: World, name: str) -> None:
    with world.acting_as(name) as by, pytest.raises(PermissionRefusedError):
        create_cycles(form=Form.objects.get(slug="colectomy"), rhythm=Rhythm.MONTHLY, year=2026, days_after=30, by=by)


def test_cases_are_locked_at_local_midnight_and_once(world: World, cycles: list[Cycle]) -> None:
    cycle = cycles[1]  # Detroit is four hours behind in summer
    with world.acting_as("dana"):
        zone = Collaborative.objects.get(slug="colectomy-mi").time_zone
    assert zone == "America/Detroit"
    _lock_at(world, datetime(2090, 8, 30, 3, 59, tzinfo=UTC))
    assert _states(world, "alder", cycle) == {CaseStatus.COMPLETE}
    assert _lock_at(world, datetime(2090, 8, 30, 4, 0, tzinfo=UTC)) > 0
    assert (_states(world, "alder", cycle), _states(world, "birch", cycle)) == ({"locked"}, {"locked"})
    assert _lock_at(world, datetime(2090, 8, 30, 4, 0, tzinfo=UTC)) == 0


def test_the_task_locks_in_every_collaborative_what_is_over(world: World, cycles: list[Cycle]) -> None:
    (first, *_) = _create(world, year=2025)[2:]
    lock_everywhere()
    assert (_states(world, "heron", first), _states(world, "heron", cycles[1])) == ({"locked"}, {"complete"})
    with world.acting_as("heron.champion"):
        told = Event.objects.get(kind=EventKind.CASES_LOCKED, subject_id=first.pk)
    assert told.details["count"] > 0


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 3, 8, 4, 59, tzinfo=UTC), date(2026, 3, 6)),  # clocks spring forward that night
        (datetime(2026, 3, 8, 5, 0, tzinfo=UTC), date(2026, 3, 7)),
        (datetime(2026, 3, 9, 4, 0, tzinfo=UTC), date(2026, 3, 8)),
        (datetime(2026, 11, 2, 4, 59, tzinfo=UTC), date(2026, 10, 31)),  # and fell back the night before
        (datetime(2026, 11, 2, 5, 0, tzinfo=UTC), date(2026, 11, 1)),
    ],
)
def test_the_last_day_over_follows_the_clocks_of_the_place(moment: datetime, day: date) -> None:
    assert last_day_over(moment, "America/Detroit") == day


def _extend(
    world: World, cycle: Cycle, day: date, reason: ExtensionReason = ExtensionReason.STAFF, note: str = "Two left."
) -> LockExtension:
    with world.acting_as("cora") as cora:
        extension = Extension(locks_on=day, reason=reason, note=note)
        place = world.participation("alder")
        return extend_lock(
            cycle=Cycle.objects.select_related("collaborative").get(pk=cycle.pk),
            participation=place,
            extension=extension,
            by=cora,
        )


def test_an_extension_moves_one_hospital_and_one_cycle_only(world: World, cycles: list[Cycle]) -> None:
    _extend(world, cycles[1], date(2090, 9, 10))
    _extend(world, cycles[1], date(2090, 9, 20))  # the latest counts
    _lock_at(world, datetime(2090, 9, 15, tzinfo=UTC))
    states = [_states(world, name, cycle) for name in ("alder", "birch") for cycle in cycles[:2]]
    assert states == [{"locked"}, {"complete"}, {"locked"}, {"locked"}]

    _lock_at(world, datetime(2090, 9, 21, 4, tzinfo=UTC))
    assert _states(world, "alder", cycles[1]) == {"locked"}


def test_an_extension_is_later_than_the_date_in_force_and_comes_before_it(world: World, cycles: list[Cycle]) -> None:
    with pytest.raises(LockDateError, match="The lock date is 29 August 2090 now"):
        _extend(world, cycles[1], LOCKS)
    with pytest.raises(LockDateError, match="was locked for this hospital after 29 February 2024"):
        _extend(world, _create(world, year=2023)[3], date(2090, 9, 20))
    with pytest.raises(ReasonMissingError, match="The note is empty"):
        _extend(world, cycles[1], date(2090, 9, 20), reason=ExtensionReason.OTHER, note="")


def test_an_extension_is_inserted_and_never_edited(world: World, cycles: list[Cycle]) -> None:
    made = _extend(world, cycles[1], date(2090, 9, 10))
    with world.acting_as("cora"), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        LockExtension.objects.filter(pk=made.pk).update(locks_on=LAST)


# Unlocking ------------------------------------------------------------------------------------------------------------


def _ask(world: World, name: str = "alder.abstractor", reason: str = "Wrong operation date.") -> UnlockRequest:
    case = _locked_case(world)
    with world.acting_as(name) as by:
        return ask_unlock(case=case, reason=reason, by=by)


def _decide(world: World, asked: UnlockRequest, **verdict: object) -> UnlockRequest:
    with world.acting_as("cora") as cora:
        return decide_unlock(request=asked, verdict=Verdict(**verdict), by=cora)  # type: ignore[arg-type]  # by the test


def _react(world: World) -> None:
    with world.acting_as("cora") as cora:
        event = Event.objects.filter(kind=EventKind.UNLOCK_DECIDED).latest("pk")
    react(event_id=event.pk, collaborative_id=cora.collaborative_id)


def test_a_granted_request_unlocks_and_leaves_who_when_and_why(world: World) -> None:
    asked = _ask(world)
    decided = _decide(world, asked, decision=Decision.GRANTED, note="Correct the date only.")
    assert _locked_case(world).status == CaseStatus.LOCKED  # until the worker has done it
    _react(world)
    case = _locked_case(world)
    with world.acting_as("alder.abstractor"):
        change = CaseChange.objects.filter(case_id=case.pk).latest("pk")
        asked.refresh_from_db()

    assert (case.status, case.locked_at) == (CaseStatus.COMPLETE, None)
    assert (change.changed_by_id, change.via) == (world.user("cora").pk, "unlock")
    assert change.changes["reasons"] == {"unlocked": [None, "Wrong operation date."]}
    assert (asked.asked_by_id, asked.decided_by_id) == (world.user("alder.abstractor").pk, world.user("cora").pk)
    assert asked.unlocked_at is not None
    assert decided.relocks_on is not None
    assert decided.decided_at is not None
    assert abs((decided.relocks_on - decided.decided_at.date()).days - 7) <= 1


def test_an_unlocked_case_is_locked_again_when_its_time_is_over(world: World, cycles: list[Cycle]) -> None:
    asked = _ask(world)
    _decide(world, asked, decision=Decision.GRANTED, relocks_on=date(2090, 12, 3))
    with acting(Acting("compute", collaborative_id=asked.collaborative_id)), transaction.atomic():
        carry_out(asked.pk)
        carry_out(asked.pk)
    assert any(each.first_day <= _locked_case(world).event_date <= each.last_day for each in cycles)

    _lock_at(world, datetime(2090, 12, 4, 4, 59, tzinfo=UTC))
    assert (_locked_case(world).status, _states(world, "alder", cycles[1])) == (CaseStatus.COMPLETE, {"locked"})
    _lock_at(world, datetime(2090, 12, 4, 5, 0, tzinfo=UTC))
    assert _locked_case(world).status == CaseStatus.LOCKED


def test_a_refused_request_says_why_and_leaves_the_case(world: World) -> None:
    asked = _ask(world)
    with pytest.raises(ReasonMissingError, match="reason for refusing"):
        _decide(world, asked, decision=Decision.REFUSED)
    _decide(world, asked, decision=Decision.REFUSED, note="The audit has seen it.")
    _react(world)
    with pytest.raises(DecidedAlreadyError, match="refused already"):
        _decide(world, asked, decision=Decision.GRANTED)
    assert _locked_case(world).status == CaseStatus.LOCKED
    assert _ask(world, reason="The audit agreed now.").pk != asked.pk


def test_asking_wants_a_locked_case_a_reason_and_no_open_request(world: World) -> None:
    with pytest.raises(ReasonMissingError, match="The reason is empty"):
        _ask(world, reason=" ")
    _ask(world)
    with pytest.raises(AskedAlreadyError):
        _ask(world, "alder.champion")
    with world.acting_as("alder.abstractor") as by:
        case = Case.objects.filter(participation=world.participation("alder"), status="complete").earliest("pk")
        with pytest.raises(NotLockedError):
            ask_unlock(case=case, reason="A slip.", by=by)
    with world.acting_as("birch.abstractor") as by, pytest.raises(PermissionRefusedError):
        ask_unlock(case=_locked_case(world), reason="Not ours.", by=by)


def test_a_hospital_decides_nothing_not_even_in_sql(world: World) -> None:
    asked = _ask(world)
    with world.acting_as("alder.administrator") as by, pytest.raises(PermissionRefusedError):
        decide_unlock(request=asked, verdict=Verdict(decision=Decision.GRANTED), by=by)
    with world.acting_as("alder.abstractor"), pytest.raises(DatabaseError, match="permission denied"):
        UnlockRequest.objects.filter(pk=asked.pk).update(decision="granted")


def test_a_request_cannot_be_born_decided(world: World) -> None:
    case = _locked_case(world)
    with world.acting_as("alder.abstractor") as by, pytest.raises(IntegrityError, match="decided after it was asked"):
        UnlockRequest.objects.create(
            collaborative_id=case.collaborative_id,
            participation_id=case.participation_id,
            case=case,
            reason="Mine.",
            asked_by_id=by.user_id,
            decision=Decision.GRANTED,
            decided_at=NOON,
            decided_by_id=by.user_id,
            relocks_on=LOCKS,
        )
