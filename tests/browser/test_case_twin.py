"""The browser shows, hides and calculates what the server would: 200 random cases of each form of the demo. R19."""

import random
from collections.abc import Callable
from datetime import date, time, timedelta
from decimal import Decimal

import pytest

from measures.definition.answers import Answers, to_json
from measures.definition.check import check, derive
from measures.definition.file import load_definition
from measures.definition.spec import FormSpec, MissingKind, Value, VariableSpec, VariableType
from tests.browser.conftest import with_long_form


CASES, SEED = 200, 20261122
TODAY = date(2026, 11, 22)
# What the case form itself does after every answer.
FACTS = """async ({program, cases, today}) => {
  const {State} = await import("/static/js/case-form/state.js");
  return cases.map((base) => {
    const state = new State(program, {base, reasons: {}, order: "mdy", today, completing: true});
    const {hidden, findings} = state.facts();
    return {hidden: [...hidden].sort(), findings: findings.map(({rule, variable, message}) => [rule, variable, message])};
  });
}"""


def bounds(variable: VariableSpec) -> tuple[int, int]:
    numbers = (VariableType.INTEGER, VariableType.DECIMAL)
    if variable.type not in numbers:
        return 0, 0
    least, most = variable.range.hard_min, variable.range.hard_max
    return int(float(str(least or 0))), int(float(str(most or 1000)))


def random_value(variable: VariableSpec, chance: random.Random) -> Value:
    codes = [code.value for code in variable.codes]
    low, high = bounds(variable)
    makers: dict[VariableType, Callable[[], Value]] = {
        VariableType.YES_NO: lambda: chance.random() < 0.5,
        VariableType.ONE_OF: lambda: chance.choice(codes),
        VariableType.MANY_OF: lambda: tuple(code for code in codes if chance.random() < 0.3),
        VariableType.INTEGER: lambda: chance.randint(low - 1, high + 1),
        VariableType.DECIMAL: lambda: Decimal(chance.randint(low * 10 - 5, high * 10 + 5)) / 10,
        VariableType.DATE: lambda: TODAY - timedelta(days=chance.randint(-5, 200)),
        VariableType.TIME: lambda: time(chance.randint(0, 23), chance.randint(0, 59)),
        VariableType.TEXT: lambda: chance.choice(["Seen twice.", "MRN 448812", "Mr. Brown, DOB 3/14/1951"]),
    }
    return makers[variable.type]()


def random_case(form: FormSpec, chance: random.Random) -> Answers:
    values: dict[str, Value] = {}
    missing: dict[str, MissingKind] = {}
    for variable in form.variables:
        if variable.calculation or (draw := chance.random()) < 0.2:
            continue
        if variable.missing and draw < 0.3:
            missing[variable.name] = chance.choice(variable.missing)
        else:
            values[variable.name] = random_value(variable, chance)
    return Answers(values, missing)


@pytest.mark.parametrize("slug", ["operation", "recovery"])
def test_browser_and_server_agree_on_random_cases(resident, long_form, slug):
    abstractor = resident("abstractor")
    form = load_definition(with_long_form(), "definition.yaml").form(slug).latest.form
    chance = random.Random(SEED)  # noqa: S311 -- the same cases in every run
    cases = [random_case(form, chance) for _ in range(CASES)]
    abstractor.go("cases/")
    response = abstractor.context.request.get(abstractor.url(f"forms/{form.digest}.json"))
    assert response.status == 200
    stored = [{"answers": each.answers, "missing": each.missing} for each in map(to_json, cases)]

    told = abstractor.tab.evaluate(FACTS, {"program": response.json(), "cases": stored, "today": TODAY.isoformat()})

    for answers, browser in zip(cases, told, strict=True):
        findings = [[each.rule, each.variable, each.message] for each in check(form, answers, today=TODAY)]
        assert browser == {"hidden": sorted(derive(form, answers).hidden), "findings": findings}
    assert any(each["hidden"] for each in told)
