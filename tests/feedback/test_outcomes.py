"""Outcomes of single cases and of many at once, and the month counts that follow from them."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from django.db import transaction
from django.utils import timezone

from cases.enums import COUNTED, CaseStatus
from cases.models import Case
from config.reactions import REACTIONS
from events.enums import EventKind
from feedback.models import CaseOutcome, SiteMonth
from feedback.services.bulk_outcomes import evaluate_collaborative, evaluate_import
from feedback.services.outcomes import evaluate_case
from tenancy.context import acting, say_way
from tests.world import World
from tests.worlds import releases


pytestmark = pytest.mark.worker
Row = tuple[object, ...]


@contextmanager
def worker() -> Iterator[int]:
    who = releases.worker()
    with acting(who), transaction.atomic():
        yield who.collaborative_id


def outcome_rows() -> list[Row]:
    names = ("participation_id", "case_id", "measure_version_id", "month", "outcome", "reason", "missing", "value")
    return sorted(tuple(map(str, row)) for row in CaseOutcome.objects.values_list(*names))


def month_rows() -> list[Row]:
    names = ("participation_id", "measure_version_id", "month", "met", "not_met", "excluded", "cannot_tell")
    return sorted(row for row in SiteMonth.objects.values_list(*names) if any(row[3:]))


def counted_months() -> list[Row]:
    """The month counts as the outcomes say they must be."""
    counts: dict[tuple[object, ...], Counter[str]] = {}
    for key in CaseOutcome.objects.values_list("participation_id", "measure_version_id", "month", "outcome"):
        counts.setdefault(key[:3], Counter())[key[3]] += 1
    return sorted(
        (*key, *(found[name] for name in ("met", "not_met", "excluded", "cannot_tell")))
        for key, found in counts.items()
    )


def a_case(world: World, hospital: str = "alder") -> Case:
    return Case.objects.filter(participation=world.participation(hospital), status=CaseStatus.COMPLETE).order_by("pk")[
        0
    ]


def test_single_cases_and_the_set_based_path_agree_row_for_row(world: World) -> None:
    with worker():
        together = (outcome_rows(), month_rows())
        CaseOutcome.objects.all().delete()
        SiteMonth.objects.update(met=0, not_met=0, excluded=0, cannot_tell=0)
        for case_id in Case.objects.order_by("pk").values_list("pk", flat=True):
            evaluate_case(case_id)

        assert (outcome_rows(), month_rows()) == together
        assert len(together[0]) == 3 * Case.objects.filter(status__in=COUNTED).count()


def test_counting_everything_again_changes_nothing(world: World) -> None:
    with worker() as collaborative:
        before = (outcome_rows(), month_rows())
        evaluate_collaborative(collaborative)

        assert (outcome_rows(), month_rows()) == before


def test_counting_a_case_again_changes_nothing(world: World) -> None:
    with worker():
        keys = set(CaseOutcome.objects.values_list("pk", flat=True))
        evaluate_case(a_case(world).pk)

        assert set(CaseOutcome.objects.values_list("pk", flat=True)) == keys


def test_reopened_case_leaves_outcomes_and_counts(world: World) -> None:
    with worker():
        case = a_case(world)
        Case.objects.filter(pk=case.pk).update(status=CaseStatus.IN_PROGRESS, completed_at=None)
        evaluate_case(case.pk)

        assert not CaseOutcome.objects.filter(case=case).exists()
        assert month_rows() == counted_months()


def test_case_that_moves_to_another_month_and_outcome_moves_its_counts(world: World) -> None:
    with worker():
        case = a_case(world)
        answers = {**case.answers, "ssi": not case.answers["ssi"]}
        Case.objects.filter(pk=case.pk).update(event_date=date(2026, 9, 2), answers=answers)
        evaluate_case(case.pk)

        assert set(CaseOutcome.objects.filter(case=case).values_list("month", flat=True)) == {date(2026, 9, 1)}
        assert month_rows() == counted_months()


def test_only_the_cases_of_an_import_are_counted_again(world: World) -> None:
    with worker() as collaborative:
        case = a_case(world)
        untouched = CaseOutcome.objects.exclude(case=case).order_by("pk").values_list("pk", flat=True)
        kept = list(untouched)
        other = case.case_import_id
        say_way("unlock")  # of the file are locked cases too
        Case.objects.exclude(pk=case.pk).update(case_import=None)
        Case.objects.filter(pk=case.pk).update(answers={**case.answers, "ssi": True}, completed_at=timezone.now())
        evaluate_import(collaborative, other or 0)

        assert list(untouched) == kept
        assert month_rows() == counted_months()


@pytest.mark.parametrize(
    "kind",
    [EventKind.CASE_COMPLETED, EventKind.CASE_REOPENED, EventKind.IMPORT_COMMITTED, EventKind.DEFINITION_PUBLISHED],
)
def test_what_changes_counts_has_a_reaction(kind: EventKind) -> None:
    assert len(REACTIONS[kind]) >= 1
