"""Meetings of the demo: a series, one held with attendance and minutes, one coming with half of the replies.

Through the services; what is over is dated back afterwards, for nobody is invited to a meeting of yesterday.
"""

import random
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from collaboratives.models import Collaborative
from collaboratives.selectors.clock import today_of
from collaboratives.selectors.places import acting_for
from config.demo.cast import SURGERY
from config.demo.people import Cast
from config.demo.releases import work_off
from coordination.meetings.definition.agenda import points_of
from coordination.meetings.definition.dates import nth_weekday
from coordination.meetings.definition.plans import ItemText, Plan, Repetition
from coordination.meetings.enums import MeetingKind, Mode, Repeat, Reply
from coordination.meetings.models import Invitee, Meeting
from coordination.meetings.selectors.audience import audience
from coordination.meetings.services.agenda import add_item, add_points, add_recording
from coordination.meetings.services.checking_in import Guest, note_attendance
from coordination.meetings.services.inviting import invite
from coordination.meetings.services.minutes import save_minutes, send_minutes
from coordination.meetings.services.outcomes import Task, decide, note_action
from coordination.meetings.services.planning import plan_meeting, plan_series
from coordination.meetings.services.polling import open_poll
from measures.models import Measure
from privacy.roles import Role
from privacy.viewer import Viewer
from tenancy.context import acting


SEED, SHOWN = 20261122, "northgate"
PLACE, LINK = "Conference centre, 12 Lake Street", "https://meet.example.org/great-lakes"
ROLES = {Role.DIRECTOR, Role.COORDINATOR, Role.BIOSTATISTICIAN, Role.CHAMPION, Role.ABSTRACTOR, Role.PATIENT_PARTNER}
AGENDA = """
10 Welcome, minutes of the last meeting | Programme director
40 Surgical-site infection: results | Biostatistician
20 A practice that worked: oral antibiotics the day before
30 In groups: what stands in the way?
20 Decisions and actions | Coordinator
"""
MINUTES = """# Welcome

The minutes of the spring meeting were approved without change.

# Surgical-site infection

The collaborative's rate has fallen for three quarters. Discussion:

- oral antibiotics are documented in fewer than half of elective colectomies;
- two hospitals will show their order sets at the next meeting.

# Decisions

Documentation of oral antibiotics becomes a process measure from January.
"""


def write_meetings(cast: Cast) -> int:
    """How many meetings there are."""
    coordinator = cast.viewer(Role.COORDINATOR, SURGERY)
    chance = random.Random(SEED)  # noqa: S311 -- the same demo every time
    with acting(acting_for(coordinator)), transaction.atomic():
        programme = Collaborative.objects.get(pk=coordinator.collaborative_id)
        today = today_of(programme)
        coming = _coming(programme, coordinator, today, chance)
        _past(programme, coordinator, today, chance)
        _calls(programme, coordinator, today)
        count = Meeting.objects.filter(collaborative=programme).count()
        open_poll(meeting=coming, measures=_measures(coordinator), by=coordinator)
    work_off(coordinator.collaborative_id)
    return count


def planned(programme: Collaborative, title: str, day: date, **more: object) -> Plan:
    start = timezone.now().replace(hour=14, minute=0).time().replace(second=0, microsecond=0)
    end = start.replace(hour=16)
    asked = {"place": PLACE, "remote_link": LINK, "time_zone": programme.time_zone, "starts": start, "ends": end}
    return Plan(title=title, day=day, **(asked | more))  # type: ignore[arg-type]


def _measures(by: Viewer) -> list[Measure]:
    found = Measure.objects.filter(collaborative_id=by.collaborative_id, versions__status="published")
    return list(found.distinct().order_by("position")[:2])


def _coming(programme: Collaborative, by: Viewer, today: date, chance: random.Random) -> Meeting:
    """The next of three a year; two in three have answered, Northgate's clinicians not yet."""
    repetition = Repetition(repeat=Repeat.THREE_A_YEAR, count=3)
    series = plan_series(
        plan=planned(programme, "Collaborative meeting", today + timedelta(days=12)), repetition=repetition, by=by
    )
    meeting = series.meetings.all()[0]
    for point in points_of(AGENDA):
        measure = _measures(by)[0] if "results" in point.title else None
        text = ItemText(
            minutes=point.minutes,
            title=point.title,
            lead=point.lead,
            measure_id=measure.pk if measure else None,
            is_public=measure is None,
        )
        add_item(meeting=meeting, text=text, by=by)
    invite(meeting=meeting, people=audience(by).chosen(ROLES, ()), whole_series=True, by=by)
    asked = Invitee.objects.filter(meeting=meeting).exclude(participation__site__name__startswith="Northgate")
    for invitee in asked.order_by("pk"):
        if chance.random() < 2 / 3:
            invitee.reply = chance.choice([Reply.IN_PERSON, Reply.IN_PERSON, Reply.REMOTE, Reply.NO])
            invitee.replied_at = timezone.now() - timedelta(hours=chance.randint(1, 90))
            invitee.save(update_fields=["reply", "replied_at"])
    return Meeting.objects.get(pk=meeting.pk)


def _past(programme: Collaborative, by: Viewer, today: date, chance: random.Random) -> None:
    meeting = plan_meeting(plan=planned(programme, "Autumn meeting", today + timedelta(days=2)), by=by)
    add_points(meeting=meeting, points=points_of(AGENDA), by=by)
    invite(meeting=meeting, people=audience(by).chosen(ROLES, ()), whole_series=False, by=by)
    meeting.refresh_from_db()
    held = planned(programme, "Autumn meeting", today - timedelta(days=26))
    meeting.starts_at, meeting.ends_at = held.starts_at, held.ends_at
    meeting.save(update_fields=["starts_at", "ends_at"])
    asked = Invitee.objects.filter(meeting=meeting).select_related("user", "participation__site").order_by("pk")
    answered = meeting.starts_at - timedelta(days=3)
    Invitee.objects.filter(meeting=meeting).update(reply=Reply.IN_PERSON, replied_at=answered)
    there = [each for each in asked if chance.random() < 0.7 or each.role != Role.ABSTRACTOR]
    guests = [
        Guest(
            name=each.user.full_name,
            role=Role(each.role),
            mode=chance.choice([Mode.ROOM, Mode.ROOM, Mode.REMOTE]),
            user=each.user,
            participation=each.participation,
        )
        for each in there
    ]
    note_attendance(meeting=meeting, guests=guests, by=by)
    _outcome(meeting, by, today)


def _outcome(meeting: Meeting, by: Viewer, today: date) -> None:
    decide(meeting=meeting, text="Documentation of oral antibiotics becomes a process measure from January.", by=by)
    note_action(meeting=meeting, task=Task(text="Draft the measure", due_on=today + timedelta(days=20)), by=by)
    northgate = Invitee.objects.filter(meeting=meeting, participation__site__name__startswith="Northgate").first()
    if northgate:
        task = Task(
            text="Show the order set at the next meeting",
            hospital=northgate.participation,
            due_on=today + timedelta(days=10),
        )
        note_action(meeting=meeting, task=task, by=by)
    save_minutes(meeting=meeting, text=MINUTES, revision=0, by=by)
    send_minutes(meeting=meeting, named=False, by=by)
    add_recording(meeting=meeting, label="Results", link="https://video.example.org/autumn", by=by)


def _calls(programme: Collaborative, by: Viewer, today: date) -> None:
    """The abstractors' call on the first Tuesday of each month, half a year ahead."""
    after = today.replace(day=28) + timedelta(days=7)
    first = nth_weekday(after.year, after.month, 1, 1)
    plan = planned(programme, "Abstractors' call", first, kind=MeetingKind.ABSTRACTORS, place="", at_once=True)
    series = plan_series(plan=plan, repetition=Repetition(repeat=Repeat.MONTHLY, count=6), by=by)
    people = audience(by).chosen({Role.COORDINATOR, Role.ABSTRACTOR}, ())
    invite(meeting=series.meetings.all()[0], people=people, whole_series=True, by=by)
