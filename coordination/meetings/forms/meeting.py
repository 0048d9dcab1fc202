"""What a coordinator fills in about a meeting."""

from datetime import date
from typing import Any
from zoneinfo import available_timezones

from django import forms

from collaboratives.errors import NoSuchTimeError
from coordination.meetings.definition.agenda import points_of
from coordination.meetings.definition.plans import Plan, Repetition, Wish
from coordination.meetings.enums import MeetingKind, Repeat
from coordination.meetings.errors import MeetingError
from coordination.meetings.models import Meeting
from coordination.meetings.validators import LONGEST_TITLE


DAY_HINT = "Year-month-day, for example 2027-02-11."
TIME_HINT = "24 hours, for example 14:00."
ONCE = ""
SHORT = {"class": "input short", "autocomplete": "off"}


def words(label: str, *, rows: int, required: bool = False, **more: Any) -> forms.CharField:  # noqa: ANN401 -- Django's own options
    return forms.CharField(label=label, required=required, widget=forms.Textarea(attrs={"rows": rows}), **more)


class PlanForm(forms.Form):
    """When, where and what."""

    title = forms.CharField(label="Title", max_length=LONGEST_TITLE, help_text="It stands in mails: name no hospital.")
    kind = forms.ChoiceField(label="Kind", choices=MeetingKind.choices, initial=MeetingKind.WHOLE)
    day = forms.DateField(label="Day", help_text=DAY_HINT, widget=forms.TextInput(attrs=SHORT))
    starts = forms.TimeField(label="Starts", help_text=TIME_HINT, widget=forms.TextInput(attrs=SHORT))
    ends = forms.TimeField(label="Ends", widget=forms.TextInput(attrs=SHORT))
    last_day = forms.DateField(
        label="Last day, if another", required=False, widget=forms.TextInput(attrs=SHORT), help_text=DAY_HINT
    )
    time_zone = forms.CharField(label="Time zone", widget=forms.TextInput(attrs={"list": "time-zones", **SHORT}))
    place = forms.CharField(label="Place", required=False, max_length=200, help_text="An address; name no hospital.")
    remote_link = forms.CharField(label="Link to join", required=False, max_length=500)
    summary = words("What it is about", rows=2)
    at_once = forms.BooleanField(label="Another meeting at the same time is meant so", required=False)

    def clean_time_zone(self) -> str:
        zone: str = self.cleaned_data["time_zone"].strip()
        if zone not in available_timezones():
            raise forms.ValidationError(f"«{zone}» is no time zone. Write it as America/Detroit.")
        return zone

    def clean(self) -> dict[str, Any]:
        """A time that no clock shows on that day is said here, beside the others."""
        if not self.errors:
            try:
                _ = self.plan.starts_at, self.plan.ends_at
            except NoSuchTimeError as problem:
                self.add_error("starts", str(problem))
        return self.cleaned_data

    @property
    def plan(self) -> Plan:
        data = self.cleaned_data
        return Plan(
            title=data["title"],
            kind=MeetingKind(data["kind"]),
            day=data["day"],
            last_day=data["last_day"],
            starts=data["starts"],
            ends=data["ends"],
            time_zone=data["time_zone"],
            place=data["place"],
            remote_link=data["remote_link"],
            summary=data["summary"],
            at_once=data["at_once"],
        )


class NewMeetingForm(PlanForm):
    """A new meeting, with its agenda in lines, and how it repeats."""

    repeat = forms.ChoiceField(label="Repeats", required=False, choices=[(ONCE, "Once"), *Repeat.choices])
    count = forms.IntegerField(
        label="How many meetings", required=False, min_value=1, max_value=36, widget=forms.TextInput(attrs=SHORT)
    )
    dates = words("Further dates", rows=3, help_text="One to a line, where you list them.")
    copy_from = forms.ChoiceField(label="Agenda of", required=False)
    agenda = words(
        "Agenda",
        rows=5,
        help_text="A point to a line: minutes, title, and after a bar who leads. 10 Welcome | Dr Adams",
    )

    def __init__(self, *args: Any, earlier: list[Meeting], **kwargs: Any) -> None:  # noqa: ANN401 -- Django's loose signature
        super().__init__(*args, **kwargs)
        copied = [(str(each.public_id), f"{each.title}, {each.starts_at:%-d %b %Y}") for each in earlier]
        self.fields["copy_from"].choices = [("", "Only what is written here"), *copied]  # type: ignore[attr-defined]  # a ChoiceField

    def clean_agenda(self) -> str:
        text: str = self.cleaned_data["agenda"]
        try:
            points_of(text)
        except MeetingError as problem:
            raise forms.ValidationError(str(problem)) from problem
        return text

    @property
    def wish(self) -> Wish:
        data = self.cleaned_data
        repetition = None
        if data["repeat"]:
            repetition = Repetition(repeat=Repeat(data["repeat"]), count=data["count"] or 3, dates=data["dates"])
        return Wish(
            plan=self.plan, repetition=repetition, points=points_of(data["agenda"]), copy_from=data["copy_from"]
        )


def first_values(day: date, zone: str, meetings_a_year: int) -> dict[str, object]:
    """What stands in a new form."""
    return {"day": day, "starts": "14:00", "ends": "16:00", "time_zone": zone, "count": meetings_a_year}
