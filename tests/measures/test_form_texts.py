"""Forms outside files: checked in the same words, written and read back, compared, changed."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measures.definition.difference import Piece, difference, marked
from measures.definition.draft_check import check_expression, check_form_spec
from measures.definition.edits import moved, renamed, with_question, with_section, without
from measures.definition.errors import DefinitionErrors
from measures.definition.file import load_definition
from measures.definition.spec import (
    Code,
    Definition,
    FormHistory,
    FormSpec,
    FormVersionSpec,
    Range,
    Section,
    VariableSpec,
    VariableType,
)
from measures.definition.yaml_source import read_yaml
from measures.definition.yaml_text import as_yaml, form_of_file, write_definition
from tests.worlds.definitions import FILE


ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = [FILE, *sorted(ROOT.glob("examples/*/definition.yaml"))]
COLECTOMY = load_definition(FILE.read_text(), FILE.name)
FORM = COLECTOMY.forms[0].latest.form


# One checker ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.parent.name)
def test_forms_of_files_have_no_problems(file: Path) -> None:
    for history in load_definition(file.read_text(), file.name).forms:
        for version in history.versions:
            assert check_form_spec(version.form, [each.form for each in history.versions]) == ()


def of_variable(which: str, /, **changes: object) -> FormSpec:
    return replace(
        FORM,
        variables=tuple(replace(each, **changes) if each.name == which else each for each in FORM.variables),  # type: ignore[arg-type]
    )


BROKEN = {
    "skip logic": of_variable("drain", show_if="[asaa] = 3"),
    "code": of_variable("drain", show_if='[asa] = "9"'),
    "cycle": of_variable("asa", show_if='[antibiotic] = "1" and is_missing([asa])'),
    "calculation": of_variable("stay", calculation="[ssi] + [asa] +"),
    "calculated and needed": of_variable("stay", required=True),
    "range of a choice": of_variable("asa", range=Range(hard_min="1")),
    "range the wrong way": of_variable("age", range=Range(hard_min=9, hard_max=8)),
    "no codes": of_variable("asa", codes=()),
    "codes of a number": of_variable("weight", codes=(Code(value="1", label="A"),)),
    "no label": of_variable("comment", label=""),
    "name": of_variable("comment", name="The comment"),
    "alias twice": of_variable("comment", aliases=("op date",)),
    "event date": replace(FORM, event_date="opdate"),
    "rule": replace(FORM, rules=(replace(FORM.rules[0], when="[discharged] < 3"),)),
    "rule's message": replace(FORM, rules=(replace(FORM.rules[0], message="Since {agee}."),)),
    "rule twice": replace(FORM, rules=(FORM.rules[0], FORM.rules[0])),
}


@pytest.mark.parametrize("form", BROKEN.values(), ids=BROKEN)
def test_a_form_hears_the_words_that_its_file_would(form: FormSpec) -> None:
    version = replace(COLECTOMY.forms[0].latest, number=1, form=form)
    written = Definition(
        collaborative=replace(COLECTOMY.collaborative, aim=None),
        forms=(FormHistory(slug=form.slug, versions=(version,)),),
        measures=(),
        risk_models=(),
    )
    with pytest.raises(DefinitionErrors) as refused:
        load_definition(write_definition(written).text, "form.yaml")

    heard = check_form_spec(form)
    in_file = refused.value.errors
    assert len(heard) == len(in_file)
    positions = [each.message.partition("(character")[2] for each in heard]
    assert sorted(positions) == sorted(each.message.partition("(character")[2] for each in in_file)


def test_a_section_without_questions_and_an_empty_form_are_problems() -> None:
    empty = with_section(FORM, Section(name="late", label="Late"))

    assert [(each.part, each.message) for each in check_form_spec(empty)] == [
        ("section", "Section “Late” has no question.")
    ]
    assert [each.message for each in check_form_spec(replace(FORM, sections=(), variables=()))] == [
        "The form has no section."
    ]
    assert [each.message for each in check_form_spec(replace(FORM, variables=()))] == ["The form has no question."]


@pytest.mark.parametrize(
    ("text", "kind", "suggestion"),
    [
        ("[conditions] = 1", None, ""),
        ("[weigth] > 100", None, "weight"),
        ("[age] +", VariableType.INTEGER, ""),
        ("[AGE] >= 65", None, "age"),
        ("dateddiff([operation_date], [discharge_date], 'd')", VariableType.INTEGER, ""),
    ],
)
def test_an_expression_says_what_the_whole_check_says(text: str, kind: VariableType | None, suggestion: str) -> None:
    problem = check_expression(FORM, text, kind)
    field = {"show_if": text} if kind is None else {"calculation": text, "type": kind, "range": Range()}
    (whole,) = check_form_spec(of_variable("drain", **field))

    assert problem is not None
    assert problem.suggestion == suggestion
    assert whole.message == f"{problem.message[:-1]} (character {problem.position})."
    assert whole.remedy == problem.remedy


# Written and read back ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.parent.name)
def test_a_written_definition_reads_back_the_same(file: Path) -> None:
    definition = load_definition(file.read_text(), file.name)

    written = write_definition(definition)

    assert (load_definition(written.text, "again"), written.notes) == (definition, ())


@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)
    | st.from_regex(r"[-+.0-9:]{1,9}", fullmatch=True)
)
@settings(max_examples=300, deadline=None)
def test_every_text_stays_the_text_it_is(text: str) -> None:
    assert read_yaml(as_yaml({"key": text, "list": [text]}), "").data == {"key": text, "list": [text]}


ITEMS = st.lists(st.sampled_from(FORM.variables), unique_by=lambda each: each.name, min_size=1)


@given(st.lists(ITEMS, min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_versions_in_any_order_share_one_list(versions: list[list[VariableSpec]]) -> None:
    """Questions come, go and change places; one list with from_version and to_version keeps each version's order."""
    event = FORM.variable("operation_date")
    spans = []
    for number, variables in enumerate(versions, start=1):
        rest = [
            replace(each, section="patient", show_if=None, calculation=None) for each in variables if each is not event
        ]
        asked = (replace(event, section="patient"), *rest)
        form = replace(FORM, variables=asked, rules=(), sections=FORM.sections[:1])
        day = COLECTOMY.forms[0].versions[0].effective_from.replace(year=2000 + number)
        end = day.replace(month=12, day=31) if number < len(versions) else None
        spans.append(FormVersionSpec(number=number, effective_from=day, effective_to=end, note="-", form=form))
    definition = Definition(
        collaborative=replace(COLECTOMY.collaborative, aim=None),
        forms=(FormHistory(slug=FORM.slug, versions=tuple(spans)),),
        measures=(),
        risk_models=(),
    )

    written = write_definition(definition)

    assert written.notes == ()
    assert load_definition(written.text, "").forms == definition.forms


def test_versions_that_one_file_cannot_hold_are_named() -> None:
    first, second = COLECTOMY.forms[0].versions
    other = replace(first, form=replace(first.form, case_noun="operation"))
    definition = replace(COLECTOMY, forms=(FormHistory(slug="colectomy", versions=(other, second)),))

    written = write_definition(definition)

    assert [note[:40] for note in written.notes] == ["Version 1 of form colectomy is left out:"]
    assert [each.number for each in load_definition(written.text, "").forms[0].versions] == [2]


def test_a_file_of_one_form_serves_whatever_its_name() -> None:
    text = FILE.read_text()

    assert form_of_file(text, "a.yaml", "other") == FORM
    with pytest.raises(DefinitionErrors, match=r'no form "operatoin"\. Did you mean "operation"'):
        form_of_file(_two_forms(text), "a.yaml", "operatoin")


def _two_forms(text: str) -> str:
    definition = load_definition(text, "")
    history = definition.forms[0]
    twin = replace(history, slug="operation", versions=tuple(
        replace(each, form=replace(each.form, slug="operation")) for each in history.versions
    ))  # fmt: skip
    return write_definition(replace(definition, forms=(history, twin))).text


# Compared -------------------------------------------------------------------------------------------------------------


def test_equal_versions_have_no_difference() -> None:
    assert not difference(FORM, FORM)


def test_changed_words_are_marked() -> None:
    assert marked("Age in whole years.", "Age in full years.") == (
        (Piece("Age in "), Piece("whole", "removed"), Piece(" years.")),
        (Piece("Age in "), Piece("full", "added"), Piece(" years.")),
    )


def test_a_difference_tells_added_removed_changed_and_moved() -> None:
    new = without(FORM, "variable", "comment")
    new = with_question(new, replace(FORM.variable("drain"), name="leak", label="Leak"))
    new = with_question(new, replace(FORM.variable("asa"), codes=FORM.variable("asa").codes[:3]), "asa")
    new = moved(new, "variable", "weight", -1)
    new = replace(new, rules=new.rules[:1], case_noun="operation")

    found = difference(FORM, new)

    states = {change.name: change.state for change in found.variables}
    assert states in (
        {"weight": "moved", "asa": "changed", "leak": "added", "comment": "removed"},
        {"age": "moved", "asa": "changed", "leak": "added", "comment": "removed"},
    )
    (codes,) = next(change.fields for change in found.variables if change.name == "asa")
    assert (codes.label, [piece.text for piece in codes.before if piece.mark == "removed"]) == (
        "Codes", ["\n4 Threat to life"],
    )  # fmt: skip
    assert [change.state for change in found.rules] == ["removed"]
    assert [field.label for field in found.form] == ["What a case is called"]
    assert (found.added, found.changed, found.removed) == (1, 1, 1)


# Changed --------------------------------------------------------------------------------------------------------------


def test_a_rename_leaves_names_that_only_look_alike() -> None:
    form = of_variable("drain", show_if='[asa] = "3" or [ asa ] = "4" or [comment] = "asa"')

    assert renamed(form, "asa", "class").variable("drain").show_if == (
        '[class] = "3" or [ class ] = "4" or [comment] = "asa"'
    )


def test_a_rename_leaves_what_cannot_be_read() -> None:
    form = of_variable("drain", show_if="[asa == ")

    assert renamed(form, "asa", "class").variable("drain").show_if == "[asa == "


def test_a_renamed_section_keeps_its_questions() -> None:
    form = with_section(FORM, Section(name="before", label="Before"), "patient")

    assert [each.name for each in form.in_section("before")] == [each.name for each in FORM.in_section("patient")]
