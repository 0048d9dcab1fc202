"""What the services of meetings do, and refuse."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import IntegrityError, ProgrammingError, transaction

from collaboratives.errors import NoSuchTimeError
from coordination.meetings.definition.agenda import Point
from coordination.meetings.definition.plans import Plan, Repetition
from coordination.meetings.enums import ActionState, MeetingState, Mode, Repeat, Reply, WhyNot
from coordination.meetings.errors import CheckInError, MeetingError, OverlapError
from coordination.meetings.models import (
    ActionItem,
    AgendaItem,
    Attendance,
    Invitee,
    IssuedMinutes,
    Meeting,
    MeetingRule,
    PollAnswer,
    Series,
)
from coordination.meetings.selectors.audience import audience
from coordination.meetings.selectors.due import due_for
from coordination.meetings.selectors.report import attendance_report
from coordination.meetings.services.agenda import add_file, add_points, copy_agenda, move_item
from coordination.meetings.services.checking_in import (
    Guest,
    change_code,
    check_in,
    current_code,
    note_attendance,
    set_rule,
    take_back,
)
from coordination.meetings.services.inviting import invite, reply
from coordination.meetings.services.minutes import approve_minutes, save_minutes, send_minutes
from coordination.meetings.services.outcomes import Task, end_action, note_action
from coordination.meetings.services.owners import task_of
from coordination.meetings.services.planning import cancel_meeting, change_meeting, plan_meeting, plan_series
from events.enums import EventKind
from events.models import Event
from privacy.roles import Role
from privacy.viewer import PermissionRefusedError, Viewer
from tests.world import World
from tests.worlds import meetings, programme


DAY = date(2031, 2, 6)
PLAN = Plan(title="Spring", day=DAY, starts=time(14), ends=time(16), time_zone="America/Detroit")


@pytest.fixture
def cora(world: World) -> Iterator[Viewer]:
    with world.acting_as("cora") as viewer:
        yield viewer


@pytest.fixture(autouse=True)
def _empty_cache(settings: pytest.FixtureRequest) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "meetings"}}
    cache.clear()


def announced(by: Viewer, plan: Plan = PLAN, roles: set[Role] | None = None) -> Meeting:
    meeting = plan_meeting(plan=plan, by=by)
    invite(meeting=meeting, people=audience(by).chosen(roles or {Role.CHAMPION}, ()), whole_series=False, by=by)
    meeting.refresh_from_db()
    return meeting


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    with time_machine.travel(moment, tick=False):
        yield


# Dates ----------------------------------------------------------------------------------------------------------------


def test_an_end_before_the_start_is_refused(cora: Viewer) -> None:
    with pytest.raises(MeetingError, match="ends at 13:00, before it starts at 14:00"):
        plan_meeting(plan=replace(PLAN, ends=time(13)), by=cora)


def test_a_time_that_clocks_skip_is_refused(cora: Viewer) -> None:
    """On 9 March 2031 clocks in Detroit go from 01:59 to 03:00."""
    with pytest.raises(NoSuchTimeError, match="no 02:30 on 9 March 2031"):
        plan_meeting(plan=replace(PLAN, day=date(2031, 3, 9), starts=time(2, 30)), by=cora)


def test_a_series_with_one_impossible_date_is_not_planned_at_all(cora: Viewer) -> None:
    """Every second Sunday of the month at 02:30: in March there is none."""
    before = (Series.objects.count(), Meeting.objects.count())
    plan = replace(PLAN, day=date(2031, 1, 12), starts=time(2, 30), ends=time(4))
    with pytest.raises(NoSuchTimeError), transaction.atomic():
        plan_series(plan=plan, repetition=Repetition(repeat=Repeat.MONTHLY, count=4), by=cora)

    assert (Series.objects.count(), Meeting.objects.count()) == before


def test_overlapping_meetings_are_refused_unless_meant(cora: Viewer) -> None:
    plan_meeting(plan=PLAN, by=cora)
    other = replace(PLAN, title="Call", starts=time(15), ends=time(17))

    with pytest.raises(OverlapError, match="overlaps with «Spring», Thu 6 Feb 2031, 14:00-16:00"):
        plan_meeting(plan=other, by=cora)
    assert plan_meeting(plan=replace(other, at_once=True), by=cora).title == "Call"
    assert plan_meeting(plan=replace(PLAN, starts=time(17), ends=time(18)), by=cora)  # one after the other is none


def test_a_series_keeps_the_time_of_the_clock(cora: Viewer) -> None:
    series = plan_series(plan=PLAN, repetition=Repetition(repeat=Repeat.THREE_A_YEAR, count=3), by=cora)
    starts = [each.starts_at.astimezone(UTC) for each in series.meetings.all()]

    assert starts == [
        datetime(2031, 2, 6, 19, tzinfo=UTC),
        datetime(2031, 6, 5, 18, tzinfo=UTC),  # summer time
        datetime(2031, 10, 2, 18, tzinfo=UTC),
    ]
    assert len({each.uid for each in series.meetings.all()}) == 1


def test_listed_dates_are_entries_of_their_own(cora: Viewer) -> None:
    repetition = Repetition(repeat=Repeat.DATES, dates="2031-03-20\n2031-05-08")
    series = plan_series(plan=PLAN, repetition=repetition, by=cora)

    assert len({each.uid for each in series.meetings.all()}) == 3


def test_nothing_that_everybody_reads_names_a_hospital(cora: Viewer) -> None:
    with pytest.raises(MeetingError, match="Aldermoor"):
        plan_meeting(plan=replace(PLAN, place="Aldermoor Quillen Hospital, room 4"), by=cora)


def test_a_change_is_told_only_where_calendars_say_something_else(cora: Viewer) -> None:
    meeting = announced(cora)
    change_meeting(meeting=meeting, plan=replace(PLAN, summary="We talk."), by=cora)
    meeting.refresh_from_db()
    assert meeting.sequence == 0

    change_meeting(meeting=meeting, plan=replace(PLAN, starts=time(15), ends=time(17)), by=cora)
    meeting.refresh_from_db()
    told = [each.details["told"] for each in Event.objects.filter(kind=EventKind.MEETING_CHANGED).order_by("pk")]
    assert (meeting.sequence, told[-2:]) == (1, [False, True])


def test_the_rest_of_a_series_is_cancelled_at_once(cora: Viewer) -> None:
    series = plan_series(plan=PLAN, repetition=Repetition(repeat=Repeat.QUARTERLY, count=4), by=cora)
    second = series.meetings.all()[1]

    cancel_meeting(meeting=second, reason="No money.", whole_series=True, by=cora)

    states = [each.state for each in series.meetings.all()]
    assert states == [MeetingState.DRAFT, *[MeetingState.CANCELLED] * 3]
    with pytest.raises(MeetingError, match="cancelled"):
        change_meeting(meeting=second, plan=PLAN, by=cora)


def test_members_plan_nothing(world: World) -> None:
    with world.acting_as("alder.champion") as champion, pytest.raises(PermissionRefusedError):
        plan_meeting(plan=PLAN, by=champion)


# Agenda ---------------------------------------------------------------------------------------------------------------


def test_points_change_places_by_buttons(cora: Viewer) -> None:
    meeting = plan_meeting(plan=PLAN, by=cora)
    one, two, three = add_points(
        meeting=meeting, points=[Point(minutes=10, title=title) for title in ("One", "Two", "Three")], by=cora
    )
    move_item(item=three, up=True, by=cora)
    move_item(item=one, up=True, by=cora)  # is the first already

    assert [each.title for each in meeting.items.all()] == ["One", "Three", "Two"]
    move_item(item=two, up=False, by=cora)
    assert [each.title for each in meeting.items.all()] == ["One", "Three", "Two"]


def test_an_agenda_is_copied_without_what_was_taken_off(cora: Viewer) -> None:
    source = meetings.meeting("coming")
    target = plan_meeting(plan=PLAN, by=cora)
    copied = copy_agenda(meeting=target, source=source, by=cora)

    assert [(each.title, each.minutes, each.lead, each.is_public) for each in copied] == [
        ("Welcome", 10, "Dr Plumtree", True),
        ("Members only Snickerdoodle", 60, "", False),
    ]
    assert AgendaItem.objects.filter(meeting=source).count() == 2


def test_a_file_that_lies_about_itself_is_not_kept(cora: Viewer) -> None:
    meeting = meetings.meeting("coming")
    with pytest.raises(MeetingError, match=r"slides\.pdf is none of"):
        add_file(meeting=meeting, item=None, name="C:\\desk\\slides.pdf", data=b"MZ", by=cora)

    assert meeting.files.count() == 1


# People ---------------------------------------------------------------------------------------------------------------


def test_roles_and_hospitals_say_who_is_asked(cora: Viewer) -> None:
    people = audience(cora)
    alder = programme.participation("alder")

    assert len(people.chosen({Role.CHAMPION}, ())) == 8
    assert {each.name for each in people.chosen({Role.ABSTRACTOR}, {alder.public_id})} == {
        "Abstractor Ashgrave",
        "Ida Twohospitals",
    }
    assert {each.name for each in people.chosen({Role.COORDINATOR}, {alder.public_id})} == {"Cora Ottershaw"}
    ida = [each for each in people.chosen({Role.ABSTRACTOR}, ()) if each.name == "Ida Twohospitals"]
    assert len(ida) == 2  # for each of her hospitals


def test_nobody_is_asked_twice(cora: Viewer) -> None:
    meeting = plan_meeting(plan=PLAN, by=cora)
    champions = audience(cora).chosen({Role.CHAMPION}, ())

    assert invite(meeting=meeting, people=champions, whole_series=False, by=cora) == 8
    assert invite(meeting=meeting, people=champions, whole_series=False, by=cora) == 0
    assert Event.objects.filter(kind=EventKind.MEETING_INVITED, subject_id=meeting.pk).count() == 1
    assert meeting.invitees.count() == 8


def test_a_series_is_one_invitation(cora: Viewer) -> None:
    series = plan_series(plan=PLAN, repetition=Repetition(repeat=Repeat.QUARTERLY, count=4), by=cora)
    first = series.meetings.all()[0]
    invite(meeting=first, people=audience(cora).chosen({Role.CHAMPION}, ()), whole_series=True, by=cora)

    assert [each.invitees.count() for each in series.meetings.all()] == [8, 8, 8, 8]
    told = Event.objects.filter(kind=EventKind.MEETING_INVITED, subject_id__in=series.meetings.values("pk"))
    assert [each.details["whole_series"] for each in told] == [True]


def test_only_those_asked_answer(world: World, cora: Viewer) -> None:
    meeting = announced(cora)
    with world.acting_as("alder.champion") as champion:
        assert reply(meeting=meeting, answer=Reply.REMOTE, by=champion).reply == Reply.REMOTE
        with pytest.raises(MeetingError, match="Say whether you come"):
            reply(meeting=meeting, answer=Reply.OPEN, by=champion)
    with world.acting_as("alder.abstractor") as abstractor, pytest.raises(MeetingError, match="not invited"):
        reply(meeting=meeting, answer=Reply.NO, by=abstractor)


def test_a_patient_partner_answers_and_leaves_an_event(world: World) -> None:
    with world.acting_as("pat") as pat:
        meeting = Meeting.objects.get(public_id=meetings.MEETINGS["coming"])
        reply(meeting=meeting, answer=Reply.IN_PERSON, by=pat)
        assert [each.reply for each in Invitee.objects.all() if each.meeting_id == meeting.pk] == [Reply.IN_PERSON]
        kinds = list(Event.objects.values_list("kind", flat=True))

    assert kinds == [EventKind.MEETING_REPLIED]


def test_the_database_keeps_who_was_asked(world: World) -> None:
    with world.acting_as("alder.champion"), pytest.raises(IntegrityError, match="only the reply"), transaction.atomic():
        Invitee.objects.filter(meeting__public_id=meetings.MEETINGS["coming"]).update(role=Role.DIRECTOR)


# Check-in -------------------------------------------------------------------------------------------------------------


def test_a_code_checks_in_on_the_day(world: World, cora: Viewer) -> None:
    meeting = announced(cora)
    code = current_code(meeting)
    with world.acting_as("alder.champion") as champion:
        with pytest.raises(CheckInError, match="Check-in opens Thursday 6 February 2031, 13:45"):
            check_in(meeting=meeting, code=code, mode=Mode.ROOM, by=champion)
        with at(meeting.starts_at - timedelta(minutes=10)):
            with pytest.raises(CheckInError, match="not the code"):
                check_in(meeting=meeting, code="A2-AAA", mode=Mode.ROOM, by=champion)
            there = check_in(meeting=meeting, code=code.lower().replace("-", ""), mode=Mode.ROOM, by=champion)
            again = check_in(meeting=meeting, code=code, mode=Mode.REMOTE, by=champion)
        with at(meeting.ends_at + timedelta(minutes=31)), pytest.raises(CheckInError, match="closed"):
            check_in(meeting=meeting, code=code, mode=Mode.ROOM, by=champion)

    assert there.pk == again.pk
    assert (there.role, there.counts, there.by_code, there.participation_id) == (
        Role.CHAMPION,
        True,
        True,
        programme.participation("alder").pk,
    )


def test_codes_cannot_be_guessed(world: World, cora: Viewer) -> None:
    meeting = announced(cora)
    with world.acting_as("alder.champion") as champion, at(meeting.starts_at):
        for number in range(5):
            with pytest.raises(CheckInError, match="not the code"):
                check_in(meeting=meeting, code=f"A2-AA{number}", mode=Mode.ROOM, by=champion)
        with pytest.raises(CheckInError, match="Too many"):
            check_in(meeting=meeting, code=current_code(meeting), mode=Mode.ROOM, by=champion)


def test_a_changed_code_ends_the_one_before(world: World, cora: Viewer) -> None:
    meeting = announced(cora)
    before = current_code(meeting)
    change_code(meeting=meeting, by=cora)
    meeting.refresh_from_db()

    with world.acting_as("alder.champion") as champion, at(meeting.starts_at):
        with pytest.raises(CheckInError, match="not the code"):
            check_in(meeting=meeting, code=before, mode=Mode.ROOM, by=champion)
        assert check_in(meeting=meeting, code=current_code(meeting), mode=Mode.ROOM, by=champion)


@pytest.mark.parametrize(
    ("rule", "minutes", "mode", "substitute", "why_not"),
    [
        ({}, 0, Mode.ROOM, "", ""),
        ({}, 16, Mode.ROOM, "", WhyNot.LATE),
        ({"late_counts": True}, 16, Mode.ROOM, "", ""),
        ({}, 15, Mode.ROOM, "", ""),
        ({"remote_counts": False}, 0, Mode.REMOTE, "", WhyNot.REMOTE),
        ({"remote_counts": False}, 0, Mode.ROOM, "", ""),
        ({"substitutes_count": False}, 0, Mode.ROOM, "Dr Absent", WhyNot.SUBSTITUTE),
        ({}, 0, Mode.ROOM, "Dr Absent", ""),
        ({}, 240, Mode.ROOM, "", ""),  # noted after the meeting: they had been there
    ],
)
def test_attendance_counts_by_the_rules_of_the_programme(  # noqa: PLR0917 -- a table
    cora: Viewer, rule: dict[str, bool], minutes: int, mode: Mode, substitute: str, why_not: str
) -> None:
    meeting = announced(cora)
    set_rule(rule=MeetingRule(**rule), by=cora)
    guest = Guest(
        name="Dr There",
        role=Role.CHAMPION,
        mode=mode,
        participation=programme.participation("alder"),
        substitute_for=substitute,
    )
    with at(meeting.starts_at + timedelta(minutes=minutes)):
        (noted,) = note_attendance(meeting=meeting, guests=[guest], by=cora)

    assert (noted.why_not, noted.counts) == (why_not, not why_not)


def test_a_correction_is_a_row_with_its_reason(world: World, cora: Viewer) -> None:
    attendance = Attendance.objects.get(public_id=meetings.PARTS["attendance"])
    place = programme.collaborative()
    before = attendance_report(cora, place, year=None, kind="").lines
    take_back(attendance=attendance, reason="Was another day.", by=cora)
    after = attendance_report(cora, place, year=None, kind="").lines

    assert sum(each.attended for each in before) - sum(each.attended for each in after) == 1
    event = Event.objects.get(kind=EventKind.ATTENDANCE_TAKEN_BACK)
    assert (event.subject_id, event.participation_id) == (attendance.pk, attendance.participation_id)


def test_attendance_stands_in_each_hospitals_record(world: World) -> None:
    place = programme.collaborative()
    for name in ("alder", "heron"):
        with world.acting_as(f"{name}.champion") as champion:
            report = attendance_report(champion, place, year=None, kind="")
        (line,) = report.lines
        assert line.name == programme.HOSPITALS[name][1]
        assert (line.attended, line.held) == (1, 1)
        assert {cell.role: cell.attended for cell in line.cells} == {Role.CHAMPION: 1, Role.ABSTRACTOR: 0}


# Outcome --------------------------------------------------------------------------------------------------------------


def test_an_action_belongs_to_whom_its_name_fits(cora: Viewer) -> None:
    asked = {"text": "Do it", "due_on": None}

    assert task_of({**asked, "who": ""}, by=cora) == Task(text="Do it")
    hospital = task_of({**asked, "who": "aldermoor"}, by=cora).hospital
    assert hospital == programme.participation("alder")
    person = task_of({**asked, "who": "Champion Crow"}, by=cora)
    assert (person.owner.full_name, person.hospital) == ("Champion Crowhurst", programme.participation("cedar"))
    for who, words in (("Champion", "fits several"), ("Zebedee", "is nobody")):
        with pytest.raises(MeetingError, match=words):
            task_of({**asked, "who": who}, by=cora)


def test_a_hospital_ends_its_own_actions_only(world: World, cora: Viewer) -> None:
    of_centre = note_action(meeting=meetings.meeting("past"), task=Task(text="Write it up"), by=cora)
    with world.acting_as("alder.abstractor") as abstractor:
        own = ActionItem.objects.get(public_id=meetings.PARTS["action.alder"])
        assert end_action(action=own, state=ActionState.DONE, by=abstractor).state == ActionState.DONE
        with pytest.raises(MeetingError, match="Only who has to do it"):
            end_action(action=of_centre, state=ActionState.DONE, by=abstractor)
        assert not ActionItem.objects.filter(public_id=meetings.PARTS["action.birch"]).exists()


def test_open_things_are_told_to_home_pages(world: World) -> None:
    with world.acting_as("alder.champion") as champion:
        kinds = [(each.kind, each.title) for each in due_for(champion)]
    with world.acting_as("birch.abstractor") as abstractor:
        others = [(each.kind, each.title) for each in due_for(abstractor)]

    assert kinds == [("meeting_action", "Share the protocol Quizzlewort")]
    assert others == [
        ("meeting_reply", "Say whether you come: Winter meeting"),
        ("meeting_action", "Share the protocol Rumpleweft"),
    ]


def test_minutes_are_saved_sent_and_approved_once(world: World, cora: Viewer) -> None:
    meeting, later = meetings.meeting("past"), meetings.meeting("coming")
    with pytest.raises(MeetingError, match="A colleague saved"):
        save_minutes(meeting=meeting, text="Mine", revision=0, by=cora)
    draft = save_minutes(meeting=meeting, text="Second version", revision=1, by=cora)
    assert draft.revision == 2

    send_minutes(meeting=meeting, named=False, by=cora)
    with pytest.raises(MeetingError, match="later meeting"):
        approve_minutes(meeting=meeting, approved_in=meeting, by=cora)
    approved = approve_minutes(meeting=meeting, approved_in=later, by=cora)

    assert (approved.number, approved.text, approved.approved_in) == (2, "Second version", later)
    for again in (
        lambda: save_minutes(meeting=meeting, text="x", revision=2, by=cora),
        lambda: send_minutes(meeting=meeting, named=False, by=cora),
        lambda: approve_minutes(meeting=meeting, approved_in=later, by=cora),
    ):
        with pytest.raises(MeetingError, match="approved, and stay"):
            again()
    with pytest.raises(IntegrityError, match="stay as they are"), transaction.atomic():
        IssuedMinutes.objects.filter(pk=approved.pk).update(text="Otherwise")


def test_minutes_that_name_a_hospital_ask_first(cora: Viewer) -> None:
    meeting = meetings.meeting("past")
    save_minutes(meeting=meeting, text="Birchgrove Zantar showed its pathway.", revision=1, by=cora)

    with pytest.raises(MeetingError, match="If they agreed"):
        send_minutes(meeting=meeting, named=False, by=cora)
    assert send_minutes(meeting=meeting, named=True, by=cora).number == 2


def test_the_centre_never_reads_what_one_hospital_thinks(world: World, cora: Viewer) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        PollAnswer.objects.count()
    with world.acting_as("alder.champion"):
        assert PollAnswer.objects.count() == 1
