"""The window of a new release, in months."""

from calendar import monthrange
from datetime import date

from django import forms


HINT = "Year and month, such as 2026-06."


class MonthField(forms.CharField):
    """A month, as its first day."""

    def clean(self, value: str | None) -> date:
        """The first day of the month."""
        text = super().clean(value)
        try:
            return date.fromisoformat(f"{text.strip()}-01")
        except ValueError as problem:
            raise forms.ValidationError(f'"{text}" is not a month. Write year and month, such as 2026-06.') from problem


def last_day_of(month: date) -> date:
    return month.replace(day=monthrange(month.year, month.month)[1])


class ReleaseForm(forms.Form):
    """What a coordinator decides before a release is computed."""

    name = forms.CharField(label="Name", max_length=40, help_text="As members will see it, such as 2026-2.")
    first_month = MonthField(label="First month", help_text=HINT)
    last_month = MonthField(label="Last month", help_text=HINT)

    def window(self) -> dict[str, date]:
        """Arguments of the service."""
        return {
            "window_from": self.cleaned_data["first_month"],
            "window_to": last_day_of(self.cleaned_data["last_month"]),
        }
