"""A key for a program: what for, what it may do, how long."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from collaboratives.enums import KeyScope


USUAL_DAYS, MOST_DAYS = 180, 365


class KeyForm(forms.Form):
    name = forms.CharField(
        label="Program",
        max_length=100,
        help_text="What will use the key, such as «nightly export of the theatre system».",
    )
    scopes = forms.MultipleChoiceField(label="It may", widget=forms.CheckboxSelectMultiple)
    days = forms.IntegerField(
        label="Days until it expires",
        initial=USUAL_DAYS,
        min_value=1,
        max_value=MOST_DAYS,
        help_text=f"At most {MOST_DAYS}. It stops working earlier if your role here ends.",
    )

    def __init__(self, *args: Any, scopes: tuple[KeyScope, ...], **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = [(each.value, each.label) for each in scopes]  # type: ignore[attr-defined]  # a choice field

    def clean_scopes(self) -> list[KeyScope]:
        return [KeyScope(each) for each in self.cleaned_data["scopes"]]

    @property
    def expires_at(self) -> datetime:
        return timezone.now() + timedelta(days=self.cleaned_data["days"])
