"""The quick way through rows and the full one agree: on what is clean, what is stored, how far a case is."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import pytest

from cases.enums import RowAction
from cases.services.columns import Choices, resolve_columns
from cases.services.importing import reader as reader_module
from cases.services.importing.cells import Cells
from cases.services.importing.quick import QuickCheck
from cases.services.importing.read_file import read_file
from cases.services.importing.reader import RowReader
from cases.services.importing.table import Row
from cases.services.rows import ReadRow
from measures.definition.errors import ValueProblem
from measures.definition.file import load_definition
from measures.definition.spec import DateOrder, Severity, VariableSpec
from measures.definition.values import parse_value
from tests.bench import registry
from tests.worlds.definitions import FILE


TODAY = date(2026, 11, 22)
FORMS = {
    "colectomy": load_definition(FILE.read_text(encoding="utf-8"), FILE.name),
    "registry": load_definition(registry.definition(), "registry.yaml"),
}
TEXTS = {
    "age": ("70", "131", "104", "old", ""),
    "weight": ("71.5", "500", "210", "unknown", "", "160"),
    "asa": ("1", "2", "Healthy", "9", "not documented", ""),
    "conditions": ("", "dm", "dm;copd", "xx"),
    "operation_date": ("2026-03-05", "2025-03-05", "2198-01-01", "2023-01-01", "3/5/2026", "nonsense", ""),
    "incision": ("08:41", "", "25:00"),
    "antibiotic": ("1", "0", "yes", "n/a", "maybe"),
    "antibiotic_at": ("2026-03-05 08:15", "", "2026-03-05", "2026-13-05 08:15"),
    "drain": ("1", "0", ""),
    "discharge_date": ("2026-03-09", "2026-03-01", ""),
    "ssi": ("1", "0", "unknown", "perhaps"),
    "readmitted": ("0", "1", ""),
    "comment": ("", "fine", "=cmd()"),
}


@dataclass(frozen=True)
class Both:
    reader: RowReader
    rows: list[Row]


def _random_rows() -> Iterator[list[str]]:
    chance = random.Random(7)  # noqa: S311 -- the same rows in every run
    for number in range(1_500):
        # Three of four answers are the good one, so that clean rows occur.
        yield [
            f"N-{number}",
            *(texts[0] if chance.random() < 0.85 else chance.choice(texts) for texts in TEXTS.values()),
        ]


def _both(form: str) -> Both:
    if form == "colectomy":
        header, rows = ["case_number", *TEXTS], list(_random_rows())
    else:
        header, rows = registry.header(), list(registry.rows(800, ["0100"]))
    table = read_file("\n".join(",".join(row) for row in [header, *rows]).encode())
    versions = FORMS[form].forms[0].versions
    columns = resolve_columns(
        table.header, versions[-1].form, Choices(), order=DateOrder.MONTH_FIRST, hospital_needed=False
    )
    reader = RowReader(table=table, columns=columns, versions=versions, order=DateOrder.MONTH_FIRST, today=TODAY)
    return Both(reader, list(table.rows))


@pytest.mark.parametrize("form", FORMS)
def test_the_quick_way_says_and_stores_the_same(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    quick, full = _both(form), _both(form)
    first, second = [ReadRow(row.line) for row in quick.rows], [ReadRow(row.line) for row in full.rows]

    quick.reader.read(list(zip(quick.rows, first, strict=True)), MappingProxyType({}))
    monkeypatch.setattr(reader_module.RowReader, "_read_quickly", lambda *_: False)
    full.reader.read(list(zip(full.rows, second, strict=True)), MappingProxyType({}))

    taken = [row for row in first if row.action is RowAction.NEW]
    assert 50 < len(taken) < len(first)
    for one, other in zip(first, second, strict=True):
        assert (one.findings, one.action, one.event_date) == (other.findings, other.action, other.event_date)
        if one.action is RowAction.NEW:
            assert json.loads(one.answers) == json.loads(other.answers)
            assert json.loads(one.missing) == json.loads(other.missing)
            assert json.loads(one.progress) == json.loads(other.progress)


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-05 08:41",
        "2026-01-05T08:41",
        "2026-02-30 08:41",
        "2026-01-05 24:00",
        "1700-01-05 08:41",
        "2026-01-05 8:41",
        "2026-01-05 08:60",
    ],
)
def test_moments_are_read_as_everywhere_else(text: str) -> None:
    variable = FORMS["registry"].forms[0].versions[0].form.variable("incision_at")
    cell = Cells(variable, [variable], DateOrder.MONTH_FIRST, {})[text]

    assert (cell.value, cell.problem and cell.problem.message) == _parsed(variable, text)


def _parsed(variable: VariableSpec, text: str) -> tuple[object, str | None]:
    try:
        return parse_value(variable, text, DateOrder.MONTH_FIRST), None
    except ValueProblem as problem:
        return None, problem.message


def test_notes_make_no_row_unclean() -> None:
    spec = FORMS["colectomy"].forms[0].versions[-1].form

    assert len(QuickCheck(spec, TODAY).rules) == sum(rule.severity is not Severity.NOTE for rule in spec.rules)
