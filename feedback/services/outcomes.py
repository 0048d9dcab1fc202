"""Keep the outcomes of cases and the month counts of hospitals up to date. A worker's work, safe to run again.

One case at a time after it is completed or re-opened; set-based after an import or a new definition. Both give the
same rows, by test.
"""

from collections import Counter
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from cases.models import Case
from feedback.enums import BY_DECISION, Outcome
from feedback.models import CaseOutcome, DecidedExclusion, SiteMonth
from feedback.services.evaluation import FormMeasures, form_measures
from measures.definition.evaluate import Outcome as FoundOutcome
from measures.definition.evaluate import OutcomeKind


HOSPITAL_LOCKS = 7002  # first key of our advisory locks on a hospital's counts
_EXCLUDED: dict[str, Any] = {"outcome": Outcome.EXCLUDED.value, "reason": BY_DECISION, "missing": [], "value": None}
Month = tuple[int, date, str]  # measure version, first day of the month, outcome


@transaction.atomic
def evaluate_case(case_id: int) -> None:
    """Write what the case counts as, and move its hospital's month counts by the difference.

    A case that is not complete counts as nothing.
    """
    participation_id = Case.objects.values_list("participation_id", flat=True).get(pk=case_id)
    lock_hospital(participation_id)
    case = Case.objects.select_related("form_version").get(pk=case_id)
    wanted = {outcome.measure_version_id: outcome for outcome in _wanted(case)}
    existing = {outcome.measure_version_id: outcome for outcome in CaseOutcome.objects.filter(case_id=case_id)}
    stale = [outcome for key, outcome in existing.items() if not _same(outcome, wanted.get(key))]
    fresh = [outcome for key, outcome in wanted.items() if not _same(outcome, existing.get(key))]
    CaseOutcome.objects.filter(pk__in=[outcome.pk for outcome in stale]).delete()
    CaseOutcome.objects.bulk_create(fresh)
    change = Counter(map(_month, fresh))
    change.subtract(map(_month, stale))
    _move_counts(case, change)


def lock_hospital(participation_id: int) -> None:
    """Let one worker at a time count a hospital's cases; the lock ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [HOSPITAL_LOCKS, participation_id % 2**31])


def _wanted(case: Case) -> list[CaseOutcome]:
    if not case.is_counted:
        return []
    found = next(
        (each for each in form_measures(case.collaborative_id) if each.form.pk == case.form_version.form_id), None
    )
    if found is None:
        return []
    decided = _decided(case, found)
    return [
        CaseOutcome(
            collaborative_id=case.collaborative_id,
            participation_id=case.participation_id,
            case_id=case.pk,
            measure_version_id=version_id,
            month=case.event_date.replace(day=1),
            **(_EXCLUDED if version_id in decided and outcome.kind is not OutcomeKind.EXCLUDED else _columns(outcome)),
        )
        for version_id, outcome in found.outcomes(case).items()
    ]


def _columns(outcome: FoundOutcome) -> dict[str, Any]:
    return {
        "outcome": outcome.kind.value,
        "reason": outcome.reason,
        "missing": list(outcome.missing),
        "value": None if outcome.value is None else float(outcome.value),
    }


def _decided(case: Case, found: FormMeasures) -> set[int]:
    """Versions of the measures for which the centre decided that the case does not count."""
    decided = DecidedExclusion.objects.filter(
        collaborative_id=case.collaborative_id, case_id=case.pk, participation_id=case.participation_id, lifted_at=None
    )
    measures = set(decided.values_list("measure_id", flat=True))
    return {version.pk for version in found.versions if version.measure_id in measures}


def _same(one: CaseOutcome, other: CaseOutcome | None) -> bool:
    names = ("month", "outcome", "reason", "missing", "value")
    return other is not None and all(getattr(one, name) == getattr(other, name) for name in names)


def _month(outcome: CaseOutcome) -> Month:
    return outcome.measure_version_id, outcome.month, outcome.outcome


def _move_counts(case: Case, change: Counter[Month]) -> None:
    moves: dict[tuple[int, date], dict[str, int]] = {}
    for (version_id, month, outcome), difference in change.items():
        if difference:
            moves.setdefault((version_id, month), {})[Outcome(outcome).value] = difference
    rows = [
        SiteMonth(
            collaborative_id=case.collaborative_id,
            participation_id=case.participation_id,
            measure_version_id=version_id,
            month=month,
        )
        for version_id, month in moves
    ]
    SiteMonth.objects.bulk_create(rows, ignore_conflicts=True)
    for (version_id, month), differences in moves.items():
        SiteMonth.objects.filter(
            participation_id=case.participation_id, measure_version_id=version_id, month=month
        ).update(
            refreshed_at=timezone.now(), **{name: F(name) + difference for name, difference in differences.items()}
        )
