"""A form with its expressions compiled, and the order in which they depend on each other."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter

from measures.definition.expression.coerce import KINDS
from measures.definition.expression.nodes import names
from measures.definition.expression.python import Compiled, Condition, compile_condition, compile_node
from measures.definition.expression.resolve import calculation, condition
from measures.definition.spec import FormSpec, Rule, VariableSpec


@dataclass(frozen=True)
class CompiledForm:
    # Variables whose being shown or whose value follows from others, each after those.
    derived: tuple[VariableSpec, ...]
    show_if: Mapping[str, Condition]
    required_if: Mapping[str, Condition]
    calculations: Mapping[str, Compiled]
    rules: tuple[tuple[Rule, Condition], ...]


@lru_cache(maxsize=256)
def compile_form(form: FormSpec) -> CompiledForm:
    """Raises ExpressionError or CycleError for a form that was not checked; see semantics.py."""
    shown = {item.name: condition(item.show_if, form) for item in form.variables if item.show_if}
    required = {item.name: condition(item.required_if, form) for item in form.variables if item.required_if}
    computed = {
        item.name: calculation(item.calculation, form, KINDS[item.type]) for item in form.variables if item.calculation
    }
    needs = {
        name: frozenset().union(*(names(nodes[name]) for nodes in (shown, computed) if name in nodes))
        for name in [item.name for item in form.variables if item.show_if or item.calculation]
    }
    return CompiledForm(
        derived=tuple(form.variable(name) for name in dependency_order(needs) if name in needs),
        show_if={name: compile_condition(node) for name, node in shown.items()},
        required_if={name: compile_condition(node) for name, node in required.items()},
        calculations={name: compile_node(node) for name, node in computed.items()},
        rules=tuple((rule, compile_condition(condition(rule.when, form))) for rule in form.rules),
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
