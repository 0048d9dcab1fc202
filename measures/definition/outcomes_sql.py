"""The outcomes of many cases under all measures of their form, in one pass of PostgreSQL.

The same as evaluate.py, row for row; tests hold them together.
"""

import re
from collections.abc import Iterable, Sequence

from measures.definition.evaluate import NOT_IN_POPULATION, OutcomeKind, ResolvedMeasure, resolve_measure
from measures.definition.expression.blame import blame_sql
from measures.definition.expression.sql import Parameter, Sql, identifier, join, literal, record, sql
from measures.definition.spec import FormSpec, MeasureSpec


_UNKNOWN = """(f.population IS NULL OR array_position(f.excluded, NULL::boolean) IS NOT NULL
    OR f.numerator IS NULL OR (f.has_value AND f.value IS NULL))"""
_OUTCOME = f"""CASE
    WHEN NOT f.population OR TRUE = ANY (f.excluded) THEN '{OutcomeKind.EXCLUDED}'
    WHEN {_UNKNOWN} THEN '{OutcomeKind.CANNOT_TELL}'
    WHEN f.numerator THEN '{OutcomeKind.MET}'
    ELSE '{OutcomeKind.NOT_MET}'
  END"""
_REASON = f"""CASE
    WHEN o.outcome <> '{OutcomeKind.EXCLUDED}' THEN ''
    WHEN NOT f.population THEN '{NOT_IN_POPULATION}'
    ELSE f.names[array_position(f.excluded, TRUE)]
  END"""
_ROW = "place, measure, names, population, excluded, numerator, has_value, value"
_VALUE = f"CASE WHEN o.outcome IN ('{OutcomeKind.MET}', '{OutcomeKind.NOT_MET}') THEN trim_scale(f.value) END"


def cases_of(table: str, where: str = "TRUE", params: Iterable[Parameter] = ()) -> Sql:
    """Rows of a case table that has the columns id, answers and missing; `where` is SQL of the caller's own."""
    return Sql(f"SELECT id, answers, missing FROM {identifier(table)} WHERE {where}", tuple(params))  # noqa: S608 - names are quoted, values are parameters


def outcomes_sql(form: FormSpec, measures: Sequence[MeasureSpec], cases: Sql) -> Sql:
    """A SELECT of (id, measure, outcome, reason, missing, value), one row for each case and measure.

    `cases` is a SELECT of (id, answers, missing), see `cases_of`. `form` is FormHistory.merged
    where the cases are of several versions. `SET LOCAL jit = off` halves the time of a pass over
    some ten thousand cases: compiling such a statement takes longer than running it.
    """
    resolved = [resolve_measure(measure, form) for measure in measures]
    read = frozenset().union(*(measure.names for measure in resolved)) or {form.variables[0].name}
    types = {variable.name: variable.type for variable in form.variables if variable.name in read}
    return (
        Sql(f"SELECT c.id, f.measure, o.outcome, {_REASON} AS reason, ")
        + _missing(resolved, list(types))
        + f" AS missing, {_VALUE} AS value\nFROM ("
        + cases
        + f") AS c\nCROSS JOIN LATERAL jsonb_to_record(c.answers) AS a({record(types)})\nCROSS JOIN LATERAL (VALUES\n  "
        + join((_row(place, measure) for place, measure in enumerate(resolved)), ",\n  ")
        + f"\n) AS f({_ROW})"
        + f"\nCROSS JOIN LATERAL (SELECT {_OUTCOME} AS outcome) AS o"
    )


def _row(place: int, measure: ResolvedMeasure) -> Sql:
    return "(" + join([Sql(str(place)), literal(measure.slug, "text"), *_columns(measure)]) + ")"


def _columns(measure: ResolvedMeasure) -> list[Sql]:
    return [
        literal([name for name, _ in measure.exclusions], "text[]"),
        sql(measure.population),
        "ARRAY[" + join(sql(node) for _, node in measure.exclusions) + "]::boolean[]",
        sql(measure.numerator) if measure.numerator else Sql("TRUE"),
        Sql("TRUE" if measure.value else "FALSE"),
        sql(measure.value) if measure.value else Sql("NULL::numeric"),
    ]


def _missing(resolved: Sequence[ResolvedMeasure], in_order: list[str]) -> Sql:
    cases = [f"\n      WHEN {place} THEN " + blame_sql(measure.blames) for place, measure in enumerate(resolved)]
    blamed = "CASE f.place" + join(cases, "") + " END"
    listed = "ARRAY(SELECT n FROM unnest(" + literal(in_order, "text[]") + ") AS n WHERE n = ANY (" + blamed + "))"  # noqa: S608 - names are quoted, values are parameters
    return f"CASE WHEN o.outcome = '{OutcomeKind.CANNOT_TELL}' THEN " + listed + " ELSE '{}'::text[] END"


def both_outcomes_sql(form: FormSpec, now: MeasureSpec, before: MeasureSpec | None, cases: Sql) -> Sql:
    """A SELECT of (id, participation_id, outcome, reason, missing, value, was): what each case becomes, and was before.

    `cases` is a SELECT of (id, participation_id, answers, missing). One row for each case, so that nothing has to be
    brought together afterwards; `was` is NULL without an earlier measure; `missing` is in no order and may repeat.
    No lateral subquery: PostgreSQL shares such a statement among its processes. OFFSET 0 keeps each step a step, so
    that no expression is written out again at each use.
    """
    resolved = {"n": resolve_measure(now, form)} | ({"b": resolve_measure(before, form)} if before else {})
    read = frozenset().union(*(measure.names for measure in resolved.values())) or {form.variables[0].name}
    types = {variable.name: variable.type for variable in form.variables if variable.name in read}
    facts = join(_facts(prefix, measure) for prefix, measure in resolved.items())
    known = "SELECT c.id, c.participation_id, " + facts + ", " + _blamed(resolved["n"]) + " AS blamed"
    known += " FROM (" + cases + f") AS c CROSS JOIN LATERAL jsonb_to_record(c.answers) AS a({record(types)}) OFFSET 0"
    outcomes = ", ".join(f"{_of(_OUTCOME, prefix)} AS {prefix}_outcome" for prefix in resolved)
    judged = f"SELECT f.*, {outcomes}" + (" FROM (" + known + ") AS f OFFSET 0")  # noqa: S608 - as below
    was = f"o.b_outcome || ' ' || {_of(_REASON, 'b')}" if before else "NULL::text"
    missing = f"CASE WHEN o.n_outcome = '{OutcomeKind.CANNOT_TELL}' THEN o.blamed ELSE '{{}}'::text[] END"
    columns = (
        f"o.n_outcome AS outcome, {_of(_REASON, 'n')} AS reason, {missing} AS missing, {_of(_VALUE, 'n')} AS value"
    )
    return f"SELECT o.id, o.participation_id, {columns}, {was} AS was FROM (" + judged + ") AS o"  # noqa: S608 - names are quoted, values are parameters


def _of(text: str, prefix: str) -> str:
    """`text` over the columns of one of two measures; a reason and a value are asked of the row that has the outcome."""
    alias = "f" if text is _OUTCOME else "o"
    return re.sub(r"\b[fo]\.", f"{alias}.{prefix}_", text)


def _facts(prefix: str, measure: ResolvedMeasure) -> Sql:
    names = ("names", "population", "excluded", "numerator", "has_value", "value")
    return join(column + f" AS {prefix}_{name}" for column, name in zip(_columns(measure), names, strict=True))


def _blamed(measure: ResolvedMeasure) -> Sql:
    """Looked for only where something is unknown; whether that matters is known a step later."""
    population, numerator = sql(measure.population), sql(measure.numerator) if measure.numerator else Sql("TRUE")
    parts = [population, *(sql(node) for _, node in measure.exclusions), numerator]
    parts += [sql(measure.value)] if measure.value else []
    unknown = join(("(" + part + ") IS NULL" for part in parts), " OR ")
    return "CASE WHEN " + unknown + " THEN " + blame_sql(measure.blames) + " END"
