"""Content of the page of one measure as a file: what the page shows at this moment, in the order of the page."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404

from collaboratives.selectors.places import Place
from feedback.reports.services import blocks
from feedback.reports.services.blocks import Block
from feedback.reports.services.contents import Content, pairs
from feedback.reports.services.pieces import case_by_case, method_of, strata
from feedback.reviews.selectors.own import OwnWork
from feedback.selectors.aggregate import FigureLine
from feedback.selectors.aggregate_page import SuppliedPart
from feedback.selectors.case_list import CasesPart
from feedback.selectors.comparing import ALL
from feedback.selectors.definition_page import DefinitionPart
from feedback.selectors.measure_page import ComparePart, MeasurePage, TimePart
from feedback.selectors.statements import Statement
from feedback.selectors.wording import plain
from measures.definition.spec import MeasureSpec
from ui.parts import Fact


VIEWS = {"compare": "", "time": "over time", "cases": "our cases", "definition": "definition and method"}
PURPOSE = "to review, within the hospital, the cases behind its own number; peer review, no part of a medical record"
PEERS = "Peers are blinded and rounded to whole per cent; from a count below 11 they are the estimate of a model."
FIRST_RULE = (
    "The first exclusion that applies is the one that counts. A case whose answers do not tell is neither met nor not "
    "met: it is listed as “cannot tell”."
)
READS = (
    "A hospital reads as better or worse only when its 95% interval excludes the collaborative's value. The achievable "
    "benchmark is what the best hospitals, caring for a tenth of the cases, reach together."
)


@dataclass(frozen=True, kw_only=True)
class Printed:
    """When, in the time of the collaborative, and by whom."""

    at: datetime
    name: str

    @property
    def text(self) -> str:
        return f"{self.at:%-d %B %Y, %H:%M} by {self.name}"


def page_content(page: MeasurePage, own: OwnWork | None, place: Place, printed: Printed) -> Content:
    """404 where the page has nothing to show yet."""
    body = list(_body(page, own))
    if not body:
        raise Http404
    name = place.site_name or place.collaborative.name
    view = VIEWS[page.view]
    footer = place.collaborative.confidentiality_footer or place.collaborative.name
    return {
        "title": f"{page.spec.name}{f', {view}' if view else ''}: {name}",
        "programme": place.collaborative.name,
        "audience": f"{place.site_name} only" if place.site_name else "the coordinating centre",
        "footer": footer,
        "dated": int(printed.at.timestamp()),
        "facts": pairs(_facts(page, place, printed)),
        "blocks": list(body),
    }


def _facts(page: MeasurePage, place: Place, printed: Printed) -> list[tuple[str, str]]:
    facts = [("Collaborative", place.collaborative.name), ("Measure", page.context)]
    if page.release and page.view != "definition":
        facts.append(("Release", page.line.removeprefix("Release ")))
    if page.view == "cases" and page.cases:
        facts.append(("Purpose", PURPOSE))
    return [*facts, ("Printed", printed.text)]


def _body(page: MeasurePage, own: OwnWork | None) -> Iterator[Block]:
    if page.compare:
        yield from _compare(page, page.compare, own)
    elif page.time:
        yield from _said(page.statement)
        yield from _time(page.time)
    elif page.cases:
        yield from _said(page.statement)
        yield from _cases(page.cases)
    elif page.view == "cases" and page.supplied:
        yield from _said(page.statement)
        yield from _supplied(page.supplied)
    elif page.definition:
        yield from _definition(page.definition)


def _said(statement: Statement | None) -> Iterator[Block]:
    if statement:
        yield blocks.statement(statement)


def _compare(page: MeasurePage, part: ComparePart, own: OwnWork | None) -> Iterator[Block]:
    yield blocks.lead(plain(part.spans))
    yield from _said(page.statement)
    yield from _compared(part)
    if part.time.trend:
        yield from blocks.spoken(part.time.trend, part.time.trend_aid, width=72)
    if part.time.cumulative and part.time.cumulative.rare:
        yield from case_by_case(part.time.cumulative, level=2)
    yield blocks.heading("The numbers")
    yield blocks.told([Fact("Reading", part.reading), *part.numbers, *_own(own, part, page.spec)])
    if part.comparison and part.comparison.strata:
        yield from strata(part.comparison, level=2)
    yield from _counted(page, part)
    yield from _listed("Since the release before", part.since)
    yield blocks.heading("How good are these data?")
    yield blocks.told((*part.data, *(Fact(f"Missing: {each.label}", each.value) for each in part.missing)))
    yield from _listed("Why it matters", [page.spec.why_it_matters])
    yield from _listed("What you can do", page.spec.what_you_can_do)
    yield blocks.small(PEERS)


def _compared(part: ComparePart) -> Iterator[Block]:
    """The picture that the page shows: among all, or among the group that was chosen."""
    chosen = part.comparison if part.comparison and part.comparison.chosen != ALL else None
    if chosen:
        yield blocks.heading(f"Compared with: {chosen.label}")
        if chosen.sentence:
            yield blocks.words(chosen.sentence)
    if part.dots:
        yield from blocks.chart(part.dots, part.dots_aid, width=84)
    elif not chosen:
        yield blocks.words(part.finding.withheld or "There is nothing to compare in this period.")


def _own(own: OwnWork | None, part: ComparePart, spec: MeasureSpec) -> Iterator[Fact]:
    if own and own.target:
        yield Fact("Our target", own.target.text(spec), f"now {part.finding.write(part.finding.rate)}")
    if own and own.contested:
        yield Fact("Contested cases", own.contested)


def _counted(page: MeasurePage, part: ComparePart) -> Iterator[Block]:
    if page.supplied:
        yield from _supplied(page.supplied)
    elif part.flow:
        rows = [(step.label, f"{step.count:,}", f"{step.left:,}") for step in part.flow]
        yield blocks.heading("Which cases count")
        yield blocks.table(("Step", "Cases", "Left"), rows, numbers=(1, 2))


def _time(part: TimePart) -> Iterator[Block]:
    if part.trend:
        yield from blocks.spoken(part.trend, part.trend_aid)
    else:
        yield blocks.words("There are fewer than two periods with cases, so there is no line to draw yet.")
    if part.notes:
        rows = [(f"{note.month:%b %Y}", note.text, note.whose) for note in part.notes]
        yield blocks.heading("What changed, and when")
        yield blocks.table(("Month", "What changed", "Noted by"), rows, wide=1)
    if part.cumulative:
        yield from case_by_case(part.cumulative, level=2)


def _cases(part: CasesPart) -> Iterator[Block]:
    shown = next((tab.label for tab in part.filters if tab.current), "")
    counts = ", ".join(f"{tab.label.lower()} {tab.count}" for tab in part.filters)
    yield blocks.words(f"The cases as the release counted them: {counts}. “Met” counts as {part.numerator}.")
    yield blocks.heading(f"{shown}: {part.pages.total:,} case{'' if part.pages.total == 1 else 's'}")
    if not part.lines:
        yield blocks.words("No case of this kind in this release.")
        return
    has_reasons = any(line.why for line in part.lines)
    head = ("Case", part.event_date_label, "Outcome", *(("Why",) if has_reasons else ()))
    rows = [
        (line.case_number, f"{line.event_date:%-d %b %Y}", line.outcome, *((line.why,) if has_reasons else ()))
        for line in part.lines
    ]
    yield blocks.table(head, rows, wide=len(head) - 1)
    if part.pages.total > len(part.lines):
        yield blocks.small(f"The first {len(part.lines):,} of {part.pages.total:,}; the page in the program has all.")


def _supplied(part: SuppliedPart) -> Iterator[Block]:
    title = "As the release counted them" if part.released else "Supplied so far"
    yield blocks.heading(title)
    yield _figures(part, part.lines)
    if part.since:
        yield blocks.heading("Supplied or changed since then")
        yield _figures(part, part.since)


def _figures(part: SuppliedPart, lines: Iterable[FigureLine]) -> Block:
    asked = part.asked
    expected = ("Expected",) if asked.expected else ()
    head = ("Period", asked.numerator, asked.denominator, "Rate", *expected, "Supplied")
    rows = [
        (
            line.period,
            line.numerator,
            line.denominator,
            line.rate,
            *((line.expected,) if expected else ()),
            f"{line.source}, {line.supplied_on:%-d %b %Y}",
        )
        for line in lines
    ]
    return blocks.table(head, rows, numbers=range(1, len(head) - 1), wide=len(head) - 1)


def _definition(part: DefinitionPart) -> Iterator[Block]:
    supplied = part.spec.figures is not None
    yield blocks.heading("What is supplied" if supplied else "Which cases count, and how")
    yield blocks.rules((rule.label, rule.expression) for rule in part.rules)
    if not supplied:
        yield blocks.words(FIRST_RULE)
    yield blocks.heading("How hospitals are compared")
    yield blocks.words(method_of(part))
    yield blocks.words(READS)
    yield from _listed("Why it matters", [part.spec.why_it_matters, part.spec.evidence])
    yield from _listed("Aim", [part.spec.aim.statement if part.spec.aim else ""])
    yield from _listed("Who stands for it", [part.people, part.note])


def _listed(title: str, texts: Iterable[str]) -> Iterator[Block]:
    """A heading with its paragraphs, or with its points where there are several; nothing where all are empty."""
    told = [text for text in texts if text]
    if told:
        yield blocks.heading(title)
        yield blocks.bullets(told) if len(told) > 1 else blocks.words(told[0])
