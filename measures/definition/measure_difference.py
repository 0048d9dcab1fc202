"""What changed from one version of a measure to another, in words, with the changed words marked."""

from dataclasses import dataclass

from measures.definition.difference import FieldChange, PartChange, changed_fields, changed_parts
from measures.definition.spec import Exclusion, MeasureKind, MeasureSpec


@dataclass(frozen=True, kw_only=True)
class MeasureDifference:
    """`counting` changes numbers; `showing` changes only how they are compared, shown and explained."""

    counting: tuple[FieldChange, ...]
    exclusions: tuple[PartChange, ...]
    showing: tuple[FieldChange, ...]

    def __bool__(self) -> bool:
        return bool(self.counting or self.exclusions or self.showing)


def measure_difference(old: MeasureSpec, new: MeasureSpec) -> MeasureDifference:
    return MeasureDifference(
        counting=tuple(changed_fields(_counting(old), _counting(new))),
        exclusions=tuple(changed_parts(old.exclusions, new.exclusions, _exclusion, lambda each: each.label)),
        showing=tuple(changed_fields(_showing(old), _showing(new))),
    )


def all_changes(old: MeasureSpec, new: MeasureSpec) -> tuple[FieldChange, ...]:
    """One list, for two people who changed one draft."""
    said = [{**_counting(each), "Exclusions": _exclusions(each), **_showing(each)} for each in (old, new)]
    return tuple(changed_fields(*said))


def _exclusion(exclusion: Exclusion) -> dict[str, str]:
    return {"Label": exclusion.label, "When": exclusion.when}


def _exclusions(measure: MeasureSpec) -> str:
    return "\n".join(f"{each.label}: {each.when}" for each in measure.exclusions)


def _counting(measure: MeasureSpec) -> dict[str, str]:
    if measure.figures is not None:
        return {
            "Figures": "supplied for each hospital",
            "Supplied numerator": measure.figures.numerator,
            "Supplied denominator": measure.figures.denominator,
            "Expected count": "supplied too" if measure.figures.expected else "",
        }
    return {
        "Kind": measure.kind.value,
        "Population": "every complete case" if measure.population == "true" else measure.population,
        "Numerator": measure.numerator or "",
        "Value": measure.value or "",
        "Average": measure.average.value if measure.kind is MeasureKind.CONTINUOUS else "",
    }


def _showing(measure: MeasureSpec) -> dict[str, str]:
    aim = measure.aim
    return {
        "Name": measure.name,
        "Short name": measure.short_name,
        "Domain": measure.domain.value,
        "Better": measure.direction.value,
        "What is counted": measure.unit_noun,
        "Unit of the value": measure.value_unit,
        "Told per": "" if measure.per == 1 else f"{measure.per:,}",
        "Decimals": str(measure.decimals) if measure.has_value else "",
        "Strata": ", ".join(measure.stratifiers),
        "Risk model": measure.risk_model or "",
        "Minimum cases": str(measure.minimum_cases),
        "Chart": measure.chart.value.replace("_", " "),
        "Aim": aim.statement if aim else "",
        "Target": "" if aim is None or aim.target is None else f"{aim.target:f}",
        "Aim by": f"{aim.by:%-d %B %Y}" if aim and aim.by else "",
        "Why it matters": measure.why_it_matters,
        "Evidence": measure.evidence,
        "What you can do": "\n".join(measure.what_you_can_do),
        "Author": measure.author,
        "Checker": measure.checker,
        "Reviewed on": measure.reviewed_on.isoformat() if measure.reviewed_on else "",
        "Next review on": measure.next_review_on.isoformat() if measure.next_review_on else "",
    }
