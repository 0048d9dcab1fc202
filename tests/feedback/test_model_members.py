"""What members read of a risk model's calibration: whole per cents, and no group of few."""

import re

import pytest

from feedback.charts import Drawing
from feedback.models import ModelFit
from feedback.selectors.disclosing_fit import member_fit, roughly
from feedback.selectors.fit_parts import calibration_drawing


def fit_of(*groups: tuple[int, int]) -> ModelFit:
    rows = [
        {"cases": cases, "observed": observed, "expected": observed + 1.37, "low": 0.0123, "high": 0.9876}
        for cases, observed in groups
    ]
    figures = dict.fromkeys(("c_statistic", "c_low", "c_high", "brier"), 0.123456789)
    return ModelFit(calibration=rows, terms=[], design={}, cases=4321, events=987, **figures)


def told(*groups: tuple[int, int]) -> Drawing | None:
    return calibration_drawing(member_fit(fit_of(*groups)), "Infection", exact=False)


GROUPS = ((203, 0), (203, 10), (203, 11), (203, 57), (203, 193), (203, 192))


def test_groups_with_few_events_or_few_without_are_not_told() -> None:
    drawing = told(*GROUPS)

    assert drawing
    assert [(row[1], row[3]) for row in drawing.table.rows] == [("200", "5.0%"), ("200", "28.0%"), ("200", "95.0%")]


def test_no_rate_of_a_member_has_a_decimal_and_no_group_an_interval() -> None:
    drawing = told(*GROUPS)

    assert drawing
    said = " ".join([drawing.description, *(cell for row in drawing.table.rows for cell in row)])
    assert [rate for rate in re.findall(r"[\d.]+(?=%)", said) if not float(rate).is_integer()] == []
    assert {row[4] for row in drawing.table.rows} == {""}


def test_one_group_is_no_chart() -> None:
    assert told((203, 57), (203, 3)) is None


def test_the_centre_sees_all_groups() -> None:
    drawing = calibration_drawing(fit_of(*GROUPS), "Infection", exact=True)

    assert drawing
    assert len(drawing.table.rows) == len(GROUPS)
    assert drawing.table.rows[1][1] == "203"


@pytest.mark.parametrize(("count", "said"), [(0, 0), (1, 10), (4, 10), (14, 10), (16, 20), (4321, 4320)])
def test_counts_are_rough_and_some_are_never_none(count: int, said: int) -> None:
    assert roughly(count) == said


def test_members_fit_holds_no_exact_figure() -> None:
    fit = member_fit(fit_of(*GROUPS))

    assert (fit.cases, fit.events, fit.c_statistic, fit.brier) == (4320, 990, 0.123, 0.1235)
    assert {each["cases"] % 10 for each in fit.calibration} == {0}
    assert {round(each[name], 2) - each[name] for each in fit.calibration for name in ("expected", "observed")} == {0}
