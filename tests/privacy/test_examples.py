"""The examples in the documentation of the rules run."""

import doctest

import pytest

from privacy import ledger, suppression


@pytest.mark.parametrize("module", [ledger, suppression])
def test_the_examples_are_true(module):
    results = doctest.testmod(module)

    assert results.attempted > 0
    assert results.failed == 0
