"""Plan meetings and series, move them, cancel them. What was announced goes to calendars again."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.db import transaction

from collaboratives.models import Participation
from coordination.meetings.definition.plans import Plan, Repetition
from coordination.meetings.enums import MeetingState
from coordination.meetings.errors import MeetingError, OverlapError
from coordination.meetings.models import Meeting, Series
from coordination.meetings.services.asking import held, refuse_names, require_manager
from coordination.meetings.validators import LONGEST_WORDS, clean_line, clean_link, not_longer
from events.enums import EventKind
from events.services import record_event
from privacy.viewer import Viewer


LONGEST = timedelta(days=3)


@transaction.atomic
def plan_meeting(*, plan: Plan, by: Viewer) -> Meeting:
    """A single meeting. Members see it when it is announced, which the first invitation does."""
    require_manager(by, by.collaborative_id)
    _lock_calendar(by)
    meeting = _planned(plan, by)
    _refuse_overlaps([meeting], at_once=plan.at_once)
    meeting.save(force_insert=True)
    record_event(EventKind.MEETING_PLANNED, by=by, subject=meeting)
    return meeting


@transaction.atomic
def plan_series(*, plan: Plan, repetition: Repetition, by: Viewer) -> Series:
    """Every date of a series, or none of them."""
    require_manager(by, by.collaborative_id)
    _lock_calendar(by)
    meetings = [_planned(plan.on(day), by) for day in repetition.days(plan.day)]
    _refuse_overlaps(meetings, at_once=plan.at_once)
    series = Series.objects.create(
        collaborative_id=by.collaborative_id,
        title=meetings[0].title,
        repeat=repetition.repeat,
        starts_at=meetings[0].starts_at,
        minutes=(meetings[0].ends_at - meetings[0].starts_at) // timedelta(minutes=1),
        count=len(meetings),
        time_zone=plan.time_zone,
        created_by_id=by.user_id,
    )
    for meeting in meetings:
        meeting.series, meeting.planned_at = series, meeting.starts_at
    Meeting.objects.bulk_create(meetings)
    record_event(EventKind.MEETING_PLANNED, by=by, subject=meetings[0], details={"meetings": len(meetings)})
    return series


@transaction.atomic
def change_meeting(*, meeting: Meeting, plan: Plan, by: Viewer) -> Meeting:
    """Another time, place or title. Whoever was invited gets an update for their calendar."""
    meeting = held(meeting, by)
    _lock_calendar(by)
    if meeting.state == MeetingState.CANCELLED:
        raise MeetingError("This meeting was cancelled. Plan another one.")
    before = _told(meeting)
    planned = _planned(plan, by)
    for name in ("title", "kind", "summary", "starts_at", "ends_at", "time_zone", "place", "remote_link"):
        setattr(meeting, name, getattr(planned, name))
    _refuse_overlaps([meeting], at_once=plan.at_once)
    told_anew = meeting.state == MeetingState.ANNOUNCED and _told(meeting) != before
    meeting.sequence += told_anew
    meeting.save()
    record_event(
        EventKind.MEETING_CHANGED, by=by, subject=meeting, details={"sequence": meeting.sequence, "told": told_anew}
    )
    return meeting


@transaction.atomic
def cancel_meeting(*, meeting: Meeting, reason: str, whole_series: bool, by: Viewer) -> list[Meeting]:
    """Cancel a date, or it and every later date of its series; those invited are told."""
    meeting = held(meeting, by)
    reason = clean_line(reason, "The reason", LONGEST_WORDS)
    refuse_names([reason], by=by)
    ended = [meeting]
    if whole_series and meeting.series_id:
        later = Meeting.objects.select_for_update().filter(series_id=meeting.series_id, starts_at__gt=meeting.starts_at)
        ended += [each for each in later if each.state != MeetingState.CANCELLED]
    if meeting.state == MeetingState.CANCELLED:
        raise MeetingError("This meeting was cancelled already.")
    for each in ended:
        told = each.state == MeetingState.ANNOUNCED
        each.state, each.reason, each.sequence = MeetingState.CANCELLED, reason, each.sequence + 1
        each.save(update_fields=["state", "reason", "sequence"])
        details = {"sequence": each.sequence, "told": told}
        record_event(EventKind.MEETING_CANCELLED, by=by, subject=each, details=details)
    return ended


def _planned(plan: Plan, by: Viewer) -> Meeting:
    meeting = Meeting(
        collaborative_id=by.collaborative_id,
        kind=plan.kind,
        title=clean_line(plan.title, "The title"),
        summary=not_longer(plan.summary.strip(), "The summary", 4 * LONGEST_WORDS),
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        time_zone=plan.time_zone,
        place=not_longer(" ".join(plan.place.split()), "The place", 200),
        remote_link=clean_link(plan.remote_link, "The link to join"),
        created_by_id=by.user_id,
    )
    if meeting.ends_at <= meeting.starts_at:
        raise MeetingError(
            f"The meeting ends at {plan.ends:%H:%M}, before it starts at {plan.starts:%H:%M}. Check both times; "
            "a meeting over midnight needs a last day."
        )
    if meeting.ends_at - meeting.starts_at > LONGEST:
        raise MeetingError("A meeting lasts at most three days. Check the last day.")
    refuse_names([meeting.title, meeting.summary, meeting.place], by=by)
    return meeting


def _lock_calendar(by: Viewer) -> None:
    """Two who plan at once see each other's meeting: one waits for the other, at the oldest hospital's row."""
    members = Participation.objects.select_for_update().filter(collaborative_id=by.collaborative_id)
    members.order_by("pk").first()


def _refuse_overlaps(meetings: Sequence[Meeting], *, at_once: bool) -> None:
    """Each against the calendar, and against the others of its series."""
    if at_once:
        return
    in_order = sorted(meetings, key=lambda each: each.starts_at)
    for one, other in pairwise(in_order):
        if other.starts_at < one.ends_at:
            raise MeetingError(f"Two dates of the series overlap: {_when(one)} and {_when(other)}.")
    first, last = in_order[0], max(each.ends_at for each in meetings)
    there = Meeting.objects.filter(
        collaborative_id=first.collaborative_id, starts_at__lt=last, ends_at__gt=first.starts_at
    ).exclude(state=MeetingState.CANCELLED)
    for held_then in there.exclude(pk__in=[each.pk for each in meetings if each.pk]):
        for each in meetings:
            if each.starts_at < held_then.ends_at and held_then.starts_at < each.ends_at:
                raise OverlapError(
                    f"{_when(each)} overlaps with «{held_then.title}», {_when(held_then)}. "
                    "Choose another time, or tick that both are held at once."
                )


def _when(meeting: Meeting) -> str:
    zone = ZoneInfo(meeting.time_zone)
    starts, ends = meeting.starts_at.astimezone(zone), meeting.ends_at.astimezone(zone)
    return f"{starts:%a %-d %b %Y, %H:%M}-{ends:%H:%M}"


def _told(meeting: Meeting) -> tuple[object, ...]:
    """What calendars and mails say of it."""
    return (meeting.title, meeting.starts_at, meeting.ends_at, meeting.time_zone, meeting.place, meeting.remote_link)
