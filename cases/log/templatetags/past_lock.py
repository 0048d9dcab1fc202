"""Rows of the cases past their lock date: fifty on a page, and one string each."""

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from cases.enums import CaseStatus
from cases.log.selectors.past_lock import PastLockPage


register = template.Library()
ROW = (
    '<tr><th scope="row" class="tight"><a href="{}{}/">{}</a></th>{}<td class="tight">{}</td>'
    "<td>{}</td><td>{}</td><td>{}</td></tr>"
)


@register.simple_tag
def past_lock_rows(page: PastLockPage, slug: str) -> SafeString:
    """The hospital is named where there may be several."""
    cases = reverse("cases:case-list", args=[slug])
    rows = (
        (
            *(cases, row.public_id, row.case_number),
            format_html("<td>{}</td>", row.hospital) if page.at_centre else "",
            f"{row.event_date:%-d %b %Y}",
            *(row.form, CaseStatus(row.status).label, row.assigned or "nobody"),
        )
        for row in page.rows
    )
    return format_html_join("", ROW, rows)
