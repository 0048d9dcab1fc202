"""What became of the case of a row."""

from django import template

from feedback.reviews.selectors.own import ContestMark, OwnWork
from feedback.selectors.wording import percent


register = template.Library()


@register.filter
def as_percent(rate: float | None) -> str:
    return percent(rate)


@register.filter
def contest_of(own: OwnWork | None, case_public_id: str) -> ContestMark | None:
    return own.contests.get(case_public_id) if own else None
