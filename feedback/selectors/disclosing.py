"""What members may be told of a release's exact figures, beyond the rules of `privacy.disclosure`."""

from feedback.models import SiteResult
from privacy.disclosure import Contribution, Step, rounded


FEWEST_LEADERS = 3  # hospitals behind a benchmark, unless there are many to choose from (rule R10)
MANY_HOSPITALS = 10


def contribution_of(result: SiteResult, value: float) -> Contribution:
    """A hospital's part in its peers' picture; from a small count peers are told the shrunken rate."""
    return Contribution(
        denominator=result.denominator, value=value, observed=result.observed, shrunken=result.shrunken_rate
    )


def shown_benchmark(benchmark: float, *, leading: int, hospitals: int) -> float | None:
    """The benchmark in whole percents, or None where one or two hospitals of a small group would be known by it."""
    if leading < FEWEST_LEADERS and hospitals < MANY_HOSPITALS:
        return None
    return float(rounded(benchmark, Step.PERCENT))
