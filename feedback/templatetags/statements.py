"""A table of measures says once what its data-quality statements have in common."""

from collections.abc import Sequence
from typing import Protocol

from django import template
from django.utils.html import format_html

from feedback.selectors.statements import Statement, besides, said_by_all


register = template.Library()


class Row(Protocol):
    """A row of any table of measures."""

    statement: Statement


@register.filter
def common_statement(rows: Sequence[Row]) -> Statement | None:
    """What the statements of all rows say."""
    return said_by_all([row.statement for row in rows])


@register.filter
def besides_common(row: Row, common: Statement | None) -> Statement:
    """What the statement of this row says besides."""
    return besides(row.statement, common)


@register.simple_tag
def told_statement(statement: Statement) -> str:
    """Said in every row of long tables: written here, for a template of its own is slow enough to be felt."""
    link = format_html(' <a href="{}">How good are these data?</a>', statement.url) if statement.url else ""
    words = '<span class="statement small" data-statement><b>{}:</b> {}.{}</span>'
    return format_html(words, statement.whose, statement.text, link)
