"""Upload a file, and say which column is what."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django import forms
from django.http import QueryDict

from measures.definition.spec import FormSpec
from measures.models import Form


COLUMN, CONSTANT = "column:", "constant:"


class UploadForm(forms.Form):
    form = forms.ChoiceField(label="What is in the file")
    file = forms.FileField(label="CSV file", help_text="One row for each case; the first row names the columns.")

    def __init__(self, *args: object, choices: Sequence[Form], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's loose signature, passed through
        self.choices = {form.slug: form for form in choices}
        field = self.fields["form"]
        field.choices = [(form.slug, form.name) for form in choices]  # type: ignore[attr-defined]  # a ChoiceField
        if len(choices) == 1:
            field.initial, field.widget = choices[0].slug, forms.HiddenInput()
        self.fields["file"].widget.attrs["accept"] = ".csv,.tsv,.txt,text/csv"
        self.fields["file"].error_messages["empty"] = "The file is empty. Export it again."

    def clean_form(self) -> Form:
        return self.choices[self.cleaned_data["form"]]


@dataclass(frozen=True, kw_only=True)
class Target:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, kw_only=True)
class ColumnRow:
    """One column of the file: its name, some of its values, what it is said to hold."""

    position: int
    name: str
    samples: Sequence[str]
    targets: tuple[Target, ...]


@dataclass(frozen=True, kw_only=True)
class ConstantRow:
    """A variable that no column holds, with one value for all rows."""

    name: str
    label: str
    required: bool
    value: str


@dataclass(frozen=True, kw_only=True)
class ColumnsPage:
    columns: tuple[ColumnRow, ...]
    constants: tuple[ConstantRow, ...]
    by_row: bool


@dataclass(frozen=True, kw_only=True)
class FoundColumn:
    """A column as the check found it: its name, what it seems to hold, some of its values."""

    name: str
    target: str
    samples: Sequence[str]


def columns_page(
    found: Sequence[FoundColumn], spec: FormSpec, constants: Mapping[str, str], *, by_row: bool
) -> ColumnsPage:
    askable = [variable for variable in spec.variables if not variable.calculation]
    choices = [
        ("-", "Nothing, leave it out"),
        ("case_number", "Case number"),
        ("hospital", "Hospital"),
        *((variable.name, variable.label) for variable in askable),
    ]
    columns = (
        ColumnRow(
            position=position,
            name=column.name,
            samples=column.samples,
            targets=tuple(Target(value=value, label=label, chosen=value == column.target) for value, label in choices),
        )
        for position, column in enumerate(found)
    )
    held = {column.target for column in found}
    absent = (variable for variable in askable if variable.name not in held)
    return ColumnsPage(
        columns=tuple(columns),
        constants=tuple(
            ConstantRow(
                name=variable.name,
                label=variable.label,
                required=variable.required,
                value=constants.get(variable.name, ""),
            )
            for variable in absent
        ),
        by_row=by_row,
    )


def read_columns(data: QueryDict, header: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Column → variable as chosen; columns are named by position, since their names may hold anything."""
    for position, name in enumerate(header):
        yield name, data.get(f"{COLUMN}{position}", "-")


def read_constants(data: QueryDict) -> dict[str, str]:
    texts = {key.removeprefix(CONSTANT): str(data[key]) for key in data if key.startswith(CONSTANT)}
    return {name: text for name, text in texts.items() if text.strip()}
