"""What is said once for a whole form: its name, the case, imports; and how a new one begins."""

from dataclasses import replace
from typing import Any

from django import forms

from measures.definition.build import constant
from measures.definition.display import input_text
from measures.definition.errors import DefinitionErrors, ValueProblem
from measures.definition.redcap import read_dictionary
from measures.definition.spec import (
    CaseNumberSource,
    FormSpec,
    ImportDefaults,
    Section,
    Value,
    VariableSpec,
    VariableType,
)
from measures.definition.yaml_text import form_of_file
from measures.forms.fields import LinesField, name_from


LARGEST_FILE = 4_000_000
DAY_HELP = "Year-month-day, for example 2026-01-31. Cases of earlier days keep their version."


class DetailsForm(forms.Form):
    name = forms.CharField(label="Name of the form", max_length=200)
    case_noun = forms.CharField(label="One case is called", max_length=40, help_text="case, operation, visit")
    case_noun_plural = forms.CharField(label="Several are called", max_length=40)
    event_date = forms.ChoiceField(
        label="Event date", required=False, help_text="The required date that decides a case's version and period."
    )
    effective_from = forms.DateField(label="Proposed first day", help_text=DAY_HELP)
    note = forms.CharField(
        label="What changes, for the people who fill it in",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    case_number = forms.ChoiceField(
        label="Case number in files", choices=[("column", "A column has it"), ("by_row", "None: rows are numbered")]
    )
    case_number_aliases = LinesField(label="Names of the column with the case number", help_text="One a line.")
    hospital_aliases = LinesField(label="Names of the column with the hospital", help_text="One a line.")
    constants = LinesField(
        label="Fixed values in imports", help_text="For columns the files do not have: discharge_date = 1991-07-01"
    )

    def __init__(self, *args: Any, spec: FormSpec, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        self.spec = spec
        imports = spec.imports
        initial = {
            **{name: getattr(spec, name) for name in ("name", "case_noun", "case_noun_plural", "event_date")},
            "case_number": imports.case_number.value,
            "case_number_aliases": imports.case_number_aliases,
            "hospital_aliases": imports.hospital_aliases,
            "constants": tuple(f"{name} = {input_text(value)}" for name, value in imports.constants.items()),
        }
        kwargs |= {"auto_id": "form-%s", "initial": initial | kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        dates = [(each.name, each.label) for each in spec.variables if each.type is VariableType.DATE]
        self.fields["event_date"].choices = [("", "None yet"), *dates]  # type: ignore[attr-defined]  # ChoiceField

    def clean_constants(self) -> dict[str, Value]:
        return dict(self._constant(line) for line in self.cleaned_data["constants"])

    def _constant(self, line: str) -> tuple[str, Value]:
        name, _, text = (part.strip() for part in line.partition("="))
        variable = self.spec.by_name.get(name)
        if variable is None:
            raise forms.ValidationError(f"“{name}” is no question of this form. Write its name, = and the value.")
        try:
            value = constant(variable, text)
        except ValueProblem as problem:
            raise forms.ValidationError(f"{name}: {problem}") from problem
        if value is None:
            raise forms.ValidationError(f"{name} has no value. Write it after the =.")
        return name, value

    def changed(self, spec: FormSpec) -> FormSpec:
        data = self.cleaned_data
        imports = ImportDefaults(
            constants=data["constants"],
            case_number=CaseNumberSource(data["case_number"]),
            case_number_aliases=data["case_number_aliases"],
            hospital_aliases=data["hospital_aliases"],
        )
        plain = {name: data[name] for name in ("name", "case_noun", "case_noun_plural", "event_date")}
        return replace(spec, imports=imports, **plain)


class FileForm(forms.Form):
    """A REDCap data dictionary or a definition file, as a form."""

    file = forms.FileField(
        label="File", help_text="A REDCap data dictionary (CSV) or a Colloquy definition file (YAML), UTF-8."
    )
    event_date = forms.CharField(
        label="Event date",
        required=False,
        max_length=63,
        help_text="Of a REDCap dictionary: the name of the required date that decides a case's version.",
    )

    def __init__(self, *args: Any, slug: str = "", name: str = "", **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        super().__init__(*args, **{"auto_id": "file-%s", **kwargs})
        self.form_slug, self.form_name = slug, name
        self.errors_of_file: tuple[object, ...] = ()
        self.notes: tuple[object, ...] = ()

    def text(self) -> str:
        uploaded = self.cleaned_data["file"]
        if uploaded.size > LARGEST_FILE:
            raise forms.ValidationError("The file has more than 4 MB. Is it the right one?")
        try:
            return str(uploaded.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise forms.ValidationError("The file is not UTF-8 text. Save it as UTF-8 and try again.") from None

    def spec_of_file(self) -> FormSpec:
        """The form that the file holds, under the short name of this one."""
        text, path = self.text(), self.cleaned_data["file"].name
        try:
            if path.casefold().endswith((".yaml", ".yml")):
                return replace(form_of_file(text, path, self.form_slug), slug=self.form_slug)
            read = read_dictionary(
                text, path, slug=self.form_slug, name=self.form_name, event_date=self.cleaned_data["event_date"].strip()
            )
        except DefinitionErrors as problems:
            self.errors_of_file = problems.errors
            raise forms.ValidationError(f"{len(problems.errors)} to correct in {path}. Nothing was changed.") from None
        self.notes = read.notes
        return replace(read.form, slug=self.form_slug)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "file" in cleaned and "event_date" in cleaned and self.form_slug:
            cleaned["spec"] = self.spec_of_file()
        return cleaned


class NewForm(FileForm):
    """A form that there was not: blank, a copy, or from a file."""

    field_order = ("name", "slug", "start", "copy_of", "file", "event_date")
    name = forms.CharField(label="Name", max_length=200, help_text="As people read it: Colectomy, 90-day follow-up.")
    slug = forms.RegexField(
        "^[a-z][a-z0-9-]{0,58}$",
        label="Short name",
        required=False,
        error_messages={"invalid": "Use small letters, digits and -, starting with a letter, at most 59."},
        help_text="In addresses and files. Empty: made from the name.",
    )
    start = forms.ChoiceField(
        label="Begin with",
        choices=[("blank", "An empty form"), ("copy", "A copy of a form"), ("file", "A file")],
        initial="blank",
        widget=forms.RadioSelect,
    )
    copy_of = forms.ChoiceField(label="Copy of", required=False)

    def __init__(self, *args: Any, specs: dict[str, FormSpec], **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        super().__init__(*args, **kwargs)
        self.specs = specs
        self.fields["file"].required = False
        self.fields["copy_of"].choices = [("", "-"), *((slug, spec.name) for slug, spec in specs.items())]  # type: ignore[attr-defined]  # ChoiceField

    def clean(self) -> dict[str, Any]:
        cleaned = forms.Form.clean(self) or {}
        if not {"name", "slug", "start"} <= cleaned.keys():
            return cleaned
        self.form_name = cleaned["name"]
        self.form_slug = cleaned["slug"] or name_from(cleaned["name"], ()).replace("_", "-")
        if cleaned["start"] == "file" and not cleaned.get("file"):
            self.add_error("file", "Choose the file to begin with.")
        elif cleaned["start"] == "copy" and not cleaned.get("copy_of"):
            self.add_error("copy_of", "Choose the form to copy.")
        elif cleaned["start"] == "file" and "event_date" in cleaned:
            cleaned["spec"] = replace(self.spec_of_file(), name=self.form_name)
        elif cleaned["start"] == "copy":
            cleaned["spec"] = replace(self.specs[cleaned["copy_of"]], slug=self.form_slug, name=self.form_name)
        else:
            cleaned["spec"] = blank_form(self.form_slug, self.form_name)
        return cleaned


def blank_form(slug: str, name: str) -> FormSpec:
    """What every form needs: a section, and the date that decides a case's version."""
    event = VariableSpec(
        name="event_date", label="Date of the event", type=VariableType.DATE, section="event", required=True
    )
    return FormSpec(
        slug=slug,
        name=name,
        case_noun="case",
        case_noun_plural="cases",
        event_date="event_date",
        sections=(Section(name="event", label="Event"),),
        variables=(event,),
    )
