import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from riskstats.means import mean_interval


# Student 1908, hours of sleep gained, as the data set `sleep` of R 4.2.2 has them: t.test(sleep$extra[sleep$group == 2])$conf.int
# and the same of group 1, printed to 13 digits.
SLEEP = {
    2: ([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4], 2.33, 0.8976775393767, 3.7623224606233),
    1: ([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0], 0.75, -0.5297804135262, 2.0297804135262),
}


@pytest.mark.parametrize("group", SLEEP)
def test_the_interval_of_student_agrees_with_r(group):
    values, mean, low, high = SLEEP[group]
    found = mean_interval(values)

    assert_allclose([found.mean, found.lo, found.hi], [mean, low, high], rtol=1e-10)


def test_one_value_has_a_mean_and_no_interval():
    found = mean_interval([3.0])

    assert (found.n, found.mean, found.lo, found.hi) == (1, 3.0, -math.inf, math.inf)
    assert math.isnan(found.sd)


@pytest.mark.parametrize(
    ("y", "level"), [([], 0.95), ([1.0, math.nan], 0.95), ([1.0, 2.0], 1.0), ([1.0, math.inf], 0.95)]
)
def test_nonsense_is_refused(y, level):
    with pytest.raises(ValueError, match="expected"):
        mean_interval(y, level)


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=30), st.floats(0.1, 10.0), st.floats(-50.0, 50.0))
def test_the_interval_moves_and_widens_with_its_values(values, factor, shift):
    found, moved = mean_interval(values), mean_interval(np.asarray(values) * factor + shift)

    assert_allclose([moved.lo, moved.hi], np.array([found.lo, found.hi]) * factor + shift, rtol=1e-6, atol=1e-6)


def test_it_covers_the_mean_as_often_as_it_says():
    chance = np.random.default_rng(20_261)
    found = [mean_interval(chance.normal(3.0, 2.0, 12)) for _ in range(2000)]

    assert np.mean([each.lo <= 3.0 <= each.hi for each in found]) == pytest.approx(0.95, abs=0.02)
