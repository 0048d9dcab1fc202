"""The whole of a risk model in one form, with a row for each covariate. It reads and writes specs; services save."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from django import forms

from measures.definition.canonical import digest_of
from measures.definition.draft_check import FormProblem
from measures.definition.risk_model_difference import KIND_WORDS, RULE_WORDS, all_model_changes
from measures.definition.semantics import FITTING
from measures.definition.spec import Covariate, CovariateKind, FormSpec, MissingRule, RiskModelSpec
from measures.forms.fields import name_from
from measures.forms.measure import day_field, rearranged
from measures.forms.parts import Conflict, Row


MOST_COVARIATES = 60
KINDS = [(each.value, words.capitalize()) for each, words in KIND_WORDS.items()]
SCALED = "linear square spline"  # kinds that have a centre and a scale; form-editor.js shows boxes by it


def _number_field(label: str, help_text: str, kinds: str) -> forms.DecimalField:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "data-for": kinds})
    return forms.DecimalField(
        label=label, required=False, max_digits=16, decimal_places=8, help_text=help_text, widget=widget
    )


class KnotsField(forms.CharField):
    """Rising numbers, separated by commas."""

    def prepare_value(self, value: Any) -> Any:  # noqa: ANN401 -- Django's signature
        return ", ".join(f"{knot:f}" for knot in value) if isinstance(value, tuple) else value

    def clean(self, value: Any) -> Any:  # noqa: ANN401 -- Django's signature
        words = re.split(r"[,;\s]+", super().clean(value).strip())
        try:
            return tuple(Decimal(word) for word in words if word)
        except InvalidOperation as error:
            raise forms.ValidationError("Write numbers with commas between them, such as 40, 55, 65, 75.") from error


class CovariateForm(forms.Form):
    variable = forms.CharField(
        label="Variable",
        required=False,
        max_length=63,
        widget=forms.TextInput(attrs={"list": "variables", "autocomplete": "off", "spellcheck": "false"}),
    )
    kind = forms.ChoiceField(label="Coding", choices=KINDS, widget=forms.Select(attrs={"data-kind": ""}))
    reference = forms.CharField(
        label="Reference",
        required=False,
        max_length=32,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-for": "category"}),
    )
    centre = _number_field("Centre", "Empty: 0.", SCALED)
    scale = _number_field("Scale", "Empty: 1.", SCALED)
    knots = KnotsField(
        label="Knots",
        required=False,
        max_length=200,
        help_text="At least three, rising, with commas between.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-for": "spline"}),
    )

    @property
    def is_blank(self) -> bool:
        return not any(str(self[name].value() or "").strip() for name in ("variable", "reference", "knots"))

    def clean_scale(self) -> Decimal | None:
        scale: Decimal | None = self.cleaned_data["scale"]
        if scale is not None and scale <= 0:
            raise forms.ValidationError("Give a scale above 0, such as 10 for ten years.")
        return scale

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.is_blank and not cleaned.get("variable"):
            self.add_error("variable", "Name a variable of the form.")
        return cleaned

    def written(self) -> Covariate:
        """What does not belong to the coding is left out."""
        data, kind = self.cleaned_data, CovariateKind(self.cleaned_data["kind"])
        scaled = kind.value in SCALED
        return Covariate(
            variable=data["variable"].strip(),
            kind=kind,
            reference=data["reference"].strip() or None if kind is CovariateKind.CATEGORY else None,
            centre=_plain(data["centre"]) if scaled else None,
            scale=_plain(data["scale"]) if scaled else None,
            knots=data["knots"] if kind is CovariateKind.SPLINE else (),
        )


def _plain(number: Decimal | None) -> Decimal | None:
    """10 and 10.00 are one number, and make one digest."""
    return None if number is None else Decimal(f"{number.normalize():f}")


@dataclass(frozen=True)
class CovariateRow:
    number: int
    label: str
    rows: tuple[Row, ...]
    is_new: bool
    is_last: bool


class RiskModelForm(forms.Form):
    """`shown` is the digest of the draft as the page showed it, so that nobody's change is lost."""

    shown = forms.CharField(required=False, widget=forms.HiddenInput)
    covariates = forms.IntegerField(required=False, min_value=0, max_value=MOST_COVARIATES, widget=forms.HiddenInput)
    name = forms.CharField(label="Name", max_length=200)
    missing_rule = forms.ChoiceField(
        label="A case without an answer", choices=[(each.value, words) for each, words in RULE_WORDS.items()]
    )
    reviewed_on = day_field("Reviewed on")
    next_review_on = day_field("Next review on", "Year-month-day. Authors are reminded 30 days before.")

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 -- Django's signature
        spec: RiskModelSpec,
        form: FormSpec | None,
        problems: Mapping[str, tuple[FormProblem, ...]] | None = None,
        **kwargs: Any,  # noqa: ANN401 -- Django's signature
    ) -> None:
        self.spec, self.form, self.problems = spec, form, problems or {}
        super().__init__(*args, **{"auto_id": "part-%s", "initial": self.read(spec), **kwargs})

    @staticmethod
    def read(spec: RiskModelSpec) -> dict[str, Any]:
        names = ("name", "reviewed_on", "next_review_on")
        counted = {"covariates": len(spec.covariates) + 1, "shown": digest_of(spec)}
        return {**{name: getattr(spec, name) for name in names}, "missing_rule": spec.missing_rule.value, **counted}

    @cached_property
    def covariate_forms(self) -> list[CovariateForm]:
        """A row for each, and a blank one to add another."""
        if self.is_bound:
            count = str(self.data.get("covariates") or 0)
            rows = min(int(count), MOST_COVARIATES) if count.isdecimal() else 0
            return [self._covariate(place, data=self.data) for place in range(rows)]
        read = [{**vars(each), "kind": each.kind.value} for each in self.spec.covariates]
        return [self._covariate(place, initial=each) for place, each in enumerate([*read, {}])]

    @staticmethod
    def _covariate(place: int, **kwargs: Any) -> CovariateForm:  # noqa: ANN401 -- Django's signature
        return CovariateForm(prefix=f"covariate-{place}", auto_id="part-%s", **kwargs)

    def is_valid(self) -> bool:
        return all([super().is_valid(), *(each.is_valid() for each in self.covariate_forms if not each.is_blank)])

    # What the page shows ----------------------------------------------------------------------------------------------

    def variables(self) -> list[tuple[str, str]]:
        """What can be a covariate: name and label, for completion."""
        usable = {each for types in FITTING.values() for each in types}
        return [(each.name, each.label) for each in self.form.variables if each.type in usable] if self.form else []

    def whole_rows(self) -> list[Row]:
        return [self.row(self[name], name) for name in ("name", "missing_rule", "reviewed_on", "next_review_on")]

    def covariate_rows(self) -> list[CovariateRow]:
        found = self.covariate_forms
        last = len(found) - 1
        return [
            CovariateRow(
                number=place,
                label=self._label(str(each["variable"].value() or "")) or f"covariate {place + 1}",
                rows=tuple(self.row(each[name], f"covariate-{place}-{name}") for name in each.fields),
                is_new=place == last and each.is_blank,
                is_last=place >= last - 1,
            )
            for place, each in enumerate(found)
        ]

    def _label(self, name: str) -> str:
        known = self.form.by_name if self.form else {}
        return known[name].label if name in known else name

    def row(self, field: forms.BoundField, place: str) -> Row:
        return Row(field, None, self.problems.get(place, ()))

    # What it says -----------------------------------------------------------------------------------------------------

    def written(self) -> RiskModelSpec:
        data = self.cleaned_data
        covariates = [each.written() for each in self.covariate_forms if not each.is_blank]
        return replace(
            self.spec,
            name=data["name"].strip(),
            missing_rule=MissingRule(data["missing_rule"]),
            reviewed_on=data["reviewed_on"],
            next_review_on=data["next_review_on"],
            covariates=rearranged(covariates, str(self.data.get("covariate") or "")),
        )

    def against(self, theirs: RiskModelSpec) -> Conflict:
        """Beside what somebody else saved meanwhile; saving once more then replaces theirs."""
        self.data = {**self.data.dict(), "shown": digest_of(theirs)}  # type: ignore[attr-defined]  # a QueryDict
        return Conflict(removed=False, changes=all_model_changes(theirs, self.written()))


class NewRiskModelForm(forms.Form):
    """A risk model that there was not; everything else is written in its draft."""

    name = forms.CharField(label="Name", max_length=200, help_text="As people read it: Readmission after colectomy.")
    slug = forms.RegexField(
        "^[a-z][a-z0-9_-]{0,58}$",
        label="Short name in addresses",
        required=False,
        error_messages={"invalid": "Use small letters, digits, _ and -, starting with a letter, at most 59."},
        help_text="In addresses and files. Empty: made from the name.",
    )
    outcome = forms.ChoiceField(
        label="Predicts", help_text="A measure in use that counts yes or no. Its cases are the cases of the model."
    )

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 -- Django's signature
        outcomes: Sequence[tuple[str, str, str]],
        **kwargs: Any,  # noqa: ANN401 -- Django's signature
    ) -> None:
        super().__init__(*args, **{"auto_id": "new-%s", **kwargs})
        self.forms_by_outcome = {slug: form for slug, _, form in outcomes}
        self.fields["outcome"].choices = [(slug, name) for slug, name, _ in outcomes]  # type: ignore[attr-defined]  # ChoiceField

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if slug == "new":
            raise forms.ValidationError("“new” is the address of this page. Choose another short name.")
        return slug

    def written(self) -> RiskModelSpec:
        data = self.cleaned_data
        return RiskModelSpec(
            slug=data["slug"] or name_from(data["name"], ()),
            name=data["name"],
            form=self.forms_by_outcome[data["outcome"]],
            method="pooled_logistic",
            outcome=data["outcome"],
            covariates=(),
        )


class RetireRiskModelForm(forms.Form):
    reason = forms.CharField(label="Why it is retired", max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
