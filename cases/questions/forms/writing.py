"""What people write: a question, a query, a message, a scenario. Whatever looks like a patient's identifier is warned of."""

from collections.abc import Iterator
from typing import Any

from django import forms

from cases.models import Case
from cases.questions.enums import Step
from cases.questions.validators import LONGEST_TEXT, SILENT
from measures.definition.identifiers import find_identifiers


WHOLE = "-"  # no variable is called that
SURE = "This tells nobody who the patient is"


class WritingForm(forms.Form):
    """A text that is sent only after a second look when it seems to hold an identifier."""

    text = forms.CharField(
        label="Message",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Write it first, in words."},
    )
    sure = forms.BooleanField(label=SURE, required=False)

    def clean(self) -> dict[str, Any]:
        found = [each.words for each in find_identifiers(self.cleaned_data.get("text", ""))]
        if found and not self.cleaned_data.get("sure"):
            self.add_error("text", f"This seems to hold {', '.join(found)}. Take it out, or tick that it is none.")
        self.is_suspicious = bool(found)
        return self.cleaned_data


class StepForm(WritingForm):
    """A message, with what its button does."""

    do = forms.ChoiceField(choices=Step.choices, widget=forms.HiddenInput)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's loose signature, passed through
        self.fields["text"].required = self.data.get("do") not in SILENT


class AskForm(WritingForm):
    """A question or query about a case."""

    variable = forms.ChoiceField(label="About")
    field_order = ("variable", "text", "sure")

    def __init__(self, *args: object, case: Case, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's loose signature, passed through
        self.fields["variable"].choices = list(_choices(case))  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["text"].label = "Your question"
        self.fields["text"].help_text = "No name, no number of the patient: the centre sees the case beside it."

    def clean_variable(self) -> str:
        chosen: str = self.cleaned_data["variable"]
        return "" if chosen == WHOLE else chosen


def _choices(case: Case) -> Iterator[tuple[str, Any]]:
    spec = case.form_version.definition
    yield WHOLE, "The case as a whole"
    for section in spec.sections:
        yield section.label, [(each.name, each.label) for each in spec.in_section(section.name)]


class GeneralForm(WritingForm):
    """A question about no case."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's loose signature, passed through
        self.fields["text"].label = "Your question"
        self.fields["text"].help_text = "About one case? Ask from its page: field, definition and case go along."


class ScenarioForm(WritingForm):
    """An answer, on its way into the manual that every member reads."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's loose signature, passed through
        self.fields["text"].label = "Scenario, as every member will read it"
        self.fields["text"].help_text = "Take out whatever belongs to this one case. Name no hospital."
