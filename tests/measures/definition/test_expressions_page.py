"""The help page about expressions: its examples are of the surgical form, and say what they do."""

import re
from decimal import Decimal

import pytest

from measures.definition.answers import Answers
from measures.definition.expression.nodes import Kind
from measures.definition.expression.python import compile_node
from measures.definition.expression.resolve import calculation, condition
from tests.measures.definition.conftest import ROOT


PAGE = (ROOT / "docs" / "expressions.md").read_text(encoding="utf-8")


def examples(kind: str) -> list[str]:
    return [line for block in re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]


@pytest.mark.parametrize("text", examples("condition"))
def test_conditions_of_the_page_fit_the_surgical_form(surgical, text):
    assert condition(text, surgical.form("operation").latest.form).kind is Kind.BOOLEAN


@pytest.mark.parametrize("text", examples("calculation"))
def test_calculations_of_the_page_fit_the_surgical_form(surgical, text):
    assert calculation(text, surgical.form("operation").latest.form, Kind.NUMBER).kind is Kind.NUMBER


@pytest.mark.parametrize(
    ("text", "result"), re.findall(r"\| `(.*?)` \| (unknown|true|false|missing|70) \|", PAGE), ids=lambda value: value
)
def test_table_of_missing_answers_says_what_happens(surgical, text, result):
    form, gives = (
        surgical.form("operation").latest.form,
        {"unknown": None, "missing": None, "true": True, "false": False},
    )
    node = calculation(text, form, Kind.NUMBER) if result in ("70", "missing") else condition(text, form)

    found = compile_node(node)(Answers({"age": 70}))

    assert found == (Decimal(70) if result == "70" else gives[result])


def test_examples_are_found():
    assert (len(examples("condition")), len(examples("calculation"))) == (16, 7)
