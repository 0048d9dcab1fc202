"""The whole of a measure in one form, with a row for each exclusion. It reads and writes specs; services save."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

from django import forms

from measures.definition.canonical import digest_of
from measures.definition.difference import FieldChange
from measures.definition.draft_check import ExpressionProblem, FormProblem, check_expression
from measures.definition.measure_difference import all_changes
from measures.definition.semantics import GROUPS
from measures.definition.spec import (
    Aim,
    Average,
    Chart,
    Direction,
    Domain,
    Exclusion,
    Figures,
    FormSpec,
    MeasureKind,
    MeasureSource,
    MeasureSpec,
    RiskModelSpec,
    VariableType,
)
from measures.forms.fields import LinesField, clean_name, expression_field, name_from
from measures.forms.parts import NAME_HELP, Conflict, Row


MOST_EXCLUSIONS = 40
Item = TypeVar("Item")
KINDS = [
    ("proportion", "Proportion: how many of the population"),
    ("rate", "Rate: events by the exposure of each case, per so many of its unit"),
    ("ratio", "Ratio: events by the expectation of each case"),
    ("continuous", "Continuous: the typical value of a case"),
]
PER = [(1, "1"), (10, "10"), (100, "100"), (1000, "1,000"), (10000, "10,000"), (100000, "100,000")]
AVERAGES = [
    ("geometric", "Geometric mean: hospitals differ by a ratio; for times, costs and lengths of stay"),
    ("arithmetic", "Mean: hospitals differ by a difference; where values can be 0 or less"),
]
DOMAINS = [(each.value, each.value.capitalize()) for each in Domain]
CHARTS = [(each.value, each.value.replace("_", " ").capitalize()) for each in Chart]
SECTIONS: Mapping[str, tuple[str, ...]] = {
    "What it is": ("name", "short_name", "kind", "domain", "direction", "unit_noun"),
    "Who is counted": ("population",),
    "What counts": ("numerator", "value", "value_unit", "per", "decimals", "average"),
    "What is supplied": ("figures_numerator", "figures_denominator", "figures_expected"),
    "How it is compared": ("minimum_cases", "chart", "risk_model", "stratifiers"),
    "Aim": ("aim_statement", "aim_target", "aim_by"),
    "For members": ("why_it_matters", "evidence", "what_you_can_do"),
    "Who stands for it": ("author", "checker", "reviewed_on", "next_review_on"),
}


# Boxes that only one source of figures has.
OF_VALUES = ("value_unit", "per", "decimals", "average")
OF_CASES = ("kind", "population", "numerator", "value", *OF_VALUES, "risk_model", "stratifiers", "exclusions")
OF_FIGURES = ("figures_numerator", "figures_denominator", "figures_expected")
SUPPLIED = "-supplied"  # no form is called so


def words_field(label: str, help_text: str = "", rows: int = 3) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=False, max_length=4000, widget=widget, help_text=help_text)


def day_field(label: str, help_text: str = "Year-month-day.", *, required: bool = False) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"autocomplete": "off"})
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget)


def _one_line(text: str) -> str:
    return " ".join(text.split())


class ExclusionForm(forms.Form):
    label = forms.CharField(
        label="Left out", required=False, max_length=200, help_text="As people read it: ASA class 5."
    )
    when = expression_field("When", "condition", 'True leaves the case out: [asa] = "5"')
    name = forms.CharField(label="Name", required=False, max_length=63, help_text=NAME_HELP)

    @property
    def is_blank(self) -> bool:
        return not any(str(self[name].value() or "").strip() for name in ("label", "when", "name"))

    def clean_name(self) -> str:
        name = self.cleaned_data["name"].strip()
        return clean_name(name) if name else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.is_blank and not cleaned.get("label"):
            self.add_error("label", "Say in words who is left out.")
        return cleaned

    def written(self, taken: Sequence[str]) -> Exclusion:
        data = self.cleaned_data
        name = data["name"] or name_from(data["label"], taken)
        return Exclusion(name=name, label=data["label"], when=_one_line(data["when"]))


@dataclass(frozen=True)
class ExclusionRow:
    number: int
    label: str
    rows: tuple[Row, ...]
    is_new: bool
    is_last: bool


class MeasureForm(forms.Form):
    """`shown` is the digest of the draft as the page showed it, so that nobody's change is lost."""

    shown = forms.CharField(required=False, widget=forms.HiddenInput)
    exclusions = forms.IntegerField(required=False, min_value=0, max_value=MOST_EXCLUSIONS, widget=forms.HiddenInput)
    name = forms.CharField(label="Name", max_length=200)
    short_name = forms.CharField(label="Short name", max_length=80, help_text="For tables and charts.")
    kind = forms.ChoiceField(label="Kind", choices=KINDS)
    domain = forms.ChoiceField(label="Domain", choices=DOMAINS)
    direction = forms.ChoiceField(label="Better is", choices=[("lower", "Lower"), ("higher", "Higher")])
    unit_noun = forms.CharField(label="What is counted", max_length=60, help_text="As in “13 infections”.")
    population = expression_field("Population", "condition", "Of the complete cases. Empty: all of them.")
    numerator = expression_field("Numerator", "condition", 'True counts the case: [ssi] = "1"')
    value = expression_field("Value", "calculation", "A number of each case; not for proportions.")
    value_unit = forms.CharField(
        label="Unit of the value", required=False, max_length=60, help_text="In the plural: minutes, line days."
    )
    per = forms.TypedChoiceField(
        label="Told per",
        required=False,
        choices=PER,
        coerce=int,
        empty_value="1",
        help_text="Of a rate: per 1,000 line days.",
    )
    decimals = forms.IntegerField(
        label="Decimals",
        required=False,
        min_value=0,
        max_value=4,
        help_text="Of the own value; 1 if empty. Peers see coarser ones.",
    )
    average = forms.ChoiceField(label="Average", required=False, choices=AVERAGES, help_text="Of a continuous measure.")
    figures_numerator = forms.CharField(
        label="Numerator", max_length=200, help_text="What is supplied of each hospital, in words: Readmissions."
    )
    figures_denominator = forms.CharField(
        label="Denominator", max_length=200, help_text="Of what, in words: Discharges."
    )
    figures_expected = forms.BooleanField(
        label="Expected counts are supplied too",
        required=False,
        help_text="By the supplier's own model. Hospitals are then compared by observed over expected.",
    )
    minimum_cases = forms.IntegerField(
        label="Minimum cases", min_value=1, max_value=10_000, help_text="A hospital with fewer is not compared."
    )
    chart = forms.ChoiceField(label="Chart", choices=CHARTS)
    risk_model = forms.ChoiceField(label="Risk model", required=False)
    stratifiers = forms.MultipleChoiceField(label="Strata", required=False, widget=forms.CheckboxSelectMultiple)
    aim_statement = forms.CharField(label="Aim", required=False, max_length=300)
    aim_target = forms.DecimalField(
        label="Target", required=False, max_digits=12, decimal_places=6, help_text="0.95 for 95 per cent."
    )
    aim_by = day_field("Aim by")
    why_it_matters = words_field("Why it matters")
    evidence = words_field("Evidence")
    what_you_can_do = LinesField(label="What you can do", help_text="One a line.")
    author = forms.CharField(label="Author", required=False, max_length=200)
    checker = forms.CharField(
        label="Checker", required=False, max_length=200, help_text="Somebody else than the author."
    )
    reviewed_on = day_field("Reviewed on")
    next_review_on = day_field("Next review on")

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 -- Django's signature
        spec: MeasureSpec,
        form: FormSpec | None,
        models: Sequence[RiskModelSpec] = (),
        problems: Mapping[str, tuple[FormProblem, ...]] | None = None,
        **kwargs: Any,  # noqa: ANN401 -- Django's signature
    ) -> None:
        self.spec, self.form, self.problems = spec, form, problems or {}
        super().__init__(*args, **{"auto_id": "part-%s", "initial": self.read(spec), **kwargs})
        for name in OF_CASES if form is None else OF_FIGURES:
            del self.fields[name]
        if form is not None:
            self._choose(spec, form, models)

    def _choose(self, spec: MeasureSpec, form: FormSpec, models: Sequence[RiskModelSpec]) -> None:
        """What the form offers, and what the measure names although the form has it no more."""
        groups = [(each.name, each.label) for each in form.variables if each.type in GROUPS]
        known = {name for name, _ in groups}
        gone = [(name, f"{name} (not in the form)") for name in spec.stratifiers if name not in known]
        self.fields["stratifiers"].choices = [*groups, *gone]  # type: ignore[attr-defined]  # ChoiceField
        named = {each.slug: each.name for each in models} | (
            {spec.risk_model: spec.risk_model}
            if spec.risk_model and spec.risk_model not in {m.slug for m in models}
            else {}
        )
        self.fields["risk_model"].choices = [("", "None: not adjusted"), *named.items()]  # type: ignore[attr-defined]  # ChoiceField

    @staticmethod
    def read(spec: MeasureSpec) -> dict[str, Any]:
        plain = {name: getattr(spec, name) for name in MeasureForm.base_fields if hasattr(spec, name)}
        words = {name: getattr(spec, name).value for name in ("kind", "domain", "direction", "chart", "average")}
        aim = {f"aim_{key}": getattr(spec.aim, key) if spec.aim else None for key in ("statement", "target", "by")}
        population = "" if spec.population == "true" else spec.population
        figures = {f"figures_{key}": getattr(spec.figures, key, "") for key in ("numerator", "denominator", "expected")}
        counted = {"exclusions": len(spec.exclusions) + 1, "shown": digest_of(spec), "population": population}
        return {**plain, **words, **aim, **figures, **counted}

    @cached_property
    def exclusion_forms(self) -> list[ExclusionForm]:
        """A row for each, and a blank one to add another."""
        if self.form is None:
            return []
        if self.is_bound:
            count = str(self.data.get("exclusions") or 0)
            rows = min(int(count), MOST_EXCLUSIONS) if count.isdecimal() else 0
            return [self._exclusion(place, data=self.data) for place in range(rows)]
        read = [vars(each) for each in self.spec.exclusions]
        return [self._exclusion(place, initial=each) for place, each in enumerate([*read, {}])]

    @staticmethod
    def _exclusion(place: int, **kwargs: Any) -> ExclusionForm:  # noqa: ANN401 -- Django's signature
        return ExclusionForm(prefix=f"exclusion-{place}", auto_id="part-%s", **kwargs)

    def is_valid(self) -> bool:
        return all([super().is_valid(), *(each.is_valid() for each in self.exclusion_forms)])

    def all_errors(self) -> int:
        return len(self.errors) + sum(len(each.errors) for each in self.exclusion_forms)

    # What the page shows ----------------------------------------------------------------------------------------------

    def sections(self) -> list[tuple[str, list[Row]]]:
        shown = {title: [name for name in names if name in self.fields] for title, names in SECTIONS.items()}
        return [(title, [self.row(self[name], name) for name in names]) for title, names in shown.items() if names]

    def exclusion_rows(self) -> list[ExclusionRow]:
        found = self.exclusion_forms
        last = len(found) - 1
        return [
            ExclusionRow(
                number=place,
                label=str(each["label"].value() or f"exclusion {place + 1}"),
                rows=tuple(self.row(each[name], f"exclusion-{place}-{name}") for name in each.fields),
                is_new=place == last and each.is_blank,
                is_last=place >= last - 1,
            )
            for place, each in enumerate(found)
        ]

    def row(self, field: forms.BoundField, place: str) -> Row:
        return Row(field, self._expression(field), self.problems.get(place, ()))

    def _expression(self, field: forms.BoundField) -> ExpressionProblem | None:
        asked, text = field.field.widget.attrs.get("data-expression"), _one_line(str(field.value() or ""))
        if self.form is None or not asked or not text:
            return None
        return check_expression(self.form, text, VariableType.DECIMAL if asked == "calculation" else None)

    # What it says -----------------------------------------------------------------------------------------------------

    def written(self) -> MeasureSpec:
        data = self.cleaned_data
        texts = ("name", "short_name", "unit_noun", "why_it_matters", "evidence", "author", "checker")
        return replace(
            self.spec,
            **{name: data[name].replace("\r\n", "\n").strip() for name in texts},
            **{name: data[name] for name in ("minimum_cases", "what_you_can_do", "reviewed_on", "next_review_on")},
            domain=Domain(data["domain"]),
            direction=Direction(data["direction"]),
            chart=Chart(data["chart"]),
            aim=self._aim(),
            **(self._of_figures() if self.form is None else self._of_cases()),
        )

    def _of_cases(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "kind": MeasureKind(data["kind"]),
            "population": _one_line(data["population"]) or "true",
            "exclusions": self._exclusions(),
            "numerator": _one_line(data["numerator"]) or None,
            "value": _one_line(data["value"]) or None,
            "value_unit": _one_line(data["value_unit"]),
            "per": int(data["per"]),
            "decimals": 1 if data["decimals"] is None else data["decimals"],
            "average": Average(data["average"] or Average.GEOMETRIC),
            "stratifiers": tuple(data["stratifiers"]),
            "risk_model": data["risk_model"] or None,
        }

    def _of_figures(self) -> dict[str, Any]:
        data = self.cleaned_data
        words = {key: _one_line(data[f"figures_{key}"]) for key in ("numerator", "denominator")}
        return {"figures": Figures(**words, expected=data["figures_expected"])}

    def _exclusions(self) -> tuple[Exclusion, ...]:
        """In the order that the pressed button, if it is one of theirs, gives them."""
        found: list[Exclusion] = []
        for each in self.exclusion_forms:
            if not each.is_blank:
                found.append(each.written([other.name for other in found]))
        return rearranged(found, str(self.data.get("exclusion") or ""))

    def _aim(self) -> Aim | None:
        statement, target, by = (self.cleaned_data[f"aim_{key}"] for key in ("statement", "target", "by"))
        if not (statement or target is not None or by):
            return None
        measure = self.spec.aim.measure if self.spec.aim else None
        return Aim(statement=statement, measure=measure, target=None if target is None else target.normalize(), by=by)

    def against(self, theirs: MeasureSpec) -> Conflict:
        """Beside what somebody else saved meanwhile; saving once more then replaces theirs."""
        self.data = {**self.data.dict(), "stratifiers": self.data.getlist("stratifiers"), "shown": digest_of(theirs)}  # type: ignore[attr-defined]  # a QueryDict
        changes: tuple[FieldChange, ...] = all_changes(theirs, self.written())
        return Conflict(removed=False, changes=changes)


_PRESSED = re.compile(r"(up|down|remove) (\d{1,3})")


def rearranged(items: Sequence[Item], pressed: str) -> tuple[Item, ...]:
    """`up 2`, `down 0` or `remove 1`, done; anything else changes nothing."""
    found, asked = list(items), _PRESSED.fullmatch(pressed)
    place = int(asked[2]) if asked else len(found)
    if asked is None or place >= len(found):
        return tuple(found)
    moved = found.pop(place)
    if asked[1] == "remove":
        return tuple(found)
    found.insert(max(0, place - 1) if asked[1] == "up" else place + 1, moved)
    return tuple(found)


class NewMeasureForm(forms.Form):
    """A measure that there was not; everything else is written in its draft."""

    name = forms.CharField(label="Name", max_length=200, help_text="As people read it: Unplanned readmission.")
    slug = forms.RegexField(
        "^[a-z][a-z0-9_-]{0,58}$",
        label="Short name in addresses",
        required=False,
        error_messages={"invalid": "Use small letters, digits, _ and -, starting with a letter, at most 59."},
        help_text="In addresses and files. Empty: made from the name.",
    )
    form = forms.ChoiceField(label="Counts cases of")
    copy_of = forms.ChoiceField(label="Begin as a copy of", required=False)

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 -- Django's signature
        forms_: Sequence[tuple[str, str]],
        specs: Mapping[str, MeasureSpec],
        minimum: int,
        **kwargs: Any,  # noqa: ANN401 -- Django's signature
    ) -> None:
        super().__init__(*args, **{"auto_id": "new-%s", **kwargs})
        self.specs, self.minimum = specs, minimum
        supplied = (SUPPLIED, "None: figures are supplied for each hospital")
        self.fields["form"].choices = [*forms_, supplied]  # type: ignore[attr-defined]  # ChoiceField
        copies = [(slug, spec.name) for slug, spec in specs.items()]
        self.fields["copy_of"].choices = [("", "Nothing: an empty one"), *copies]  # type: ignore[attr-defined]  # ChoiceField

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if slug == "new":
            raise forms.ValidationError("“new” is the address of this page. Choose another short name.")
        return slug

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        copied = self.specs.get(cleaned.get("copy_of", ""))
        if copied and copied.is_aggregate != (cleaned.get("form") == SUPPLIED):
            message = "That measure has another source of figures. Copy one with the same, or begin with an empty one."
            self.add_error("copy_of", message)
        return cleaned

    def written(self) -> MeasureSpec:
        data = self.cleaned_data
        slug = data["slug"] or name_from(data["name"], ())
        supplied = data["form"] == SUPPLIED
        form = "" if supplied else data["form"]
        if copied := self.specs.get(data["copy_of"]):
            return replace(copied, slug=slug, name=data["name"], form=form, risk_model=None)
        return MeasureSpec(
            slug=slug,
            name=data["name"],
            short_name=data["name"][:80],
            kind=MeasureKind.PROPORTION,
            domain=Domain.OUTCOME,
            direction=Direction.LOWER,
            form=form,
            minimum_cases=self.minimum,
            source=MeasureSource.AGGREGATE if supplied else MeasureSource.CASES,
            figures=Figures(numerator="", denominator="") if supplied else None,
        )


class RetireForm(forms.Form):
    reason = forms.CharField(
        label="Why it is retired",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Members read it in the change log.",
    )
    certain = forms.BooleanField(label="From now on no case is counted by it")


class PublishMeasureForm(forms.Form):
    effective_from = day_field("In use from", "Year-month-day; today or earlier.", required=True)
    note = forms.CharField(label="What changes, for members", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        super().__init__(*args, **{"auto_id": "publish-%s", **kwargs})
