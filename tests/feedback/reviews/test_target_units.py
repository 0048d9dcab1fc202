"""Targets are written in the unit in which the measure is written, and kept as its values are."""

from datetime import date, timedelta

import pytest

from feedback.reviews.forms.words import TargetForm
from feedback.reviews.validators import TargetError, Wish, check_wish
from feedback.selectors.units import form_of
from measures.definition.spec import Direction, Domain, MeasureKind, MeasureSpec


def spec(kind: MeasureKind, **more: object) -> MeasureSpec:
    named = {"slug": "time_to_theatre", "name": "Time to theatre", "short_name": "Time", "form": "operation"}
    return MeasureSpec(kind=kind, domain=Domain.PROCESS, direction=Direction.LOWER, **named, **more)  # type: ignore[arg-type]  # by name


SHARE = spec(MeasureKind.PROPORTION)
MINUTES = spec(MeasureKind.CONTINUOUS, value_unit="minutes", decimals=0)
PER_1000 = spec(MeasureKind.RATE, value_unit="line days", per=1000, decimals=1)
RATIO = spec(MeasureKind.RATIO, decimals=2)
UNITS = [
    (SHARE, "Target, in per cent", "4.5", 0.045, "4.5%"),
    (MINUTES, "Target, in minutes", "43", 43.0, "43 minutes"),
    (PER_1000, "Target per 1,000 line days", "1.2", 0.0012, "1.2 per 1,000 line days"),
    (RATIO, "Target", "0.85", 0.85, "0.85"),
]


def filled(measure: MeasureSpec, value: str) -> TargetForm:
    return TargetForm({"value": value, "by": "2030-03-31", "reason": "We can."}, written=form_of(measure))


@pytest.mark.parametrize(("measure", "label", "typed", "kept", "told"), UNITS)
def test_a_target_is_asked_kept_and_told_in_the_unit(
    measure: MeasureSpec, label: str, typed: str, kept: float, told: str
) -> None:
    form = filled(measure, typed)

    assert form.fields["value"].label == label
    assert form.is_valid(), form.errors
    assert form.wish.value == pytest.approx(kept)
    assert form_of(measure).write(form.wish.value) == told


@pytest.mark.parametrize(
    ("measure", "typed"),
    [(SHARE, "100.5"), (SHARE, "-1"), (SHARE, "4.55"), (MINUTES, "43.5"), (MINUTES, "-3"), (PER_1000, "much")],
)
def test_what_cannot_be_one_is_said_beside_the_field(measure: MeasureSpec, typed: str) -> None:
    assert list(filled(measure, typed).errors) == ["value"]


@pytest.mark.parametrize("value", [240.0, 0.0])
def test_only_a_share_has_a_most(value: float) -> None:
    wish = Wish(value=value, by=date(2030, 1, 1) + timedelta(days=10), reason="So.")
    check_wish(wish, date(2030, 1, 1), proportion=False)
    if value > 1:
        with pytest.raises(TargetError):
            check_wish(wish, date(2030, 1, 1))
