"""A result as a FHIR R4 MeasureReport.

Reports are of type `summary`: they give counts of a population, not one patient. R4 lets neither a report nor its
subject be of an Organization, so the hospital is the reporter, and as the place of care (Location) the subject.
The score is numerator over denominator without denominator exclusions, as FHIR counts; what cannot be told is an
exclusion of its own. Numbers are rounded as on the pages. What is not to be told is absent with the reason `masked`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

from measures.definition.canonical import Json
from measures.definition.fhir import OURS
from measures.definition.spec import Direction, MeasureSpec


FHIR_JSON = "application/fhir+json"
_TERMS = "http://terminology.hl7.org/CodeSystem/"
_ABSENT: Json = {
    "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}]
}
Item = dict[str, Json]


@dataclass(frozen=True, kw_only=True)
class Population:
    """`count` is None where it is not told."""

    code: str
    count: int | None
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Reporter:
    """A hospital, or the collaborative for all of them (`key` is its short name then)."""

    name: str
    key: str
    is_hospital: bool


@dataclass(frozen=True, kw_only=True)
class Summary:
    """One measure of one release for one reporter. `score` is in `unit`, per cent or the measure's own; None is masked.

    `percents` are quantities in that unit, too.
    """

    spec: MeasureSpec
    version: int
    release: UUID
    first: date
    last: date
    released: datetime
    reporter: Reporter
    populations: Sequence[Population]
    score: float | None
    texts: Mapping[str, str]
    decimals: Mapping[str, float | None]
    percents: Mapping[str, float | None]
    interval: tuple[float, float] | None = None
    unit: str = "%"


def measure_report(summary: Summary) -> Item:
    """The resource. Its id follows from what it is about: the same report has the same id everywhere."""
    spec, reporter = summary.spec, summary.reporter
    about = f"{spec.slug}/{reporter.key}"
    who: Item = {
        "type": "Organization",
        "identifier": {
            "system": f"{OURS}{'hospital' if reporter.is_hospital else 'collaborative'}",
            "value": reporter.key,
        },
        "display": reporter.name,
    }
    return {
        "resourceType": "MeasureReport",
        "id": str(uuid5(summary.release, about)),
        "extension": _extensions(summary),
        "identifier": [{"system": f"{OURS}release", "value": f"{summary.release}/{about}"}],
        "status": "complete",
        "type": "summary",
        "measure": f"{OURS}measure:{spec.slug}|{summary.version}",
        **({"subject": {**who, "type": "Location"}} if reporter.is_hospital else {}),
        "date": summary.released.isoformat(timespec="seconds"),
        "reporter": who,
        "period": {"start": summary.first.isoformat(), "end": summary.last.isoformat()},
        "improvementNotation": _coded(
            "measure-improvement-notation", "decrease" if spec.direction is Direction.LOWER else "increase"
        ),
        "group": [{"population": [_population(each) for each in summary.populations], **_score(summary)}],
    }


def bundle(release: UUID, reports: Sequence[Item]) -> Item:
    """Several reports of one release in one file."""
    entries: list[Json] = [{"fullUrl": f"urn:uuid:{each['id']}", "resource": each} for each in reports]
    return {
        "resourceType": "Bundle",
        "id": str(uuid5(release, "bundle")),
        "type": "collection",
        "entry": entries,
    }


def _score(summary: Summary) -> Item:
    """Without cases there is no score; where counts are masked, it is masked."""
    if summary.score is not None:
        return {"measureScore": _quantity(summary.score, summary.unit)}
    return {"measureScore": _ABSENT} if any(each.count is None for each in summary.populations) else {}


def _population(each: Population) -> Json:
    code: Item = {"coding": [{"system": f"{_TERMS}measure-population", "code": each.code}]}
    named = {**code, **({"text": each.text} if each.text else {})}
    return {"code": named, **({"_count": _ABSENT} if each.count is None else {"count": each.count})}


def _extensions(summary: Summary) -> list[Json]:
    found: list[Json] = [{"url": f"{OURS}{name}", "valueString": text} for name, text in summary.texts.items() if text]
    found += [
        {"url": f"{OURS}{name}", "valueDecimal": value} for name, value in summary.decimals.items() if value is not None
    ]
    found += [
        {"url": f"{OURS}{name}", "valueQuantity": _quantity(value, summary.unit)}
        for name, value in summary.percents.items()
        if value is not None
    ]
    if summary.interval:
        low, high = (_quantity(end, summary.unit) for end in summary.interval)
        found.append({"url": f"{OURS}interval", "valueRange": {"low": low, "high": high}})
    return found


def _quantity(value: float, unit: str) -> Json:
    """Per cent has a code; the unit of a definition is words, and a ratio has none."""
    if unit == "%":
        return {"value": value, "unit": "%", "system": "http://unitsofmeasure.org", "code": "%"}
    return {"value": value, **({"unit": unit} if unit else {})}


def _coded(system: str, code: str) -> Json:
    return {"coding": [{"system": f"{_TERMS}{system}", "code": code}]}
