"""How a form is sampled, as the centre writes it: columns, reasons and caps one a line."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from django import forms

from cases.log.definition.rule import (
    Eligibility,
    LogColumn,
    LogExclusion,
    read_caps,
    read_columns,
    read_exclusions,
    written,
)
from cases.log.definition.sampling import Scheme
from cases.log.definition.words import RuleWords
from cases.log.errors import LogError
from cases.log.selectors.rules import FOLLOW_UP_ATTEMPTS, FOLLOW_UP_DAYS, ViewedRule
from measures.models import Form


SCHEMES = (
    (Scheme.ALL.value, "All eligible operations"),
    (Scheme.FRACTION.value, "A fixed fraction, by lot"),
    (Scheme.EIGHT_DAY.value, "The first of each cycle, up to a quota (eight-day cycles)"),
    (Scheme.SYSTEMATIC.value, "Every k-th from a random start, up to a quota"),
)
LINES = {"rows": 4, "spellcheck": "false", "autocapitalize": "off"}


class SamplingForm(forms.Form):
    """The next version of a rule."""

    form = forms.ModelChoiceField(Form.objects.none(), label="Form", to_field_name="slug", empty_label=None)
    effective_from = forms.DateField(
        label="For cycles that begin from",
        help_text="Drawn cycles stay as they are.",
    )
    columns = forms.CharField(
        label="Columns of the log",
        required=False,
        widget=forms.Textarea(attrs=LINES),
        help_text="One a line: name | type | words. Number, date, time and procedure are there already. Types: integer, decimal, text, "
        "date, yes_no. Only what is written here is read from a log. Example: age | integer | Age in years",
    )
    exclusions = forms.CharField(
        label="Not eligible",
        required=False,
        widget=forms.Textarea(attrs=LINES),
        help_text="One a line: code | words | condition, in the order they are tried. What the log does not say excludes nobody. "
        "Example: minor | Under 18 years | [age] < 18",
    )
    scheme = forms.ChoiceField(label="Sample", choices=SCHEMES)
    percent = forms.DecimalField(
        label="Percent", required=False, min_value=Decimal("0.01"), max_value=100, decimal_places=2,
        help_text="For a fixed fraction only.",
    )  # fmt: skip
    stratum = forms.CharField(
        label="Drawn apart by", required=False, max_length=60,
        help_text="For a fixed fraction: procedure, or the name of a column above. Empty: all together.",
    )  # fmt: skip
    quota = forms.IntegerField(
        label="Most cases of a cycle", required=False, min_value=1, max_value=10_000,
        help_text="For the two schemes with a quota.",
    )  # fmt: skip
    caps = forms.CharField(
        label="Caps on common procedures",
        required=False,
        widget=forms.Textarea(attrs={**LINES, "rows": 3}),
        help_text="One a line: procedure | most cases of a cycle. Example: 49650 | 5",
    )
    follow_up_days = forms.IntegerField(
        label="Follow-up after days", min_value=1, max_value=730, initial=FOLLOW_UP_DAYS
    )
    follow_up_attempts = forms.IntegerField(
        label="Attempts before it is given up", min_value=1, max_value=20, initial=FOLLOW_UP_ATTEMPTS
    )
    note = forms.CharField(label="Note", max_length=300, required=False, help_text="Why the rule changes.")

    def __init__(self, *args: object, among: Sequence[Form], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's loose signature, passed through
        self.fields["form"].queryset = Form.objects.filter(pk__in=[each.pk for each in among])  # type: ignore[attr-defined]  # ModelChoiceField

    def clean_caps(self) -> dict[str, int]:
        return _read(read_caps, self.cleaned_data["caps"])

    def clean(self) -> None:
        """Reasons are read over the columns, so both come together."""
        columns: tuple[LogColumn, ...] = ()
        exclusions: tuple[LogExclusion, ...] = ()
        for name in ("columns", "exclusions"):
            text = self.cleaned_data.get(name, "")
            try:
                if name == "columns":
                    columns = read_columns(text)
                else:
                    exclusions = read_exclusions(text, columns)
            except LogError as problem:
                self.add_error(name, str(problem))
                return
        self.cleaned_data["eligibility"] = Eligibility(columns=columns, exclusions=exclusions)

    @property
    def words(self) -> RuleWords:
        sent = self.cleaned_data
        percent = sent["percent"]
        return RuleWords(
            effective_from=sent["effective_from"],
            scheme=Scheme(sent["scheme"]),
            fraction=percent / 100 if percent is not None else None,
            quota=sent["quota"],
            caps=sent["caps"],
            stratum=sent["stratum"].strip(),
            eligibility=sent["eligibility"],
            follow_up_days=sent["follow_up_days"],
            follow_up_attempts=sent["follow_up_attempts"],
            note=sent["note"],
        )


def _read(reader: Callable[[str], dict[str, int]], text: str) -> dict[str, int]:
    try:
        return reader(text)
    except LogError as problem:
        raise forms.ValidationError(str(problem)) from problem


def as_initial(rule: ViewedRule) -> dict[str, object]:
    """A version, to begin the next one from."""
    return {
        "form": rule.form.slug,
        "columns": written(rule.columns),
        "exclusions": written(rule.exclusions),
        "scheme": rule.scheme,
        "percent": (rule.fraction * 100).normalize() if rule.fraction else None,
        "stratum": rule.stratum,
        "quota": rule.quota,
        "caps": written(list(rule.caps.items())),
        "follow_up_days": rule.follow_up_days,
        "follow_up_attempts": rule.follow_up_attempts,
    }
