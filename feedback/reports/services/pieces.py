"""Parts that the full report and the file of a page both have."""

from collections.abc import Iterator

from feedback.reports.definition.words import ADJUSTED, NOT_ADJUSTED, SUPPLIED
from feedback.reports.services import blocks
from feedback.reports.services.blocks import Block
from feedback.selectors.comparing import ComparisonPart
from feedback.selectors.definition_page import DefinitionPart
from feedback.selectors.over_time import CumulativePart


STRATA = (
    "The hospital in the middle stands for the others: a sum over a stratum could be subtracted from "
    "the sum over all. It is shown where a stratum, and what lies outside it, has enough hospitals with enough cases."
)


def strata(part: ComparisonPart, *, level: int) -> Iterator[Block]:
    head: tuple[str, ...] = ("Stratum", "Cases", "Expected", "You", "95% interval", "Hospital in the middle")
    rows: list[tuple[str, ...]] = [
        (each.label, each.counts, each.expected, each.rate, each.interval, each.middle) for each in part.strata
    ]
    if not part.has_expected:
        head, rows = (*head[:2], *head[3:]), [(*row[:2], *row[3:]) for row in rows]
    yield blocks.heading("Your cases in strata", level)
    yield blocks.table(head, rows, numbers=range(1, len(head)))
    yield blocks.small(f"{part.strata_note[:1].upper()}{part.strata_note[1:]}. {STRATA}")


def case_by_case(part: CumulativePart, *, level: int) -> Iterator[Block]:
    """VLAD and CUSUM; why not, where there is neither."""
    yield blocks.heading("Your cases one by one", level)
    if part.reason:
        yield blocks.words(part.reason)
    for drawing, aid in ((part.vlad, part.vlad_aid), (part.cusum, part.cusum_aid)):
        if drawing:
            yield from blocks.chart(drawing, aid, width=84)


def method_of(part: DefinitionPart) -> str:
    """How the comparison is adjusted, in a paragraph."""
    if not part.model_name:
        return SUPPLIED if part.spec.is_adjusted else NOT_ADJUSTED
    covariates = f" Covariates: {', '.join(part.covariates)}." if part.covariates else ""
    return f"Risk-adjusted by the model “{part.model_name}”. {ADJUSTED}{covariates}"
