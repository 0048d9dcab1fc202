"""Statements that are put together once in the life of a process, and read with other values each time.

Putting a query set together and turning it into SQL takes longer than PostgreSQL takes to answer it, where it has many
parts and a page asks it again and again. Only the text is kept, never a row: every reading asks the database, behind the
wall of that moment.
"""

from collections.abc import Callable
from copy import copy
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import connections
from django.db.models import Field, QuerySet, Value
from django.db.models.sql.compiler import SQLCompiler


Row = TypeVar("Row")


class Given(Value):
    """A value that is known only when the statement is read, by its name."""

    def __init__(self, name: str, output_field: "Field[Any, Any]") -> None:
        super().__init__(name, output_field=output_field)
        self.name = name

    def as_sql(self, *_: object, **__: object) -> tuple[str, list[Any]]:  # type: ignore[override]  # as `Value` does
        return "%s", [self]


class _Compiled(NamedTuple):
    rows: "QuerySet[Any, Any]"
    compiler: SQLCompiler
    sql: str
    parameters: tuple[Any, ...]


class Kept(Generic[Row]):
    """A query set that `put_together` makes of `Given` values; nothing in it may come from who reads."""

    def __init__(self, put_together: "Callable[[], QuerySet[Any, Row]]") -> None:
        self._put_together = put_together

    @cached_property
    def _compiled(self) -> _Compiled:
        rows = self._put_together()
        compiler = rows.query.get_compiler(using=rows.db)
        sql, parameters = compiler.as_sql()
        return _Compiled(rows, compiler, sql, tuple(parameters))

    def read(self, **given: object) -> list[Row]:
        """In one statement. Each `Given` has to have its value here."""
        rows, compiler, sql, parameters = self._compiled
        values: tuple[Any, ...] = tuple(given[each.name] if isinstance(each, Given) else each for each in parameters)
        again, query = copy(compiler), copy(rows.query)
        again.connection = connections[rows.db]  # that of this thread
        again.as_sql = lambda *_, **__: (sql, values)  # type: ignore[method-assign]
        query.get_compiler = lambda *_, **__: again  # type: ignore[method-assign]
        found = rows.__class__(model=rows.model, query=query, using=rows.db)
        iterable: Any = rows._iterable_class(found)  # noqa: SLF001 -- what makes rows of it, as iterating would
        return list(iterable)
