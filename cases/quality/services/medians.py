"""What members may know of how the others do: the middle hospital, rounded, where nobody can be told from it."""

from collections.abc import Callable, Sequence
from statistics import median

from django.db import transaction

from cases.quality.models import ProgrammeMedians, QualityFigures
from cases.quality.selectors.reading import figures_of
from collaboratives.enums import Stage
from collaboratives.models import Collaborative
from privacy.disclosure import DisclosureRules, Step, rounded, withheld


Measured = tuple[float | None, int]  # a value, and the cases behind it


@transaction.atomic
def write_medians(collaborative_id: int) -> None:
    """Once a night, and for a form as a whole: two of a day or of a cycle, side by side, would tell who moved."""
    rules = Collaborative.objects.get(pk=collaborative_id).disclosure_rules
    ProgrammeMedians.objects.filter(collaborative_id=collaborative_id).delete()
    rows = QualityFigures.objects.filter(collaborative_id=collaborative_id, cycle=None).order_by("form", "pk")
    by_form: dict[int, list[QualityFigures]] = {}
    for row in rows.exclude(participation__stage=Stage.LEFT):
        by_form.setdefault(row.form_id, []).append(row)
    for form, hospitals in by_form.items():
        ProgrammeMedians.objects.create(
            collaborative_id=collaborative_id,
            form_id=form,
            **{name: middle([value(row) for row in hospitals], step, rules) for name, (value, step) in VALUES.items()},
        )


def middle(values: Sequence[Measured], step: Step, rules: DisclosureRules) -> float | None:
    """The median of the hospitals with enough cases, or None where it would tell about one of them."""
    eligible = [(value, cases) for value, cases in values if value is not None and cases >= rules.minimum_cases]
    if withheld([cases for _, cases in eligible], rules):
        return None
    return float(rounded(median(value for value, _ in eligible), step))


VALUES: dict[str, tuple[Callable[[QualityFigures], Measured], Step]] = {
    "completeness": (lambda row: (figures_of(row).completeness, row.complete), Step.PERCENT),
    "timeliness": (lambda row: (figures_of(row).timeliness, row.due), Step.PERCENT),
    "capture": (lambda row: (figures_of(row).capture, row.eligible or 0), Step.PERCENT),
    "agreement": (lambda row: (figures_of(row).agreement, row.complete), Step.PERCENT),
    "median_days": (lambda row: (row.median_days, row.complete), Step.DAYS),
}
