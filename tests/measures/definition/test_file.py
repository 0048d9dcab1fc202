"""Definition files: what is wrong with one is said all at once, with line, place and remedy."""

import re
from datetime import date
from decimal import Decimal

import pytest

from measures.definition.errors import DefinitionErrors
from measures.definition.file import load_definition
from measures.definition.shape import MESSAGES, schema
from measures.definition.spec import (
    Aim,
    CaseNumberSource,
    Chart,
    CovariateKind,
    DateOrder,
    IdentifierClass,
    MeasureKind,
    MissingKind,
    MissingRule,
    Policy,
    Range,
    Severity,
)
from measures.definition.yaml_source import read_yaml
from tests.measures.definition.bad_definitions import BAD, GOOD, changed


def errors_of(text: str) -> list[str]:
    with pytest.raises(DefinitionErrors) as caught:
        load_definition(text, "d.yaml")
    assert str(caught.value) == "\n".join(map(str, caught.value.errors))
    return [str(error) for error in caught.value.errors]


def test_good_file_has_no_errors():
    assert load_definition(GOOD, "d.yaml").collaborative.name == "Hip Care"


@pytest.mark.parametrize(
    ("changes", "expected"), BAD, ids=lambda part: part[0][1][:50] if isinstance(part[0], tuple) else ""
)
def test_bad_file_gets_all_its_errors_with_line_place_and_remedy(changes, expected):
    text = changed(*changes)

    with pytest.raises(DefinitionErrors) as caught:
        load_definition(text, "d.yaml")

    errors = caught.value.errors
    assert [f"{error.where}: {error.message} {error.remedy}" for error in errors] == expected
    for error in errors:
        assert re.search(last_step(error.where), text.splitlines()[error.line - 1])


def last_step(where: str) -> str:
    """What the line of a place must show: its key, or the name of a list's item."""
    named = re.search(r"\((\w+)\)$", where)
    key = re.search(r"(\w[\w ]*)(\[\d+\])?$", where)
    return named[1] if named else key[1].replace("versions", "number")


def test_errors_of_all_kinds_come_at_once_in_the_order_of_the_lines():
    text = changed(
        ("label: ASA", "lable: ASA"),
        ("'[age] > 120'", "'[agee] > 120'"),
        ("form: fracture\n    n", "form: fractur\n    n"),
    )

    lines = [int(error.split(":")[1]) for error in errors_of(text)]

    assert lines == [27, 28, 47, 59, 66]


def test_variable_that_is_wrong_in_shape_is_not_reported_as_unknown_too():
    text = changed(
        ("label: Operated\n        type", "lable: Operated\n        type"),
        ("event_date: admitted", "event_date: operated"),
    )

    assert [error.partition(": ")[0] for error in errors_of(text)] == ["d.yaml:36", "d.yaml:37"]


NOT_YAML = [
    ("a: [1", "1: This is not YAML, column 6: expected ',' or ']', but got '<stream end>'."),
    ("a: 1\n\tb: 2", "2: This is not YAML, column 1: found character '\\t' that cannot start any token."),
    ("a: &x 1\nb: *x", "2: This is not YAML, column 4: an alias (*name) is not read here."),
    ("a: 5\n a: 6", "2: This is not YAML, column 3: mapping values are not allowed here."),
]


@pytest.mark.parametrize(("text", "error"), NOT_YAML)
def test_what_is_not_yaml_is_said_with_line_and_column(text, error):
    [found] = errors_of(text)

    assert found == (
        f'd.yaml:{error} Check the indentation (spaces, no tabs), and put text with ": " or a leading [ * & ! % @ in quotes.'
    )


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("ok: 1\na: \x00", "2: Character 0 cannot be in a YAML file. Save the file as UTF-8 text."),
        ("[" * 5000, "1: The file is nested too deeply. Is this the right file?"),
        ("x" * 4_000_001, "1: The file has more than 4,000,000 characters. Is this the right file?"),
        ("", "1: nothing is not a list of `key: value`. Give a list of `key: value`."),
        ("- a", '1: ["a"] is not a list of `key: value`. Give a list of `key: value`.'),
        ("5", "1: 5 is not a list of `key: value`. Give a list of `key: value`."),
    ],
)
def test_what_cannot_be_a_definition_is_refused(text, error):
    assert errors_of(text) == [f"d.yaml:{error}"]


def test_tags_of_yaml_build_nothing():
    text = changed(("name: Hip Care", "name: !!python/object/apply:os.system [echo]"))

    assert errors_of(text) == ['d.yaml:4: collaborative.name: ["echo"] is not text. Give text.']


def test_no_is_a_word_and_a_time_is_a_time():
    definition = load_definition(
        changed(
            ("codes: {1: I, 2: II, 3: III}", "codes: {1: No, 2: Yes, 3: off}\n        definition: 08:41"),
            ("name: Hip Care", 'name: "true"'),
        ),
        "d.yaml",
    )

    asa = definition.form("fracture").latest.form.variable("asa")

    assert dict(asa.code_labels) == {"1": "No", "2": "Yes", "3": "off"}
    assert asa.definition == "08:41"
    assert definition.collaborative.name == "true"


def test_every_rule_of_the_schema_has_its_words():
    assert set(_keywords(schema())) - {"additionalProperties", "required"} == set(MESSAGES)


def _keywords(part: object):
    """The keywords that can fail, of a schema and all schemas in it."""
    if isinstance(part, dict):
        silent = {"$schema", "$id", "$ref", "$defs", "title", "description", "properties", "propertyNames", "items"}
        for key, value in part.items():
            if key in ("properties", "$defs"):
                for schema in value.values():
                    yield from _keywords(schema)
            elif key not in silent:
                yield key
            yield from _keywords(value) if key in ("items", "propertyNames", "additionalProperties") else ()


def test_line_of_what_is_not_there_is_that_of_its_parent():
    source = read_yaml("a: 1\nb:\n  c: 2", "d.yaml")

    assert [source.line(path) for path in [("b", "c"), ("b", "x", 3), ("x",)]] == [3, 2, 1]


FULL = changed(
    ("forms:\n", "  aim: {statement: All of them., measure: surgery, target: 0.9, by: 2027-12-31}\n  policy: {minimum_cases: 20, minimum_peers: 6}\nforms:\n"),
    ("        note: First.\n", "        effective_to: 2025-06-30\n        note: First.\n      - {number: 2, effective_from: 2025-07-01, note: Weight.}\n"),
    ("    rules:\n", """\
      - name: weight
        label: Weight
        type: decimal
        section: all
        units: kg
        range: {hard_min: 20.5, hard_max: 300, soft_max: 150.25}
        missing: [not_documented, unknown]
        required_if: '[age] > 60'
        definition: >-
          First
          line.
        scenarios: [In stones; multiply by 6.35.]
        identifier: none
        tier: 3
        aliases: [mass]
        from_version: 2
      - name: seen_at
        label: Seen at
        type: datetime
        section: all
        identifier: date
        range: {hard_min: "2025-01-01 00:00"}
        to_version: 1
    import:
      constants: {admitted: 2025-03-01, operated: true, weight: 70.5}
      case_number: by_row
      case_number_aliases: [number]
      hospital_aliases: [site]
    rules:
"""),
    ("    numerator: '[operated] = \"1\"'\n", """\
    population: '[age] >= 18'
    exclusions:
      - {name: sick, label: Too sick, when: '[asa] = "3"'}
    numerator: '[operated] = "1"'
    unit_noun: operations
    stratifiers: [asa]
    risk_model: surgery_model
    chart: funnel
    aim: {statement: Most., target: 0.9}
    why_it_matters: Because.
    evidence: Somewhere.
    what_you_can_do: [This., That.]
    author: A
    checker: B
    reviewed_on: 2026-01-01
    next_review_on: 2027-01-01
"""),
    ("    method: pooled", "    missing_rule: exclude\n    method: pooled"),
    ("      - {variable: asa", "      - {variable: age, kind: spline, centre: 60, scale: 10.5, knots: [40, 60.5, 80]}\n      - {variable: asa"),
)  # fmt: skip


def test_everything_in_a_file_arrives_in_the_spec():
    definition = load_definition(FULL, "d.yaml")
    collaborative, [measure], [model] = definition.collaborative, definition.measures, definition.risk_models

    assert collaborative.date_order is DateOrder.DAY_FIRST
    assert collaborative.aim == Aim(
        statement="All of them.", measure="surgery", target=Decimal("0.9"), by=date(2027, 12, 31)
    )
    assert collaborative.policy == Policy(minimum_cases=20, minimum_peers=6)
    assert (measure.kind, measure.chart, measure.minimum_cases) == (MeasureKind.PROPORTION, Chart.FUNNEL, 20)
    assert [(exclusion.name, exclusion.when) for exclusion in measure.exclusions] == [("sick", '[asa] = "3"')]
    assert (measure.unit_noun, measure.stratifiers, measure.what_you_can_do) == (
        "operations",
        ("asa",),
        ("This.", "That."),
    )
    assert (measure.reviewed_on, measure.next_review_on) == (date(2026, 1, 1), date(2027, 1, 1))
    assert model.missing_rule is MissingRule.EXCLUDE
    assert [covariate.kind for covariate in model.covariates] == [CovariateKind.SPLINE, CovariateKind.CATEGORY]
    assert model.covariates[0].knots == (40, Decimal("60.5"), 80)
    assert (model.covariates[0].centre, model.covariates[0].scale) == (60, Decimal("10.5"))


def test_versions_of_a_form_differ_by_their_variables():
    history = load_definition(FULL, "d.yaml").form("fracture")
    old, new = (version.form for version in history.versions)
    weight = new.variable("weight")

    assert [name for name in history.merged.by_name if name not in old.by_name] == ["weight"]
    assert [name for name in history.merged.by_name if name not in new.by_name] == ["seen_at"]
    assert weight.range == Range(hard_min=Decimal("20.5"), hard_max=Decimal(300), soft_max=Decimal("150.25"))
    assert weight.missing == (MissingKind.NOT_DOCUMENTED, MissingKind.UNKNOWN)
    assert (weight.definition, weight.scenarios) == ("First line.", ("In stones; multiply by 6.35.",))
    assert (weight.required_if, weight.tier, weight.aliases, weight.units) == ("[age] > 60", 3, ("mass",), "kg")
    assert old.variable("seen_at").identifier is IdentifierClass.DATE
    assert old.rules[0].severity is Severity.ERROR
    assert old.imports.constants == {"admitted": date(2025, 3, 1), "operated": True}
    assert new.imports.constants == {"admitted": date(2025, 3, 1), "operated": True, "weight": Decimal("70.5")}
    assert new.imports.case_number is CaseNumberSource.BY_ROW
    assert (new.imports.case_number_aliases, new.imports.hospital_aliases) == (("number",), ("site",))


def test_constant_can_stand_for_a_required_event_date():
    text = changed(
        ("        required: true\n", ""),
        ("    rules:\n", "    import: {constants: {admitted: 2025-03-01}}\n    rules:\n"),
    )

    assert load_definition(text, "d.yaml").form("fracture").latest.form.imports.constants == {
        "admitted": date(2025, 3, 1)
    }
