"""A hospital's row in the table of all of them, for the coordinating centre's audited page."""

from dataclasses import dataclass
from uuid import UUID

from collaboratives.selectors.places import Place
from feedback.charts import ValueFormat
from feedback.enums import Reading
from feedback.models import MeasureResult, SiteResult
from feedback.selectors.number_facts import odds_ratio_text
from feedback.selectors.results import fewest_cases
from feedback.selectors.statements import Statement
from feedback.selectors.unblinded_parts import Signals
from feedback.selectors.units import form_of
from feedback.selectors.wording import few_cases_text, percent
from measures.definition.spec import Direction
from ui.addresses import Addresses
from ui.parts import Kind


FLAGS = {"look-better": "look", "look-worse": "look", "act-better": "act", "act-worse": "act"}
KINDS: dict[str, Kind] = {Reading.BETTER: "good", Reading.WORSE: "warn"}


@dataclass(frozen=True, kw_only=True)
class HospitalRow:
    name: str
    public_id: UUID
    time_url: str
    cases: int
    denominator: int
    observed: int
    expected: str
    oe: str
    interval: str
    rate: str
    adjusted: str
    odds_ratio: str
    reliability: str
    rank: str
    missing: str
    gap: str
    trend_signal: str
    cumulative_signal: str
    reading: str
    reading_kind: Kind
    statement: Statement


@dataclass(frozen=True, kw_only=True)
class Reader:
    """How every hospital of a measure is read: settled once, for there are hundreds of them."""

    form: ValueFormat
    minimum: int
    higher_is_better: bool
    compared: bool
    address: Addresses

    def row(self, result: SiteResult, statement: Statement, signals: Signals) -> HospitalRow:
        told = result.denominator + result.cannot_tell
        return HospitalRow(
            name=result.participation.site.name,
            public_id=result.participation.public_id,
            time_url=self.address(result.participation.public_id),
            cases=result.cases,
            denominator=result.denominator,
            observed=result.observed,
            expected=_number(result.expected, 1),
            oe=_number(result.oe),
            interval=self._interval(result),
            rate="" if result.rate is None else self.form.write(result.rate),
            adjusted=percent(result.adjusted_rate),
            odds_ratio=odds_ratio_text(result),
            reliability=_number(result.reliability),
            rank=_rank(result),
            missing=percent(result.cannot_tell / told) if told else "",
            gap="" if result.gap is None else f"{result.gap:,}",
            trend_signal=signals.trend,
            cumulative_signal=signals.cumulative,
            reading=self._reading(result),
            reading_kind=KINDS.get(result.reading, "") if self._is_read(result) else "",
            statement=statement,
        )

    def _is_read(self, result: SiteResult) -> bool:
        return self.compared and result.denominator >= self.minimum

    def _reading(self, result: SiteResult) -> str:
        if result.denominator < self.minimum:
            return few_cases_text(self.minimum)
        if not self.compared:
            return "Not compared"
        if result.reading not in KINDS:
            return "Within expected variation"
        better = result.reading == Reading.BETTER
        side = "Better" if better else "Lower" if self.higher_is_better else "Higher"
        words = FLAGS.get(result.flag, "")
        return f"{side} than the collaborative{f': {words}' if words else ''}"

    def _interval(self, result: SiteResult) -> str:
        if result.oe is not None:
            return f"{result.oe_low or 0:.2f} to {result.oe_high or 0:.2f}"
        low, high = result.rate_low, result.rate_high
        return "" if low is None or high is None else self.form.write_range(low, high)


def reader_of(pooled: MeasureResult, place: Place, collaborative: str) -> Reader:
    spec = pooled.measure_version.definition
    return Reader(
        form=form_of(spec),
        minimum=fewest_cases(spec, place),
        higher_is_better=spec.direction is Direction.HIGHER,
        compared=pooled.benchmark is not None,
        address=Addresses("feedback:release-hospital", collaborative, pooled.release.public_id, spec.slug),
    )


def _number(value: float | None, decimals: int = 2) -> str:
    return "" if value is None else f"{value:.{decimals}f}"


def _rank(result: SiteResult) -> str:
    """A rank never stands without its interval."""
    return "" if result.rank is None else f"{result.rank} ({result.rank_low} to {result.rank_high})"
