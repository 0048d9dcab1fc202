"""Content of files as JSON: text and pictures only, in the order in which they are read."""

from collections.abc import Mapping, Sequence

from feedback.charts import Drawing
from feedback.reports.definition.figures import paper
from feedback.reports.definition.words import ADJUSTED, GLOSSARY, NOT_ADJUSTED, ON_PEERS, READING_RULES, SUPPLIED
from feedback.reports.enums import ReportKind
from feedback.reports.selectors.hospital import HospitalContent, MeasureContent
from feedback.selectors.home import Priority
from feedback.selectors.statements import Statement
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
        "contents": True,
        "priorities": [_priority(each) for each in page.priorities],
        "measures": [_measure(each) for each in page.measures],
        **words(),
    }


def part_of(content: Mapping[str, Json], slug: str) -> Content | None:
    """One measure of a full report, as a file of its own."""
    measures = content["measures"]
    found = (
        [each for each in measures if isinstance(each, dict) and each["slug"] == slug]
        if isinstance(measures, list)
        else []
    )
    if not found:
        return None
    return {**content, "title": f"{found[0]['name']}: {content['hospital']}", "contents": False, "measures": [found[0]]}


def words() -> Content:
    return {"rules": pairs(READING_RULES), "glossary": pairs(GLOSSARY)}


def pairs(rows: Sequence[tuple[str, ...]]) -> list[Json]:
    return [list(row) for row in rows]


def stated(statement: Statement) -> Json:
    return {"whose": statement.whose, "text": statement.text}


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
        "trend": drawn(each.trend),
        "flow": [[step.label, f"{step.count:,}", f"{step.left:,}"] for step in each.flow],
        "rules": [[rule.label, rule.expression] for rule in each.definition.rules],
        "method": _method(each),
    }


def _method(each: MeasureContent) -> str:
    part = each.definition
    if not part.model_name:
        return SUPPLIED if part.spec.is_adjusted else NOT_ADJUSTED
    covariates = f" Covariates: {', '.join(part.covariates)}." if part.covariates else ""
    return f"Risk-adjusted by the model “{part.model_name}”. {ADJUSTED}{covariates}"
