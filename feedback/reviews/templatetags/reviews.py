"""What became of the case of a row."""

from django import template

from feedback.reviews.selectors.own import ContestMark, OwnWork, Target
from feedback.selectors.wording import percent
from measures.definition.spec import MeasureSpec


register = template.Library()


@register.filter
def as_percent(rate: float | None) -> str:
    return percent(rate)


@register.filter
def in_unit_of(target: Target, spec: MeasureSpec) -> str:
    return target.text(spec)


@register.filter
def contest_of(own: OwnWork | None, case_public_id: str) -> ContestMark | None:
    return own.contests.get(case_public_id) if own else None
