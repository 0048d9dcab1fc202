"""With whom a hospital compares itself: all, similar ones, or one stratum of its cases. A fixed list, frozen at release."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from feedback.charts import Dots, Drawing, Own, draw_dots
from feedback.models import PeerDistribution, SiteResult
from feedback.selectors.disclosing_parts import GROUP, group_name, stratum_contribution, stratum_label
from feedback.selectors.results import interval_of, told_step
from feedback.selectors.wording import Finding, counted, withheld_sentence
from measures.definition.spec import FormSpec, MeasureKind
from privacy.disclosure import DisclosureRules, eligible, rounded, told
from ui.parts import Option


ALL = "all"


@dataclass(frozen=True, kw_only=True)
class StratumLine:
    """One stratum of the own cases beside its peers, for the table."""

    label: str
    counts: str
    expected: str
    rate: str
    interval: str
    middle: str
    url: str
    note: str


@dataclass(frozen=True, kw_only=True)
class ComparisonPart:
    """The choices, and for another one than all its chart and what it says."""

    address: str
    release: str
    choices: tuple[Option, ...]
    strata: tuple[StratumLine, ...]
    chosen: str = ALL
    label: str = ""
    dots: Drawing | None = None
    sentence: str = ""
    is_group: bool = False
    is_adjusted: bool = False  # the values of the chart

    @property
    def has_expected(self) -> bool:
        """Whether strata are compared with what the risk model expects."""
        return any(line.expected for line in self.strata)

    @property
    def strata_note(self) -> str:
        """Said beside the table: nothing is passed off as adjusted that is not."""
        plain = sum(1 for line in self.strata if not line.expected)
        if not plain:
            return "risk-adjusted"
        return "risk-adjusted where an expected count is given" if self.has_expected else "not risk-adjusted"


@dataclass(frozen=True, kw_only=True)
class Comparing:
    """Everything the choice is made of: the own result, the distributions of this release, and the rules."""

    result: SiteResult
    finding: Finding
    peers: Mapping[str, PeerDistribution]
    form: FormSpec | None
    rules: DisclosureRules
    address: str
    release: str


def comparison_part(given: Comparing, asked: str) -> ComparisonPart | None:
    """None where the measure has neither strata nor a group; what is unknown means all."""
    names = [*_group_of(given), *(entry["stratum"] for entry in given.result.strata)]
    if not names:
        return None
    chosen = asked if asked in names else ALL
    return ComparisonPart(
        address=given.address,
        release=given.release,
        choices=tuple(_choice(given, name, chosen) for name in (ALL, *names)),
        strata=tuple(_line(given, entry) for entry in given.result.strata),
        chosen=chosen,
        label=label_of(given, chosen),
        dots=_dots(given, chosen) if chosen != ALL else None,
        sentence=_sentence(given, chosen) if chosen != ALL else "",
        is_group=chosen.startswith(GROUP),
        is_adjusted=chosen != ALL and _is_adjusted(given, chosen),
    )


def _group_of(given: Comparing) -> list[str]:
    """The own group of similar hospitals, where the release shows it or says why not."""
    name = group_name(given.result.comparison_group)
    return [name] if given.result.comparison_group and name in given.peers else []


def label_of(given: Comparing, name: str) -> str:
    if name == ALL:
        return "All hospitals"
    if name.startswith(GROUP):
        return f"Similar hospitals: {given.result.comparison_group}"
    return _stratum(given, name)


def _stratum(given: Comparing, name: str) -> str:
    return stratum_label(given.form, name) if given.form else name


def _choice(given: Comparing, name: str, chosen: str) -> Option:
    return Option(name, label_of(given, name), chosen=name == chosen)


def _url(given: Comparing, name: str) -> str:
    asked = {**({} if name == ALL else {"group": name}), **({"release": given.release} if given.release else {})}
    return f"{given.address}?{urlencode(asked)}" if asked else given.address


def _line(given: Comparing, entry: dict[str, Any]) -> StratumLine:
    peers = given.peers.get(entry["stratum"])
    shown = peers is not None and not peers.withheld
    return StratumLine(
        label=_stratum(given, entry["stratum"]),
        counts=_counts_of(given, entry),
        expected=f"{entry['expected']:.1f}" if "expected" in entry else "",
        rate=given.finding.write(entry["rate"]),
        interval=given.finding.write_range(entry["low"], entry["high"]),
        middle=given.finding.tell(peers.collaborative_value) if peers and shown else "not shown",
        url=_url(given, entry["stratum"]),
        note="" if shown or peers is None else withheld_sentence(peers.withheld),
    )


def _is_adjusted(given: Comparing, name: str) -> bool:
    """By the measure's risk model: of a stratum only where it has an expected count."""
    if name.startswith(GROUP):
        return given.finding.adjusted_rate is not None
    return any(each["stratum"] == name and "expected" in each for each in given.result.strata)


def _own(given: Comparing, name: str) -> Own | None:
    if name.startswith(GROUP):
        low, high = interval_of(given.result)
        value = given.finding.value
        return None if value is None else Own(name=given.finding.hospital, value=value, low=low, high=high)
    entry = next(each for each in given.result.strata if each["stratum"] == name)
    return Own(name=given.finding.hospital, value=entry["rate"], low=entry["low"], high=entry["high"])


def _dots(given: Comparing, name: str) -> Drawing | None:
    peers, own = given.peers.get(name), _own(given, name)
    if peers is None or peers.withheld or own is None:
        return None
    told = _told(given, name)
    values = others(peers, told)
    adjusted = _is_adjusted(given, name)
    return draw_dots(
        Dots(
            key="compare",
            title=f"{'' if told is None else 'Your hospital among '}{len(values)} blinded peers: {_short(given, name)}",
            value_name="Risk-adjusted rate" if adjusted else given.finding.value_name,
            form=given.finding.form,
            peers=tuple(values),
            # With too few cases of its own a place among peers would be a verdict.
            own=None if told is None else own,
            collaborative=peers.collaborative_value,
            collaborative_name="hospital in the middle",
        )
    )


def _short(given: Comparing, name: str) -> str:
    return given.result.comparison_group if name.startswith(GROUP) else _stratum(given, name)


def others(peers: PeerDistribution, own: float | None) -> Sequence[float]:
    """All values, without one that equals the hospital's own when it is among them."""
    values = [float(value) for value in peers.values]
    if own in values:
        values.remove(own)
    return values


def _told(given: Comparing, name: str) -> float | None:
    """What the peers see of this hospital in this part."""
    if name.startswith(GROUP):
        return given.finding.told
    entry = next(each for each in given.result.strata if each["stratum"] == name)
    own = stratum_contribution(entry)
    minimum = given.result.measure_version.definition.minimum_cases
    value = told(own, given.rules) if eligible(own, given.rules, minimum_cases=minimum) else None
    # Every part of a release is rounded as the whole is.
    step = told_step(given.result.measure_version.definition, given.peers.get(ALL))
    return None if value is None or step is None else float(rounded(value, step))


def _sentence(given: Comparing, name: str) -> str:
    """What the choice shows, in words; without a comparison, why there is none."""
    own, peers = _own(given, name), given.peers.get(name)
    if own is None or peers is None:
        return ""
    counts = "" if name.startswith(GROUP) else f" ({_counts(given, name)})"
    first = f"{given.finding.hospital}: {given.finding.write(own.value)}{counts}."
    if peers.withheld:
        return f"{first} {withheld_sentence(peers.withheld)}"
    middle = peers.collaborative_value or 0.0
    inside = own.low is None or own.high is None or own.low <= middle <= own.high
    chance = "; chance alone could explain the difference" if inside else ""
    return f"{first} The hospital in the middle has {given.finding.tell(middle)}{chance}."


def _counts(given: Comparing, name: str) -> str:
    entry = next(each for each in given.result.strata if each["stratum"] == name)
    counts = _counts_of(given, entry)
    if "expected" in entry:
        return f"{counts}, {entry['expected']:.1f} expected, risk-adjusted"
    return f"{counts}, not risk-adjusted" if given.finding.adjusted_rate is not None else counts


def _counts_of(given: Comparing, entry: Mapping[str, Any]) -> str:
    if given.finding.kind is MeasureKind.CONTINUOUS:
        return f"{entry['denominator']:,} {counted('cases', entry['denominator'])}"
    return f"{entry['observed']:,} of {entry['denominator']:,}"
