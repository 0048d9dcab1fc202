"""The figures of a report equal those worked out by hand from the published formulae, in plain Python.

Twenty cases of cedar: the hospital entered an infection in the first four. The second abstraction misses the first,
finds one in the fifth, and cannot tell in the sixth.
"""

from datetime import date, datetime
from math import sqrt

import pytest

from cases.audits.definition.compare import compare, same
from cases.audits.enums import Answer, Verdict
from cases.audits.models import Agreement, Audit
from measures.definition.answers import Answers
from measures.definition.spec import FormSpec, MissingKind
from measures.models import FormVersion
from tests.world import World
from tests.worlds import audits
from tests.worlds.audits import again, drawn


pytestmark = pytest.mark.worker
DAYS = (date(2025, 7, 1), date(2025, 12, 20))
N = 20
Z = 1.959963984540054  # 97.5 % of the normal distribution
T = 2.093024054408263  # 97.5 % of Student's t with 19 degrees of freedom (tables: 2.093)
Table = list[list[int]]


def audited(*, upheld: bool) -> tuple[Audit, Agreement]:
    """The infection's figures; `upheld`: the hospital contests the sixth case and is right."""
    audit = audits.under_abstraction(sample_size=N, days=DAYS)
    samples = drawn(audit)
    changed = {0: {"ssi": False}, 4: {"ssi": True}, 5: {"ssi": MissingKind.UNKNOWN}}
    for place, sample in enumerate(samples):
        audits.abstract(sample, changed.get(place))
    audits.compare(audit)
    for place in changed:
        contested = upheld and place == 5
        answer = Answer.CONTESTED if contested else Answer.ACCEPTED
        audits.contest(audits.found(audit, samples[place], "ssi"), "Phoned on day 30." if contested else "", answer)
    if upheld:
        audits.decide(audits.found(audit, samples[5], "ssi"), Verdict.ORIGINAL, "The call is in the chart.")
    audits.report(audit)
    with audits.as_worker():
        return again(audit), Agreement.objects.get(audit=audit, variable="ssi")


# By hand --------------------------------------------------------------------------------------------------------------


def kappa(table: Table) -> tuple[float, float]:
    """Cohen 1960, with the standard error of Fleiss, Cohen and Everitt 1969."""
    n, q = sum(map(sum, table)), range(len(table))
    p = [[cell / n for cell in row] for row in table]
    rows, columns = [sum(row) for row in p], [sum(p[i][j] for i in q) for j in q]
    po, pe = sum(p[i][i] for i in q), sum(rows[i] * columns[i] for i in q)
    k = (po - pe) / (1 - pe)
    a = sum(p[i][i] * (1 - (rows[i] + columns[i]) * (1 - k)) ** 2 for i in q)
    b = (1 - k) ** 2 * sum(p[i][j] * (columns[i] + rows[j]) ** 2 for i in q for j in q if i != j)
    c = (k - pe * (1 - k)) ** 2
    return k, sqrt((a + b - c) / n) / (1 - pe)


def ac1(table: Table) -> tuple[float, float]:
    """Gwet 2008: the coefficient, and its variance from what each chart adds."""
    n, q = sum(map(sum, table)), len(table)
    use = [(sum(table[k]) + sum(row[k] for row in table)) / (2 * n) for k in range(q)]
    pe = sum(share * (1 - share) for share in use) / (q - 1)
    po = sum(table[k][k] for k in range(q)) / n
    g = (po - pe) / (1 - pe)
    total = 0.0
    for i in range(q):
        for j in range(q):
            chance = ((1 - use[i]) + (1 - use[j])) / 2 / (q - 1)
            own = ((i == j) - pe) / (1 - pe) - 2 * (1 - g) * (chance - pe) / (1 - pe)
            total += table[i][j] * (own - g) ** 2
    return g, sqrt(total / n / (n - 1))


def wilson(x: int, n: int) -> tuple[float, float]:
    """Wilson 1927."""
    p = x / n
    middle, reach = p + Z * Z / (2 * n), Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    return (middle - reach) / (1 + Z * Z / n), (middle + reach) / (1 + Z * Z / n)


def expected(table: Table) -> dict[str, float]:
    n, q = sum(map(sum, table)), len(table)
    po = sum(table[k][k] for k in range(q)) / n
    # PABAK (Byrt 1993) is linear in the share of agreement, and so is its standard error.
    pabak = (q * po - 1) / (q - 1), sqrt(po * (1 - po) / (n - 1)) * q / (q - 1)
    values = {"share_lo": wilson(round(po * n), n)[0], "share_hi": wilson(round(po * n), n)[1]}
    for name, (value, se) in {"kappa": kappa(table), "ac1": ac1(table), "pabak": pabak}.items():
        values |= {name: value, f"{name}_lo": max(value - T * se, -1), f"{name}_hi": min(value + T * se, 1)}
    return values


# The report -----------------------------------------------------------------------------------------------------------


def test_as_found(world: World) -> None:
    """Of yes, no and unknown. By hand: po 17/20, kappa (0.85 - 0.64)/0.36, PABAK (3 x 0.85 - 1)/2."""
    _, figures = audited(upheld=False)
    table = [[3, 1, 0], [1, 14, 1], [0, 0, 0]]

    assert (figures.compared, figures.agreeing_found, figures.agreeing) == (20, 17, 17)
    assert (figures.kappa, figures.pabak) == (pytest.approx(0.21 / 0.36), pytest.approx(0.775))
    assert figures.ac1 == pytest.approx((0.85 - 0.179375) / (1 - 0.179375))
    assert {name: getattr(figures, name) for name in expected(table)} == pytest.approx(expected(table), rel=1e-9)


def test_as_adjudicated(world: World) -> None:
    """What the adjudicator gives to the hospital agrees. By hand: po 18/20, kappa 0.22/0.32, AC1 0.58/0.68."""
    audit, figures = audited(upheld=True)
    table = [[3, 1], [1, 15]]

    assert (figures.compared, figures.agreeing_found, figures.agreeing) == (20, 17, 18)
    assert (figures.kappa, figures.pabak, figures.ac1) == (
        pytest.approx(0.6875),
        pytest.approx(0.8),
        pytest.approx(0.58 / 0.68),
    )
    assert {name: getattr(figures, name) for name in expected(table)} == pytest.approx(expected(table), rel=1e-9)
    assert audit.agreeing == audit.compared - 2


def test_variables_without_categories_have_shares_only(world: World) -> None:
    """And one category in use has no kappa, but an AC1 of 1."""
    audit, _ = audited(upheld=False)
    with audits.as_worker():
        found = {each.variable: each for each in Agreement.objects.filter(audit=audit)}

    for name in ("age", "weight", "conditions", "operation_date", "incision", "antibiotic_at"):
        assert (found[name].kappa, found[name].pabak, found[name].ac1) == (None, None, None)
        assert found[name].share_hi == 1
    assert (found["antibiotic"].kappa, found["antibiotic"].ac1, found["antibiotic"].pabak) == (None, 1, 1)
    assert [each.variable for each in sorted(found.values(), key=lambda each: each.position)][:3] == [
        "age",
        "weight",
        "asa",
    ]


# What is compared -----------------------------------------------------------------------------------------------------


@pytest.fixture
def spec(world: World) -> FormSpec:
    with world.acting_as("cora"):
        return FormVersion.objects.get(form__slug="colectomy", number=2).definition


def fields(spec: FormSpec, one: Answers, other: Answers) -> dict[str, bool]:
    return {each.variable.name: each.agrees for each in compare(spec, one, other)}


def test_what_both_left_empty_is_not_compared(spec: FormSpec) -> None:
    unknown, none = Answers({}, {"weight": MissingKind.UNKNOWN}), Answers()

    assert fields(spec, none, none) == {}
    assert fields(spec, unknown, none) == {"weight": False}
    assert fields(spec, unknown, unknown) == {"weight": True}


def test_calculated_fields_and_free_text_are_not_compared(spec: FormSpec) -> None:
    days = {"operation_date": date(2026, 3, 1), "discharge_date": date(2026, 3, 5)}

    found = fields(spec, Answers({**days, "comment": "one"}), Answers({**days, "comment": "two"}))
    assert found == {"operation_date": True, "discharge_date": True}


def test_what_one_of_them_was_not_asked_is_empty_there(spec: FormSpec) -> None:
    moment = datetime.fromisoformat("2026-03-01T08:10")
    given = Answers({"antibiotic": True, "antibiotic_at": moment})

    assert fields(spec, given, Answers({"antibiotic": False, "antibiotic_at": moment})) == {
        "antibiotic": False,
        "antibiotic_at": False,
    }


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        (False, MissingKind.UNKNOWN, False),
        (False, None, False),
        (False, 0, False),
        (MissingKind.UNKNOWN, MissingKind.NOT_DOCUMENTED, False),
        (MissingKind.NOT_APPLICABLE, None, False),
        (("dm", "copd"), ("copd", "dm"), True),
        ((), None, False),
        ("unknown", MissingKind.UNKNOWN, False),
    ],
)
def test_values_are_compared_with_their_types(one: object, other: object, agree: bool) -> None:  # noqa: FBT001
    assert same(one, other) is agree  # type: ignore[arg-type]
    assert same(other, one) is agree  # type: ignore[arg-type]
