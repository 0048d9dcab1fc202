"""Outcomes and month counts of many cases in a few statements: after an import, or when a definition is published."""

from collections.abc import Sequence

from django.db import connection, transaction

from cases.enums import COUNTED
from cases.models import Case
from feedback.enums import BY_DECISION
from feedback.services.evaluation import FormMeasures, form_measures
from feedback.services.outcomes import lock_hospital
from measures.definition.expression.sql import Sql, join, literal
from measures.definition.outcomes_sql import cases_of


CASES = "cases_case"
# By the outcome's own hospital too: the index that has it is the one to use, whatever the statistics say after an import.
_CLEAR = "DELETE FROM feedback_caseoutcome AS o USING (SELECT id, participation_id FROM cases_case WHERE "
_FORGET = "DELETE FROM feedback_caseoutcome WHERE case_id = ANY ("
_FORGET_HOSPITAL = "DELETE FROM feedback_caseoutcome WHERE participation_id = ANY ("
_CLEARED = ") AS c WHERE o.case_id = c.id AND o.participation_id = c.participation_id"
_INSERT = """INSERT INTO feedback_caseoutcome
  (collaborative_id, participation_id, case_id, measure_version_id, month, outcome, reason, missing, value)
SELECT c.collaborative_id, c.participation_id, c.id, v.id, date_trunc('month', c.event_date)::date,
  CASE WHEN d.id IS NULL THEN found.outcome ELSE 'excluded' END,
  CASE WHEN d.id IS NULL THEN found.reason ELSE %s END,
  CASE WHEN d.id IS NULL THEN to_jsonb(found.missing) ELSE '[]'::jsonb END,
  CASE WHEN d.id IS NULL THEN found.value END
FROM ("""
# What the centre decided comes last in the case flow: a case that the definition leaves out keeps the reason it gives.
_DECIDED = """
LEFT JOIN feedback_decidedexclusion AS d ON d.case_id = c.id AND d.participation_id = c.participation_id
  AND d.measure_id = v.measure_id AND d.lifted_at IS NULL AND found.outcome <> 'excluded'"""
_COUNT = """INSERT INTO feedback_sitemonth
  (collaborative_id, participation_id, measure_version_id, month, met, not_met, excluded, cannot_tell, refreshed_at)
SELECT collaborative_id, participation_id, measure_version_id, month,
  count(*) FILTER (WHERE outcome = 'met'), count(*) FILTER (WHERE outcome = 'not_met'),
  count(*) FILTER (WHERE outcome = 'excluded'), count(*) FILTER (WHERE outcome = 'cannot_tell'), now()
FROM feedback_caseoutcome WHERE participation_id = ANY (%s::bigint[])"""
_GROUPED = """
GROUP BY collaborative_id, participation_id, measure_version_id, month
ON CONFLICT (participation_id, measure_version_id, month) DO UPDATE SET
  met = EXCLUDED.met, not_met = EXCLUDED.not_met, excluded = EXCLUDED.excluded, cannot_tell = EXCLUDED.cannot_tell,
  refreshed_at = EXCLUDED.refreshed_at"""
_ZERO = """UPDATE feedback_sitemonth AS m SET met = 0, not_met = 0, excluded = 0, cannot_tell = 0, refreshed_at = now()
WHERE participation_id = ANY (%s::bigint[]) AND met + not_met + excluded + cannot_tell > 0 AND NOT EXISTS (
  SELECT 1 FROM feedback_caseoutcome AS o WHERE o.participation_id = m.participation_id
    AND o.measure_version_id = m.measure_version_id AND o.month = m.month)"""


@transaction.atomic
def evaluate_collaborative(collaborative_id: int) -> None:
    """Evaluate every case of every hospital by the published measures: for new definitions."""
    found = Case.objects.filter(collaborative_id=collaborative_id).order_by().values_list("participation_id", flat=True)
    _evaluate(collaborative_id, sorted(found.distinct()), Sql(""))


@transaction.atomic
def evaluate_import(collaborative_id: int, import_id: int) -> None:
    """Evaluate the cases that a file brought or changed."""
    found = Case.objects.filter(collaborative_id=collaborative_id, case_import_id=import_id).order_by()
    hospitals = found.values_list("participation_id", flat=True).distinct()
    _evaluate(collaborative_id, sorted(hospitals), Sql(" AND case_import_id = %s", (import_id,)))


@transaction.atomic
def follow_undo(
    collaborative_id: int, *, deleted: Sequence[int], restored: Sequence[int], hospitals: Sequence[int]
) -> None:
    """Forget the outcomes of cases that an undo took away, and evaluate again those that it restored."""
    _lock(hospitals)
    gone = literal([str(each) for each in deleted], "bigint[]")
    _run(Sql(_FORGET) + gone + ")")
    again = Sql(" AND id = ANY (") + literal([str(each) for each in restored], "bigint[]") + ")"
    _evaluate(collaborative_id, sorted(hospitals), again)


@transaction.atomic
def evaluate_measure_of(hospital: int, versions: Sequence[int], form: FormMeasures | None) -> None:
    """Evaluate a hospital's cases by the one measure of `form`; forget what its `versions` said of them before."""
    lock_hospital(hospital)
    keys, own = literal([str(each) for each in versions], "bigint[]"), literal([str(hospital)], "bigint[]")
    of_measure = " AND measure_version_id = ANY (" + keys + ")"
    _run(Sql(_FORGET_HOSPITAL) + own + ")" + of_measure)
    if form is not None:
        _run(_insert(form, "participation_id = ANY (" + own + ")"))
    _run(Sql(_COUNT, own.params) + of_measure + _GROUPED)
    _run(Sql(_ZERO, own.params) + of_measure)


def _evaluate(collaborative_id: int, participation_ids: list[int], narrower: Sql) -> None:
    _lock(participation_ids)
    hospitals = literal([str(each) for each in participation_ids], "bigint[]")
    chosen = "participation_id = ANY (" + hospitals + ")" + narrower
    _run(Sql(_CLEAR) + chosen + _CLEARED)
    for form in form_measures(collaborative_id):
        _run(_insert(form, chosen))
    for counts in (_COUNT + _GROUPED, _ZERO):
        _run(Sql(counts, hospitals.params))


def _lock(participation_ids: Sequence[int]) -> None:
    for participation_id in sorted(participation_ids):  # in one order everywhere: no two workers wait for each other
        lock_hospital(participation_id)


def _insert(form: FormMeasures, chosen: Sql) -> Sql:
    of_form = (
        " AND status = ANY (%s::text[]) AND form_version_id IN (SELECT id FROM measures_formversion WHERE form_id = %s)"
    )
    complete = chosen + Sql(of_form, ([each.value for each in COUNTED], form.form.pk))
    versions = join(
        Sql("(%s, %s, %s)", (version.definition.slug, version.pk, version.measure_id)) for version in form.versions
    )
    return (
        Sql(_INSERT, (BY_DECISION,))
        + form.select(cases_of(CASES, complete.text, complete.params))
        + f") AS found\nJOIN {CASES} AS c ON c.id = found.id\nJOIN (VALUES "
        + versions
        + ") AS v(measure, id, measure_id) ON v.measure = found.measure"
        + _DECIDED
    )


def _run(statement: Sql) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.params)  # type: ignore[arg-type]  # django-stubs knows no time of day
