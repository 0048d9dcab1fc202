"""Meetings of both collaboratives, with canaries: each hospital has a word of its own in its action.

past       held ten days ago: attended, minutes sent, a decision, an action for alder and for birch
coming     in three weeks, announced to everybody, with an agenda, a file, a poll that is open
draft      in preparation; only the centre knows of it
elsewhere  of hernia-lakes
"""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from collaboratives.selectors.places import acting_for
from coordination.meetings.definition.agenda import Point
from coordination.meetings.definition.plans import Plan
from coordination.meetings.enums import Mode, Position, Reply
from coordination.meetings.models import Invitee, Meeting, PollQuestion
from coordination.meetings.selectors.audience import audience
from coordination.meetings.services.agenda import add_file, add_points, add_recording
from coordination.meetings.services.checking_in import Guest, note_attendance
from coordination.meetings.services.inviting import invite, reply
from coordination.meetings.services.minutes import save_minutes, send_minutes
from coordination.meetings.services.outcomes import Task, decide, note_action
from coordination.meetings.services.planning import plan_meeting
from coordination.meetings.services.polling import answer, open_poll
from measures.models import Measure
from privacy.roles import Role
from privacy.viewer import Viewer
from tenancy.context import acting
from tests.worlds import programme


MEETINGS: dict[str, UUID] = {}
PARTS: dict[str, UUID] = {}
WORDS = {"alder": "Quizzlewort", "birch": "Rumpleweft"}
PDF = b"%PDF-1.7 the slides"
PEOPLE = {Role.COORDINATOR, Role.DIRECTOR, Role.CHAMPION, Role.ABSTRACTOR, Role.PATIENT_PARTNER}


def plan(title: str, days: int, *, hour: int = 14, zone: str = "America/Detroit") -> Plan:
    """Two hours, so many days from today."""
    day = (timezone.now() + timedelta(days=days)).date()
    return Plan(title=title, day=day, starts=time(hour), ends=time(hour + 2), time_zone=zone, place="12 Lake Street")


def build() -> None:
    cora = programme.viewer("cora")
    with acting(acting_for(cora)), transaction.atomic():
        _past(cora)
        _coming(cora)
        MEETINGS["draft"] = plan_meeting(plan=plan("Retreat Vexworthy", 90), by=cora).public_id
    for hospital in ("alder", "birch"):
        champion = programme.viewer(f"{hospital}.champion")
        with acting(acting_for(champion)), transaction.atomic():
            meeting = Meeting.objects.get(public_id=MEETINGS["coming"])
            reply(meeting=meeting, answer=Reply.REMOTE, by=champion)
            question = PollQuestion.objects.get(meeting=meeting)
            answer(question=question, position=Position.WORSE, by=champion)
    hanna = programme.viewer("hanna", "hernia-lakes")
    with acting(acting_for(hanna)), transaction.atomic():
        elsewhere = plan_meeting(plan=plan("Hernia assembly", 20, zone="UTC"), by=hanna)
        MEETINGS["elsewhere"] = elsewhere.public_id
        invite(meeting=elsewhere, people=audience(hanna).chosen(PEOPLE, ()), whole_series=False, by=hanna)


def _past(cora: Viewer) -> None:
    """Planned for the future, invited, then dated back: a service invites nobody to what is over."""
    meeting = plan_meeting(plan=plan("Autumn meeting", 5), by=cora)
    MEETINGS["past"] = meeting.public_id
    add_points(
        meeting=meeting, points=[Point(minutes=10, title="Welcome"), Point(minutes=50, title="Results")], by=cora
    )
    invite(meeting=meeting, people=audience(cora).chosen(PEOPLE, ()), whole_series=False, by=cora)
    meeting.refresh_from_db()
    starts = datetime.combine((timezone.now() - timedelta(days=10)).date(), time(18), UTC)
    meeting.starts_at, meeting.ends_at = starts, starts + timedelta(hours=2)
    meeting.save(update_fields=["starts_at", "ends_at"])
    there = Invitee.objects.filter(meeting=meeting, role=Role.CHAMPION).select_related("user", "participation")
    guests = [
        Guest(
            name=each.user.full_name,
            role=Role(each.role),
            mode=Mode.ROOM,
            user=each.user,
            participation=each.participation,
        )
        for each in there
    ]
    noted = note_attendance(meeting=meeting, guests=guests, by=cora)
    PARTS["attendance"] = noted[0].public_id
    PARTS["decision"] = decide(meeting=meeting, text="The target is 90 per cent.", by=cora).public_id
    for hospital, word in WORDS.items():
        task = Task(text=f"Share the protocol {word}", hospital=programme.participation(hospital))
        PARTS[f"action.{hospital}"] = note_action(meeting=meeting, task=task, by=cora).public_id
    save_minutes(meeting=meeting, text="# Autumn\n\nWe *agreed* on a target.", revision=0, by=cora)
    send_minutes(meeting=meeting, named=False, by=cora)
    link = "https://video.example.org/autumn"
    PARTS["recording"] = add_recording(meeting=meeting, label="Recording", link=link, by=cora).public_id


def _coming(cora: Viewer) -> None:
    meeting = plan_meeting(plan=plan("Winter meeting", 21), by=cora)
    MEETINGS["coming"] = meeting.public_id
    items = add_points(
        meeting=meeting,
        points=[Point(minutes=10, title="Welcome", lead="Dr Plumtree"), Point(minutes=60, title="Results")],
        by=cora,
    )
    hidden = items[1]
    hidden.is_public = False
    hidden.title = "Members only Snickerdoodle"
    hidden.save(update_fields=["is_public", "title"])
    PARTS["item"] = items[0].public_id
    PARTS["file"] = add_file(meeting=meeting, item=items[0], name="slides.pdf", data=PDF, by=cora).public_id
    invite(meeting=meeting, people=audience(cora).chosen(PEOPLE, ()), whole_series=False, by=cora)
    meeting.refresh_from_db()
    open_poll(meeting=meeting, measures=[Measure.objects.get(slug="ssi")], by=cora)
    PARTS["question"] = PollQuestion.objects.get(meeting=meeting).public_id


def meeting(name: str) -> Meeting:
    """The row, for somebody who acts already."""
    return Meeting.objects.select_related("series", "collaborative").get(public_id=MEETINGS[name])
