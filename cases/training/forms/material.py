"""What the centre writes: a module, a test case, the reasons of its answers, an exam."""

from collections.abc import Sequence
from decimal import Decimal

from django import forms

from cases.training.enums import Purpose
from cases.training.models import TestCase
from cases.training.selectors.material import RightAnswer
from cases.training.validators import LONGEST_TEXT, LONGEST_TITLE, LONGEST_WHY
from measures.models import Form, FormVersion


INVENTED = "Invented. Never copy a patient's record."


class ModuleForm(forms.Form):
    """A text to learn from."""

    form = forms.ChoiceField(label="Form it teaches")
    position = forms.IntegerField(label="Place in the order", min_value=1, max_value=99, initial=1)
    title = forms.CharField(label="Title", max_length=LONGEST_TITLE)
    text = forms.CharField(
        label="Text",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text="An empty line begins a new paragraph.",
    )

    def __init__(self, *args: object, among: Sequence[Form], fixed: bool = False, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's loose signature, passed through
        self.choices = {each.slug: each for each in among}
        self.fields["form"].choices = [(each.slug, each.name) for each in among]  # type: ignore[attr-defined]  # a ChoiceField
        if fixed:
            del self.fields["form"]

    def clean_form(self) -> Form:
        return self.choices[self.cleaned_data["form"]]


class TestCaseForm(forms.Form):
    """What the record of a test case says."""

    __test__ = False  # pytest would take the name for a class of tests

    version = forms.ChoiceField(label="Questions of")
    purpose = forms.ChoiceField(label="Used for", choices=Purpose.choices)
    title = forms.CharField(label="Title", max_length=LONGEST_TITLE, help_text="It tells nothing of the answers.")
    chart = forms.CharField(
        label="What the record says",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text=INVENTED,
    )

    def __init__(self, *args: object, among: Sequence[FormVersion], fixed: bool = False, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's loose signature, passed through
        self.choices = {str(each.pk): each for each in among}
        words = [(key, f"{each.form.name}, version {each.number}") for key, each in self.choices.items()]
        self.fields["version"].choices = words  # type: ignore[attr-defined]  # a ChoiceField
        if fixed:
            del self.fields["version"]

    def clean_version(self) -> FormVersion:
        return self.choices[self.cleaned_data["version"]]


class WhyForm(forms.Form):
    """One text for each scored question."""

    def __init__(self, *args: object, answers: Sequence[RightAnswer], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's loose signature, passed through
        for each in answers:
            self.fields[each.name] = forms.CharField(
                label=each.label,
                initial=each.why,
                required=False,
                max_length=LONGEST_WHY,
                help_text=f"Right answer: {each.answer}. Tier {each.tier}.",
            )


class ExamForm(forms.Form):
    """Which test cases, and when it is passed."""

    form = forms.ChoiceField(label="Form")
    name = forms.CharField(label="Name", max_length=LONGEST_TITLE)
    test_cases = forms.MultipleChoiceField(label="Test cases", widget=forms.CheckboxSelectMultiple)
    tier_1_percent = forms.DecimalField(
        label="Key questions (tier 1) that must agree, per cent",
        min_value=Decimal(1),
        max_value=Decimal(100),
        max_digits=5,
        decimal_places=2,
        initial=Decimal(95),
    )
    tier_2_percent = forms.DecimalField(
        label="Other questions (tier 2) that must agree, per cent",
        min_value=Decimal(0),
        max_value=Decimal(100),
        max_digits=5,
        decimal_places=2,
        initial=Decimal(90),
    )
    wait_hours = forms.IntegerField(
        label="Hours to learn after a failed attempt", min_value=0, max_value=24 * 90, initial=24
    )
    valid_months = forms.IntegerField(
        label="Months for which the certificate is valid", min_value=1, max_value=60, initial=12
    )

    def __init__(self, *args: object, among: Sequence[Form], cases: Sequence[TestCase], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's loose signature, passed through
        self.choices = {each.slug: each for each in among}
        self.cases = {str(each.public_id): each for each in cases}
        self.fields["form"].choices = [(each.slug, each.name) for each in among]  # type: ignore[attr-defined]  # a ChoiceField
        words = [(key, f"{each.form_version.form.name}: {each.title}") for key, each in self.cases.items()]
        self.fields["test_cases"].choices = words  # type: ignore[attr-defined]  # the same

    def clean_form(self) -> Form:
        return self.choices[self.cleaned_data["form"]]

    def clean_test_cases(self) -> list[TestCase]:
        return [self.cases[key] for key in self.cleaned_data["test_cases"]]
