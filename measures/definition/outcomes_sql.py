"""The outcomes of many cases under all measures of their form, in one pass of PostgreSQL.

The same as evaluate.py, row for row; tests hold them together.
"""

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
    columns = [
        Sql(str(place)),
        literal(measure.slug, "text"),
        literal([name for name, _ in measure.exclusions], "text[]"),
        sql(measure.population),
        "ARRAY[" + join(sql(node) for _, node in measure.exclusions) + "]::boolean[]",
        sql(measure.numerator) if measure.numerator else Sql("TRUE"),
        Sql("TRUE" if measure.value else "FALSE"),
        sql(measure.value) if measure.value else Sql("NULL::numeric"),
    ]
    return "(" + join(columns) + ")"


def _missing(resolved: Sequence[ResolvedMeasure], in_order: list[str]) -> Sql:
    cases = [f"\n      WHEN {place} THEN " + blame_sql(measure.blames) for place, measure in enumerate(resolved)]
    blamed = "CASE f.place" + join(cases, "") + " END"
    listed = "ARRAY(SELECT n FROM unnest(" + literal(in_order, "text[]") + ") AS n WHERE n = ANY (" + blamed + "))"  # noqa: S608 - names are quoted, values are parameters
    return f"CASE WHEN o.outcome = '{OutcomeKind.CANNOT_TELL}' THEN " + listed + " ELSE '{}'::text[] END"


def both_outcomes_sql(form: FormSpec, now: MeasureSpec, before: MeasureSpec | None, cases: Sql) -> Sql:
    """A SELECT of (id, participation_id, outcome, reason, missing, value, was): what each case becomes, and was before.

    `cases` is a SELECT of (id, participation_id, answers, missing). One row for each case, so that nothing has to be brought together afterwards. `was` is NULL without an earlier one.
    """
    resolved = [resolve_measure(each, form) for each in (now, before) if each is not None]
    read = frozenset().union(*(measure.names for measure in resolved)) or {form.variables[0].name}
    types = {variable.name: variable.type for variable in form.variables if variable.name in read}
    was = Sql("NULL::text") if before is None else Sql("b.outcome || ' ' || b.reason")
    earlier = Sql("") if before is None else "\nCROSS JOIN LATERAL " + _judged(resolved[1], []) + " AS b"
    return (
        "SELECT c.id, c.participation_id, n.outcome, n.reason, n.missing, n.value, "
        + was
        + " AS was\nFROM ("
        + cases
        + f") AS c\nCROSS JOIN LATERAL jsonb_to_record(c.answers) AS a({record(types)})\nCROSS JOIN LATERAL "
        + _judged(resolved[0], list(types))
        + " AS n"
        + earlier
    )


def _judged(measure: ResolvedMeasure, in_order: list[str]) -> Sql:
    """One case under one measure. OFFSET 0 keeps the planner from writing every expression out again at each use."""
    missing = _missing([measure], in_order) if in_order else Sql("NULL::text[]")
    columns = f"SELECT o.outcome, {_REASON} AS reason, " + missing + f" AS missing, {_VALUE} AS value"
    once = "(SELECT * FROM (VALUES " + _row(0, measure) + f") AS v({_ROW}) OFFSET 0) AS f"  # noqa: S608 - names are quoted, values are parameters
    return "(" + columns + " FROM " + once + f" CROSS JOIN LATERAL (SELECT {_OUTCOME} AS outcome OFFSET 0) AS o)"
