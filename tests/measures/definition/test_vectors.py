"""The vectors that say what expressions mean, against Python and PostgreSQL."""

from datetime import date, datetime, time
from decimal import Decimal

import psycopg
import pytest
from django.db import connection

from measures.definition.answers import Answers, from_json
from measures.definition.expression.nodes import Kind, Node
from measures.definition.expression.python import compile_node
from measures.definition.expression.resolve import calculation, condition
from measures.definition.spec import FormSpec
from tests.measures.definition.conftest import VECTORS, Select, values_in_sql


READ = {
    "number": Decimal,
    "text": str,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "datetime": datetime.fromisoformat,
}
every_vector = pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["expression"])


def node_of(vector: dict, form: FormSpec) -> Node:
    gives = vector.get("gives")
    return calculation(vector["expression"], form, Kind(gives)) if gives else condition(vector["expression"], form)


def answers_of(vector: dict, form: FormSpec) -> list[Answers]:
    return [from_json(form, answers, missing) for answers, missing, _ in vector["cases"]]


def expected_of(vector: dict) -> list[object]:
    read = READ.get(vector.get("gives"), bool)
    return [None if expected is None else read(expected) for _, _, expected in vector["cases"]]


@every_vector
def test_python_gives_what_the_vectors_say(vector, form):
    compiled = compile_node(node_of(vector, form))

    assert [compiled(answers) for answers in answers_of(vector, form)] == expected_of(vector)


@every_vector
def test_postgresql_gives_what_the_vectors_say(vector, form, select: Select):
    [found] = values_in_sql(select, form, [node_of(vector, form)], answers_of(vector, form))

    assert found == expected_of(vector)


def test_postgresql_gives_the_same_when_it_binds_the_parameters_itself(form, db):
    def select_in_server(query):
        connection.ensure_connection()
        with psycopg.Cursor(connection.connection) as cursor:
            return cursor.execute(query.text, query.params).fetchall()

    for vector in VECTORS["vectors"]:
        [found] = values_in_sql(select_in_server, form, [node_of(vector, form)], answers_of(vector, form))
        assert found == expected_of(vector), vector["expression"]
