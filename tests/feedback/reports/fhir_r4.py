"""What FHIR R4 (4.0.1) says a MeasureReport is, written from hl7.org/fhir/R4/measurereport.html and datatypes.html.

Not made of our code: names, cardinalities, types and bound codes are the specification's.
"""

import re
from collections.abc import Iterator
from typing import Any


Problem = str
ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
URI = re.compile(r"\S+")
DATE = re.compile(r"\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2}))?)?)?")
STATUS = {"complete", "pending", "error"}
TYPE = {"individual", "subject-list", "summary", "data-collection"}
POPULATIONS = {
    "initial-population", "numerator", "numerator-exclusion", "denominator", "denominator-exclusion",
    "denominator-exception", "measure-population", "measure-population-exclusion", "measure-observation",
}  # fmt: skip
NOTATION = {"increase", "decrease"}
# Who may be what a report is about, and who may report: both choices of the specification.
SUBJECTS = {"Patient", "Practitioner", "PractitionerRole", "Location", "Device", "RelatedPerson", "Group"}
REPORTERS = {"Practitioner", "PractitionerRole", "Location", "Organization"}
# element: (least, most, type); most "*" is a list.
REPORT = {
    "resourceType": (1, 1, "code"), "id": (0, 1, "id"), "extension": (0, "*", "Extension"),
    "identifier": (0, "*", "Identifier"), "status": (1, 1, "code"), "type": (1, 1, "code"), "measure": (1, 1, "uri"),
    "subject": (0, 1, "Reference"), "date": (0, 1, "date"), "reporter": (0, 1, "Reference"), "period": (1, 1, "Period"),
    "improvementNotation": (0, 1, "CodeableConcept"), "group": (0, "*", "Group"),
    "evaluatedResource": (0, "*", "Reference"),
}  # fmt: skip
SHAPES: dict[str, dict[str, tuple[int, object, str]]] = {
    "Group": {
        "code": (0, 1, "CodeableConcept"), "population": (0, "*", "Population"), "measureScore": (0, 1, "Quantity"),
        "stratifier": (0, "*", "any"),
    },
    "Population": {
        "code": (0, 1, "CodeableConcept"), "count": (0, 1, "integer"), "_count": (0, 1, "Absent"),
        "subjectResults": (0, 1, "Reference"),
    },
    "Quantity": {
        "extension": (0, "*", "Extension"), "value": (0, 1, "decimal"), "comparator": (0, 1, "code"),
        "unit": (0, 1, "string"), "system": (0, 1, "uri"), "code": (0, 1, "code"),
    },
    "Range": {"low": (0, 1, "Quantity"), "high": (0, 1, "Quantity")},
    "CodeableConcept": {"coding": (0, "*", "Coding"), "text": (0, 1, "string")},
    "Coding": {
        "system": (0, 1, "uri"), "version": (0, 1, "string"), "code": (0, 1, "code"), "display": (0, 1, "string"),
    },
    "Identifier": {"use": (0, 1, "code"), "system": (0, 1, "uri"), "value": (0, 1, "string")},
    "Reference": {
        "reference": (0, 1, "string"), "type": (0, 1, "uri"), "identifier": (0, 1, "Identifier"),
        "display": (0, 1, "string"),
    },
    "Period": {"start": (0, 1, "date"), "end": (0, 1, "date")},
    "Absent": {"extension": (1, "*", "Extension")},
    "Extension": {
        "url": (1, 1, "uri"), "valueString": (0, 1, "string"), "valueDecimal": (0, 1, "decimal"),
        "valueQuantity": (0, 1, "Quantity"), "valueRange": (0, 1, "Range"), "valueCode": (0, 1, "code"),
    },
}  # fmt: skip


def problems(report: dict[str, Any]) -> list[Problem]:
    """Everything in which the resource departs from the specification."""
    found = list(_shape("MeasureReport", report, REPORT))
    found += list(_codes(report))
    for group in report.get("group", ()):
        found += list(_arithmetic(group))
    return found


def _shape(where: str, value: Any, elements: dict[str, tuple[int, object, str]]) -> Iterator[Problem]:
    if not isinstance(value, dict) or not value:
        yield f"{where} is no object with content"
        return
    yield from (f"{where}.{name} is not in FHIR" for name in value.keys() - elements.keys())
    for name, (least, most, kind) in elements.items():
        if name not in value:
            if least:
                yield f"{where}.{name} is missing"
            continue
        many = most == "*"
        if isinstance(value[name], list) is not many or value[name] == []:
            yield f"{where}.{name} is to be {'a list' if many else 'single'}"
            continue
        for each in value[name] if many else [value[name]]:
            yield from _typed(f"{where}.{name}", each, kind)


def _typed(where: str, value: Any, kind: str) -> Iterator[Problem]:
    if kind in SHAPES:
        yield from _shape(where, value, SHAPES[kind])
        return
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    good = {
        "integer": lambda: isinstance(value, int) and not isinstance(value, bool),
        "decimal": lambda: number,
        "string": lambda: isinstance(value, str) and value.strip() != "",
        "code": lambda: isinstance(value, str) and re.fullmatch(r"[^\s]+( [^\s]+)*", value) is not None,
        "id": lambda: isinstance(value, str) and ID.fullmatch(value) is not None,
        "uri": lambda: isinstance(value, str) and URI.fullmatch(value) is not None,
        "date": lambda: isinstance(value, str) and DATE.fullmatch(value) is not None,
        "any": lambda: True,
    }[kind]()
    if not good:
        yield f"{where} is no {kind}: {value!r}"


def _codes(report: dict[str, Any]) -> Iterator[Problem]:
    checks = [
        ("resourceType", report.get("resourceType") == "MeasureReport"),
        ("status", report.get("status") in STATUS),
        ("type", report.get("type") in TYPE),
        ("subject", "subject" not in report or report["subject"].get("type") in SUBJECTS),
        ("reporter", "reporter" not in report or report["reporter"].get("type") in REPORTERS),
        # mrp-1: reports for data collection shall not communicate group and score.
        ("group", report.get("type") != "data-collection" or "group" not in report),
        ("period", report["period"]["start"] <= report["period"]["end"]),
    ]
    yield from (f"{name} has a value that FHIR does not allow" for name, good in checks if not good)
    yield from _coded(report["improvementNotation"], "measure-improvement-notation", NOTATION)
    for group in report.get("group", ()):
        for population in group["population"]:
            yield from _coded(population["code"], "measure-population", POPULATIONS)


def _coded(concept: dict[str, Any], system: str, codes: set[str]) -> Iterator[Problem]:
    for coding in concept["coding"]:
        if coding["system"] != f"http://terminology.hl7.org/CodeSystem/{system}" or coding["code"] not in codes:
            yield f"{coding} is not of {system}"


def _arithmetic(group: dict[str, Any]) -> Iterator[Problem]:
    """A proportion's score is numerator over denominator without its exclusions (CQFM 4.3)."""
    counts: dict[str, int] = {}
    for population in group["population"]:
        if "count" not in population:
            return
        code = population["code"]["coding"][0]["code"]
        counts[code] = counts.get(code, 0) + population["count"]
    rest = counts["denominator"] - counts.get("denominator-exclusion", 0)
    score = group["measureScore"].get("value")
    if not rest:
        if score is not None:
            yield "a score without a denominator"
    elif score is None or abs(score - 100 * counts["numerator"] / rest) > 0.05001:
        yield f"score {score} is not {counts['numerator']} of {rest}"
    if not counts["numerator"] <= rest <= counts["denominator"] <= counts["initial-population"]:
        yield f"populations do not contain each other: {counts}"
