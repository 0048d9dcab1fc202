"""What became of the case of a row, and values as the measure writes them."""

from uuid import UUID

from django import template
from django.utils.html import format_html

from feedback.reviews.selectors.own import OwnWork, Target
from feedback.selectors.wording import percent
from measures.definition.spec import MeasureSpec
from privacy.roles import Permission
from privacy.viewer import Viewer
from ui.addresses import Addresses


register = template.Library()


@register.filter
def as_percent(rate: float | None) -> str:
    return percent(rate)


@register.filter
def in_unit_of(target: Target, spec: MeasureSpec) -> str:
    return target.text(spec)


class ContestCells:
    """The cells of a list of cases: what became of each, or the way to contest it.

    Written here: a template of its own in each of fifty rows is slow enough to be felt.
    """

    def __init__(self, viewer: Viewer, own: OwnWork, measure: str, release: UUID) -> None:
        self.contests, self.release = own.contests, release
        self.may_contest = viewer.can(Permission.CONTEST_RAISE)
        self.contest = Addresses("reviews:contest-detail", viewer.collaborative_slug)
        self.contesting = Addresses("reviews:contest-new", viewer.collaborative_slug, measure)

    def cell(self, case: str, number: str) -> str:
        if mark := self.contests.get(case):
            return format_html('<a href="{}">{}</a>', self.contest(mark.public_id), mark.label)
        if not self.may_contest:
            return ""
        words = '<a href="{}?release={}">Contest<span class="visually-hidden"> case {}</span></a>'
        return format_html(words, self.contesting(case), self.release, number)


@register.simple_tag
def contest_cells(viewer: Viewer, own: OwnWork | None, measure: str, release: UUID) -> ContestCells | None:
    return ContestCells(viewer, own, measure, release) if own else None


@register.simple_tag
def contest_cell(cells: ContestCells, case: str, number: str) -> str:
    return cells.cell(case, number)
