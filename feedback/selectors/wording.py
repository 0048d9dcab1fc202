"""What a result says, in words. Pure: the sentence, the tag and the cards are made of the values that the chart shows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from feedback.enums import Reading
from privacy.disclosure import Withheld
from ui.parts import Kind


SpanKind = Literal["", "own", "strong"]
CHANCE = ", more than chance alone would explain"
NO_NOUN = {"cases", "patients"}  # they say who, not what happened


@dataclass(frozen=True)
class Span:
    """A piece of a sentence; `own` is about the viewer's hospital, `strong` is the finding."""

    text: str
    kind: SpanKind = ""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """The values behind one measure's sentence, chart and table of one hospital. Rates are fractions.

    `told` is what the peers see of this hospital, rounded; None where they do not see it.
    """

    hospital: str
    unit_noun: str
    case_noun: str
    higher_is_better: bool
    minimum: int
    denominator: int
    observed: int
    reading: Reading
    rate: float | None = None
    expected: float | None = None
    adjusted_rate: float | None = None
    told: float | None = None
    collaborative: float | None = None
    middle: bool = False  # the collaborative's value is that of the hospital in the middle
    benchmark: float | None = None
    gap: int | None = None
    withheld: str = ""

    @property
    def value(self) -> float | None:
        """What is compared: the risk-adjusted rate where there is a risk model."""
        return self.rate if self.adjusted_rate is None else self.adjusted_rate

    @property
    def few_cases(self) -> bool:
        return self.denominator < self.minimum


def percent(value: float | None, decimals: int = 1) -> str:
    return "" if value is None else f"{100 * value:.{decimals}f}%"


def withheld_sentence(name: str) -> str:
    """The sentence for a stored reason not to show a comparison."""
    return Withheld[name.upper()].value if name else ""


def few_cases_text(minimum: int) -> str:
    """The same words everywhere for the same suppression."""
    return f"Too few cases to compare (n < {minimum})"


def reading_text(finding: Finding) -> str:
    """The reading in a few words, for a tag. Never a rank, never a colour alone."""
    if finding.few_cases:
        return few_cases_text(finding.minimum) if finding.denominator else "No cases in this period"
    if finding.collaborative is None:
        return "Not compared"
    if finding.reading is Reading.BETTER:
        return "Better than the collaborative"
    if finding.reading is Reading.WORSE:
        return f"{'Lower' if finding.higher_is_better else 'Higher'} than the collaborative"
    return "Within expected variation"


def reading_kind(finding: Finding) -> Kind:
    if finding.few_cases or finding.collaborative is None:
        return ""
    kinds: dict[Reading, Kind] = {Reading.BETTER: "good", Reading.WORSE: "warn"}
    return kinds.get(finding.reading, "")


def gap_text(finding: Finding) -> str:
    """The distance to the benchmark in patients: "14 fewer infections", "21 more patients"."""
    if not finding.gap:
        return ""
    noun = "patients" if finding.higher_is_better or finding.unit_noun in NO_NOUN else finding.unit_noun
    return f"{finding.gap:,} {'more' if finding.higher_is_better else 'fewer'} {counted(noun, finding.gap)}"


def counted(noun: str, number: int) -> str:
    """The noun for this number of things; definitions give it in the plural."""
    if number != 1:
        return noun
    return f"{noun[:-3]}y" if noun.endswith("ies") else noun.removesuffix("s")


def sentence(finding: Finding) -> tuple[Span, ...]:
    """The finding in plain language, the same for the page, the chart's neighbour and a screen reader."""
    if not finding.denominator:
        return (Span(f"{finding.hospital} had no {finding.case_noun} that count for this measure in this period."),)
    spans = [Span(_own(finding), "own")]
    if finding.few_cases:
        return (*spans, Span(f". {few_cases_text(finding.minimum)}."))
    if finding.collaborative is None:
        return (*spans, Span(f". {finding.withheld or Withheld.TOO_FEW_HOSPITALS.value}"))
    return (*spans, *_comparison(finding), *_benchmark(finding))


def _own(finding: Finding) -> str:
    cases = f"{finding.denominator:,} {counted(finding.case_noun, finding.denominator)} ({percent(finding.rate)})"
    if finding.unit_noun in NO_NOUN or finding.higher_is_better:
        return f"{finding.hospital}: {finding.observed:,} of {cases}"
    return f"{finding.hospital} had {finding.observed:,} {counted(finding.unit_noun, finding.observed)} in {cases}"


def _comparison(finding: Finding) -> Iterator[Span]:
    if finding.expected is None:
        yield Span(". That is ")
    else:
        yield Span(f"; {finding.expected:.1f} were expected for your patients. After risk adjustment that is ")
        yield Span(f"{percent(finding.adjusted_rate)}, ")
    whose = "the hospital in the middle" if finding.middle else "the collaborative"
    where = f"{whose} ({percent(finding.collaborative, 0)})"
    if finding.reading is Reading.AS_EXPECTED:
        way = _way(finding)
        yield Span(f"{way} {where}", "strong")
        yield Span(". " if way == "close to" else ", and chance alone could explain the difference. ")
        return
    lower = (finding.reading is Reading.BETTER) != finding.higher_is_better
    yield Span(f"{'lower' if lower else 'higher'} than {where}", "strong")
    yield Span(f"{CHANCE}. ")


def _way(finding: Finding) -> str:
    """Which side of the collaborative, as far as its rounded value can tell."""
    value, collaborative = finding.value or 0.0, finding.collaborative or 0.0
    if abs(value - collaborative) <= 0.005:
        return "close to"
    return "higher than" if value > collaborative else "lower than"


def _benchmark(finding: Finding) -> Iterator[Span]:
    if finding.benchmark is None:
        return
    if finding.gap:
        yield Span("The best hospitals achieve ")
        yield Span(percent(finding.benchmark, 0), "strong")
        yield Span(": for you, ")
        yield Span(gap_text(finding), "strong")
        yield Span(".")
    elif finding.gap == 0:
        yield Span(f"You achieve what the best hospitals achieve ({percent(finding.benchmark, 0)}).")


def plain(spans: tuple[Span, ...]) -> str:
    return "".join(span.text for span in spans).strip()
