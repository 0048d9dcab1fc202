"""What people choose for themselves."""

from django import forms

from accounts.enums import ReleaseMailWhen


class NoticesForm(forms.Form):
    """When to hear of a release."""

    release_mail = forms.TypedChoiceField(
        label="Write to me when a release of a programme of mine is there",
        choices=ReleaseMailWhen.choices,
        coerce=ReleaseMailWhen,
        widget=forms.RadioSelect,
    )
