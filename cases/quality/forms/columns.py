"""Headings of the centre's table, which sort it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from cases.quality.selectors.programme import ProgrammePage


# Heading, key, and whether the worst is at the top in ascending order.
HEADINGS = (
    ("Hospital", "name", True),
    ("Cases", "cases", False),
    ("Completeness", "completeness", True),
    ("By the due date", "timeliness", True),
    ("Days to complete", "days", False),
    ("Case capture", "capture", True),
    ("Last audit", "audit", True),
    ("Open queries", "queries", False),
    ("Locked", "locked", True),
    ("Looks odd", "odd", False),
)


@dataclass(frozen=True, kw_only=True)
class Column:
    label: str
    url: str
    direction: str
    numeric: bool


def quality_columns(page: ProgrammePage) -> list[Column]:
    return [_column(page, *heading) for heading in HEADINGS]


def _column(page: ProgrammePage, label: str, key: str, ascending: bool) -> Column:  # noqa: FBT001 -- a row of the table above
    """The first press shows the worst at the top, the next one the best."""
    orders = (key, f"-{key}") if ascending else (f"-{key}", key)
    current = page.sort.removeprefix("-") == key
    after = orders[1] if page.sort == orders[0] else orders[0]
    query = {"form": page.form.slug, "sort": after} if page.form else {"sort": after}
    direction = ("descending" if page.sort.startswith("-") else "ascending") if current else ""
    return Column(label=label, url=f"?{urlencode(query)}", direction=direction, numeric=key != "name")
