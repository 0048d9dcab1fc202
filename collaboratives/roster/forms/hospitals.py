from typing import Any

from django import forms

from collaboratives.models import Participation
from collaboratives.roster.definition.step_dates import StepDates
from collaboratives.roster.selectors.onboarding import GO_LIVE, OnboardingPage


class OnboardingForm(forms.Form):
    """When each step is to be done; and, where nothing else tells, when it was."""

    def __init__(self, *args: Any, page: OnboardingPage, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        super().__init__(*args, **kwargs)
        self.page = page
        for line in page.lines:
            self._add(f"{line.step.key}-planned", f"{line.step.title}: planned for", line.planned_on)
            if line.step.by_hand and (line.done_on is None or line.by_hand):
                self._add(f"{line.step.key}-done", f"{line.step.title}: done on", line.done_on)
        if not page.is_live:
            self._add(f"{GO_LIVE}-planned", "First day: planned for", page.live_planned_on)

    def _add(self, name: str, label: str, initial: object) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        self.fields[name] = forms.DateField(label=label, required=False, initial=initial, widget=widget)

    def dates(self) -> dict[str, StepDates]:
        """Of every step; what the program derives is never written."""
        given = self.cleaned_data
        keys = [line.step.key for line in self.page.lines]
        found = {key: StepDates(given.get(f"{key}-planned"), given.get(f"{key}-done")) for key in keys}
        if not self.page.is_live:
            found[GO_LIVE] = StepDates(given.get(f"{GO_LIVE}-planned"))
        return found


class MergeForm(forms.Form):
    """The hospital goes on as another; its name is typed so that nobody does it by a slip."""

    into = forms.ModelChoiceField(Participation.objects.none(), label="It goes on as", to_field_name="public_id")
    merged_on = forms.DateField(label="Last day of its own", widget=forms.DateInput(attrs={"type": "date"}))
    let_read = forms.BooleanField(
        label="Champions and administrators of the other hospital may read its history", required=False, initial=True
    )
    name = forms.CharField(label="Type the hospital's name to confirm")
    field_order = ("into", "merged_on", "let_read", "name")

    def __init__(self, *args: Any, participation: Participation, others: list[Participation], **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        super().__init__(*args, **kwargs)
        self.participation = participation
        field = self.fields["into"]
        keys = [each.pk for each in others if each.pk != participation.pk]
        field.queryset = Participation.objects.filter(pk__in=keys).select_related("site")  # type: ignore[attr-defined]  # ModelChoiceField
        field.label_from_instance = lambda other: other.site.name  # type: ignore[attr-defined]  # ModelChoiceField

    def clean_name(self) -> str:
        name = self.participation.site.name
        if self.cleaned_data["name"].strip() != name:
            raise forms.ValidationError(f"Type “{name}” exactly as it is written above.")
        return name
