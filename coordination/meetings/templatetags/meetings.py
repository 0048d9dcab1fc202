"""Cells of long lists, drawn without a template each."""

from django import template
from django.utils.html import format_html

from coordination.meetings.models import Attendance
from ui.templatetags.ui import state


register = template.Library()


@register.simple_tag
def there(attendance: Attendance | None, correct: str = "") -> str:
    """Whether somebody was there and counts, with the link to correct it where `correct` says how it begins."""
    if attendance is None:
        return "-"
    counted = state(attendance.get_mode_display(), "good")
    shown = counted if attendance.counts else state(attendance.get_why_not_display(), "warn")
    late = format_html(' <span class="small">{}</span>', "late") if attendance.late and attendance.counts else ""
    link = ""
    if correct:
        link = format_html(
            ' <a class="small no-print" href="{}{}/take-back/" aria-label="Correct: {}">Correct</a>',
            correct,
            attendance.public_id,
            attendance.name,
        )
    return format_html("{}{}{}", shown, late, link)
