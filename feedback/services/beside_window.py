"""What a snapshot freezes beside the cases of its window: events of rare outcomes before it, and cases not complete yet."""

from collections.abc import Mapping, Sequence

from django.db import connection

from cases.enums import CaseStatus
from feedback.selectors.slices import Sequenced
from feedback.services.freezing import HISTORY_YEARS, Window, history_from
from feedback.services.numbers.monitoring import RARE, WATCHED
from measures.definition.spec import MeasureKind, MeasureSpec


Key = tuple[int, int]  # hospital, measure version
History = Mapping[Key, Sequence[tuple[int, int, int]]]
# So that a chart drawn event by event stays so while there are up to twice as many events as make one.
MOST_EVENTS = 2 * RARE * HISTORY_YEARS
_EVENTS = """
SELECT hospital, version, array_agg(day ORDER BY place), array_agg(place ORDER BY place), max(cases) FROM (
  SELECT o.participation_id AS hospital, o.measure_version_id AS version, o.outcome,
    c.event_date - date '1970-01-01' AS day,
    row_number() OVER (PARTITION BY o.participation_id, o.measure_version_id ORDER BY c.event_date, c.id) AS place,
    count(*) OVER (PARTITION BY o.participation_id, o.measure_version_id) AS cases
  FROM unnest(%s::bigint[], %s::bigint[]) AS asked (hospital, version)
  JOIN feedback_caseoutcome AS o ON o.participation_id = asked.hospital AND o.measure_version_id = asked.version
  JOIN cases_case AS c ON c.id = o.case_id
  WHERE o.month >= %s AND o.month < %s AND o.outcome IN ('met', 'not_met')
) AS counted WHERE outcome = 'met' GROUP BY hospital, version
"""
_OPEN = """
SELECT c.participation_id, f.form_id, count(*) FROM cases_case AS c
JOIN measures_formversion AS f ON f.id = c.form_version_id
WHERE c.participation_id = ANY (%s::bigint[]) AND c.status = %s AND c.event_date BETWEEN %s AND %s
GROUP BY c.participation_id, f.form_id
"""


def is_watched(measure: MeasureSpec) -> bool:
    """Whether single events of it are shown."""
    return measure.domain in WATCHED and measure.kind is MeasureKind.PROPORTION


def rare_before(window: Window, history: History, watched: frozenset[int]) -> dict[Key, Sequenced]:
    """Event by event, for hospitals that had few of them before the window; one statement."""
    asked = [key for key, months in history.items() if key[1] in watched and 0 < _events(months) < MOST_EVENTS]
    if not asked:
        return {}
    hospitals, versions = ([key[at] for key in asked] for at in (0, 1))
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS, [hospitals, versions, history_from(window.first), window.first])
        return {
            (hospital, version): Sequenced(days, _between(places), cases - places[-1])
            for hospital, version, days, places, cases in cursor.fetchall()
        }


def _events(months: Sequence[tuple[int, int, int]]) -> int:
    return sum(met for _, met, _ in months)


def _between(places: Sequence[int]) -> list[int]:
    """How many cases lie before each event and after the one before it."""
    return [place - before - 1 for before, place in zip([0, *places], places, strict=False)]


def open_cases(window: Window, hospitals: Sequence[int]) -> dict[Key, int]:
    """By hospital and form: cases of the window's last month that are begun and not complete; one statement."""
    opens = window.last.replace(day=1)
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, [list(hospitals), CaseStatus.IN_PROGRESS.value, opens, window.last])
        return {(hospital, form): cases for hospital, form, cases in cursor.fetchall()}
