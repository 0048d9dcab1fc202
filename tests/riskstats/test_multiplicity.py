import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from riskstats.multiplicity import bh, by, holm
from tests.riskstats.reference.tables import reference


R = reference("profiling")
# Benjamini & Hochberg 1995, section 3.2: 15 p values of a trial of thrombolysis.
TRIAL = [
    0.0001,
    0.0004,
    0.0019,
    0.0095,
    0.0201,
    0.0278,
    0.0298,
    0.0344,
    0.0459,
    0.3240,
    0.4262,
    0.5719,
    0.6528,
    0.7590,
    1.0,
]


def test_one_p_value_stays_as_it_is():
    for method in (bh, by, holm):
        assert method([0.03]).p.tolist() == [0.03]


def test_published_example_rejects_four_where_bonferroni_rejects_three():
    assert bh(TRIAL).rejected.tolist() == [True] * 4 + [False] * 11
    assert holm(TRIAL).rejected.tolist() == [True] * 3 + [False] * 12


@pytest.mark.parametrize(("method", "name"), [(bh, "BH"), (by, "BY"), (holm, "holm")])
def test_adjusted_values_agree_with_p_adjust(method, name):
    assert_allclose(method(R["p"]).p, R[f"p_{name}"], rtol=1e-12)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_adjusted_values_keep_the_order_and_are_never_smaller(p):
    for method in (bh, by, holm):
        result = method(p, 0.1)
        pairs = sorted(zip(p, result.p, strict=True))
        assert all(before[1] <= after[1] for before, after in itertools.pairwise(pairs))
        assert all(raw <= adjusted + 1e-12 and adjusted <= 1 for raw, adjusted in pairs)
        assert (result.rejected == (result.p <= 0.1)).all()


@pytest.mark.parametrize("method", [bh, by, holm])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([],), "expected p to hold at least one value"),
        (([0.1, 1.1],), "expected p to lie between 0 and 1, but got 1.1 at position 1"),
        (([float("nan")],), "expected p to be finite"),
        (([0.1], 0), "expected rate to lie strictly between 0 and 1, but got 0"),
    ],
)
def test_nonsense_is_refused_in_words(method, arguments, message):
    with pytest.raises(ValueError, match=message):
        method(*arguments)
