"""One form for each part of a form: a question, a section, a check. They read and write specs; services save."""

from dataclasses import dataclass
from typing import Any

from django import forms

from measures.definition.build import constant
from measures.definition.canonical import digest_of
from measures.definition.difference import TYPE_WORDS, FieldChange, part_changes
from measures.definition.display import input_text
from measures.definition.draft_check import ExpressionProblem, FormProblem, check_expression
from measures.definition.edits import FIELDS, Part, Shown
from measures.definition.errors import ValueProblem
from measures.definition.spec import (
    FormSpec,
    IdentifierClass,
    MissingKind,
    Range,
    Rule,
    Section,
    Severity,
    VariableSpec,
    VariableType,
)
from measures.forms.fields import CodesField, LinesField, clean_name, expression_field, name_from


BOUNDS = ("hard_min", "soft_min", "soft_max", "hard_max")
NAME_HELP = "What expressions and files call it: small letters, digits and _. Empty: made from the label."
IDENTIFIERS = (
    ("none", "Neither"),
    ("date", "A date of the patient"),
    ("local_reference", "A number of the hospital itself"),
)


@dataclass(frozen=True)
class Row:
    """A field, and what is wrong with what it says: with its expression, or as the whole check found it."""

    field: forms.BoundField
    expression: ExpressionProblem | None
    problems: tuple[FormProblem, ...]


@dataclass(frozen=True)
class Conflict:
    removed: bool
    changes: tuple[FieldChange, ...]


class PartForm(forms.Form):
    """`shown` is the digest of the part as the page showed it, so that nobody's change is lost."""

    kind = ""
    problems: tuple[FormProblem, ...] = ()  # what the whole check says of this part; the view sets it
    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, spec: FormSpec, part: Part | None, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        self.spec, self.part = spec, part
        if part is not None:
            kwargs["initial"] = {"shown": digest_of(part), **self.read(part)}
        super().__init__(*args, **{"auto_id": "part-%s", **kwargs})

    def read(self, part: Any) -> dict[str, Any]:  # noqa: ANN401 -- each form has a part of its own
        return {name: getattr(part, name) for name in self.base_fields if hasattr(part, name)}

    def written(self) -> Part:
        raise NotImplementedError

    def row(self, name: str) -> Row:
        return Row(self[name], self._expression(name), tuple(each for each in self.problems if each.field == name))

    def _expression(self, name: str) -> ExpressionProblem | None:
        asked, text = self.fields[name].widget.attrs.get("data-expression"), str(self[name].value() or "")
        if not asked or not text.strip():
            return None
        gives = str(self["type"].value() or "decimal") if asked == "calculation" else ""
        return check_expression(self.spec, " ".join(text.split()), VariableType(gives) if gives else None)

    def rows(self) -> list[Row]:
        return [self.row(name) for name in self.fields if name != "shown"]

    def shown_part(self, name: str) -> Shown | None:
        """What the page showed when the person began; None for a new part."""
        return Shown(self.kind, name, self.cleaned_data["shown"]) if name and self.cleaned_data["shown"] else None

    def against(self, theirs: Part | None) -> Conflict:
        """Beside what somebody else saved meanwhile; saving once more then replaces theirs."""
        self.data = {**self.data, "shown": digest_of(theirs) if theirs else ""}
        return Conflict(removed=theirs is None, changes=part_changes(theirs, self.written(), self.spec))

    def clean_name(self) -> str:
        name, label = self.cleaned_data["name"].strip(), self.data.get("label") or self.data.get("message", "")
        if name:
            return clean_name(name)
        return (
            self.part.name
            if self.part
            else name_from(label, {each.name for each in getattr(self.spec, FIELDS[self.kind])})
        )


class SectionForm(PartForm):
    kind = "section"
    label = forms.CharField(label="Label", max_length=200)
    name = forms.CharField(label="Name", required=False, max_length=63, help_text=NAME_HELP)

    def written(self) -> Section:
        return Section(name=self.cleaned_data["name"], label=self.cleaned_data["label"])


class RuleForm(PartForm):
    kind = "rule"
    when = expression_field("Finding when", "condition", "True makes the finding: [discharge_date] < [operation_date]")
    severity = forms.ChoiceField(
        label="Severity",
        choices=[
            ("error", "Error: stops completion"),
            ("warning", "Warning: wants a reason"),
            ("note", "Note: only tells"),
        ],
    )
    message = forms.CharField(
        label="Message", max_length=500, help_text="What is wrong. {discharge_date} stands for that answer."
    )
    remedy = forms.CharField(label="Way out", max_length=500, help_text="What to do, such as “Check both dates.”")
    variables = forms.CharField(
        label="Questions",
        required=False,
        help_text="Where to go, by name with commas between; the first gets the finding.",
        widget=forms.TextInput(attrs={"data-names": "", "autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(label="Name", required=False, max_length=63, help_text=NAME_HELP)

    def read(self, part: Rule) -> dict[str, Any]:
        return super().read(part) | {"variables": ", ".join(part.variables), "severity": part.severity.value}

    def clean_when(self) -> str:
        if not self.cleaned_data["when"].strip():
            raise forms.ValidationError("Say when there is something to find.")
        return " ".join(self.cleaned_data["when"].split())

    def written(self) -> Rule:
        data = self.cleaned_data
        return Rule(
            name=data["name"],
            when=data["when"],
            severity=Severity(data["severity"]),
            message=data["message"],
            remedy=data["remedy"],
            variables=tuple(each.strip(" []") for each in data["variables"].split(",") if each.strip(" []")),
        )


class QuestionForm(PartForm):
    kind = "variable"
    label = forms.CharField(label="Question", max_length=300)
    name = forms.CharField(label="Name", required=False, max_length=63, help_text=NAME_HELP)
    type = forms.ChoiceField(
        label="Answer", choices=[(kind.value, words.capitalize()) for kind, words in TYPE_WORDS.items()]
    )
    section = forms.ChoiceField(label="Section")
    units = forms.CharField(
        label="Units", required=False, max_length=40, widget=forms.TextInput(attrs={"data-for": "integer decimal"})
    )
    codes = CodesField(
        label="Codes",
        help_text="One a line, in the order they are offered: 1, Elective",
        widget=forms.Textarea(attrs={"rows": 5, "data-for": "one_of many_of"}),
    )
    hard_min = forms.CharField(label="Least possible", required=False, help_text="Less is an error.")
    hard_max = forms.CharField(label="Most possible", required=False, help_text="More is an error.")
    soft_min = forms.CharField(label="Least usual", required=False, help_text="Less wants a reason.")
    soft_max = forms.CharField(label="Most usual", required=False, help_text="More wants a reason.")
    required = forms.BooleanField(label="Needed for a complete case", required=False)
    required_if = expression_field("Needed if", "condition", 'Needed only when this is true: [antibiotic] = "1"')
    show_if = expression_field("Asked if", "condition", "Skip logic: asked only when this is true. Empty: always.")
    calculation = expression_field("Calculation", "calculation", "Gives the value, so that nobody types it.")
    missing = forms.MultipleChoiceField(
        label="Also answered",
        required=False,
        choices=[(kind.value, kind.label) for kind in MissingKind],
        widget=forms.CheckboxSelectMultiple,
    )
    definition = forms.CharField(
        label="Definition", required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=4000
    )
    scenarios = LinesField(label="Scenarios", help_text="One a line: what to assign when in doubt.")
    identifier = forms.ChoiceField(label="Identifies", choices=IDENTIFIERS)
    tier = forms.TypedChoiceField(
        label="Weight in audits",
        coerce=int,
        choices=[(1, "1: key question"), (2, "2: usual"), (3, "3: least")],
        initial=2,
    )
    aliases = LinesField(label="Other names in files", help_text="Column headings of imports, one a line.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        super().__init__(*args, **kwargs)
        sections = [(each.name, each.label) for each in self.spec.sections]
        self.fields["section"].choices = sections  # type: ignore[attr-defined]  # ChoiceField

    def question_rows(self) -> list[Row]:
        return [self.row(name) for name in ("label", "name", "type", "section", "codes", "units")]

    def bound_rows(self) -> list[Row]:
        return [self.row(name) for name in BOUNDS]

    def range_problems(self) -> list[FormProblem]:
        return [each for each in self.problems if each.field == "range"]

    def logic_rows(self) -> list[Row]:
        return [self.row(name) for name in ("required", "missing", "show_if", "required_if", "calculation")]

    def word_rows(self) -> list[Row]:
        return [self.row(name) for name in ("definition", "scenarios", "identifier", "tier", "aliases")]

    def read(self, part: VariableSpec) -> dict[str, Any]:
        bounds = {key: _shown(getattr(part.range, key)) for key in BOUNDS}
        words = {"type": part.type.value, "identifier": part.identifier.value}
        return super().read(part) | bounds | words | {"missing": [kind.value for kind in part.missing]}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind = VariableType(cleaned.get("type", "text"))
        bare = VariableSpec(name="bound", label="the bound", type=kind, section="")
        for key in BOUNDS:
            text = (cleaned.get(key) or "").strip()
            try:
                coded = kind in (VariableType.ONE_OF, VariableType.MANY_OF)
                cleaned[key] = (text or None) if coded else constant(bare, text) if text else None
            except ValueProblem as problem:
                self.add_error(key, str(problem))
        return cleaned

    def written(self) -> VariableSpec:
        data = self.cleaned_data
        return VariableSpec(
            name=data["name"],
            label=data["label"],
            type=VariableType(data["type"]),
            section=data["section"],
            units=data["units"],
            codes=data["codes"],
            range=Range(**{key: data[key] for key in BOUNDS}),
            required=data["required"],
            **{key: " ".join(data[key].split()) or None for key in ("required_if", "show_if", "calculation")},
            definition=data["definition"].replace("\r\n", "\n").strip(),
            scenarios=data["scenarios"],
            missing=tuple(MissingKind(each) for each in data["missing"]),
            identifier=IdentifierClass(data["identifier"]),
            tier=data["tier"],
            aliases=data["aliases"],
        )


def _shown(value: Any) -> str:  # noqa: ANN401 -- a bound of any type
    return "" if value is None else input_text(value)


FORMS: dict[str, type[PartForm]] = {"section": SectionForm, "rule": RuleForm, "variable": QuestionForm}
