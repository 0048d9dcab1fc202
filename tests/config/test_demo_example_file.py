"""examples/surgical/cases.csv is what the generator writes, and what the form accepts."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from cases.services.columns import CASE_NUMBER, Choices, match_columns
from config.demo.cast import PROGRAMME, SURGERY
from config.demo.example_file import PATH, ROWS, example_file
from config.demo.load import definition_path
from measures.definition.answers import Answers
from measures.definition.check import check
from measures.definition.file import load_definition
from measures.definition.spec import FormSpec, MissingKind, Severity
from measures.definition.values import parse_value


@pytest.fixture(scope="module")
def form() -> FormSpec:
    path = definition_path(PROGRAMME[SURGERY])
    return load_definition(path.read_text(encoding="utf-8"), path.name).form("operation").latest.form


def test_file_is_the_one_the_generator_writes(form):
    """If this fails: `manage.py write_example_file`."""
    assert (Path(settings.BASE_DIR) / PATH).read_text(encoding="utf-8") == example_file(form)


def test_every_heading_is_found_by_name_or_alias(form):
    header = next(csv.reader(StringIO(example_file(form))))

    found = match_columns(header, form, Choices())

    asked = {variable.name for variable in form.variables if not variable.calculation}
    assert set(found.values()) == {CASE_NUMBER, *asked}


def test_every_row_is_accepted(form):
    rows = list(csv.DictReader(StringIO(example_file(form))))
    columns = match_columns(list(rows[0]), form, Choices())

    errors = [
        found for row in rows for found in check(form, _answers(form, row, columns)) if found.severity is Severity.ERROR
    ]

    assert len(rows) == ROWS
    assert errors == []


def _answers(form: FormSpec, row: dict[str, str], columns: dict[str, str]) -> Answers:
    answers = {
        name: parse_value(form.variable(name), row[column]) for column, name in columns.items() if name != CASE_NUMBER
    }
    missing = {name: answer for name, answer in answers.items() if isinstance(answer, MissingKind)}
    return Answers(
        {name: answer for name, answer in answers.items() if name not in missing and answer is not None}, missing
    )


def test_command_writes_the_file_again(settings, tmp_path, form):
    (tmp_path / PATH).parent.mkdir(parents=True)
    original = definition_path(PROGRAMME[SURGERY])
    settings.BASE_DIR = tmp_path
    definition_path(PROGRAMME[SURGERY]).write_text(original.read_text(encoding="utf-8"), encoding="utf-8")

    call_command("write_example_file")

    assert (tmp_path / PATH).read_text(encoding="utf-8") == example_file(form)
