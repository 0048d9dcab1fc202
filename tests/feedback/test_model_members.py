"""What members read of a risk model's calibration: whole per cents, and no group of few."""

import re

from feedback.models import ModelFit
from feedback.selectors.fit_parts import calibration_drawing


def fit_of(*groups: tuple[int, int]) -> ModelFit:
    rows = [
        {"cases": cases, "observed": observed, "expected": observed + 1.37, "low": 0.0123, "high": 0.9876}
        for cases, observed in groups
    ]
    return ModelFit(calibration=rows)


GROUPS = ((203, 0), (203, 10), (203, 11), (203, 57), (203, 193), (203, 192))


def test_groups_with_few_events_or_few_without_are_not_told() -> None:
    drawing = calibration_drawing(fit_of(*GROUPS), "Infection", exact=False)

    assert drawing
    assert [(row[1], row[3]) for row in drawing.table.rows] == [("200", "5.0%"), ("200", "28.0%"), ("200", "95.0%")]


def test_no_rate_of_a_member_has_a_decimal_and_no_group_an_interval() -> None:
    drawing = calibration_drawing(fit_of(*GROUPS), "Infection", exact=False)

    assert drawing
    told = " ".join([drawing.description, *(cell for row in drawing.table.rows for cell in row)])
    assert [rate for rate in re.findall(r"[\d.]+(?=%)", told) if not float(rate).is_integer()] == []
    assert {row[4] for row in drawing.table.rows} == {""}


def test_one_group_is_no_chart() -> None:
    assert calibration_drawing(fit_of((203, 57), (203, 3)), "Infection", exact=False) is None


def test_the_centre_sees_all_groups() -> None:
    drawing = calibration_drawing(fit_of(*GROUPS), "Infection", exact=True)

    assert drawing
    assert len(drawing.table.rows) == len(GROUPS)
    assert drawing.table.rows[1][1] == "203"
