"""Upload a file; say which column, which text and which order is what; correct cells."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.http import QueryDict

from measures.definition.spec import FormSpec, VariableSpec, VariableType
from measures.definition.values import says_missing
from measures.models import Form


COLUMN, CONSTANT, CODE, CELL, ORDER, REASON = "column:", "constant:", "code:", "cell:", "order:", "reason:"
FORMATS = ".csv,.tsv,.txt,.xlsx,.ods,text/csv"
UNMATCHED_SHOWN = 60
ORDERS = (("mdy", "month/day/year"), ("dmy", "day/month/year"), ("ymd", "year-month-day"))


class UploadForm(forms.Form):
    form = forms.ChoiceField(label="What is in the file")
    file = forms.FileField(
        label="File of cases", help_text="CSV, XLSX or ODS. One row for each case; one row names the columns."
    )

    def __init__(self, *args: object, choices: Sequence[Form], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's loose signature, passed through
        self.choices = {form.slug: form for form in choices}
        field = self.fields["form"]
        field.choices = [(form.slug, form.name) for form in choices]  # type: ignore[attr-defined]  # a ChoiceField
        if len(choices) == 1:
            field.initial, field.widget = choices[0].slug, forms.HiddenInput()
        self.fields["file"].widget.attrs["accept"] = FORMATS
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
    """One column of the file: its name, some of its values, what it is said to hold, and in which order its dates are."""

    position: int
    name: str
    samples: Sequence[str]
    targets: tuple[Target, ...]
    is_used: bool
    orders: tuple[Target, ...] = ()
    doubt: str = ""


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
    hidden: int
    constants: tuple[ConstantRow, ...]
    by_row: bool
    sheets: tuple[Target, ...]
    remembered: bool


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What stands so far: the constants as texts, the orders by column."""

    constants: Mapping[str, str]
    orders: Mapping[str, str]
    by_row: bool
    remembered: bool


def columns_page(
    summary: Mapping[str, Any], spec: FormSpec, chosen: Chosen, *, usual: str, everything: bool
) -> ColumnsPage:
    askable = [variable for variable in spec.variables if not variable.calculation]
    table = _Columns(spec=spec, chosen=chosen, doubts=summary.get("orders", {}), usual=usual)
    rows = [table.row(place, each) for place, each in enumerate(summary["columns"])]
    used = [row for row in rows if row.is_used]
    others = [row for row in rows if not row.is_used]
    shown = others if everything else others[:UNMATCHED_SHOWN]
    held = {column["target"] for column in summary["columns"]}
    return ColumnsPage(
        columns=tuple([*used, *shown] if len(rows) > UNMATCHED_SHOWN else rows),
        hidden=len(others) - len(shown) if len(rows) > UNMATCHED_SHOWN else 0,
        constants=tuple(_constant(each, chosen) for each in askable if each.name not in held),
        by_row=chosen.by_row,
        sheets=_targets([(name, name) for name in summary.get("sheets", ())], summary.get("sheet", "")),
        remembered=chosen.remembered,
    )


@dataclass(frozen=True, kw_only=True)
class _Columns:
    """What is the same for every row of the table."""

    spec: FormSpec
    chosen: Chosen
    doubts: Mapping[str, Mapping[str, str]]  # columns whose dates contradict the programme's order
    usual: str

    @cached_property
    def choices(self) -> Sequence[tuple[str, str]]:
        return (
            ("-", "Nothing, leave it out"),
            ("case_number", "Case number"),
            ("hospital", "Hospital"),
            ("reason", "Reason for unusual values"),
            *((variable.name, variable.label) for variable in self.spec.variables if not variable.calculation),
        )

    def row(self, place: int, found: Mapping[str, Any]) -> ColumnRow:
        name, target = found["name"], found["target"]
        return ColumnRow(
            position=place,
            name=name,
            samples=found["samples"],
            targets=_targets(self.choices, target),
            is_used=target != "-",
            orders=self._orders(name, target),
            doubt=self.doubts.get(name, {}).get("example", ""),
        )

    def _orders(self, name: str, target: str) -> tuple[Target, ...]:
        variable = self.spec.by_name.get(target)
        if variable is None or variable.type not in {VariableType.DATE, VariableType.DATETIME}:
            return ()
        return _targets(ORDERS, self.chosen.orders.get(name) or self.doubts.get(name, {}).get("order") or self.usual)


def _targets(choices: Sequence[tuple[str, str]], chosen: str) -> tuple[Target, ...]:
    return tuple(Target(value=value, label=label, chosen=value == chosen) for value, label in choices)


def _constant(variable: VariableSpec, chosen: Chosen) -> ConstantRow:
    return ConstantRow(
        name=variable.name,
        label=variable.label,
        required=variable.required,
        value=chosen.constants.get(variable.name, ""),
    )


def read_columns(data: QueryDict, columns: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Column → variable as chosen; columns are named by position, since their names may hold anything."""
    for position, column in enumerate(columns):
        yield column["name"], data.get(f"{COLUMN}{position}", "-")


def read_orders(data: QueryDict, columns: Sequence[Mapping[str, Any]], usual: str) -> dict[str, str]:
    """The order of day and month of each column that says one, where it was asked or is not the programme's own."""
    given = {column["name"]: data.get(f"{ORDER}{place}", "") for place, column in enumerate(columns)}
    asked = {column["name"] for place, column in enumerate(columns) if data.get(f"asked:{place}")}
    known = {value for value, _ in ORDERS}
    return {name: order for name, order in given.items() if order in known and (order != usual or name in asked)}


def read_constants(data: QueryDict) -> dict[str, str]:
    return {name: text for name, text in _prefixed(data, CONSTANT).items() if text.strip()}


def _prefixed(data: QueryDict, prefix: str) -> dict[str, str]:
    return {key.removeprefix(prefix): str(data[key]) for key in data if key.startswith(prefix)}


@dataclass(frozen=True, kw_only=True)
class CodeRow:
    """One text of the file and what it stands for."""

    name: str  # of its control
    text: str
    count: int
    targets: tuple[Target, ...]
    is_known: bool


@dataclass(frozen=True, kw_only=True)
class CodeTable:
    """The texts of one column."""

    label: str
    column: str
    rows: tuple[CodeRow, ...]
    more: int
    unknown: int


def code_tables(summary: Mapping[str, Any], spec: FormSpec) -> list[CodeTable]:
    """Every coded column, those with unknown texts first."""
    tables = [
        _code_table(place, found, spec.variable(found["variable"]))
        for place, found in enumerate(summary.get("codes", []))
        if found["variable"] in spec.by_name and found["values"]
    ]
    return sorted(tables, key=lambda table: -table.unknown)


def _code_table(place: int, found: Mapping[str, Any], variable: VariableSpec) -> CodeTable:
    rows = tuple(
        CodeRow(
            name=f"{CODE}{place}:{number}",
            text=value["text"],
            count=value["count"],
            targets=_meanings(variable, value["text"], value["means"]),
            is_known=bool(value["means"]),
        )
        for number, value in enumerate(found["values"])
    )
    return CodeTable(
        label=variable.label, column=found["column"], rows=rows, more=found["more"], unknown=found["unknown"]
    )


def _meanings(variable: VariableSpec, text: str, means: str) -> tuple[Target, ...]:
    """What the text may stand for. Words for a missing value stand for no value: missing is not No."""
    codes = [(code.value, f"{code.value} {code.label}") for code in variable.codes]
    if variable.type is VariableType.YES_NO:
        codes = [("1", "Yes"), ("0", "No")]
    if says_missing(variable, text):
        codes = []
    choices = [*codes, *((kind.value, kind.label) for kind in variable.missing), ("-", "Leave empty")]
    if ";" in means:  # several answers in one cell that are understood as they stand
        choices.insert(0, (means, means))
    first = [] if means else [("", "Not known yet")]
    return _targets([*first, *choices], means)


def read_codes(data: QueryDict, summary: Mapping[str, Any], spec: FormSpec) -> dict[str, dict[str, str]]:
    """Variable → text of the file → what it stands for, where that differs from what the form understands by itself."""
    chosen: dict[str, dict[str, str]] = {}
    for place, found in enumerate(summary.get("codes", [])):
        variable = spec.by_name.get(found["variable"])
        for number, value in enumerate(found["values"]) if variable else ():
            target = data.get(f"{CODE}{place}:{number}", "")
            allowed = {each.value for each in _meanings(variable, value["text"], value["means"])} if variable else set()
            if target and target in allowed and target != value["means"]:
                folded = " ".join(value["text"].split()).casefold()
                chosen.setdefault(found["variable"], {})[folded] = target
    return chosen


def read_cells(data: QueryDict, columns: Sequence[Mapping[str, Any]]) -> dict[int, dict[str, str]]:
    """Line → column → text, from the controls `cell:<line>:<position>` whose text differs from `was:…`."""
    found: dict[int, dict[str, str]] = {}
    for key, text in _prefixed(data, CELL).items():
        parts = re.fullmatch(r"([0-9]{1,7}):([0-9]{1,4})", key)
        if parts and int(parts[2]) < len(columns) and text != data.get(f"was:{key}", ""):
            found.setdefault(int(parts[1]), {})[columns[int(parts[2])]["name"]] = text
    return found


def read_reasons(data: QueryDict, rules: Sequence[str]) -> dict[str, str]:
    """One reason for all rows of a rule; rules are named by their place."""
    given = {rule: data.get(f"{REASON}{place}", "").strip() for place, rule in enumerate(rules)}
    return {rule: text for rule, text in given.items() if text}
