"""When members see a release, and taking one back."""

from datetime import datetime
from typing import Any

from django import forms

from collaboratives.definition.clock import moment_of
from collaboratives.errors import NoSuchTimeError
from feedback.definition.policy import Policy


NOW, LATER = "now", "later"


class NamedForm(forms.Form):
    """Whoever decides types the release's name, so that nobody does it by a slip."""

    name = forms.CharField(max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, release: str, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's own arguments
        super().__init__(*args, **kwargs)
        self.release = release
        self.fields["name"].label = f"Type the name “{release}” to confirm"

    def clean_name(self) -> str:
        """Exactly as it is written."""
        name: str = self.cleaned_data["name"].strip()
        if name != self.release:
            raise forms.ValidationError(f"Type “{self.release}” exactly to confirm.")
        return name

    def intent(self) -> dict[str, str]:
        """What was filled in, to be shown again once the person has proved who they are."""
        return {name: self.data.get(name, "") for name in self.fields}


class PublishForm(NamedForm):
    """Now, or at a moment on the programme's clock."""

    when = forms.ChoiceField(
        label="When do members see it?",
        choices=[(LATER, "On a day and at a time"), (NOW, "Now")],
        initial=LATER,
        widget=forms.RadioSelect,
    )
    day = forms.DateField(
        label="Day", error_messages={"required": "Choose a day."}, widget=forms.DateInput(attrs={"type": "date"})
    )
    time = forms.TimeField(
        label="Time",
        error_messages={"required": "Choose a time."},
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    reason = forms.CharField(
        label="Why earlier than hospitals were promised?",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Only where hospitals with bad news get less time with it. The centre reads it; name no hospital.",
    )
    field_order = ("when", "day", "time", "reason", "name")

    def __init__(self, *args: Any, time_zone: str, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's own arguments
        super().__init__(*args, **kwargs)
        self.time_zone = time_zone
        self.fields[
            "time"
        ].help_text = f"By the clock of {time_zone}. Day and time do not matter when members see it now."

    def clean(self) -> dict[str, Any]:
        """A moment that exists, where one is chosen."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("when") == LATER and cleaned.get("day") and cleaned.get("time"):
            try:
                cleaned["at"] = moment_of(cleaned["day"], cleaned["time"], self.time_zone)
            except NoSuchTimeError as problem:
                self.add_error("time", str(problem))
        return cleaned

    @property
    def at(self) -> datetime | None:
        """The moment; none for now."""
        found: datetime | None = self.cleaned_data.get("at")
        return found


class WithdrawForm(NamedForm):
    """The reason that members read."""

    reason = forms.CharField(
        label="Why is it withdrawn?",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Members read it.",
    )
    field_order = ("reason", "name")


class PolicyForm(forms.Form):
    """What the programme asks of its releases."""

    notice_days = forms.IntegerField(
        label="Days of private notice",
        min_value=0,
        max_value=90,
        help_text="Champion and administrator of a hospital with bad news read it so many days before members. 0: no notice.",
    )
    completeness = forms.IntegerField(label="Required answers known, at least (%)", min_value=0, max_value=100)
    timeliness = forms.IntegerField(label="Cases complete by their due date, at least (%)", min_value=0, max_value=100)
    capture = forms.IntegerField(label="Eligible cases captured, at least (%)", min_value=0, max_value=100)
    agreement = forms.IntegerField(label="Agreement in the last audit, at least (%)", min_value=0, max_value=100)
    largest_move = forms.IntegerField(
        label="The value of all hospitals may move by (%)",
        min_value=1,
        max_value=100,
        help_text="Of itself, since the release before. A larger move stops the approval until somebody writes why.",
    )

    def policy(self) -> Policy:
        """As the service takes it."""
        return Policy(**self.cleaned_data)
