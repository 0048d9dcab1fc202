"""What people fill in about their own numbers. What the centre will read is warned of identifiers; a colleague's is too."""

from django import forms
from django.core.validators import DecimalValidator, MaxValueValidator

from cases.questions.forms.writing import WritingForm
from feedback.charts import ValueFormat
from feedback.enums import Outcome
from feedback.reviews.enums import ContestReason, Verdict
from feedback.reviews.validators import LONGEST_COMMENT, LONGEST_REASON, LONGEST_TEXT, Wish


NO_PATIENT = "No name, no number of the patient."
DAY = "Year-month-day, for example 2027-03-31."
# What can be said against a case that does not count, and against one that does.
AGAINST_EXCLUSION = (ContestReason.WRONG_DATA, ContestReason.SHOULD_NOT_BE_EXCLUDED, ContestReason.OTHER)
AGAINST_COUNTING = (
    ContestReason.WRONG_DATA,
    ContestReason.SHOULD_BE_EXCLUDED,
    ContestReason.NOT_OURS,
    ContestReason.OTHER,
)


class ContestForm(WritingForm):
    """Why a case is counted wrongly."""

    reason = forms.ChoiceField(label="What is wrong", widget=forms.RadioSelect)
    field_order = ("reason", "text", "sure")

    def __init__(self, *args: object, outcome: Outcome, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's loose signature, passed through
        reasons = AGAINST_EXCLUSION if outcome is Outcome.EXCLUDED else AGAINST_COUNTING
        self.fields["reason"].choices = [(each.value, each.label) for each in reasons]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["text"].label = "Why"
        self.fields["text"].max_length = LONGEST_TEXT  # type: ignore[attr-defined]  # a CharField
        self.fields["text"].help_text = f"The coordinating centre reads it beside the case. {NO_PATIENT}"


class DecisionForm(WritingForm):
    """What the centre decides, with its reason."""

    verdict = forms.ChoiceField(label="Decision", widget=forms.RadioSelect)
    field_order = ("verdict", "text", "sure")

    def __init__(self, *args: object, may_exclude: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's loose signature, passed through
        open_to = [each for each in Verdict if may_exclude or each is not Verdict.EXCLUDE]
        self.fields["verdict"].choices = [(each.value, each.label) for each in open_to]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["text"].label = "Reason"
        self.fields["text"].help_text = f"The hospital reads it. {NO_PATIENT}"


class CommentForm(WritingForm):
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's loose signature, passed through
        self.fields["text"].label = "Your comment"
        self.fields["text"].widget.attrs["maxlength"] = LONGEST_COMMENT


class TargetForm(forms.Form):
    """A target in the unit in which the measure is written, when it is to be reached, and why."""

    value = forms.DecimalField(
        min_value=0, widget=forms.TextInput(attrs={"class": "input short", "inputmode": "decimal"})
    )
    by = forms.DateField(
        label="To be reached by", help_text=DAY, widget=forms.TextInput(attrs={"class": "input short"})
    )
    reason = forms.CharField(
        label="Why this target", max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: object, written: ValueFormat, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's loose signature, passed through
        self.written, field = written, self.fields["value"]
        field.label = f"Target{_unit(written)}"
        field.decimal_places = written.decimals  # type: ignore[attr-defined]  # a DecimalField
        field.validators = [*field.validators, DecimalValidator(None, written.decimals), *_highest(written)]

    @property
    def wish(self) -> Wish:
        """What the service takes."""
        data = self.cleaned_data
        return Wish(value=float(data["value"]) / self.written.factor, by=data["by"], reason=data["reason"])


def _unit(written: ValueFormat) -> str:
    """Target, in per cent; Target, in minutes; Target per 1,000 line days."""
    if written.suffix == "%":
        return ", in per cent"
    words = written.words.strip()
    return f" {words}" if words.startswith("per ") else f", in {words}" if words else ""


def _highest(written: ValueFormat) -> list[MaxValueValidator]:
    return [] if written.ceiling is None else [MaxValueValidator(round(written.ceiling * written.factor))]


class DropForm(forms.Form):
    reason = forms.CharField(
        label="Why it is dropped", max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 2})
    )
