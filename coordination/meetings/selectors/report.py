"""Attendance of a year: hospital by hospital and role by role; a hospital its own."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils import timezone

from collaboratives.models import Collaborative, Participation
from coordination.meetings.enums import MeetingKind, MeetingState
from coordination.meetings.models import Attendance, Meeting
from privacy.roles import Capacity, Permission, Role
from privacy.viewer import Viewer, require


# What the index of performance asks for (DOMAIN 3.9): champions and abstractors have columns, whoever came or not.
ALWAYS = (Role.CHAMPION, Role.ABSTRACTOR)


@dataclass(frozen=True, kw_only=True)
class Cell:
    """At how many of the meetings that were held somebody stood for the hospital in this role."""

    role: Role
    attended: int


@dataclass(frozen=True, kw_only=True)
class HospitalLine:
    name: str
    city: str
    attended: int
    held: int
    cells: tuple[Cell, ...]
    uncounted: int


@dataclass(frozen=True, kw_only=True)
class AttendanceLine:
    """One person at one meeting, as the own hospital reads it."""

    meeting: Meeting
    day: date
    attendance: Attendance


@dataclass(frozen=True, kw_only=True)
class MeetingLine:
    """One meeting, and who of the chosen hospital stood for it there."""

    meeting: Meeting
    day: date
    people: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class AttendanceReport:
    year: int
    years: tuple[int, ...]
    kind: str
    kinds: tuple[tuple[str, str], ...]
    held: int
    roles: tuple[Role, ...]
    lines: tuple[HospitalLine, ...]
    detail: tuple[AttendanceLine, ...]
    hospital: str
    meetings: tuple[MeetingLine, ...]
    at_centre: bool


def attendance_report(
    viewer: Viewer, programme: Collaborative, *, year: int | None, kind: str, hospital: Participation | None = None
) -> AttendanceReport:
    """Meetings of a year that have begun. What was taken back, and what does not count, earns nothing.

    For the centre, a hospital has its meetings one by one.
    """
    require(viewer, Permission.ATTENDANCE_VIEW)
    zone, now = ZoneInfo(programme.time_zone), timezone.now()
    this_year = now.astimezone(zone).year
    year = year if year and this_year - 10 <= year <= this_year else this_year
    kind = kind if kind in MeetingKind.values else ""
    meetings = {each.pk: each for each in held_meetings(viewer, year, zone, now, kind)}
    came = _came(viewer, meetings)
    seen = {each.role for there in came.values() for each in there}
    roles = tuple(role for role in Role if role in ALWAYS or role in seen)
    at_centre = viewer.capacity is Capacity.CENTRE
    return AttendanceReport(
        year=year,
        years=tuple(range(this_year, this_year - 4, -1)),
        kind=kind,
        kinds=tuple(MeetingKind.choices),
        held=len(meetings),
        roles=roles,
        lines=tuple(_lines(viewer, meetings, came, roles, hospital)),
        hospital=hospital.site.name if hospital else "",
        meetings=tuple(_of_hospital(hospital, meetings.values(), zone)) if hospital and at_centre else (),
        detail=() if at_centre else tuple(_detail(viewer, meetings, zone)),
        at_centre=at_centre,
    )


def held_meetings(viewer: Viewer, year: int, zone: ZoneInfo, now: datetime, kind: str = "") -> QuerySet[Meeting]:
    """That were announced and have begun, in a year of the programme's clock."""
    first, after = (datetime(each, 1, 1, tzinfo=zone).astimezone(UTC) for each in (year, year + 1))
    return held_between(viewer.collaborative_id, first, min(after, now), kind)


def held_between(collaborative_id: int, first: datetime, before: datetime, kind: str = "") -> QuerySet[Meeting]:
    """That were announced and began in this stretch of time."""
    found = Meeting.objects.filter(
        collaborative_id=collaborative_id,
        state=MeetingState.ANNOUNCED,
        starts_at__gte=first,
        starts_at__lt=before,
    ).only("public_id", "title", "starts_at", "ends_at", "kind", "time_zone", "state")
    # Only some hospitals are asked to a working group: its meetings are counted where one asks for them.
    return found.filter(kind=kind) if kind else found.exclude(kind=MeetingKind.GROUP)


class Came(NamedTuple):
    """One attendance, as far as it is counted."""

    meeting: int
    role: str
    counts: bool


def _own(viewer: Viewer) -> Q:
    return Q() if viewer.capacity is Capacity.CENTRE else Q(participation_id=viewer.participation_id or 0)


def _came(viewer: Viewer, meetings: Iterable[int]) -> Mapping[int, Sequence[Came]]:
    """By hospital; plain values, for a year of all hospitals is thousands."""
    found = Attendance.objects.filter(_own(viewer), meeting__in=list(meetings), removed_at=None)
    rows = found.exclude(participation=None).values_list("participation_id", "meeting_id", "role", "counts")
    came: dict[int, list[Came]] = defaultdict(list)
    for hospital, meeting, role, counts in rows:
        came[hospital or 0].append(Came(meeting, role, counts))
    return came


def _lines(
    viewer: Viewer,
    meetings: Mapping[int, Meeting],
    came: Mapping[int, Sequence[Came]],
    roles: Sequence[Role],
    chosen: Participation | None,
) -> Iterable[HospitalLine]:
    own = Q() if viewer.capacity is Capacity.CENTRE else Q(pk=viewer.participation_id or 0)
    own &= Q(pk=chosen.pk) if chosen else Q()
    hospitals = Participation.objects.filter(own, collaborative_id=viewer.collaborative_id)
    days = [each.starts_at.date() for each in meetings.values()]
    for hospital in hospitals.select_related("site").order_by("site__name"):
        held = len([day for day in days if _was_member(hospital, day)])
        there = came.get(hospital.pk, ())
        if held or there:
            yield _line(hospital, there, held, roles)


def _line(hospital: Participation, there: Sequence[Came], held: int, roles: Sequence[Role]) -> HospitalLine:
    by_role: dict[str, set[int]] = defaultdict(set)
    for each in there:
        if each.counts:
            by_role[each.role].add(each.meeting)
    return HospitalLine(
        name=hospital.site.name,
        city=hospital.site.city,
        attended=len(set().union(*by_role.values())),
        held=held,
        cells=tuple(Cell(role=role, attended=len(by_role.get(role, ()))) for role in roles),
        uncounted=len([each for each in there if not each.counts]),
    )


def _was_member(hospital: Participation, day: date) -> bool:
    return hospital.joined_on <= day and (hospital.left_on is None or day <= hospital.left_on)


def _detail(viewer: Viewer, meetings: Mapping[int, Meeting], zone: ZoneInfo) -> Iterable[AttendanceLine]:
    """Who of the own hospital was where."""
    found = Attendance.objects.filter(_own(viewer), meeting__in=list(meetings), removed_at=None)
    for each in found.order_by("meeting__starts_at", "name"):
        meeting = meetings[each.meeting_id]
        yield AttendanceLine(meeting=meeting, day=meeting.starts_at.astimezone(zone).date(), attendance=each)


def _of_hospital(hospital: Participation, meetings: Iterable[Meeting], zone: ZoneInfo) -> Iterable[MeetingLine]:
    """Of its membership, each with those who count; nobody is an answer too."""
    mine = [each for each in meetings if _was_member(hospital, each.starts_at.date())]
    there = Attendance.objects.filter(participation=hospital, meeting__in=mine, removed_at=None, counts=True)
    names: dict[int, list[str]] = defaultdict(list)
    for meeting, name in there.order_by("name").values_list("meeting_id", "name"):
        names[meeting].append(name)
    for each in sorted(mine, key=lambda one: one.starts_at):
        yield MeetingLine(meeting=each, day=each.starts_at.astimezone(zone).date(), people=tuple(names[each.pk]))


def attendance_csv(report: AttendanceReport) -> str:
    """The same table as a file; UTF-8 with the mark by which spreadsheets know it."""
    written = io.StringIO()
    sheet = csv.writer(written)
    roles = [role.label for role in report.roles]
    sheet.writerow(["hospital", "year", "meetings held", "meetings attended", *roles, "attendances that do not count"])
    for line in report.lines:
        cells = [cell.attended for cell in line.cells]
        sheet.writerow([_plain(line.name), report.year, line.held, line.attended, *cells, line.uncounted])
    return "\ufeff" + written.getvalue()


def _plain(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text
