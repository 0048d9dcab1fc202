"""A measure as a FHIR R4 Measure, and back. Expressions stay in our own language, named as such.

What FHIR has no place for (short name, minimum, chart, kind, aim) is in one extension of ours, so that nothing is lost.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast

from measures.definition.canonical import Json, digest_of, from_json, to_json
from measures.definition.fhir import OURS, computable
from measures.definition.spec import Direction, Domain, Figures, MeasureKind, MeasureSpec


LANGUAGE = "text/x-colloquy"
_TERMS = "http://terminology.hl7.org/CodeSystem/"
_SCORING = {
    MeasureKind.PROPORTION: "proportion",
    MeasureKind.RATE: "ratio",
    MeasureKind.RATIO: "ratio",
    MeasureKind.CONTINUOUS: "continuous-variable",
}
_TYPES = {
    Domain.STRUCTURE: "structure",
    Domain.PROCESS: "process",
    Domain.OUTCOME: "outcome",
    Domain.BALANCING: "outcome",  # FHIR has no word for it; ours is in an extension
}
_EXTENDED = (
    "form", "short_name", "kind", "domain", "unit_noun", "risk_model", "minimum_cases", "chart", "aim",
    "what_you_can_do", "next_review_on", "source", "figures", "value_unit", "per", "decimals", "average",
)  # fmt: skip
WORDS = "text/plain"  # the language of what is supplied: no program can work it out
_KEYS = {"initial-population": "population", "numerator": "numerator", "measure-observation": "value"}
Item = dict[str, Json]


@dataclass(frozen=True)
class MeasureVersionSpec:
    number: int
    effective_from: date
    effective_to: date | None
    note: str
    measure: MeasureSpec


def fhir_measure(version: MeasureVersionSpec, *, status: str = "active") -> Item:
    """The version as a Measure; `status` is draft, active or retired."""
    spec = version.measure
    end = {"end": version.effective_to.isoformat()} if version.effective_to else {}
    found: Item = {
        "resourceType": "Measure",
        "extension": [_rest(spec)],
        "url": f"{OURS}measure:{spec.slug}",
        "identifier": [{"system": f"{OURS}digest", "value": digest_of(spec)}],
        "version": str(version.number),
        "name": computable(f"measure-{spec.slug}"),
        "title": spec.name,
        "status": status,
        "date": version.effective_from.isoformat(),
        "effectivePeriod": {"start": version.effective_from.isoformat(), **end},
        "scoring": _coded("measure-scoring", _SCORING[spec.kind]),
        "type": [_coded("measure-type", _TYPES[spec.domain])],
        "improvementNotation": _notation(spec),
        "group": [_group(spec)],
    }
    return found | _words(spec, version.note)


def _notation(spec: MeasureSpec) -> Json:
    return _coded("measure-improvement-notation", "decrease" if spec.direction is Direction.LOWER else "increase")


def _words(spec: MeasureSpec, note: str) -> Item:
    said: Item = {
        "description": note.strip(),
        "purpose": spec.why_it_matters,
        "rationale": spec.evidence,
        "guidance": "\n".join(spec.what_you_can_do),
        "lastReviewDate": spec.reviewed_on.isoformat() if spec.reviewed_on else "",
        "author": [{"name": spec.author}] if spec.author else [],
        "reviewer": [{"name": spec.checker}] if spec.checker else [],
    }
    return {key: value for key, value in said.items() if value}


def _coded(system: str, code: str) -> Json:
    return {"coding": [{"system": f"{_TERMS}{system}", "code": code}]}


def _rest(spec: MeasureSpec) -> Json:
    """What FHIR has no place for, as our own canonical JSON."""
    written = cast("Mapping[str, Json]", to_json(spec))
    kept = {name: written[name] for name in _EXTENDED if name in written}
    return {"url": f"{OURS}measure", "valueString": json.dumps(kept, ensure_ascii=False, sort_keys=True)}


def _group(spec: MeasureSpec) -> Json:
    return _supplied(spec.figures) if spec.figures else _counted(spec)


def _supplied(figures: Figures) -> Json:
    parts = (("denominator", figures.denominator), ("numerator", figures.numerator))
    return {
        "population": [
            {"code": _coded("measure-population", code), "criteria": {"language": WORDS, "expression": words}}
            for code, words in parts
        ]
    }


def _counted(spec: MeasureSpec) -> Json:
    populations: list[Json] = [_population("initial-population", spec.population)]
    populations += [
        _population("denominator-exclusion", each.when, name=each.name, label=each.label) for each in spec.exclusions
    ]
    if spec.numerator:
        populations.append(_population("numerator", spec.numerator))
    if spec.value:
        populations.append(_population("measure-observation", spec.value))
    strata: list[Json] = [
        {"code": {"text": name}, "criteria": {"language": LANGUAGE, "expression": f"[{name}]"}}
        for name in spec.stratifiers
    ]
    return {"population": populations, **({"stratifier": strata} if strata else {})}


def _population(code: str, expression: str, *, name: str = "", label: str = "") -> Json:
    criteria: Item = {"language": LANGUAGE, "expression": expression, **({"name": name} if name else {})}
    return {
        "code": _coded("measure-population", code),
        **({"description": label} if label else {}),
        "criteria": criteria,
    }


def measure_of(resource: Mapping[str, Json]) -> MeasureSpec:
    """The measure that `fhir_measure` wrote as `resource`."""
    found = cast("Mapping[str, Any]", resource)
    (rest,) = (each["valueString"] for each in found["extension"] if each["url"] == f"{OURS}measure")
    notation = found["improvementNotation"]["coding"][0]["code"]
    reviewed = found.get("lastReviewDate")
    return replace(
        from_json(MeasureSpec, {**json.loads(rest), **_criteria(found["group"][0]), **_named(found)}),
        direction=Direction.LOWER if notation == "decrease" else Direction.HIGHER,
        reviewed_on=date.fromisoformat(reviewed) if reviewed else None,
    )


def _named(found: Mapping[str, Any]) -> dict[str, Json]:
    people = {"author": found.get("author"), "checker": found.get("reviewer")}
    return {
        "slug": found["url"].removeprefix(f"{OURS}measure:"),
        "name": found["title"],
        "direction": Direction.LOWER.value,
        "why_it_matters": found.get("purpose", ""),
        "evidence": found.get("rationale", ""),
        **{key: each[0]["name"] for key, each in people.items() if each},
    }


def _criteria(group: Mapping[str, Any]) -> dict[str, Json]:
    data: dict[str, Json] = {"stratifiers": [each["code"]["text"] for each in group.get("stratifier", [])]}
    exclusions: list[Json] = []
    for each in group["population"]:
        if each["criteria"]["language"] == WORDS:
            continue  # said in the extension
        code, criteria = each["code"]["coding"][0]["code"], each["criteria"]
        if code == "denominator-exclusion":
            label = each.get("description", "")
            exclusions.append({"name": criteria["name"], "label": label, "when": criteria["expression"]})
        else:
            data[_KEYS[code]] = criteria["expression"]
    return {**data, "exclusions": exclusions}
