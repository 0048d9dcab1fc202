"""What a measure would make of many cases, beside what another makes of them: one pass of PostgreSQL, counted by hospital."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

from cases.enums import COUNTED
from feedback.errors import PreviewTooSlowError
from measures.definition.expression.sql import Sql, literal
from measures.definition.outcomes_sql import both_outcomes_sql
from measures.definition.spec import FormSpec, MeasureSpec


SECONDS = 12  # less than a page's own limit, so that there is time to say so
_COUNT = """SELECT participation_id, outcome, reason, missing, was, count(*), min(id), max(id),
  coalesce(sum(value), 0)::float8, coalesce(sum(value * value), 0)::float8,
  coalesce(sum(ln(greatest(value::float8, %s::float8))), 0), count(*) FILTER (WHERE value <= 0)
FROM ("""
_GROUPED = ") AS judged GROUP BY participation_id, outcome, reason, missing, was"


class Group(NamedTuple):
    """Cases of one hospital that became the same, and were the same; `first` and `last` are two of them."""

    hospital: int
    outcome: str
    reason: str
    missing: Sequence[str]
    was: str | None
    cases: int
    first: int
    last: int
    total: float
    squares: float
    logs: float = 0.0
    not_above_0: int = 0


@dataclass(frozen=True)
class Window:
    """The complete cases of one form whose event was in these days."""

    collaborative_id: int
    form_id: int
    first_day: date
    last_day: date

    @property
    def cases(self) -> Sql:
        chosen = (
            "SELECT id, participation_id, answers, missing FROM cases_case WHERE collaborative_id = %s"
            " AND event_date >= %s AND event_date <= %s AND status = ANY ("
        )
        found = Sql(chosen, (self.collaborative_id, self.first_day, self.last_day))
        found += literal([each.value for each in COUNTED], "text[]")
        of_form = ") AND form_version_id = ANY (ARRAY(SELECT id FROM measures_formversion WHERE form_id = %s))"
        return found + Sql(of_form, (self.form_id,))


def count_preview(form: FormSpec, now: MeasureSpec, before: MeasureSpec | None, window: Window) -> list[Group]:
    """Every group of cases that became the same.

    Raises
    ------
    PreviewTooSlowError
        It took longer than anybody should wait.
    ExpressionError
        An expression does not fit the form.
    """
    statement = (
        Sql(_COUNT, (Decimal(repr(now.smallest_value)),))
        + both_outcomes_sql(form, now, before, window.cases)
        + _GROUPED
    )
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{SECONDS}s"])
            cursor.execute(statement.text, statement.params)  # type: ignore[arg-type]  # django-stubs knows no time of day
            rows = [Group(*row) for row in cursor.fetchall()]
    except OperationalError as problem:
        if isinstance(problem.__cause__, QueryCanceled):
            raise PreviewTooSlowError(SECONDS) from problem
        raise
    return [row._replace(missing=tuple(name for name in form.by_name if name in row.missing)) for row in rows]
