"""What members see of each other in the strata of a measure and among similar hospitals, beside the whole.

Only the middle of the shown values stands for a part. A pooled value of a part could be subtracted from that of the
whole; the middle of values that are shown anyway tells nothing more.
"""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from feedback.models import GroupPeers, MeasureResult, PeerDistribution, SiteResult
from feedback.selectors.disclosing import contribution_of, step_for
from measures.definition.spec import FormSpec, VariableType
from privacy.disclosure import Contribution, DisclosureRules, Withheld, eligible, peer_view, rounded
from privacy.ledger import Tally
from privacy.strata import shown_parts


GROUP = "group:"
YES_NO = {"true": "Yes", "false": "No"}


def group_name(group: str) -> str:
    """The stratum of a group of similar hospitals, apart from those of cases."""
    return f"{GROUP}{group}"


def stratum_label(form: FormSpec, stratum: str) -> str:
    """Urgency: planned."""
    variable, _, code = stratum.partition("=")
    if variable not in form.by_name:
        return stratum
    spec = form.variable(variable)
    answer = YES_NO.get(code, code) if spec.type is VariableType.YES_NO else spec.code_labels.get(code, code)
    return f"{spec.label}: {answer}"


def parts_shown(pooled: MeasureResult, sites: Sequence[SiteResult], rules: DisclosureRules) -> list[PeerDistribution]:
    """Every stratum and group of one measure, shown or with the reason why not; not stored yet."""
    minimum = pooled.measure_version.definition.minimum_cases
    found = [*_strata(sites), *_groups(pooled, sites, rules, minimum)]
    shown: list[PeerDistribution] = []
    for whole, parts, points in found:
        reasons = shown_parts(whole, parts, rules)
        shown += [_distribution(pooled, name, points[name], reasons[name], rules) for name in parts]
    return shown


def stratum_contribution(entry: Mapping[str, Any]) -> Contribution:
    return Contribution(
        denominator=entry["denominator"],
        value=entry["rate"],
        observed=entry["observed"],
        shrunken=entry["shrunken"],
        lone=bool(entry.get("lone")),
    )


def is_group(part: PeerDistribution) -> bool:
    return part.stratum.startswith(GROUP)


def rows_of_groups(parts: Sequence[PeerDistribution], sites: Sequence[SiteResult]) -> list[GroupPeers]:
    """One row for each hospital of a group, not stored yet: the wall shows a hospital its own group only."""
    groups = {part.stratum: part for part in parts if is_group(part)}
    found = ((site, groups.get(group_name(site.comparison_group))) for site in sites if site.comparison_group)
    return [
        GroupPeers(
            collaborative_id=site.collaborative_id,
            participation_id=site.participation_id,
            release_id=site.release_id,
            measure_version_id=site.measure_version_id,
            stratum=part.stratum,
            values=part.values,
            withheld=part.withheld,
            step=part.step,
            collaborative_value=part.collaborative_value,
        )
        for site, part in found
        if part
    ]


Parts = tuple[dict[str, Tally], dict[str, dict[str, Tally]], Mapping[str, Sequence[Contribution]]]


def _strata(sites: Sequence[SiteResult]) -> list[Parts]:
    """One partition of the cases for each variable, against all cases that count."""
    whole = {str(site.participation_id): Tally(site.denominator, site.observed) for site in sites}
    variables: dict[str, dict[str, dict[str, Tally]]] = {}
    points: dict[str, list[Contribution]] = {}
    for site in sites:
        for entry in site.strata:
            name = entry["stratum"]
            parts = variables.setdefault(name.partition("=")[0], {})
            parts.setdefault(name, {})[str(site.participation_id)] = Tally(entry["denominator"], entry["observed"])
            points.setdefault(name, []).append(stratum_contribution(entry))
    return [(whole, parts, points) for parts in variables.values()]


def _groups(pooled: MeasureResult, sites: Sequence[SiteResult], rules: DisclosureRules, minimum: int) -> list[Parts]:
    """Of hospitals that are points: whoever takes a group's points from all must be left with enough of them."""
    adjusted = pooled.expected is not None
    whole: dict[str, Tally] = {}
    parts: dict[str, dict[str, Tally]] = {}
    points: dict[str, list[Contribution]] = {}
    for site in sites:
        value = site.adjusted_rate if adjusted else site.rate
        if value is None or not eligible(contribution_of(site, value), rules, minimum_cases=minimum):
            continue
        hospital, tally = str(site.participation_id), Tally(site.denominator, site.observed)
        whole[hospital] = tally
        if site.comparison_group:
            name = group_name(site.comparison_group)
            parts.setdefault(name, {})[hospital] = tally
            points.setdefault(name, []).append(contribution_of(site, value))
    for group in {site.comparison_group for site in sites} - {""}:
        parts.setdefault(group_name(group), {})
        points.setdefault(group_name(group), [])
    return [(whole, parts, points)] if parts else []


def _distribution(
    pooled: MeasureResult,
    name: str,
    points: Sequence[Contribution],
    reason: Withheld | None,
    rules: DisclosureRules,
) -> PeerDistribution:
    minimum = pooled.measure_version.definition.minimum_cases
    step = step_for(pooled)
    view = peer_view(points, rules, step=step, minimum_cases=minimum)
    if pooled.measure_version.definition.has_value and pooled.values.get("step") is None:
        reason = reason or view.withheld or Withheld.DOMINATED
    reason = reason or view.withheld
    values = [] if reason else [float(value) for value in view.values]
    return PeerDistribution(
        collaborative_id=pooled.collaborative_id,
        release_id=pooled.release_id,
        measure_version=pooled.measure_version,
        stratum=name,
        values=values,
        withheld=reason.name.lower() if reason else "",
        collaborative_value=float(rounded(median(values), step)) if values else None,
        step=pooled.values.get("step"),
        middle=True,
        benchmark=None,
    )
