"""Attendance of a year: hospital by hospital and role by role; a hospital its own."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Q
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
class AttendanceReport:
    year: int
    years: tuple[int, ...]
    kind: str
    kinds: tuple[tuple[str, str], ...]
    held: int
    roles: tuple[Role, ...]
    lines: tuple[HospitalLine, ...]
    detail: tuple[AttendanceLine, ...]
    at_centre: bool


def attendance_report(viewer: Viewer, programme: Collaborative, *, year: int | None, kind: str) -> AttendanceReport:
    """Meetings of a year that have begun. What was taken back, and what does not count, earns nothing."""
    require(viewer, Permission.ATTENDANCE_VIEW)
    zone, now = ZoneInfo(programme.time_zone), timezone.now()
    this_year = now.astimezone(zone).year
    year = year if year and this_year - 10 <= year <= this_year else this_year
    kind = kind if kind in MeetingKind.values else ""
    meetings = {each.pk: each for each in _held(viewer, year, zone, now, kind)}
    attendances = list(_attendances(viewer, meetings))
    roles = tuple(
        role
        for role in Role
        if role in ALWAYS or any(each.role == role for each in attendances if each.participation_id)
    )
    at_centre = viewer.capacity is Capacity.CENTRE
    return AttendanceReport(
        year=year,
        years=tuple(range(this_year, this_year - 4, -1)),
        kind=kind,
        kinds=tuple(MeetingKind.choices),
        held=len(meetings),
        roles=roles,
        lines=tuple(_lines(viewer, meetings, attendances, roles)),
        detail=() if at_centre else tuple(_detail(meetings, attendances, zone)),
        at_centre=at_centre,
    )


def _held(viewer: Viewer, year: int, zone: ZoneInfo, now: datetime, kind: str) -> Iterable[Meeting]:
    first, after = (datetime(each, 1, 1, tzinfo=zone).astimezone(UTC) for each in (year, year + 1))
    found = Meeting.objects.filter(
        collaborative_id=viewer.collaborative_id,
        state=MeetingState.ANNOUNCED,
        starts_at__gte=first,
        starts_at__lt=min(after, now),
    ).only("public_id", "title", "starts_at", "ends_at", "kind", "time_zone", "state")
    return found.filter(kind=kind) if kind else found


def _attendances(viewer: Viewer, meetings: Iterable[int]) -> Iterable[Attendance]:
    own = Q() if viewer.capacity is Capacity.CENTRE else Q(participation_id=viewer.participation_id or 0)
    return Attendance.objects.filter(own, meeting__in=list(meetings), removed_at=None).order_by(
        "meeting__starts_at", "name"
    )


def _lines(
    viewer: Viewer, meetings: dict[int, Meeting], attendances: Sequence[Attendance], roles: Sequence[Role]
) -> Iterable[HospitalLine]:
    own = Q() if viewer.capacity is Capacity.CENTRE else Q(pk=viewer.participation_id or 0)
    hospitals = Participation.objects.filter(own, collaborative_id=viewer.collaborative_id)
    came: dict[int | None, list[Attendance]] = defaultdict(list)
    for each in attendances:
        came[each.participation_id].append(each)
    for hospital in hospitals.select_related("site").order_by("site__name"):
        expected = {key for key, each in meetings.items() if _was_member(hospital, each)}
        there = [each for each in came[hospital.pk] if each.meeting_id in meetings]
        if not expected and not there:
            continue
        counted = [each for each in there if each.counts]
        yield HospitalLine(
            name=hospital.site.name,
            city=hospital.site.city,
            attended=len({each.meeting_id for each in counted}),
            held=len(expected),
            cells=tuple(
                Cell(role=role, attended=len({each.meeting_id for each in counted if each.role == role}))
                for role in roles
            ),
            uncounted=len(there) - len(counted),
        )


def _was_member(hospital: Participation, meeting: Meeting) -> bool:
    day = meeting.starts_at.date()
    return hospital.joined_on <= day and (hospital.left_on is None or day <= hospital.left_on)


def _detail(
    meetings: dict[int, Meeting], attendances: Iterable[Attendance], zone: ZoneInfo
) -> Iterable[AttendanceLine]:
    for each in attendances:
        meeting = meetings[each.meeting_id]
        yield AttendanceLine(meeting=meeting, day=meeting.starts_at.astimezone(zone).date(), attendance=each)


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
