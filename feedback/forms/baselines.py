"""Where the baseline of a chart is to begin anew, and why."""

from django import forms

from feedback.forms.release import HINT, MonthField
from feedback.models.baselines import LONGEST_REASON


class BaselineForm(forms.Form):
    """The first month of the new baseline, and what changed for good then."""

    first_month = MonthField(label="First month of the new baseline", help_text=HINT)
    reason = forms.CharField(
        label="What changed for good",
        max_length=LONGEST_REASON,
        help_text="Stands on the chart with your name, and the coordinating centre reads it.",
    )
