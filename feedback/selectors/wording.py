"""What a result says, in words. Pure: the sentence, the tag and the cards are made of the values that the chart shows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from feedback.charts import PERCENT, ValueFormat
from feedback.enums import Reading
from feedback.selectors.units import is_time
from measures.definition.spec import MeasureKind
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
    form: ValueFormat = PERCENT
    kind: MeasureKind = MeasureKind.PROPORTION
    value_unit: str = ""
    value_name: str = "Rate"
    total: float | None = None  # what its cases add up to, where events are counted by it
    quartiles: tuple[float, float, float] | None = None

    def write(self, value: float | None) -> str:
        """The own value, in the unit of the measure."""
        return "" if value is None else self.form.write(value)

    def tell(self, value: float | None) -> str:
        """A value that was rounded for telling."""
        return "" if value is None else self.form.write_peer(value)

    def write_range(self, low: float | None, high: float | None) -> str:
        return "" if low is None or high is None else self.form.write_range(low, high)

    @property
    def counts(self) -> str:
        """What the value is of: 12 of 310; 12 in 4,310 line days; 212 cases."""
        if self.kind is MeasureKind.CONTINUOUS:
            return f"{self.denominator:,} {counted('cases', self.denominator)}"
        if self.total is not None:
            return f"{self.observed:,} in {self.total:,.0f} {self.value_unit}" if self.value_unit else _against(self)
        return f"{self.observed:,} of {self.denominator:,}"

    @property
    def value(self) -> float | None:
        """What is compared: the risk-adjusted rate where there is a risk model."""
        return self.rate if self.adjusted_rate is None else self.adjusted_rate

    @property
    def few_cases(self) -> bool:
        return self.denominator < self.minimum


def _against(finding: Finding) -> str:
    return f"{finding.observed:,} against {finding.total or 0.0:,.1f} expected"


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
    if finding.kind is not MeasureKind.PROPORTION:
        return _own_value(finding)
    cases = f"{finding.denominator:,} {counted(finding.case_noun, finding.denominator)} ({finding.write(finding.rate)})"
    if finding.unit_noun in NO_NOUN or finding.higher_is_better:
        return f"{finding.hospital}: {finding.observed:,} of {cases}"
    return f"{finding.hospital} had {finding.observed:,} {counted(finding.unit_noun, finding.observed)} in {cases}"


def _own_value(finding: Finding) -> str:
    cases = f"{finding.denominator:,} {counted(finding.case_noun, finding.denominator)}"
    if finding.kind is not MeasureKind.CONTINUOUS:
        noun = "events" if finding.unit_noun in NO_NOUN else finding.unit_noun
        had = f"{finding.hospital} had {finding.observed:,} {counted(noun, finding.observed)}"
        against = (
            f"in {finding.total or 0.0:,.0f} {finding.value_unit}" if finding.value_unit else _of_expected(finding)
        )
        return f"{had} {against} of {cases} ({finding.write(finding.rate)})"
    if finding.quartiles is None:
        return f"{finding.hospital}: {finding.value_name.lower()} of {cases} ({finding.write(finding.rate)})"
    low, middle, high = finding.quartiles
    typical = f"median {finding.write(middle)}, middle half {finding.write_range(low, high)}"
    return f"{finding.hospital}: {cases}, {typical}, {finding.value_name.lower()} ({finding.write(finding.rate)})"


def _of_expected(finding: Finding) -> str:
    return f"where {finding.total or 0.0:,.1f} were expected"


def _comparison(finding: Finding) -> Iterator[Span]:
    if finding.expected is None:
        yield Span(". That is ")
    else:
        yield Span(f"; {finding.expected:.1f} were expected for your patients. After risk adjustment that is ")
        yield Span(f"{finding.write(finding.adjusted_rate)}, ")
    whose = "the hospital in the middle" if finding.middle else "the collaborative"
    where = f"{whose} ({finding.tell(finding.collaborative)})"
    if finding.reading is Reading.AS_EXPECTED:
        way = _way(finding)
        yield Span(f"{way} {where}", "strong")
        yield Span(". " if way == "close to" else ", and chance alone could explain the difference. ")
        return
    lower = (finding.reading is Reading.BETTER) != finding.higher_is_better
    yield Span(f"{_than(finding, lower=lower)} {where}", "strong")
    yield Span(f"{CHANCE}. ")


def _way(finding: Finding) -> str:
    """Which side of the collaborative, as far as its rounded value can tell."""
    value, collaborative = finding.value or 0.0, finding.collaborative or 0.0
    if abs(value - collaborative) * finding.form.factor <= finding.form.peer_step / 2:
        return "close to"
    return _than(finding, lower=value < collaborative)


def _than(finding: Finding, *, lower: bool) -> str:
    """Lower than; of a value that people think in, by how much: 18.2 minutes shorter than."""
    words = ("shorter", "longer") if is_time(finding.value_unit) else ("lower", "higher")
    if finding.kind is not MeasureKind.CONTINUOUS:
        return "lower than" if lower else "higher than"
    distance = abs((finding.value or 0.0) - (finding.collaborative or 0.0))
    return f"{finding.write(distance)} {words[0] if lower else words[1]} than"


def _benchmark(finding: Finding) -> Iterator[Span]:
    if finding.benchmark is None:
        return
    if finding.gap:
        yield Span("The best hospitals achieve ")
        yield Span(finding.tell(finding.benchmark), "strong")
        yield Span(": for you, ")
        yield Span(gap_text(finding), "strong")
        yield Span(".")
    elif finding.gap == 0 or _reached(finding):
        yield Span(f"You achieve what the best hospitals achieve ({finding.tell(finding.benchmark)}).")
    elif finding.kind is MeasureKind.CONTINUOUS:
        yield Span("The best hospitals achieve ")
        yield Span(finding.tell(finding.benchmark), "strong")
        yield Span(".")


def _reached(finding: Finding) -> bool:
    """Of a value that has no events to count."""
    if finding.kind is not MeasureKind.CONTINUOUS or finding.value is None or finding.benchmark is None:
        return False
    return finding.value >= finding.benchmark if finding.higher_is_better else finding.value <= finding.benchmark


def plain(spans: tuple[Span, ...]) -> str:
    return "".join(span.text for span in spans).strip()
