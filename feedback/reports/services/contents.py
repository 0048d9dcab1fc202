"""Content of files as JSON: text and pictures only, in the order in which they are read."""

from collections.abc import Iterator, Mapping, Sequence

from feedback.charts import Drawing
from feedback.reports.definition.figures import paper
from feedback.reports.definition.words import GLOSSARY, ON_PEERS, READING_RULES
from feedback.reports.enums import ReportKind
from feedback.reports.selectors.hospital import HospitalContent, MeasureContent
from feedback.reports.services import blocks
from feedback.reports.services.blocks import Block, stated, words_below
from feedback.reports.services.pieces import case_by_case, method_of, strata
from feedback.selectors.home import Priority
from measures.definition.canonical import Json


Content = dict[str, Json]
NONE = "not shown"


def contents_of(page: HospitalContent) -> Mapping[ReportKind, Content]:
    """Of both files of one hospital."""
    return {ReportKind.ONE_PAGE: one_page(page), ReportKind.FULL: full(page)}


def one_page(page: HospitalContent) -> Content:
    return {
        **_frame(page, "Report on one page"),
        "priorities": [_priority(each) for each in page.priorities],
        "measures": [_row(each) for each in page.measures],
        "note": ON_PEERS,
    }


def full(page: HospitalContent) -> Content:
    return {
        **_frame(page, "Full report"),
        "priorities": [_priority(each) for each in page.priorities],
        "measures": [_measure(each) for each in page.measures],
        **words(),
    }


def words() -> Content:
    return {"rules": pairs(READING_RULES), "glossary": pairs(GLOSSARY)}


def pairs(rows: Sequence[tuple[str, ...]]) -> list[Json]:
    return [list(row) for row in rows]


def drawn(drawing: Drawing | None) -> Json:
    return paper(drawing) if drawing else None


def _frame(page: HospitalContent, name: str) -> Content:
    facts = [
        ("Collaborative", page.programme),
        ("Release", f"{page.release}, released {page.released}"),
        ("Period", f"cases of {page.period}, data closed {page.closed}"),
        *([("Our common aim", page.aim)] if page.aim else []),
    ]
    return {
        "title": f"{name}: {page.hospital}",
        "hospital": page.hospital,
        "programme": page.programme,
        "audience": f"{page.hospital} and the coordinating centre",
        "footer": page.footer,
        "dated": page.dated,
        "facts": pairs(facts),
    }


def _priority(card: Priority) -> Json:
    return {"eyebrow": card.eyebrow, "title": card.title, "headline": card.headline, "text": card.text}


def _row(each: MeasureContent) -> Content:
    return {
        "slug": each.spec.slug,
        "name": each.spec.short_name,
        "direction": each.spec.direction.value,
        "value": each.value or "no cases",
        "interval": each.interval,
        "collaborative": each.collaborative or NONE,
        "benchmark": each.benchmark or NONE,
        "reading": each.reading,
        "gap": each.gap,
        "statement": stated(each.statement),
    }


def _measure(each: MeasureContent) -> Content:
    """The row of the table, and all that the page of the measure shows."""
    return {
        **_row(each),
        "name": each.spec.name,
        "context": each.context,
        "sentence": each.sentence,
        "numbers": [[fact.label, fact.value, fact.note] for fact in each.numbers],
        "dots": drawn(each.dots),
        "trend": words_below(each.trend) if each.trend else None,
        "more": list(_more(each)),
        "flow": [[step.label, f"{step.count:,}", f"{step.left:,}"] for step in each.flow],
        "rules": [[rule.label, rule.expression] for rule in each.definition.rules],
        "method": method_of(each.definition),
    }


def _more(each: MeasureContent) -> Iterator[Block]:
    """Similar hospitals, strata, and for rare outcomes the cases one by one, as the page of the measure has them."""
    if each.similar:
        yield blocks.heading(f"Compared with: {each.similar.label}", 3)
        yield blocks.words(each.similar.sentence)
    if each.comparison and each.comparison.strata:
        yield from strata(each.comparison, level=3)
    if each.cumulative and each.cumulative.rare:
        yield from case_by_case(each.cumulative, level=3)
