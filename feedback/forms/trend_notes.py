"""A note on a month of a measure's trend."""

from datetime import date

from django import forms

from feedback.forms.release import HINT, MonthField
from feedback.models.trend_notes import LONGEST_NOTE


class TrendNoteForm(forms.Form):
    """When something changed, and what."""

    month = MonthField(label="Month", help_text=HINT)
    text = forms.CharField(
        label="What changed", max_length=LONGEST_NOTE, help_text="A few words, such as: new antibiotic order set."
    )

    def clean_month(self) -> date:
        """Nothing that has not happened yet."""
        month: date = self.cleaned_data["month"]
        if month > date.today():  # noqa: DTZ011 -- months, anywhere on earth
            raise forms.ValidationError("That month has not begun. Note what has changed, not what is planned.")
        return month
