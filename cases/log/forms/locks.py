"""What the centre sets about locks, and what a hospital asks."""

from collections.abc import Sequence

from django import forms

from cases.log.enums import Decision, ExtensionReason, Rhythm
from cases.log.validators import LONGEST_REASON, MOST_DAYS_AFTER
from collaboratives.models import Participation
from measures.models import Form


DAY = "Year-month-day, for example 2026-01-31."
NO_PATIENT = "No name, no number of the patient."


class CyclesForm(forms.Form):
    """A year to cut into cycles."""

    form = forms.ModelChoiceField(Form.objects.none(), label="Form", to_field_name="slug", empty_label=None)
    rhythm = forms.ChoiceField(label="Cycles", choices=Rhythm.choices)
    year = forms.IntegerField(label="Year", min_value=2000, max_value=2100)
    days_after = forms.IntegerField(
        label="Days to enter",
        help_text="Cases are locked at midnight after so many days from the last day of their cycle.",
        min_value=0,
        max_value=MOST_DAYS_AFTER,
        initial=90,
    )

    def __init__(self, *args: object, among: Sequence[Form], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's loose signature, passed through
        self.fields["form"].queryset = Form.objects.filter(pk__in=[each.pk for each in among])  # type: ignore[attr-defined]  # ModelChoiceField


class ExtensionForm(forms.Form):
    """More time for one hospital."""

    hospital = forms.ModelChoiceField(Participation.objects.none(), label="Hospital", to_field_name="public_id")
    locks_on = forms.DateField(label="New last day to enter", help_text=DAY)
    reason = forms.ChoiceField(label="Reason", choices=ExtensionReason.choices)
    note = forms.CharField(label="Note", max_length=500, required=False, help_text=NO_PATIENT)

    def __init__(self, *args: object, among: Sequence[Participation], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's loose signature, passed through
        found = Participation.objects.filter(pk__in=[each.pk for each in among]).select_related("site")
        self.fields["hospital"].queryset = found.order_by("site__name")  # type: ignore[attr-defined]  # ModelChoiceField
        self.fields["hospital"].label_from_instance = lambda each: each.site.name  # type: ignore[attr-defined]  # likewise


class AskForm(forms.Form):
    """Why a locked case must change."""

    reason = forms.CharField(
        label="Why the case must change",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=NO_PATIENT,
    )


class DecisionForm(forms.Form):
    """The centre's answer."""

    decision = forms.ChoiceField(label="Decision", choices=Decision.choices)
    relocks_on = forms.DateField(
        label="Last day to correct", required=False, help_text=f"{DAY} Empty: a week. Then the case is locked again."
    )
    note = forms.CharField(
        label="Note to the hospital",
        max_length=LONGEST_REASON,
        required=False,
        help_text=f"Needed when you refuse. {NO_PATIENT}",
    )
