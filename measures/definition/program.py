"""A form as the browser runs it: static/js/definition/ is the third back end of expressions and checks.

Everything is JSON. Expressions are their canonical nodes; numbers with decimals are text, to stay exact.
"""

from collections.abc import Mapping
from decimal import Decimal

from measures.definition.answers import json_value
from measures.definition.canonical import Json
from measures.definition.compiled import resolve_form
from measures.definition.expression.nodes import Node, canonical
from measures.definition.identifiers import PATTERNS, REMEDY
from measures.definition.spec import FormSpec, Range, Rule, Value, VariableSpec


# Browsers keep a program for a year under its form's digest. A change of the shape below, or of what a node means,
# needs the next number here and in static/js/definition/program.js, which then asks again.
FORMAT = 1


def program_of(form: FormSpec) -> dict[str, Json]:
    """All that derive() and check() of the browser need to say what check.py says.

    Raises
    ------
    ExpressionError, CycleError
        For a form that was not checked; see semantics.py.
    """
    resolved = resolve_form(form)
    return {
        "format": FORMAT,
        "slug": form.slug,
        "digest": form.digest,
        "event_date": form.event_date,
        "sections": [{"name": section.name, "label": section.label} for section in form.sections],
        "variables": [_variable(variable) for variable in form.variables],
        "order": [*resolved.derived],
        "show_if": _nodes(resolved.show_if),
        "required_if": _nodes(resolved.required_if),
        "calculations": _nodes(resolved.calculations),
        "rules": [_rule(rule, node) for rule, node in resolved.rules],
        "identifiers": {"remedy": REMEDY, "patterns": [vars(pattern) for pattern in PATTERNS]},
    }


def _nodes(nodes: Mapping[str, Node]) -> dict[str, Json]:
    return {name: canonical(node) for name, node in nodes.items()}


def _variable(variable: VariableSpec) -> Json:
    return {
        "name": variable.name,
        "label": variable.label,
        "type": variable.type.value,
        "section": variable.section,
        "units": variable.units,
        "codes": [{"value": code.value, "label": code.label} for code in variable.codes],
        "range": _range(variable.range),
        "required": variable.required,
        "missing": [kind.value for kind in variable.missing],
        "calculated": bool(variable.calculation),
        "identifier": variable.identifier.value,
    }


def _range(bounds: Range) -> Json:
    return {name: None if bound is None else _bound(bound) for name, bound in vars(bounds).items()}


def _bound(value: Value) -> Json:
    if isinstance(value, Decimal):
        return format(value, "f")
    data = json_value(value)
    return [*data] if isinstance(data, list) else data


def _rule(rule: Rule, when: Node) -> Json:
    return {
        "name": rule.name,
        "severity": rule.severity.value,
        "message": rule.message,
        "remedy": rule.remedy,
        "variables": [*rule.variables],
        "when": canonical(when),
    }
