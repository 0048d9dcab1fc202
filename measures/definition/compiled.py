"""A form with its expressions resolved and compiled, and the order in which they depend on each other."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter

from measures.definition.expression.coerce import KINDS
from measures.definition.expression.nodes import Node, names
from measures.definition.expression.python import Compiled, Condition, compile_condition, compile_node
from measures.definition.expression.resolve import calculation, condition
from measures.definition.spec import FormSpec, Rule, VariableSpec


@dataclass(frozen=True)
class ResolvedForm:
    """The expressions of a form as nodes, by the variable they belong to; rules in their order."""

    # Variables whose being shown or whose value follows from others, each after those.
    derived: tuple[str, ...]
    show_if: Mapping[str, Node]
    required_if: Mapping[str, Node]
    calculations: Mapping[str, Node]
    rules: tuple[tuple[Rule, Node], ...]


@dataclass(frozen=True)
class CompiledForm:
    derived: tuple[VariableSpec, ...]
    show_if: Mapping[str, Condition]
    required_if: Mapping[str, Condition]
    calculations: Mapping[str, Compiled]
    rules: tuple[tuple[Rule, Condition], ...]


def resolve_form(form: FormSpec) -> ResolvedForm:
    """Raises ExpressionError or CycleError for a form that was not checked; see semantics.py."""
    shown = {item.name: condition(item.show_if, form) for item in form.variables if item.show_if}
    required = {item.name: condition(item.required_if, form) for item in form.variables if item.required_if}
    computed = {
        item.name: calculation(item.calculation, form, KINDS[item.type]) for item in form.variables if item.calculation
    }
    # Sorted: one form has one order in every process, since the browser's program is kept by the form's digest.
    needs = {
        name: sorted(frozenset().union(*(names(nodes[name]) for nodes in (shown, computed) if name in nodes)))
        for name in [item.name for item in form.variables if item.show_if or item.calculation]
    }
    return ResolvedForm(
        derived=tuple(name for name in dependency_order(needs) if name in needs),
        show_if=shown,
        required_if=required,
        calculations=computed,
        rules=tuple((rule, condition(rule.when, form)) for rule in form.rules),
    )


@lru_cache(maxsize=256)
def compile_form(form: FormSpec) -> CompiledForm:
    """Raises ExpressionError or CycleError for a form that was not checked; see semantics.py."""
    resolved = resolve_form(form)
    return CompiledForm(
        derived=tuple(map(form.variable, resolved.derived)),
        show_if={name: compile_condition(node) for name, node in resolved.show_if.items()},
        required_if={name: compile_condition(node) for name, node in resolved.required_if.items()},
        calculations={name: compile_node(node) for name, node in resolved.calculations.items()},
        rules=tuple((rule, compile_condition(node)) for rule, node in resolved.rules),
    )


def dependency_order(needs: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Each name after those it needs; CycleError where that cannot be."""
    return tuple(TopologicalSorter(needs).static_order())


def find_cycle(needs: Mapping[str, Iterable[str]]) -> list[str]:
    """A ring of names that need each other, the first again at its end; empty if there is none."""
    try:
        dependency_order(needs)
    except CycleError as error:
        ring: list[str] = error.args[1]
        return ring[::-1]
    return []
