"""PostgreSQL for the SQL back end: plain SELECTs over VALUES, which need no table and no viewer."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from django.db import connection

from measures.definition.answers import Answers, to_json
from measures.definition.canonical import from_json
from measures.definition.expression.nodes import Node
from measures.definition.expression.sql import Sql, join, literal, record, sql
from measures.definition.file import load_definition
from measures.definition.spec import Definition, FormSpec


ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "examples"
VECTORS = json.loads((Path(__file__).parent / "expression_vectors.json").read_text(encoding="utf-8"))
Select = Callable[[Sql], list[tuple[object, ...]]]


@pytest.fixture(scope="session")
def form() -> FormSpec:
    """The form of the vectors: one variable or two of every type."""
    return from_json(FormSpec, VECTORS["form"])


@pytest.fixture(scope="session")
def surgical() -> Definition:
    return example("surgical")


def example(name: str) -> Definition:
    path = EXAMPLES / name / "definition.yaml"
    return load_definition(path.read_text(encoding="utf-8"), str(path.relative_to(ROOT)))


@pytest.fixture
def select(db: None) -> Select:
    def run(query: Sql) -> list[tuple[object, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(query.text, query.params)
            return cursor.fetchall()

    return run


def cases_in_sql(cases: Sequence[Answers]) -> Sql:
    """The answers as rows of (id, answers, missing), as a case table stores them."""
    stored = [to_json(answers) for answers in cases]
    rows = [
        Sql(f"({place}, ")
        + literal(json.dumps(one.answers), "jsonb")
        + ", "
        + literal(json.dumps(one.missing), "jsonb")
        + ")"
        for place, one in enumerate(stored)
    ]
    return "SELECT * FROM (VALUES " + join(rows) + ") AS stored(id, answers, missing)"  # noqa: S608 - values are parameters


def values_in_sql(
    select: Select, form: FormSpec, nodes: Sequence[Node], cases: Sequence[Answers]
) -> list[list[object]]:
    """What PostgreSQL makes of each of `nodes` for each of the cases."""
    columns = record({variable.name: variable.type for variable in form.variables})
    query = (
        "SELECT " + join(map(sql, nodes)) + " FROM (" + cases_in_sql(cases) + ") AS c "  # noqa: S608 - made of our own parts
        f"CROSS JOIN LATERAL jsonb_to_record(c.answers) AS a({columns}) ORDER BY c.id"
    )
    return [[*values] for values in zip(*select(query), strict=True)]
