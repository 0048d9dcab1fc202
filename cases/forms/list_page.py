"""What stands around the rows of the work list: tabs with their counts, and headings that sort."""

from dataclasses import dataclass

from cases.selectors.list_filter import TAB_LABELS, ListFilter
from cases.selectors.work_list import CaseListPage
from ui.parts import Tab


# Heading → the order its link gives first, and the one it gives then.
ORDERS = {
    "Case": ("number", "-number"),
    "Event": ("event", "-event"),
    "Due": ("event", "-event"),
    "Progress": ("open", "-open"),
    "Problems": ("-problems", "-problems"),
    "Assigned": ("", ""),
    "Updated": ("-updated", "updated"),
}


@dataclass(frozen=True, kw_only=True)
class Column:
    label: str
    url: str = ""
    direction: str = ""


def list_tabs(page: CaseListPage) -> list[Tab]:
    """Tabs keep search and filters, and begin at their first page in their own order."""
    return [
        Tab(TAB_LABELS[name], page.filter.address(tab=name, sort=""), str(count), current=page.filter.tab == name)
        for name in TAB_LABELS
        if (count := page.counts.get(name)) is not None
    ]


def list_columns(wanted: ListFilter) -> list[Column]:
    return [_column(label, first, second, wanted) for label, (first, second) in ORDERS.items()]


def _column(label: str, first: str, second: str, wanted: ListFilter) -> Column:
    if not first:
        return Column(label=label)
    current = wanted.order in {first, second} and label != "Due"
    after = second if wanted.order == first else first
    direction = ("descending" if wanted.order.startswith("-") else "ascending") if current else ""
    return Column(label=label, url=wanted.address(sort=after), direction=direction)
