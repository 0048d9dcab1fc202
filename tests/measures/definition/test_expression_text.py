"""Syntax back to text, ours and REDCap's; canonical JSON; the variables an expression reads."""

import json
import re

import pytest
from hypothesis import given, settings

from measures.definition.canonical import from_json
from measures.definition.expression.errors import ExpressionError
from measures.definition.expression.nodes import Kind, canonical, names
from measures.definition.expression.parser import parse
from measures.definition.expression.python import compile_node
from measures.definition.expression.redcap import formula_to_redcap, from_redcap, to_redcap
from measures.definition.expression.render import render
from measures.definition.expression.resolve import calculation, condition
from measures.definition.spec import FormSpec
from tests.measures.definition.conftest import VECTORS
from tests.measures.definition.strategies import CONDITION_TEXTS, NUMBER_TEXTS, answers


_KINDS_OF_MISSING = re.compile("is_(unknown|not_documented|not_applicable)")
REDCAP_TEXTS = CONDITION_TEXTS.map(lambda text: _KINDS_OF_MISSING.sub("is_missing", text))
FORM = from_json(FormSpec, VECTORS["form"])
reproducible = settings(max_examples=100, deadline=None, derandomize=True)


@reproducible
@given(text=CONDITION_TEXTS)
def test_rendered_condition_means_the_same(text):
    assert condition(render(parse(text)), FORM) == condition(text, FORM)


@reproducible
@given(text=NUMBER_TEXTS)
def test_rendered_formula_means_the_same(text):
    assert calculation(render(parse(text)), FORM, Kind.NUMBER) == calculation(text, FORM, Kind.NUMBER)


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["expression"])
def test_rendered_vector_means_the_same(vector):
    text, gives = vector["expression"], Kind(vector.get("gives", "boolean"))

    assert calculation(render(parse(text)), FORM, gives) == calculation(text, FORM, gives)


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("((([age])))>=65", "[age] >= 65"),
        ("[a] and ([b] or [c])", "[a] and ([b] or [c])"),
        ("([a] and [b]) or [c]", "[a] and [b] or [c]"),
        ("not ([a] and [b])", "not ([a] and [b])"),
        ("1 - (2 - 3) * -4", "1 - (2 - 3) * -4"),
        ("[a] in (-1, 'x', \"y'\")", '[a] in (-1, "x", "y\'")'),
        ("[a] = 'say \"no\"'", "[a] = 'say \"no\"'"),
        ("if( [a(1)] , TRUE , false )", "if([a(1)], true, false)"),
        ("-(-1)", "--1"),
    ],
)
def test_render_writes_what_is_needed_and_no_more(text, rendered):
    assert render(parse(text)) == rendered


@pytest.mark.parametrize(
    ("redcap", "ours"),
    [
        ("[age] >= 65 and [asa] = '3'", '[age] >= 65 and [asa] = "3"'),
        ('datediff([day], [later], "d") > 3', 'abs(datediff([day], [later], "d")) > 3'),
        ('datediff([day], [later], "d", "mdy") > 3', 'abs(datediff([day], [later], "d")) > 3'),
        ('datediff([day], [later], "d", "mdy", true) > 3', 'datediff([day], [later], "d") > 3'),
        ('datediff([day], [later], "d", true) > 3', 'datediff([day], [later], "d") > 3'),
        ('datediff([day], [later], "d", false) > 3', 'abs(datediff([day], [later], "d")) > 3'),
        ('datediff([day], [later], "d", 7) > 3', 'datediff([day], [later], "d", 7) > 3'),
        ("([weight]*10000)/(([height])^(2))", "([weight] * 10000) / ([height] * [height])"),
        ("[comorbidity(2)] = '1' or [note] <> ''", '[comorbidity(2)] = "1" or [note] <> ""'),
    ],
)
def test_redcap_logic_becomes_ours(redcap, ours):
    assert from_redcap(redcap) == ours


@pytest.mark.parametrize(
    ("ours", "redcap"),
    [
        ("[died]", '[died] = "1"'),
        ("not [died]", '[died] = "0"'),
        ("[died] = true", '[died] = "1"'),
        ("[comorbidity(2)] and true", '[comorbidity(2)] = "1" and 1 = 1'),
        ("not true", "1 = 0"),
        ('[asa] in ("1", "2")', '[asa] = "1" or [asa] = "2"'),
        ('not ([asa] in ("1", "2") or [age] > 3)', '([asa] <> "1" and [asa] <> "2") and [age] <= 3'),
        ("is_missing([age])", '[age] = ""'),
        ("not is_missing([age])", '[age] <> ""'),
        (
            "if([died], [smoker], is_missing([age]))",
            'if([died] = "1", if([smoker] = "1", 1, 0), if([age] = "", 1, 0)) = 1',
        ),
        ("not if([died], true, false)", 'if([died] = "1", if(1 = 1, 1, 0), if(1 = 0, 1, 0)) = 0'),
        ('datediff([day], [later], "min") > 3', 'datediff([day], [later], "m", true) > 3'),
        ('datediff([day], [later], "d", false) > 3', 'datediff([day], [later], "d", false) > 3'),
        ("[age] + 1", "[age] + 1"),
        ("(not [died]) = is_missing([age])", '([died] = "0") = ([age] = "")'),
    ],
)
def test_our_condition_becomes_redcap_logic(ours, redcap):
    assert to_redcap(ours) == redcap


@pytest.mark.parametrize(
    ("ours", "redcap"),
    [
        ("round([weight] / [height]^2)", "round([weight] / ([height] * [height]), 0)"),
        ("round(-[weight], 1)", "round(-[weight], 1)"),
        ('if([died], 1, "")', 'if([died] = "1", 1, "")'),
        ("sum([died], [age] > 3)", "sum([died], [age] > 3)"),
    ],
)
def test_our_formula_becomes_redcap_logic(ours, redcap):
    assert formula_to_redcap(ours) == redcap


def test_redcap_cannot_say_kinds_of_missing():
    with pytest.raises(ExpressionError) as caught:
        to_redcap("[died] or is_unknown([age])")

    assert caught.value.message == "REDCap has no is_unknown()."


@settings(reproducible, max_examples=100)
@given(text=REDCAP_TEXTS, case=answers(FORM))
def test_condition_comes_back_from_redcap_with_the_same_meaning(text, case):
    there_and_back = condition(from_redcap(to_redcap(text)), FORM)

    assert compile_node(there_and_back)(case) is compile_node(condition(text, FORM))(case)


def test_canonical_json_has_an_object_for_each_node(form):
    assert canonical(condition('[age] >= 65 and [day] in ("2026-01-05")', form)) == {
        "node": "Logic",
        "kind": "boolean",
        "operator": "and",
        "operands": [
            {
                "node": "Compare",
                "kind": "boolean",
                "operator": ">=",
                "left": {"node": "Variable", "kind": "number", "name": "age"},
                "right": {"node": "Constant", "kind": "number", "value": "65"},
            },
            {
                "node": "In",
                "kind": "boolean",
                "operand": {"node": "Variable", "kind": "date", "name": "day"},
                "items": [{"node": "Constant", "kind": "date", "value": "2026-01-05"}],
            },
        ],
    }


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["expression"])
def test_canonical_json_of_every_vector_is_json(vector):
    node = calculation(vector["expression"], FORM, Kind(vector.get("gives", "boolean")))
    data = canonical(node)

    assert json.loads(json.dumps(data)) == data


def test_names_are_all_variables_that_are_read(form):
    node = condition("if(is_missing([age]), [comorbidity(1)], [asa] > 2) or datediff([day], [later], 'd') in (1)", form)

    assert names(node) == {"age", "comorbidity", "asa", "day", "later"}
