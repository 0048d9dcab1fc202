"""A form as a FHIR R4 Questionnaire, for systems that fill in or keep forms.

Skip logic becomes `enableWhen` where FHIR can say it; what it cannot, and what only we know (soft
ranges, kinds of missing, formulas), goes into extensions of ours as text, so that nothing is lost.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from measures.definition.answers import Answers
from measures.definition.canonical import Json
from measures.definition.compiled import ResolvedForm, resolve_form
from measures.definition.display import input_text
from measures.definition.expression.nodes import (
    CodeNumber,
    Compare,
    Constant,
    In,
    IsMissing,
    Kind,
    Logic,
    Node,
    Not,
    Selected,
    Variable,
)
from measures.definition.expression.python import compile_condition
from measures.definition.spec import FormSpec, FormVersionSpec, Section, Value, VariableSpec, VariableType


# Extensions of ours, by what they say; and where forms and their codes are named.
OURS = "urn:colloquy:"
_HL7 = "http://hl7.org/fhir/StructureDefinition/"
_TYPES = {
    VariableType.INTEGER: "integer",
    VariableType.DECIMAL: "decimal",
    VariableType.TEXT: "text",
    VariableType.DATE: "date",
    VariableType.TIME: "time",
    VariableType.DATETIME: "dateTime",
    VariableType.YES_NO: "boolean",
    VariableType.ONE_OF: "choice",
    VariableType.MANY_OF: "choice",
}
# FHIR's dates with a time name a zone, and ours have none: their bounds stay text.
_BOUNDED = {
    VariableType.INTEGER: "valueInteger",
    VariableType.DECIMAL: "valueDecimal",
    VariableType.DATE: "valueDate",
    VariableType.TIME: "valueTime",
}
_OPERATORS = {"=": "=", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_OPPOSITE = {"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}

Item = dict[str, Json]


def questionnaire(version: FormVersionSpec, *, status: str = "active") -> dict[str, Json]:
    """The form version as a Questionnaire; `status` is draft, active or retired."""
    form = version.form
    found: dict[str, Json] = {
        "resourceType": "Questionnaire",
        "url": f"{OURS}form:{form.slug}",
        "identifier": [{"system": f"{OURS}digest", "value": form.digest}],
        "version": str(version.number),
        "name": computable(f"form-{form.slug}"),
        "title": form.name,
        "status": status,
        "date": version.effective_from.isoformat(),
        "effectivePeriod": _period(version),
        "item": [*_Writer(form).items()],
    }
    return {**found, **({"description": version.note} if version.note.strip() else {})}


def _period(version: FormVersionSpec) -> Json:
    end = {"end": version.effective_to.isoformat()} if version.effective_to else {}
    return {"start": version.effective_from.isoformat(), **end}


def computable(slug: str) -> str:
    """A name as FHIR wants one for programs."""
    return "".join(part.capitalize() for part in re.split("[^A-Za-z0-9]+", slug))


class _Writer:
    def __init__(self, form: FormSpec) -> None:
        self.form = form
        self.resolved: ResolvedForm = resolve_form(form)

    def items(self) -> Iterator[Item]:
        for section in self.form.sections:
            if variables := self.form.in_section(section.name):
                yield self.group(section, variables)

    def group(self, section: Section, variables: tuple[VariableSpec, ...]) -> Item:
        inside: list[Json] = [self.item(variable) for variable in variables]
        return {"linkId": f"section.{section.name}", "type": "group", "text": _text(section.label), "item": inside}

    def item(self, variable: VariableSpec) -> Item:
        item: Item = {
            "linkId": variable.name,
            "type": _TYPES[variable.type],
            "text": _text(variable.label),
            "required": variable.required,
        }
        if variable.codes:
            item["answerOption"] = [{"valueCoding": coding(self.form, variable, code)} for code in variable.code_labels]
        if variable.type is VariableType.MANY_OF:
            item["repeats"] = True
        if variable.calculation:
            item["readOnly"] = True
        if variable.definition.strip():
            item["item"] = [_help(variable)]
        extensions = [*_extensions(variable)]
        if variable.show_if:
            asked = self.enabled(self.resolved.show_if[variable.name])
            item |= asked or {}
            extensions += [] if asked else [_ours("show-if", variable.show_if)]
        return {**item, "extension": [*extensions]} if extensions else item

    def enabled(self, node: Node) -> Item | None:
        """`enableWhen` that is met exactly where `node` is true; None where FHIR has no words for it."""
        found = _condition(node, negated=False)
        tests = [self.test(part) for part in found.tests] if found else []
        if found is None or None in tests:
            return None
        behaviour: Item = {} if len(tests) == 1 else {"enableBehavior": "all" if found.joined_by == "and" else "any"}
        return {"enableWhen": [*tests], **behaviour}

    def test(self, part: "_Test") -> Item | None:
        answer = self.answer(part)
        return {"question": part.name, "operator": part.operator, **answer} if answer else None

    def answer(self, part: "_Test") -> Item | None:  # noqa: PLR0911 - one a type
        variable, value = self.form.variable(part.name), part.value
        if part.operator == "exists" or variable.type is VariableType.YES_NO:
            return {"answerBoolean": value is True}
        match variable.type:
            case VariableType.INTEGER if value == int(_number(value)):
                return {"answerInteger": int(_number(value))}
            case VariableType.DECIMAL:
                return {"answerDecimal": float(_number(value))}
            case VariableType.ONE_OF | VariableType.MANY_OF:
                return {"answerCoding": coding(self.form, variable, str(value))}
            case VariableType.DATE if isinstance(value, date):
                return {"answerDate": value.isoformat()}
            case VariableType.TIME if isinstance(value, time):
                return {"answerTime": value.isoformat()}
            case VariableType.TEXT:
                return {"answerString": str(value)}
        return None


def _number(value: object) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal("NaN")


def _text(words: str) -> str:
    """FHIR refuses texts that are blank."""
    return words if words.strip() else "-"


def coding(form: FormSpec, variable: VariableSpec, code: str) -> Json:
    """A code of ours: its system is the form's variable."""
    label = variable.code_labels.get(code, "")
    system = f"{OURS}form:{form.slug}:{variable.name}"
    return {"system": system, "code": code, **({"display": label} if label.strip() else {})}


def _help(variable: VariableSpec) -> Json:
    control: Json = {"coding": [{"system": "http://hl7.org/fhir/questionnaire-item-control", "code": "help"}]}
    extension: Json = {"url": f"{_HL7}questionnaire-itemControl", "valueCodeableConcept": control}
    return {
        "linkId": f"{variable.name}.help",
        "type": "display",
        "text": variable.definition,
        "extension": [extension],
    }


def _ours(name: str, text: str) -> Json:
    return {"url": f"{OURS}{name}", "valueString": text}


def _extensions(variable: VariableSpec) -> Iterator[Json]:
    bounds, key = variable.range, _BOUNDED.get(variable.type)
    if variable.units:
        yield {"url": f"{_HL7}questionnaire-unit", "valueCoding": {"display": variable.units}}
    for name, bound in (("minValue", bounds.hard_min), ("maxValue", bounds.hard_max)):
        if bound is not None:
            yield {"url": f"{_HL7}{name}", key: _bound(bound)} if key else _ours(name, input_text(bound))
    for name, bound in (("usual-minimum", bounds.soft_min), ("usual-maximum", bounds.soft_max)):
        if bound is not None:
            yield _ours(name, input_text(bound))
    for name, text in (("required-if", variable.required_if), ("calculation", variable.calculation)):
        if text:
            yield _ours(name, text)
    for kind in variable.missing:
        yield {"url": f"{OURS}missing", "valueCode": kind.value.replace("_", "-")}


def _bound(bound: Value) -> Json:
    if isinstance(bound, Decimal):
        return float(bound)
    return bound.isoformat() if isinstance(bound, date | time) else int(str(bound))


# Skip logic in FHIR's words -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Test:
    """One comparison of an answer with a fixed value. Without an answer it is not met, as with us."""

    name: str
    operator: str
    value: object


@dataclass(frozen=True)
class _Tests:
    """Comparisons, all joined by `and` or all by `or`; a single one by either."""

    tests: tuple[_Test, ...]
    joined_by: str


def _condition(node: Node, *, negated: bool) -> _Tests | None:  # noqa: PLR0911 - one a kind of node
    """`node`, or where it is false, as comparisons; None where it takes more than FHIR has."""
    match node:
        case Variable(name, Kind.BOOLEAN):
            return _single(name, "=", value=not negated)
        case Not(operand):
            return _condition(operand, negated=not negated)
        case Logic(operator, operands):
            turned = {"and": "or", "or": "and"}[operator] if negated else operator
            return _joined(turned, [_condition(part, negated=negated) for part in operands])
        case Compare(operator, Variable(name), Constant(value)):
            return _single(name, _OPERATORS[_OPPOSITE[operator] if negated else operator], value=value)
        case Compare(_, CodeNumber(name, codes), Constant()):
            wanted = compile_condition(node)
            chosen = [code for code in codes if wanted(Answers({name: code})) is not negated]
            return _one_of(name, chosen) if chosen else None
        case In(Variable(name), items) if not negated:
            return _one_of(name, [item.value for item in items])
        case In(Variable(name), items):
            return _Tests(tuple(_Test(name, "!=", item.value) for item in items), "and")
        case Selected(name, code) if not negated:
            return _single(name, "=", value=code)
        case IsMissing(name, None):
            return _single(name, "exists", value=negated)
    return None


def _single(name: str, operator: str, *, value: object) -> _Tests:
    return _Tests((_Test(name, operator, value),), "")


def _one_of(name: str, values: Sequence[object]) -> _Tests:
    return _Tests(tuple(_Test(name, "=", value) for value in values), "or")


def _joined(operator: str, parts: list[_Tests | None]) -> _Tests | None:
    tests: list[_Test] = []
    for part in parts:
        if part is None or (len(part.tests) > 1 and part.joined_by != operator):
            return None
        tests += part.tests
    return _Tests(tuple(tests), operator)
