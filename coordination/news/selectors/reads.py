"""Who has read an announcement, hospital by hospital and role by role: the centre's alone."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from coordination.news.definition.audience import ROLES
from coordination.news.models import Announcement
from privacy.roles import Capacity, Permission, Role
from privacy.viewer import Viewer, require


# Where people without a hospital stand, after all hospitals.
CENTRE, OBSERVERS = "Coordinating centre", "Observers"


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Somebody who got it."""

    user_id: int
    name: str
    role: Role
    hospital: str
    read_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Cell:
    """How many of a role at a hospital have read it, of how many."""

    read: int
    people: int


@dataclass(frozen=True, kw_only=True)
class ReadLine:
    hospital: str
    read: int
    people: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True)
class Reads:
    lines: tuple[ReadLine, ...]
    roles: tuple[Role, ...]
    have_not: tuple[Reader, ...]
    read: int
    people: int

    @property
    def waiting(self) -> int:
        """People, who may have read it at one hospital and not at the other."""
        return len({each.user_id for each in self.have_not})

    @property
    def sentence(self) -> str:
        return f"{self.read} of {self.people} {'person has' if self.people == 1 else 'people have'} read it"


def reads_of(viewer: Viewer, announcement: Announcement) -> Reads:
    """In one statement; whoever works at two hospitals counts at both, and once in the whole."""
    require(viewer, Permission.NEWS_WRITE)
    readers = _readers(announcement)
    roles = tuple(role for role in ROLES if any(each.role is role for each in readers))
    places = sorted({each.hospital for each in readers}, key=lambda name: (name in {CENTRE, OBSERVERS}, name))
    return Reads(
        lines=tuple(_line(place, [each for each in readers if each.hospital == place], roles) for place in places),
        roles=roles,
        have_not=tuple(each for each in readers if each.read_at is None),
        read=len({each.user_id for each in readers if each.read_at}),
        people=len({each.user_id for each in readers}),
    )


def _readers(announcement: Announcement) -> list[Reader]:
    rows = announcement.receipts.order_by("participation__site__name", "name", "pk")
    return [
        Reader(
            user_id=user,
            name=name,
            role=Role(role),
            hospital=hospital or (OBSERVERS if Role(role).capacity is Capacity.OBSERVER else CENTRE),
            read_at=read_at,
        )
        for user, name, role, hospital, read_at in rows.values_list(
            "user_id", "name", "role", "participation__site__name", "read_at"
        )
    ]


def _line(hospital: str, readers: Sequence[Reader], roles: Iterable[Role]) -> ReadLine:
    return ReadLine(
        hospital=hospital,
        read=len([each for each in readers if each.read_at]),
        people=len(readers),
        cells=tuple(_cell([each for each in readers if each.role is role]) for role in roles),
    )


def _cell(readers: Sequence[Reader]) -> Cell:
    return Cell(read=len([each for each in readers if each.read_at]), people=len(readers))


def reads_csv(viewer: Viewer, announcement: Announcement) -> str:
    """A line a hospital and role; UTF-8 with the mark by which spreadsheets know it."""
    reads, written = reads_of(viewer, announcement), io.StringIO()
    sheet = csv.writer(written)
    sheet.writerow(["kind", "number", "title", "hospital", "role", "people", "have read it"])
    about = [announcement.get_kind_display(), announcement.number, _plain(announcement.title)]
    for line in reads.lines:
        for role, cell in zip(reads.roles, line.cells, strict=True):
            if cell.people:
                sheet.writerow([*about, _plain(line.hospital), role.label, cell.people, cell.read])
    return "\ufeff" + written.getvalue()


def _plain(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text
