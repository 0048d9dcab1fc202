"""Begin a case: which form, the hospital's number, and the date that decides which questions are asked."""

from collections.abc import Sequence
from datetime import date
from uuid import uuid4

from django import forms

from measures.definition.errors import ValueProblem
from measures.definition.moments import parse_date
from measures.definition.spec import DateOrder
from measures.models import Form


class StartCaseForm(forms.Form):
    form = forms.ChoiceField(label="What is entered")
    event_date = forms.CharField(label="Date of the event", max_length=40)
    case_number = forms.CharField(
        label="Case number",
        max_length=40,
        help_text="Your hospital's own number. No name, no record number of the patient.",
    )
    # Made with the page, so that sending it twice begins one case.
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=32, initial=lambda: uuid4().hex)

    def __init__(self, *args: object, choices: Sequence[Form], order: DateOrder, today: date, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's loose signature, passed through
        self.choices, self.order, self.today = {form.slug: form for form in choices}, order, today
        field = self.fields["form"]
        field.choices = [(form.slug, form.name) for form in choices]  # type: ignore[attr-defined]  # a ChoiceField
        if len(choices) == 1:
            field.initial, field.widget = choices[0].slug, forms.HiddenInput()
        labels = {_event_label(form) for form in choices}
        if len(labels) == 1:
            self.fields["event_date"].label = labels.pop()
        self.fields["event_date"].help_text = "For example 2026-01-05, 5 jan, or t-3 for three days ago."

    def clean_form(self) -> Form:
        return self.choices[self.cleaned_data["form"]]

    def clean_event_date(self) -> date:
        try:
            return parse_date(self.cleaned_data["event_date"].strip(), self.order, self.today)
        except ValueProblem as problem:
            raise forms.ValidationError(str(problem)) from problem


def _event_label(form: Form) -> str:
    latest = [*form.versions.all()][-1].definition
    return latest.variable(latest.event_date).label


class ReopenForm(forms.Form):
    reason = forms.CharField(label="Why is the case re-opened?", max_length=500)


class CaseNumberForm(forms.Form):
    case_number = forms.CharField(
        label="Case number",
        max_length=40,
        help_text="Your hospital's own number. No name, no record number of the patient.",
    )
