"""Smaller forms: agenda, people, outcome, rules."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms

from coordination.meetings.definition.agenda import MOST_MINUTES
from coordination.meetings.definition.plans import ItemText
from coordination.meetings.enums import Mode
from coordination.meetings.models import MeetingRule
from coordination.meetings.selectors.audience import Audience, Circle, Person
from coordination.meetings.validators import LONGEST_TITLE, LONGEST_WORDS, WELCOME
from measures.models import Measure
from privacy.roles import Capacity, Role


SHORT = {"class": "input short", "autocomplete": "off"}


class ItemForm(forms.Form):
    """A point of the agenda."""

    minutes = forms.IntegerField(
        label="Minutes",
        min_value=1,
        max_value=MOST_MINUTES,
        widget=forms.TextInput(attrs={**SHORT, "inputmode": "numeric"}),
    )
    title = forms.CharField(label="What", max_length=200, help_text="Name no hospital here.")
    lead = forms.CharField(label="Who leads", max_length=LONGEST_TITLE, required=False)
    measure = forms.ChoiceField(label="Results of", required=False)
    link = forms.CharField(label="Link", max_length=LONGEST_WORDS, required=False)
    is_public = forms.BooleanField(label="Observers read it too", required=False, initial=True)

    def __init__(self, *args: Any, measures: tuple[Measure, ...], **kwargs: Any) -> None:  # noqa: ANN401 -- Django's loose signature
        super().__init__(*args, **kwargs)
        self.measures = {each.slug: each for each in measures}
        names = [(each.slug, each.name) for each in measures]
        self.fields["measure"].choices = [("", "No measure"), *names]  # type: ignore[attr-defined]  # a ChoiceField

    @property
    def text(self) -> ItemText:
        data = self.cleaned_data
        chosen = self.measures.get(data["measure"])
        return ItemText(
            minutes=data["minutes"],
            title=data["title"],
            lead=data["lead"],
            measure_id=chosen.pk if chosen else None,
            link=data["link"],
            is_public=data["is_public"],
        )


class FileForm(forms.Form):
    file = forms.FileField(label="File", help_text=f"{WELCOME}, up to 15 MB.")


class RecordingForm(forms.Form):
    label = forms.CharField(label="What was recorded", max_length=LONGEST_TITLE)
    link = forms.CharField(label="Where it is", max_length=LONGEST_WORDS)


class InviteForm(forms.Form):
    """Roles by hospitals, and circles such as working groups; what is chosen is counted before anything is sent."""

    circles = forms.MultipleChoiceField(label="Members of", required=False, widget=forms.CheckboxSelectMultiple)
    roles = forms.MultipleChoiceField(label="Roles", required=False, widget=forms.CheckboxSelectMultiple)
    hospitals = forms.MultipleChoiceField(
        label="Hospitals", required=False, widget=forms.CheckboxSelectMultiple, help_text="None ticked: all of them."
    )
    whole_series = forms.BooleanField(label="To this and every later date of the series", required=False)

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 -- Django's loose signature
        audience: Audience,
        circles: Sequence[Circle],
        in_series: bool,
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*args, **kwargs)
        self.audience = audience
        self.offered = {each.key: each for each in circles}
        for name, choices in (("roles", audience.roles()), ("hospitals", audience.hospitals())):
            listed = [(each.value, f"{each.label} ({each.count})") for each in choices]
            self.fields[name].choices = listed  # type: ignore[attr-defined]  # a MultipleChoiceField
        named = [(each.key, f"{each.label} ({len(audience.within([each]))})") for each in circles]
        self.fields["circles"].choices = named  # type: ignore[attr-defined]  # a MultipleChoiceField
        self.fields["circles"].initial = [each.key for each in circles if each.is_meant]
        if not in_series:
            del self.fields["whole_series"]
        if not circles:
            del self.fields["circles"]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not self.errors and not data["roles"] and not data.get("circles"):
            self.add_error("roles", "Tick who is invited.")
        return data

    @property
    def people(self) -> list[Person]:
        data = self.cleaned_data
        roles = {Role(each) for each in data["roles"]}
        by_role = self.audience.chosen(roles, {UUID(each) for each in data["hospitals"]})
        inside = self.audience.within([self.offered[key] for key in data.get("circles", ())])
        there = {(each.user_id, each.participation_id) for each in by_role}
        return [*by_role, *(each for each in inside if (each.user_id, each.participation_id) not in there)]

    @staticmethod
    def counts(people: list[Person]) -> dict[str, object]:
        """How many people of how many hospitals are asked, and in which roles."""
        roles = [(role.label, len([each for each in people if each.role is role])) for role in Role]
        return {
            "people": len({each.user_id for each in people}),
            "hospitals": len({each.participation_id for each in people if each.participation_id}),
            "roles": [each for each in roles if each[1]],
        }


class CodeForm(forms.Form):
    code = forms.CharField(label="Check-in code", max_length=12, widget=forms.TextInput(attrs=SHORT))
    mode = forms.ChoiceField(label="You are", choices=Mode.choices, initial=Mode.ROOM, widget=forms.RadioSelect)


class GuestForm(forms.Form):
    """Somebody who was not asked: a substitute, or a guest."""

    name = forms.CharField(label="Name", max_length=200)
    hospital = forms.ChoiceField(label="Hospital", required=False)
    role = forms.ChoiceField(
        label="Counts as",
        choices=[(role.value, role.label.capitalize()) for role in Role if role.capacity is Capacity.HOSPITAL],
    )
    substitute_for = forms.CharField(label="In place of", max_length=200, required=False)
    mode = forms.ChoiceField(label="Where", choices=Mode.choices, initial=Mode.ROOM)

    def __init__(self, *args: Any, hospitals: list[tuple[str, str]], **kwargs: Any) -> None:  # noqa: ANN401 -- Django's loose signature
        super().__init__(*args, **kwargs)
        self.fields["hospital"].choices = [("", "No hospital"), *hospitals]  # type: ignore[attr-defined]  # a ChoiceField


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Why", max_length=LONGEST_WORDS)


class CancelForm(ReasonForm):
    whole_series = forms.BooleanField(label="Every later date of the series too", required=False)


class ActionForm(forms.Form):
    text = forms.CharField(label="What is to be done", max_length=LONGEST_WORDS)
    who = forms.CharField(label="Who", required=False)
    due_on = forms.DateField(label="By when", required=False, widget=forms.TextInput(attrs=SHORT))


def number(label: str, *, most: int, least: int = 0) -> forms.IntegerField:
    widget = forms.TextInput(attrs={**SHORT, "inputmode": "numeric"})
    return forms.IntegerField(label=label, min_value=least, max_value=most, widget=widget)


class RuleForm(forms.Form):
    """How attendance counts."""

    meetings_a_year = number("Meetings of the whole collaborative a year", least=1, most=12)
    opens_minutes = number("Check-in opens, minutes before the start", most=240)
    closes_minutes = number("Check-in closes, minutes after the end", most=1440)
    late_minutes = number("Late is who comes later than, minutes after the start", most=600)
    late_counts = forms.BooleanField(label="Whoever comes late counts", required=False)
    remote_counts = forms.BooleanField(label="Remote attendance counts", required=False)
    substitutes_count = forms.BooleanField(label="Substitutes count", required=False)

    @property
    def rule(self) -> MeetingRule:
        return MeetingRule(**self.cleaned_data)


class ReportForm(forms.Form):
    year = forms.IntegerField(required=False)
    kind = forms.CharField(required=False)
