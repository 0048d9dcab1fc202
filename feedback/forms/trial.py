"""Which version is tried, on which months."""

from collections.abc import Sequence
from typing import Any

from django import forms

from feedback.forms.release import HINT, MonthField, last_day_of


class TrialForm(forms.Form):
    """`version` is the number of a draft or of the version in use."""

    version = forms.TypedChoiceField(label="Version", coerce=int)
    first_month = MonthField(label="First month", help_text=HINT)
    last_month = MonthField(label="Last month", help_text=HINT)

    def __init__(self, *args: Any, versions: Sequence[tuple[int, str]], **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        super().__init__(*args, **{"auto_id": "trial-%s", **kwargs})
        self.fields["version"].choices = versions  # type: ignore[attr-defined]  # ChoiceField

    def window(self) -> dict[str, Any]:
        """Arguments of the service."""
        return {
            "window_from": self.cleaned_data["first_month"],
            "window_to": last_day_of(self.cleaned_data["last_month"]),
        }
