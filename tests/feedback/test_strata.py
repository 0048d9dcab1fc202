"""Strata of a measure: plain rates, and those that are adjusted by the risk model."""

from array import array
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from feedback.selectors.slices import Codes, Slice
from feedback.services.numbers.strata import strata_of
from feedback.services.numbers.values import Risks
from riskstats.intervals import poisson_exact, wilson
from tests.worlds.slices import slice_of


DAY = date(2026, 3, 1)


class Given:
    """As much of a MeasureInput as strata ask for."""

    class measure:  # noqa: N801
        stratifiers = ("urgency",)

    class form:  # noqa: N801
        @staticmethod
        def variable(_name: str) -> object:
            codes = tuple(type("Code", (), {"value": value, "label": value}) for value in ("planned", "urgent"))
            return type("Variable", (), {"type": "code", "codes": codes})

    def __init__(self, slices: dict[int, Slice]) -> None:
        self.slices = slices


def hospital(outcomes: str, codes: str) -> Slice:
    """A letter a case: its outcome, and p for planned, u for urgent, - for no answer."""
    places = array("h", ["pu".find(code) for code in codes])
    return replace(slice_of(outcomes, DAY), strata={"urgency": Codes(("planned", "urgent"), places)})


ONE = hospital("mnnnxmmnc", "ppppppuu-")
TWO = hospital("nnnmmn", "pppuuu")


def test_without_a_model_rates_are_plain():
    found = strata_of(Given({1: ONE, 2: TWO}), {})
    planned, urgent = found[1]

    assert [(entry["stratum"], entry["observed"], entry["denominator"]) for entry in found[1]] == [
        ("urgency=planned", 2, 5),
        ("urgency=urgent", 1, 2),
    ]
    assert (planned["rate"], planned["low"]) == (0.4, pytest.approx(wilson([2], [5], 0.95).lo[0]))
    assert "expected" not in urgent


def test_with_a_model_each_is_compared_with_what_was_expected_of_its_own_patients():
    risks = {1: Risks(np.array([0.5, 0.2, 0.2, 0.1, 0.2, 0.6, 0.4]), None), 2: Risks(np.full(6, 0.25), None)}
    found = strata_of(Given({1: ONE, 2: TWO}), risks)
    planned, other = found[1][0], found[2][0]
    # Planned: 2 of 5 with 1.2 expected, 0 of 3 with 0.75: together 2 events, which 1.95 expected are scaled to.
    expected = 1.2 * 2 / 1.95
    overall = 2 / 8

    assert planned["expected"] == pytest.approx(expected)
    assert planned["expected"] + other["expected"] == pytest.approx(2)
    assert planned["oe"] == pytest.approx(2 / expected)
    assert planned["rate"] == pytest.approx(2 / expected * overall)
    assert planned["low"] == pytest.approx(poisson_exact([2], 0.95).lo[0] / expected * overall)
    assert (planned["crude"], other["crude"]) == (0.4, 0.0)
    assert all(0 <= entry["low"] <= entry["rate"] <= entry["high"] <= 1 for part in found.values() for entry in part)


def test_stratum_without_any_event_is_not_adjusted():
    quiet = hospital("nnnn", "pppp")
    found = strata_of(Given({1: quiet, 2: quiet}), {key: Risks(np.full(4, 0.1), None) for key in (1, 2)})

    assert "expected" not in found[1][0]
    assert found[1][0]["rate"] == 0.0
