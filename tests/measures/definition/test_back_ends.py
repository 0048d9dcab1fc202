"""Python and PostgreSQL agree, also on what nobody thought of."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from measures.definition.answers import Answers, from_json, to_json
from measures.definition.canonical import from_json as spec_from_json
from measures.definition.evaluate import compile_measure
from measures.definition.expression.nodes import Kind
from measures.definition.expression.python import compile_node
from measures.definition.expression.resolve import calculation, condition
from measures.definition.outcomes_sql import outcomes_sql
from measures.definition.spec import FormSpec
from tests.measures.definition.conftest import VECTORS, Select, cases_in_sql, example, values_in_sql
from tests.measures.definition.strategies import CONDITION_TEXTS, NUMBER_TEXTS, answers


FORM = spec_from_json(FormSpec, VECTORS["form"])
SURGICAL = example("surgical")
OPERATION = SURGICAL.form("operation").merged
# The database fixture is one transaction of SELECTs: nothing of one example reaches the next.
thorough = settings(
    max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
CASES = st.lists(answers(FORM), min_size=4, max_size=4)


@thorough
@given(text=CONDITION_TEXTS, cases=CASES)
def test_conditions_agree(select: Select, text: str, cases: list[Answers]):
    node = condition(text, FORM)
    compiled = compile_node(node)

    assert values_in_sql(select, FORM, [node], cases) == [[compiled(case) for case in cases]]


@thorough
@given(text=NUMBER_TEXTS, cases=CASES)
def test_formulas_agree_to_the_last_digit(select: Select, text: str, cases: list[Answers]):
    node = calculation(text, FORM, Kind.NUMBER)
    compiled = compile_node(node)

    assert values_in_sql(select, FORM, [node], cases) == [[compiled(case) for case in cases]]


@settings(thorough, max_examples=20)
@given(cases=st.lists(answers(OPERATION), min_size=5, max_size=5))
def test_outcomes_of_all_measures_agree(select: Select, cases: list[Answers]):
    expected = {}
    for measure in SURGICAL.measures:
        evaluate = compile_measure(measure, OPERATION)
        for place, case in enumerate(cases):
            outcome = evaluate(case)
            expected[place, measure.slug] = (outcome.kind, outcome.reason, list(outcome.missing), outcome.value)

    rows = select(outcomes_sql(OPERATION, SURGICAL.measures, cases_in_sql(cases)))

    assert {(place, slug): tuple(rest) for place, slug, *rest in rows} == expected


@settings(max_examples=60, deadline=None, derandomize=True)
@given(case=answers(FORM))
def test_stored_answers_read_back_as_they_were(case: Answers):
    stored = to_json(case)

    assert from_json(FORM, stored.answers, stored.missing) == case
