"""The browser's back end against Python and PostgreSQL. It needs Node.js; see browser.py."""

import unicodedata
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from measures.definition.answers import Answers, json_value
from measures.definition.canonical import from_json as spec_from_json
from measures.definition.check import check, derive
from measures.definition.display import format_value, input_text
from measures.definition.errors import ValueProblem, nearest
from measures.definition.expression.nodes import Kind, Node, canonical
from measures.definition.expression.python import compile_node
from measures.definition.expression.resolve import calculation, condition
from measures.definition.program import program_of
from measures.definition.spec import DateOrder, FormSpec, MissingKind, Value, VariableSpec, VariableType
from measures.definition.values import parse_value
from tests.measures.definition.browser import as_stored, exactly, run
from tests.measures.definition.conftest import VECTORS, Select, example, values_in_sql
from tests.measures.definition.form_strategies import forms
from tests.measures.definition.strategies import CONDITION_TEXTS, NUMBER_TEXTS, answers
from tests.measures.definition.test_check import BODY, CHAIN, OPERATION_CASE
from tests.measures.definition.test_vectors import answers_of, expected_of, node_of
from tests.measures.definition.vectors import TODAY, VALUE_VECTORS, VARIABLES


FORM = spec_from_json(FormSpec, VECTORS["form"])
NUMERIC = (VariableType.INTEGER, VariableType.DECIMAL)


def drawn(strategy: st.SearchStrategy, count: int) -> list:
    """`count` examples, the same in every run. They go through one Node.js process, so none can be shrunk."""
    found = []

    @settings(
        max_examples=count,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(one) -> None:
        found.append(one)

    collect()
    return found


# Expressions ----------------------------------------------------------------------------------------------------------


def evaluated(nodes: list[Node], cases: list[list[Answers]]) -> list[list[object]]:
    jobs = [
        {"do": "evaluate", "node": canonical(node), "cases": [*map(as_stored, each)]}
        for node, each in zip(nodes, cases, strict=True)
    ]
    return [
        [Decimal(value) if node.kind is Kind.NUMBER and value is not None else value for value in values]
        for node, values in zip(nodes, run(jobs), strict=True)
    ]


def as_said(value: Value | None) -> object:
    """A result as the browser gives it: moments as they are stored."""
    return value if value is None or isinstance(value, Decimal) else json_value(value)


def test_expressions_give_what_the_vectors_say(form):
    vectors = VECTORS["vectors"]

    found = evaluated([node_of(vector, form) for vector in vectors], [answers_of(vector, form) for vector in vectors])

    for vector, values in zip(vectors, found, strict=True):
        assert values == [*map(as_said, expected_of(vector))], vector["expression"]


@st.composite
def long_text(draw, texts: st.SearchStrategy) -> str:
    """Short ones come up again and again, and are tested elsewhere."""
    text = draw(texts)
    assume(len(text) > 25)
    return text


def compare_back_ends(select: Select, texts: st.SearchStrategy, resolve: Callable[[str], Node]) -> int:
    """Says how many expressions were compared."""
    written = sorted(set(drawn(long_text(texts), 700)))
    nodes = [*map(resolve, written)]
    cases = drawn(answers(FORM), 200)
    groups = [(nodes[at : at + 20], cases[at % 196 : at % 196 + 4]) for at in range(0, len(nodes), 20)]
    in_browser = iter(evaluated(nodes, [few for group, few in groups for _ in group]))
    for at, (group, few) in enumerate(groups):
        in_sql = values_in_sql(select, FORM, group, few)
        for text, node, values in zip(written[at * 20 :], group, in_sql, strict=False):
            assert next(in_browser) == [*map(compile_node(node), few)] == values, text
    return len(nodes)


def test_conditions_agree_with_python_and_postgresql(select: Select):
    assert compare_back_ends(select, CONDITION_TEXTS, lambda text: condition(text, FORM)) > 500


def test_formulas_agree_with_python_and_postgresql_to_the_last_digit(select: Select):
    assert compare_back_ends(select, NUMBER_TEXTS, lambda text: calculation(text, FORM, Kind.NUMBER)) > 500


# Values ---------------------------------------------------------------------------------------------------------------


def as_program(variable: VariableSpec) -> dict:
    bare = replace(FORM, variables=(replace(variable, show_if=None, required_if=None, calculation=None),))
    [spec] = program_of(bare)["variables"]
    return spec


PROGRAMS = {name: as_program(variable) for name, variable in VARIABLES.items()}


def parse_job(name: str, text: str, order: DateOrder, today: date | None) -> dict:
    return {
        "do": "parse",
        "variable": PROGRAMS[name],
        "text": text,
        "order": order.value,
        "today": today and today.isoformat(),
    }


def test_texts_are_read_as_the_value_vectors_say():
    found = run(parse_job(vector.name, vector.text, vector.order, vector.today) for vector in VALUE_VECTORS)

    for vector, read in zip(VALUE_VECTORS, found, strict=True):
        assert read == vector.expected, vector


PIECES = st.sampled_from(
    [
        *("5", "1", "26", "2026", "12", "31", "08", "41", "0841", "jan", "Feb", "september", "mon", "th", "t", "24:00"),
        *("-", "/", ".", " ", ", ", ":", "T", "pm", "a", "p.m.", "h", "z", "+3", "-1", "kg", "%", "1,000", "elective"),
        *("unknown", "n/a", "\u00a0", "\u2212", "ß", "İ", "\u017f", "😀", "=", "yes", ";", "|"),
    ]
)
TYPED = st.lists(PIECES, min_size=1, max_size=7).map("".join)
ORDERS, TODAYS = st.sampled_from(list(DateOrder)), st.sampled_from([None, TODAY, date(2024, 2, 29), date(2025, 12, 31)])


def test_typed_texts_agree_with_python():
    examples = drawn(st.tuples(st.sampled_from(sorted(VARIABLES)), TYPED, ORDERS, TODAYS), 1500)

    found = run(parse_job(*example) for example in examples)

    for read, (name, text, order, today) in zip(found, examples, strict=True):
        assert read == said_by_python(VARIABLES[name], text, order, today), (name, text, order, today)


def said_by_python(variable: VariableSpec, text: str, order: DateOrder, today: date | None) -> dict:
    try:
        found = parse_value(variable, text, order, today=today)
    except ValueProblem as problem:
        return {"problem": {"message": problem.message, "remedy": problem.remedy}}
    if isinstance(found, MissingKind):
        return {"missing": found.value}
    return {} if found is None else {"value": exactly(json_value(found))}


def test_values_are_shown_and_typed_back_as_in_python(surgical):
    form = surgical.form("operation").merged
    pairs = [
        (variable, value)
        for case in drawn(answers(form), 40)
        for variable in form.variables
        if (value := case.values.get(variable.name)) is not None
    ]

    found = run(
        {"do": "show", "variable": as_program(variable), "value": json_value(value)} for variable, value in pairs
    )

    assert found == [[format_value(variable, value), input_text(value)] for variable, value in pairs]


def test_letters_fold_as_in_python():
    """But for Cherokee, which Python folds to capitals."""
    letters = [
        letter
        for letter in map(chr, range(0x110000))
        if unicodedata.category(letter) not in ("Cs", "Cn") and not unicodedata.name(letter, "").startswith("CHEROKEE")
    ]

    [found] = run([{"do": "casefold", "texts": letters}])

    assert [letter for letter, fold in zip(letters, found, strict=True) if fold != letter.casefold()] == []


NAMES = st.lists(st.sampled_from("abcdeé 😀AB"), max_size=9).map("".join)


def test_near_names_are_those_of_difflib():
    examples = drawn(st.tuples(NAMES, st.lists(NAMES, max_size=6)), 600)
    # Long enough for difflib to leave out letters that stand everywhere.
    examples += [("ab " * 90, ["ab " * 80, "ba " * 90, "ab " * 80 + "c"]), ("x" * 250, ["x" * 240, "y"])]

    found = run({"do": "nearest", "name": name, "known": known} for name, known in examples)

    assert found == [nearest(name, known) for name, known in examples]


# Findings -------------------------------------------------------------------------------------------------------------


def exact(form: FormSpec, values: dict[str, object]) -> dict[str, object]:
    """Numbers as decimals: the browser keeps in text what a JSON number would not hold."""
    return {name: Decimal(value) if form.variable(name).type in NUMERIC else value for name, value in values.items()}


def compare_checks(form_and_cases: list[tuple[FormSpec, list[Answers]]], today: date | None) -> list[str]:
    """The rules of all findings, once the browser has been seen to find the same in the same words."""
    jobs = [
        {
            "do": "check",
            "program": program_of(form),
            "cases": [*map(as_stored, cases)],
            "today": today and today.isoformat(),
        }
        for form, cases in form_and_cases
    ]
    rules = []
    for (form, cases), results in zip(form_and_cases, run(jobs), strict=True):
        for case, result in zip(cases, results, strict=True):
            derived, findings = derive(form, case), check(form, case, today=today)
            in_python = [{**asdict(finding), "variables": [*finding.variables]} for finding in findings]
            assert result["findings"] == in_python, case
            assert set(result["hidden"]) == derived.hidden, case
            assert exact(form, result["derived"]["values"]) == {
                name: Decimal(value) if form.variable(name).type in NUMERIC else json_value(value)
                for name, value in derived.answers.values.items()
            }
            assert result["derived"]["missing"] == derived.answers.missing
            rules += [finding.rule for finding in findings]
    return rules


@st.composite
def odd_answers(draw, form: FormSpec) -> Answers:
    """Answers, some of which the form does not allow: codes of another version, and what identifies a patient."""
    found = draw(answers(form))
    for variable in form.variables:
        if variable.name in found.values and draw(st.integers(0, 5)) == 0:
            found = found.with_answer(variable.name, draw(_odd_value(variable)))
    return found


def _odd_value(variable: VariableSpec) -> st.SearchStrategy:
    strange = {
        VariableType.ONE_OF: st.sampled_from(["zz", "99"]),
        VariableType.MANY_OF: st.sampled_from([("1", "zz"), ("zz", "yy"), ()]),
        VariableType.TEXT: st.sampled_from(
            ["MRN 4711", "call 555-123-4567", "born 5 jan 1950", "Mr Smith", "mr smith"]
        ),
        VariableType.INTEGER: st.sampled_from([-(10**9), 10**15, 2500]),
        VariableType.DECIMAL: st.sampled_from([Decimal("-1E+9"), Decimal("0.0000001"), Decimal("123456.789")]),
    }
    return strange.get(variable.type, st.none())


@st.composite
def forms_and_cases(draw) -> tuple[FormSpec, list[Answers]]:
    form = draw(forms(FORM))
    return form, draw(st.lists(odd_answers(form), min_size=5, max_size=5))


def test_findings_on_generated_forms_have_the_same_words():
    rules = compare_checks(drawn(forms_and_cases(), 100), date(2026, 1, 3))

    written = {"required", "missing_kind", "codes", "hard_range", "soft_range", "skip_logic", "future", "identifier"}
    # What is drawn depends on the modules that are loaded, so the rarest kinds may be missing.
    assert {rule for rule in rules if not rule.startswith("rule_")} <= written
    assert len(written & set(rules)) >= 6
    assert any(rule.startswith("rule_") for rule in rules)


@pytest.mark.parametrize(("definition", "slug"), [("surgical", "operation"), ("medicare_stays", "stay")])
def test_findings_on_the_examples_have_the_same_words(definition, slug):
    form = example(definition).form(slug).latest.form
    cases = drawn(odd_answers(form), 60)
    near = [Answers({**OPERATION_CASE, **case.values}) for case in drawn(odd_answers(form), 60)]

    rules = compare_checks([(form, cases + (near if slug == "operation" else []))], date(2026, 9, 1))

    assert len(rules) > 100


def test_hidden_and_calculated_values_follow_each_other():
    compare_checks([(BODY, drawn(answers(BODY), 30)), (CHAIN, drawn(answers(CHAIN), 30))], None)


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("integer", 1.5, "1.5"),
        ("integer", True, "True"),
        ("decimal", "x", "x"),
        ("text", 3, "3"),
        ("date", 8, "8"),
        ("time", False, "False"),
        ("datetime", "2026-01-05", "2026-01-05"),
        ("yes_no", 1, "1"),
        ("one_of", 1, "1"),
        ("many_of", "1", "1"),
    ],
)
def test_stored_value_of_another_type_is_named(kind, value, shown):
    form = replace(FORM, variables=(replace(VARIABLES[kind], name="day"),), event_date="day")
    form = replace(form, rules=())

    [[result]] = run(
        [{"do": "check", "program": program_of(form), "cases": [{"values": {"day": value}, "missing": {}}]}]
    )

    [finding] = [each for each in result["findings"] if each["rule"] == "type"]
    assert finding["message"] == f"{shown} is no {kind}."


def hundred_questions() -> FormSpec:
    """Seven copies of the vectors' form, with 40 expressions: as large as forms get."""
    texts = ['[age] >= 65 and [asa] = "3"', "[weight] * 10000 / [height]^2", 'datediff([day], [later], "d") > 30']
    number = VariableSpec(name="n", label="N", type=VariableType.DECIMAL, section="all")
    copies = [
        replace(variable, name=f"{variable.name}_{copy}", required=True)
        for copy in range(4)
        for variable in FORM.variables
    ]
    computed = [
        replace(number, name=f"computed_{place}", calculation=texts[1] if place else "sum([weight], [age]) / 3")
        for place in range(20)
    ]
    hidden = [replace(number, name=f"asked_{place}", show_if=texts[place % 2 * 2]) for place in range(20)]
    return replace(FORM, variables=(*FORM.variables, *copies, *computed, *hidden)[:115])


def test_derive_and_check_of_a_hundred_questions_take_under_5_ms(surgical):
    large, operation = hundred_questions(), surgical.form("operation").latest.form
    full = {"age": 70, "asa": "3", "weight": Decimal("70.5"), "height": Decimal(170), "day": date(2026, 1, 5)}
    jobs = [
        {"do": "time", "program": program_of(form), "answers": as_stored(Answers(values)), "today": None, "times": 200}
        for form, values in ((large, full), (operation, OPERATION_CASE))
    ]

    times = run(jobs)

    assert len(large.variables) >= 100
    assert [time < 5 for time in times] == [True, True], times


# What keeps the two sides from drifting -------------------------------------------------------------------------------


def test_missing_node_is_said_and_not_skipped(monkeypatch):
    monkeypatch.setenv("PATH", "")

    with pytest.raises(AssertionError, match="install it and put `node` on the PATH"):
        run([])
