"""Which missing variables make an expression unknown: what an abstractor is asked to complete.

Not every variable without value: in `[a] = "1" and ([b] = "1" or [c] = "1")` a missing c does
not matter once b is yes. Both back ends walk the same tree.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from measures.definition.answers import Answers
from measures.definition.expression.nodes import (
    Aggregate,
    CodeNumber,
    If,
    IsMissing,
    Logic,
    Node,
    Selected,
    Variable,
    children,
)
from measures.definition.expression.python import compile_node
from measures.definition.expression.sql import Sql, column, join, literal, sql


@dataclass(frozen=True)
class Lack:
    """Blame the variable if it is missing."""

    name: str


@dataclass(frozen=True)
class When:
    """Blame `parts` only where `node` comes out as `state`."""

    node: Node
    state: bool | None
    parts: tuple["Blame", ...]


Blame = Lack | When


def blame(node: Node) -> tuple[Blame, ...]:
    match node:
        case Variable(name) | Selected(name) | CodeNumber(name):
            return (Lack(name),)
        case IsMissing():
            return ()
        case Logic() | Aggregate():
            # These can come out in spite of a missing part.
            return (When(node, None, _of_all(children(node))),)
        case If(condition, then, otherwise):
            branches = (When(condition, True, blame(then)), When(condition, False, blame(otherwise)))  # noqa: FBT003 - a value
            return (When(node, None, (*blame(condition), *branches)),)
    return _of_all(children(node))


def _of_all(nodes: Iterable[Node]) -> tuple[Blame, ...]:
    return tuple(part for node in nodes for part in blame(node))


Missing = Callable[[Answers], frozenset[str]]


def compile_blame(parts: Iterable[Blame]) -> Missing:
    """The names to blame, for the answers of a case."""
    compiled = tuple(_compile_when(part) if isinstance(part, When) else _compile_lack(part) for part in parts)
    return lambda answers: frozenset().union(*(part(answers) for part in compiled))


def _compile_lack(lack: Lack) -> Missing:
    nothing, itself = frozenset[str](), frozenset((lack.name,))
    return lambda answers: nothing if lack.name in answers.values else itself


def _compile_when(when: When) -> Missing:
    nothing = frozenset[str]()
    value, parts = compile_node(when.node), compile_blame(when.parts)
    return lambda answers: parts(answers) if value(answers) is when.state else nothing


_STATES = {None: "NULL", True: "TRUE", False: "FALSE"}


def blame_sql(parts: Iterable[Blame]) -> Sql:
    """The same names, as a text[]; a name may come twice."""
    pieces = [_when_sql(part) if isinstance(part, When) else _lack_sql(part) for part in parts]
    return "(" + join(pieces, " || ") + ")" if pieces else Sql("'{}'::text[]")


def _lack_sql(lack: Lack) -> Sql:
    return f"CASE WHEN {column(lack.name)} IS NULL THEN ARRAY[" + literal(lack.name, "text") + "] ELSE '{}' END"


def _when_sql(when: When) -> Sql:
    test = "CASE WHEN " + sql(when.node) + f" IS {_STATES[when.state]} THEN "
    return test + blame_sql(when.parts) + " ELSE '{}' END"
