"""Definitions as the data of a definition file: what `yaml_source` would read from it.

Fields that hold their default are left out. Versions of a form become one list of variables with `from_version` and
`to_version`, as people keep them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Generic, TypeVar

from measures.definition.display import input_text
from measures.definition.spec import (
    Aim,
    CaseNumberSource,
    CollaborativeSpec,
    Definition,
    Figures,
    FormVersionSpec,
    IdentifierClass,
    ImportDefaults,
    MeasureSpec,
    Range,
    RiskModelSpec,
    Rule,
    Section,
    Value,
    VariableSpec,
)
from measures.definition.yaml_source import Data


Item = TypeVar("Item", VariableSpec, Rule, Section)


def definition_data(definition: Definition) -> dict[str, Data]:
    return {
        "format": 1,
        "collaborative": _collaborative(definition.collaborative),
        **(
            {"forms": {history.slug: form_data(history.versions) for history in definition.forms}}
            if definition.forms
            else {}
        ),
        **(
            {"measures": {each.slug: measure_data(each) for each in definition.measures}} if definition.measures else {}
        ),
        **(
            {"risk_models": {each.slug: risk_model_data(each) for each in definition.risk_models}}
            if definition.risk_models
            else {}
        ),
    }


def form_data(versions: Sequence[FormVersionSpec]) -> dict[str, Data]:
    """One form with these versions, oldest first. What a file says once for all versions is as the last one says."""
    form = versions[-1].form
    data: dict[str, Data] = {
        "name": form.name,
        "case_noun": form.case_noun,
        "case_noun_plural": form.case_noun_plural,
        "event_date": form.event_date,
        "versions": [_version(version) for version in versions],
        "sections": [
            {"name": each.spec.name, "label": each.spec.label}
            for each in _latest(_spread([(version.number, version.form.sections) for version in versions]))
        ],
        "variables": [
            {**_variable(each.spec), **each.bounds}
            for each in _spread([(version.number, version.form.variables) for version in versions])
        ],
    }
    rules = _spread([(version.number, version.form.rules) for version in versions])
    if rules:
        data["rules"] = [{**_rule(each.spec), **each.bounds} for each in rules]
    imports = _imports(form.imports)
    return {**data, "import": imports} if imports else data


@dataclass
class _Span(Generic[Item]):
    """An entry of the list, and the versions that have it."""

    spec: Item
    first: int | None
    last: int | None = None

    @property
    def bounds(self) -> dict[str, Data]:
        first: dict[str, Data] = {"from_version": self.first} if self.first else {}
        return {**first, "to_version": self.last} if self.last else first


def _spread(versions: Sequence[tuple[int, Sequence[Item]]]) -> list[_Span[Item]]:
    """One list that gives each version its own items in its own order when the others are left out."""
    _, items = versions[0]
    spans = [_Span(item, None) for item in items]
    current = list(spans)
    for (before, _), (number, items) in pairwise(versions):
        current = _follow(spans, current, items, before, number)
    return spans


def _follow(
    spans: list[_Span[Item]], current: list[_Span[Item]], items: Sequence[Item], before: int, number: int
) -> list[_Span[Item]]:
    following: list[_Span[Item]] = []
    texts = [repr(span.spec) for span in current], [repr(item) for item in items]
    for kind, start, end, first, last in SequenceMatcher(None, *texts, autojunk=False).get_opcodes():
        if kind == "equal":
            following += current[start:end]
            continue
        for span in current[start:end]:
            span.last = before
        place = _index(spans, following[-1]) + 1 if following else 0
        new = [_Span(item, number) for item in items[first:last]]
        spans[place:place] = new
        following += new
    return following


def _index(spans: list[_Span[Item]], wanted: _Span[Item]) -> int:
    return next(place for place, span in enumerate(spans) if span is wanted)


def _latest(spans: list[_Span[Section]]) -> list[_Span[Section]]:
    """Sections belong to all versions: each name once, as the last version calls it."""
    newest = {span.spec.name: span for span in spans}
    by_place = {span.spec.name: place for place, span in enumerate(spans) if newest[span.spec.name] is span}
    return sorted(newest.values(), key=lambda span: by_place[span.spec.name])


def _version(version: FormVersionSpec) -> dict[str, Data]:
    data: dict[str, Data] = {"number": version.number, "effective_from": version.effective_from.isoformat()}
    if version.effective_to:
        data["effective_to"] = version.effective_to.isoformat()
    return {**data, "note": version.note or f"Version {version.number}."}


def _variable(variable: VariableSpec) -> dict[str, Data]:
    data: dict[str, Data] = {"name": variable.name, "label": variable.label, "type": variable.type.value}
    optional: dict[str, Data] = {
        "units": variable.units,
        "section": variable.section,
        "codes": {code.value: code.label for code in variable.codes},
        "range": _range(variable.range),
        "required": variable.required,
        "required_if": variable.required_if,
        "show_if": variable.show_if,
        "calculation": variable.calculation,
        "missing": [kind.value for kind in variable.missing],
        "identifier": "" if variable.identifier is IdentifierClass.NONE else variable.identifier.value,
        "tier": variable.tier if variable.tier != VariableSpec.tier else 0,
        "definition": variable.definition,
        "scenarios": [*variable.scenarios],
        "aliases": [*variable.aliases],
    }
    return data | {key: value for key, value in optional.items() if value or key == "section"}


def _range(bounds: Range) -> dict[str, Data]:
    return {key: _bound(value) for key, value in vars(bounds).items() if value is not None}


def _bound(value: Value) -> Data:
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    return value if is_number else input_text(value)  # type: ignore[return-value]  # a number, as just asked


def _rule(rule: Rule) -> dict[str, Data]:
    data: dict[str, Data] = {
        "name": rule.name,
        "when": rule.when,
        "severity": rule.severity.value,
        "message": rule.message,
        "remedy": rule.remedy,
    }
    return {**data, "variables": [*rule.variables]} if rule.variables else data


def _imports(imports: ImportDefaults) -> dict[str, Data]:
    by_column = imports.case_number is CaseNumberSource.COLUMN
    data: dict[str, Data] = {
        "constants": {name: _bound(value) for name, value in imports.constants.items()},
        "case_number": "" if by_column else imports.case_number.value,
        "case_number_aliases": [*imports.case_number_aliases],
        "hospital_aliases": [*imports.hospital_aliases],
    }
    return {key: value for key, value in data.items() if value}


def _collaborative(spec: CollaborativeSpec) -> dict[str, Data]:
    data = _plain(spec, keep=("slug", "name", "specialty", "time_zone", "date_order", "confidentiality_footer"))
    policy = _plain(spec.policy, keep=tuple(each.name for each in fields(spec.policy)))
    return {**data, "policy": policy}


def measure_data(measure: MeasureSpec) -> dict[str, Data]:
    keep = ("name", "short_name", "kind", "domain", "direction", "form", "minimum_cases")
    data = _plain(measure, keep=keep)
    usual = {"population": "true", "source": "cases", "form": "", "per": 1, "decimals": 1, "average": "geometric"}
    left_out = {"slug", *(key for key, value in usual.items() if data.get(key) == value)}
    return {key: value for key, value in data.items() if key not in left_out}


def risk_model_data(model: RiskModelSpec) -> dict[str, Data]:
    data = _plain(model, keep=("name", "form", "method", "outcome", "covariates"))
    del data["slug"]
    return data


def _plain(spec: object, keep: Sequence[str]) -> dict[str, Data]:
    """Its fields by name, those that are empty left out unless they are to be kept."""
    data = {each.name: _data(getattr(spec, each.name)) for each in fields(spec)}  # type: ignore[arg-type]  # a dataclass
    return {name: value for name, value in data.items() if name in keep or value not in (None, "", [], {})}


def _data(value: object) -> Data:
    if isinstance(value, bool | int | Decimal) or value is None:
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_data(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _data(item) for key, item in value.items()}
    return _figures(value) if isinstance(value, Figures) else _part(value)


def _part(value: object) -> dict[str, Data]:
    keep = ("statement",) if isinstance(value, Aim) else ("name", "label", "when", "variable", "kind")
    return _plain(value, keep=keep)


def _figures(figures: Figures) -> dict[str, Data]:
    data: dict[str, Data] = {"numerator": figures.numerator, "denominator": figures.denominator}
    return {**data, "expected": True} if figures.expected else data
