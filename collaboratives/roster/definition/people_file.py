"""A list of people to invite, as a text file: its columns and rows, before anybody is looked up."""

import csv
import io
from dataclasses import dataclass

from collaboratives.roster.errors import RosterError
from privacy.roles import Role


MOST_ROWS, LARGEST = 500, 500_000
COLUMNS = {
    "name": ("name", "full name", "full_name"),
    "email": ("email", "e-mail", "mail"),
    "role": ("role",),
    "hospital": ("hospital", "hospital number", "number", "site"),
}
REQUIRED = ("name", "email", "role")
ROLES = {text: role for role in Role for text in (role.value, role.value.replace("_", " "), role.label)}
TEMPLATE = "name,email,role,hospital\nJane Doe,jane.doe@hospital.example,abstractor,\n"


@dataclass(frozen=True)
class PeopleRow:
    """One line of the file; `line` as a spreadsheet counts."""

    line: int
    name: str
    email: str
    role: str
    hospital: str

    @property
    def known_role(self) -> Role | None:
        return ROLES.get(" ".join(self.role.lower().split()))


def read_people(text: str) -> list[PeopleRow]:
    """The rows of a file with a heading; empty lines are left out. `RosterError` where it is no such file."""
    if len(text) > LARGEST:
        raise RosterError(f"The list is too long. Invite at most {MOST_ROWS} people at a time.")
    lines = io.StringIO(text.lstrip("\ufeff"), newline="")
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    reader = csv.reader(lines, delimiter=delimiter)
    heading = [" ".join(cell.lower().split()) for cell in next(reader, [])]
    places = {column: _place(heading, names) for column, names in COLUMNS.items()}
    missing = [column for column in REQUIRED if places[column] is None]
    if missing:
        raise RosterError(
            f"The first line must name the columns; there is no column {' and no column '.join(missing)}. "
            "Begin with: name, email, role, hospital."
        )
    rows = [_row(reader.line_num, cells, places) for cells in reader if any(cell.strip() for cell in cells)]
    if not rows:
        raise RosterError("There is nobody below the heading.")
    if len(rows) > MOST_ROWS:
        raise RosterError(f"There are {len(rows):,} people. Invite at most {MOST_ROWS} at a time.")
    return rows


def _place(heading: list[str], names: tuple[str, ...]) -> int | None:
    return next((place for place, cell in enumerate(heading) if cell in names), None)


def _row(line: int, cells: list[str], places: dict[str, int | None]) -> PeopleRow:
    texts = {
        column: " ".join(cells[place].split()) if place is not None and place < len(cells) else ""
        for column, place in places.items()
    }
    return PeopleRow(line, texts["name"], texts["email"].lower(), texts["role"], texts["hospital"])
