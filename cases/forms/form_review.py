from datetime import date
from typing import Any

from django import forms


class PublishForm(forms.Form):
    """When a version begins, and what is said about it. `shown_for` is the day whose effects the page told."""

    effective_from = forms.DateField(label="First day", help_text="Year-month-day. Events from this day on use it.")
    note = forms.CharField(
        label="What changes, for the people who fill it in",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    accepted = forms.BooleanField(label="I know that these complete cases keep their version", required=False)
    shown_for = forms.DateField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        super().__init__(*args, **{"auto_id": "publish-%s", **kwargs})

    @property
    def day(self) -> date | None:
        """The day asked about, if it is one."""
        self.is_valid()
        return self.cleaned_data.get("effective_from")

    @property
    def has_accepted(self) -> bool:
        """Whether the effects of this very day were seen and meant."""
        same = self.cleaned_data.get("shown_for") == self.cleaned_data.get("effective_from")
        return bool(same and self.cleaned_data.get("accepted"))
