"""What templates of the core show of cycles; the core itself knows none."""

from collections.abc import Sequence

from django import template

from cases.log.selectors.work_list import CyclesOfList, ListedCase, cycles_of_list
from privacy.viewer import Viewer


register = template.Library()


@register.simple_tag
def cycles_of(rows: Sequence[ListedCase], viewer: Viewer) -> CyclesOfList:
    """`{% cycles_of page.rows viewer as cycles %}`: one query a page."""
    return cycles_of_list(rows, viewer)


@register.filter
def lock_day(cycles: CyclesOfList, row: ListedCase) -> str:
    """`{{ cycles|lock_day:row }}`: the last day to enter this case, in words; nothing where there is none."""
    day = cycles.lock_days.get(row.public_id)
    return f"{day:%-d %b %Y}" if day else ""
