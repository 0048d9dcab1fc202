"""Who was there: by the code of the day, or noted by the coordinator. Each check-in counts by the rules of its day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from collaboratives.definition.clock import told_in
from collaboratives.models import Participation
from coordination.meetings.definition.codes import code_of, is_code
from coordination.meetings.enums import MeetingState, Mode, WhyNot
from coordination.meetings.errors import CheckInError, MeetingError
from coordination.meetings.models import Attendance, Invitee, Meeting, MeetingRule
from coordination.meetings.selectors.rules import rule_of
from coordination.meetings.selectors.times import window
from coordination.meetings.services.asking import held, require_hospital, require_manager
from coordination.meetings.validators import LONGEST_WORDS, clean_line, not_longer
from events.enums import EventKind
from events.services import record_event
from privacy.roles import Role
from privacy.viewer import Viewer


MOST_TRIES = 5
TRIES_FOR = 600  # seconds


@dataclass(frozen=True, kw_only=True)
class Guest:
    """Somebody who came, as the coordinator notes them."""

    name: str
    role: Role
    mode: Mode = Mode.ROOM
    participation: Participation | None = None
    user: User | None = None
    substitute_for: str = ""


def current_code(meeting: Meeting) -> str:
    return code_of(settings.SECRET_KEY, meeting.public_id, meeting.code_turn)


@transaction.atomic
def check_in(*, meeting: Meeting, code: str, mode: Mode, by: Viewer) -> Attendance:
    """Somebody of a hospital says that they are there. Saying it twice changes nothing.

    Raises
    ------
    CheckInError
        The code is wrong, was tried too often, or it is not the time.
    """
    hospital = require_hospital(by, meeting.collaborative_id)
    rule = rule_of(by)
    _refuse_outside(meeting, rule)
    _refuse_wrong(meeting, code, by)
    invited = Invitee.objects.filter(meeting=meeting, user_id=by.user_id, participation_id=hospital).first()
    role = Role(invited.role) if invited else next(each for each in Role if each in by.roles)
    there = Attendance.objects.filter(meeting=meeting, user_id=by.user_id, participation_id=hospital, removed_at=None)
    if found := there.first():
        return found
    attendance = _attendance(meeting, rule, Guest(name=by.name, role=role, mode=mode), by)
    attendance.user_id, attendance.participation_id, attendance.by_code = by.user_id, hospital, True
    try:
        with transaction.atomic():
            attendance.save(force_insert=True)
    except IntegrityError:  # the button was pressed twice
        return there.get()
    record_event(EventKind.MEETING_ATTENDED, by=by, subject=attendance, participation_id=hospital)
    return attendance


def _refuse_outside(meeting: Meeting, rule: MeetingRule) -> None:
    opens, closes = window(meeting, rule)
    if meeting.state != MeetingState.ANNOUNCED:
        raise CheckInError("Nobody checks in to a meeting that is in preparation or cancelled.")
    if timezone.now() < opens:
        raise CheckInError(f"Check-in opens {told_in(opens, meeting.time_zone)}.")
    if timezone.now() > closes:
        raise CheckInError("Check-in is closed. Tell the coordinator that you were there: they can still note it.")


def _refuse_wrong(meeting: Meeting, code: str, by: Viewer) -> None:
    """Every wrong try is counted for ten minutes; after five even the right code is refused."""
    key = f"meetings-check-in-{meeting.pk}-{by.user_id}"
    if int(cache.get(key, 0)) >= MOST_TRIES:
        raise CheckInError("Too many wrong codes. Wait ten minutes, or ask the coordinator to note you.")
    if not is_code(code, current_code(meeting)):
        cache.add(key, 0, TRIES_FOR)
        cache.incr(key)
        raise CheckInError("This is not the code of today's meeting. It is on the screen, such as K7-PMT.")


@transaction.atomic
def note_attendance(*, meeting: Meeting, guests: Sequence[Guest], by: Viewer) -> list[Attendance]:
    """The coordinator notes who is there; whoever was noted already is not noted twice."""
    meeting = held(meeting, by)
    if meeting.state != MeetingState.ANNOUNCED:
        raise MeetingError("Nobody is noted for a meeting that is in preparation or cancelled. Invite people first.")
    rule = rule_of(by)
    there: set[tuple[int | None, int | None]] = set(
        meeting.attendances.filter(removed_at=None).values_list("user_id", "participation_id")
    )
    noted = []
    for guest in guests:
        key = (guest.user.pk if guest.user else None, guest.participation.pk if guest.participation else None)
        if key[0] is not None and key in there:
            continue
        attendance = _attendance(meeting, rule, guest, by)
        attendance.user_id, attendance.participation_id = key
        attendance.save(force_insert=True)
        record_event(EventKind.MEETING_ATTENDED, by=by, subject=attendance, participation_id=key[1])
        noted.append(attendance)
        there.add(key)
    return noted


def _attendance(meeting: Meeting, rule: MeetingRule, guest: Guest, by: Viewer) -> Attendance:
    """After the meeting nobody is late: the coordinator notes who had been there in time."""
    now = timezone.now()
    deadline = meeting.starts_at + timedelta(minutes=rule.late_minutes)
    late = deadline < now <= meeting.ends_at
    substitute = not_longer(" ".join(guest.substitute_for.split()), "The name", 200)
    why_not = _why_not(rule, guest.mode, late=late, substitute=bool(substitute))
    return Attendance(
        collaborative_id=meeting.collaborative_id,
        meeting=meeting,
        name=clean_line(guest.name, "The name", 200),
        role=guest.role,
        mode=guest.mode,
        arrived_at=min(now, meeting.ends_at),
        late=late,
        substitute_for=substitute,
        counts=not why_not,
        why_not=why_not,
        recorded_by_id=by.user_id,
    )


def _why_not(rule: MeetingRule, mode: Mode, *, late: bool, substitute: bool) -> WhyNot | str:
    if late and not rule.late_counts:
        return WhyNot.LATE
    if mode == Mode.REMOTE and not rule.remote_counts:
        return WhyNot.REMOTE
    if substitute and not rule.substitutes_count:
        return WhyNot.SUBSTITUTE
    return ""


@transaction.atomic
def take_back(*, attendance: Attendance, reason: str, by: Viewer) -> Attendance:
    """Somebody was noted wrongly. The row stays, with the reason."""
    require_manager(by, attendance.collaborative_id)
    attendance = Attendance.objects.select_for_update().get(pk=attendance.pk)
    if attendance.removed_at is None:
        attendance.removed_at = timezone.now()
        attendance.removed_because = clean_line(reason, "The reason", LONGEST_WORDS)
        attendance.save(update_fields=["removed_at", "removed_because"])
        hospital = attendance.participation_id
        record_event(EventKind.ATTENDANCE_TAKEN_BACK, by=by, subject=attendance, participation_id=hospital)
    return attendance


@transaction.atomic
def change_code(*, meeting: Meeting, by: Viewer) -> str:
    """Another code; the one before works no longer."""
    meeting = held(meeting, by)
    meeting.code_turn += 1
    meeting.save(update_fields=["code_turn"])
    record_event(EventKind.CHECK_IN_CODE_CHANGED, by=by, subject=meeting)
    return current_code(meeting)


@transaction.atomic
def set_rule(*, rule: MeetingRule, by: Viewer) -> MeetingRule:
    """How attendance counts from now on; what was noted before stays as it was counted."""
    require_manager(by, by.collaborative_id)
    rule.collaborative_id, rule.decided_by_id = by.collaborative_id, by.user_id
    rule.save(force_insert=True)
    record_event(EventKind.MEETING_RULE_SET, by=by, subject=rule)
    return rule
