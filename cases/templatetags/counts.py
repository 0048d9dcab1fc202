"""Numbers of cases that lead to the list they count."""

from uuid import UUID

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.html import format_html


register = template.Library()


@register.simple_tag
def cases_count(  # noqa: PLR0913, PLR0917 -- each is a part of the link
    url: str, hospital: UUID, tab: str, count: int, what: str, name: str, *, late: bool = False
) -> str:
    """Written here: six in the row of every hospital, and a template of its own each is slow enough to be felt."""
    if not count:
        return "0"
    link = '<a class="{}" href="{}?hospital={}&amp;tab={}">{}<span class="visually-hidden"> {}, {}</span></a>'
    return format_html(link, "count late" if late else "count", url, hospital, tab, intcomma(count), what, name)
