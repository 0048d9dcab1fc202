"""Mails: who gets what, once, and nothing that is not theirs."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import time

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import transaction
from icalendar import Calendar
from icalendar import Event as Entry

from collaboratives.models import Grant
from collaboratives.notifications.enums import How, NotificationKind
from collaboratives.notifications.models import Notification
from collaboratives.notifications.services.wishing import choose
from collaboratives.services.people import end_role
from config.reactions import REACTIONS
from coordination.meetings.definition.plans import Plan, Repetition
from coordination.meetings.enums import Repeat
from coordination.meetings.models import Meeting, MeetingMail
from coordination.meetings.selectors.audience import audience
from coordination.meetings.services.inviting import invite
from coordination.meetings.services.mailing import mail_minutes, send_due
from coordination.meetings.services.minutes import save_minutes, send_minutes
from coordination.meetings.services.planning import cancel_meeting, change_meeting, plan_meeting, plan_series
from events.models import Event
from privacy.roles import Role
from privacy.viewer import Viewer
from tenancy.context import Acting, acting
from tests.world import World
from tests.worlds import meetings, programme
from tests.worlds.programme import HOSPITALS, SURNAMES


pytestmark = pytest.mark.worker
PLAN = meetings.plan("Spring assembly", 40)
OTHERS = {word for name, (_, full, town) in HOSPITALS.items() for word in (full, town)} | set(SURNAMES.values())


@pytest.fixture
def cora(world: World) -> Iterator[Viewer]:
    with world.acting_as("cora") as viewer:
        drain(viewer)
        mail.outbox.clear()
        yield viewer


def drain(viewer: Viewer) -> list[EmailMessage]:
    """What a worker does with what happened since: react, then send. The mails that went."""
    before = len(mail.outbox)
    with acting(Acting("compute", collaborative_id=viewer.collaborative_id)), transaction.atomic():
        for event in Event.objects.filter(done_at=None, kind__startswith="m", collaborative_id=viewer.collaborative_id):
            for reaction in REACTIONS[event.kind]:
                reaction(event)
            Event.objects.filter(pk=event.pk).update(done_at=event.created_at)
    send_due(viewer.collaborative_id)
    return list(mail.outbox[before:])


def invited(cora: Viewer, plan: Plan = PLAN, roles: set[Role] | None = None) -> Meeting:
    meeting = plan_meeting(plan=plan, by=cora)
    people = audience(cora).chosen(roles or {Role.CHAMPION}, ())
    invite(meeting=meeting, people=people, whole_series=False, by=cora)
    meeting.refresh_from_db()
    return meeting


def entry_in(message: EmailMessage) -> tuple[str, list[Entry]]:
    """Method and entries of the calendar part, which says its method as programs look for it."""
    (part,) = [each for each in message.message().walk() if each.get_content_type() == "text/calendar"]
    calendar = Calendar.from_ical(part.get_payload(decode=True))
    assert part.get_param("method") == str(calendar["METHOD"])
    assert calendar.to_ical() == part.get_payload(decode=True)
    return str(calendar["METHOD"]), list(calendar.walk("VEVENT"))


def test_each_person_gets_one_mail_with_an_entry(cora: Viewer) -> None:
    meeting = invited(cora, roles={Role.CHAMPION, Role.ABSTRACTOR})
    sent = drain(cora)

    everybody = [f"{name}.{role}" for name in programme.COLECTOMY for role in ("champion", "abstractor")]
    expected = [programme.email(name) for name in (*everybody, "ida")]  # she once, though asked for two hospitals
    assert sorted(each.to[0] for each in sent) == sorted(expected)
    message = next(each for each in sent if each.to == [programme.email("alder.champion")])
    method, (entry,) = entry_in(message)
    assert (method, str(entry["UID"]), entry["SEQUENCE"]) == ("REQUEST", f"{meeting.public_id}@colloquy", 0)
    assert str(entry["ORGANIZER"]) == f"mailto:{programme.email('cora')}"
    assert str(entry["ATTENDEE"]) == f"mailto:{programme.email('alder.champion')}"
    assert drain(cora) == []


def test_a_mail_names_nobody_else(cora: Viewer) -> None:
    invited(cora)
    message = next(each for each in drain(cora) if each.to == [programme.email("alder.champion")])
    written = f"{message.subject} {message.body} {message.message()}"

    assert {word for word in OTHERS if word in written} == {SURNAMES["alder"]}
    assert message.subject.startswith("Invitation: Spring assembly, ")


def test_a_crash_sends_the_same_mail_again_at_worst(cora: Viewer) -> None:
    invited(cora)
    first = drain(cora)
    with acting(Acting("compute", collaborative_id=cora.collaborative_id)), transaction.atomic():
        MeetingMail.objects.filter(kind="request").update(ended_at=None, end="")
    again = drain(cora)

    names = [{each.extra_headers["Message-ID"] for each in sent} for sent in (first, again[-8:])]
    assert names[0] == names[1]
    assert len(names[0]) == 8


def test_changes_and_the_end_reach_the_same_entry(cora: Viewer) -> None:
    meeting = invited(cora)
    drain(cora)
    change_meeting(meeting=meeting, plan=replace(PLAN, starts=time(15), ends=time(17)), by=cora)
    changed = drain(cora)
    cancel_meeting(meeting=meeting, reason="Snow.", whole_series=False, by=cora)
    ended = drain(cora)

    (method, (update,)), (last_method, (cancel,)) = entry_in(changed[0]), entry_in(ended[0])
    assert (len(changed), len(ended)) == (8, 8)
    assert (method, last_method) == ("REQUEST", "CANCEL")
    assert str(update["UID"]) == str(cancel["UID"]) == f"{meeting.public_id}@colloquy"
    assert (update["SEQUENCE"], cancel["SEQUENCE"], str(cancel["STATUS"])) == (1, 2, "CANCELLED")
    assert "Snow." in ended[0].body


def test_an_update_that_was_overtaken_is_not_sent(cora: Viewer) -> None:
    meeting = invited(cora)
    drain(cora)
    for hour in (15, 16):
        change_meeting(meeting=meeting, plan=replace(PLAN, starts=time(hour), ends=time(hour + 1)), by=cora)
    sent = drain(cora)

    assert {entry_in(each)[1][0]["SEQUENCE"] for each in sent} == {2}
    assert len(sent) == 8


def test_one_moved_date_of_a_series(cora: Viewer) -> None:
    series = plan_series(plan=PLAN, repetition=Repetition(repeat=Repeat.QUARTERLY, count=3), by=cora)
    first, second, _ = series.meetings.all()
    people = audience(cora).chosen({Role.CHAMPION}, ())
    invite(meeting=first, people=people, whole_series=True, by=cora)
    sent = drain(cora)
    _, (master,) = entry_in(sent[0])
    assert master["RRULE"]["COUNT"] == [3]
    assert len(sent) == 8

    second.refresh_from_db()
    day = second.starts_at.date()
    change_meeting(meeting=second, plan=replace(PLAN, day=day.replace(day=28)), by=cora)
    method, (moved,) = entry_in(drain(cora)[0])

    assert (method, str(moved["UID"])) == ("REQUEST", str(master["UID"]))
    assert moved.decoded("RECURRENCE-ID") == second.planned_at
    assert moved.decoded("DTSTART").day == 28


def test_minutes_go_to_those_who_were_there(cora: Viewer) -> None:
    meeting = meetings.meeting("past")
    save_minutes(meeting=meeting, text="Confidential words Wobblesnatch", revision=1, by=cora)
    send_minutes(meeting=meeting, named=False, by=cora)
    sent = drain(cora)

    assert sorted(each.to[0] for each in sent) == sorted(
        programme.email(f"{name}.champion") for name in programme.COLECTOMY
    )
    assert not any("Wobblesnatch" in each.body for each in sent)


def test_minutes_are_heard_as_each_wishes(cora: Viewer) -> None:
    """A wish that changes after they were planned still counts; the invitation itself cannot be stopped."""
    for name, how in (("alder.champion", How.PRODUCT), ("birch.champion", How.DIGEST)):
        choose(user_id=programme.USERS[name][0], hows={NotificationKind.MINUTES: how})
    meeting = meetings.meeting("past")
    save_minutes(meeting=meeting, text="Words.", revision=1, by=cora)
    send_minutes(meeting=meeting, named=False, by=cora)
    with acting(Acting("compute", collaborative_id=cora.collaborative_id)), transaction.atomic():
        mail_minutes(Event.objects.filter(kind="minutes_sent").latest("pk"))
    choose(user_id=programme.USERS["cedar.champion"][0], hows={NotificationKind.MINUTES: How.PRODUCT})
    to = {each.to[0] for each in drain(cora)}

    assert not {programme.email(f"{name}.champion") for name in ("alder", "birch", "cedar")} & to
    assert len(to) == 5
    with acting(Acting("compute", collaborative_id=cora.collaborative_id)), transaction.atomic():
        told = Notification.objects.filter(kind=NotificationKind.MINUTES, path__contains=str(meeting.public_id))
        states = dict(told.order_by("pk").values_list("user__email", "mail"))  # of the latest
    assert states[programme.email("alder.champion")] == "none"
    assert states[programme.email("birch.champion")] == "waiting"
    assert len(states) == 8


def test_an_invitation_stands_in_the_product_too(cora: Viewer) -> None:
    meeting = invited(cora)
    drain(cora)
    with acting(Acting("compute", collaborative_id=cora.collaborative_id)), transaction.atomic():
        told = Notification.objects.filter(
            kind=NotificationKind.MEETING, path__endswith=f"/meetings/{meeting.public_id}/"
        )
        found = set(told.values_list("title", "mail"))

    ((title, state),) = found
    assert title.startswith("Invitation: Spring assembly, ")
    assert state == "none", "the mail with its entry is the meeting's own"


def test_whoever_has_no_role_any_more_gets_none(cora: Viewer, world: World) -> None:
    invited(cora)
    with world.acting_as("dana") as dana:
        for grant in Grant.objects.filter(user__email=programme.email("alder.champion"), ends_at=None):
            end_role(grant=grant, by=dana)
    to = {each.to[0] for each in drain(cora)}

    assert programme.email("alder.champion") not in to
    assert len(to) == 7
