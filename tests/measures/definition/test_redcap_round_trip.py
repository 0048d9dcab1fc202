"""Any form goes to REDCap and comes back the same; what somebody changed there is taken."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from measures.definition.canonical import from_json
from measures.definition.redcap import ReadDictionary, read_dictionary, write_dictionary
from measures.definition.redcap_row import ANNOTATION, BRANCHING, CHOICES, COLUMNS, LABEL, MAXIMUM, NAME, SECTION
from measures.definition.spec import Code, FormSpec, MissingKind, Range, Section, VariableSpec, VariableType
from tests.measures.definition.conftest import VECTORS
from tests.measures.definition.form_strategies import forms


BASE = from_json(FormSpec, VECTORS["form"])
# As definition files write codes: letters, digits and a few signs.
LETTERS = (Code(value="a", label="A"), Code(value="b-2", label="B"))
FORM = replace(
    BASE, variables=tuple(replace(item, codes=LETTERS) if item.name == "letter" else item for item in BASE.variables)
)


def read(text: str) -> ReadDictionary:
    return read_dictionary(text, "d.csv", slug="other", name="Other", event_date="day")


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(form=forms(FORM))
def test_any_form_comes_back_from_redcap_the_same(form: FormSpec):
    found = read(write_dictionary(form).text).form

    assert found == form
    assert found.digest == form.digest


def edited(form: FormSpec, **cells: dict[str, str]) -> ReadDictionary:
    """The form read back after somebody changed some cells in REDCap; `cells` by the field's name."""
    rows = list(csv.DictReader(io.StringIO(write_dictionary(form).text)))
    for row in rows:
        row.update(cells.get(row[NAME], {}))
    file = io.StringIO()
    writer = csv.DictWriter(file, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return read(file.getvalue())


AGE = VariableSpec(
    name="age",
    label="<b>Age</b>",
    type=VariableType.INTEGER,
    section="all",
    units="years",
    range=Range(hard_min=0, hard_max=120, soft_max=100),
    show_if="is_unknown([day])",
    missing=(MissingKind.UNKNOWN,),
)
DAY = VariableSpec(name="day", label="Day", type=VariableType.DATE, section="all", required=True)
ASA = VariableSpec(
    name="asa",
    label="ASA",
    type=VariableType.ONE_OF,
    section="all",
    codes=(Code(value="1", label="I | fit"), Code(value="2", label="II")),
)
SMALL = replace(FORM, variables=(DAY, AGE, ASA), sections=(Section(name="all", label="All"),))


@pytest.mark.parametrize(
    ("name", "cells", "change"),
    [
        ("age", {LABEL: "Age at operation"}, lambda age: replace(age, label="Age at operation")),
        ("age", {MAXIMUM: "110"}, lambda age: replace(age, range=Range(hard_min=0, hard_max=110, soft_max=100))),
        ("age", {MAXIMUM: ""}, lambda age: replace(age, range=Range(hard_min=0, soft_max=100))),
        ("age", {BRANCHING: '[asa] = "2"'}, lambda age: replace(age, show_if='[asa] = "2"')),
        (
            "asa",
            {CHOICES: "1, I / fit | 2, II | 3, III"},
            lambda asa: replace(
                asa, codes=tuple(Code(value=v, label=w) for v, w in (("1", "I / fit"), ("2", "II"), ("3", "III")))
            ),
        ),
    ],
)
def test_what_was_changed_in_redcap_is_taken_and_noted(
    name: str, cells: dict[str, str], change: Callable[[VariableSpec], VariableSpec]
):
    found = edited(SMALL, **{name: cells})

    assert found.form.variable(name) == change(SMALL.variable(name))
    assert [note.message.partition(" was ")[2] for note in found.notes] == [
        "changed in REDCap, and is taken from there."
    ]


def test_section_renamed_in_redcap_gets_its_new_name():
    found = edited(SMALL, day={SECTION: "Everything"})

    assert found.form.sections == (Section(name="everything", label="Everything"),)
    assert {variable.section for variable in found.form.variables} == {"everything"}


def test_section_of_the_annotation_that_is_gone_gives_way_to_the_header():
    twins = (Section(name="one", label="Same"), Section(name="two", label="Same"))
    form = replace(SMALL, sections=twins, variables=tuple(replace(item, section="two") for item in SMALL.variables))

    assert read(write_dictionary(form).text).form == form
    found = edited(form, record_id={ANNOTATION: ""})
    assert {variable.section for variable in found.form.variables} == {"same"}
    assert found.form.sections == (Section(name="same", label="Same"),)


def test_annotation_from_before_cells_were_marked_counts_as_it_stands():
    found = edited(SMALL, age={LABEL: "Other", ANNOTATION: """@COLLOQUY='{"label":"Age","tier":1}'"""})

    age = found.form.variable("age")
    assert (age.label, age.tier, found.notes) == ("Age", 1, ())
