"""What a version of a form costs the people who fill it in: time, questions, and what comes back about a case."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import transaction
from django.db.models import (
    Aggregate,
    Avg,
    Count,
    F,
    FloatField,
    Func,
    IntegerField,
    JSONField,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from cases.enums import COUNTED, REOPENED, UNLOCKED
from cases.models import Case, FormBurden
from collaboratives.models import Collaborative
from events.models import Event, Job
from events.services import queue_job
from measures.enums import VersionStatus
from measures.models import FormVersion
from privacy.roles import Permission
from privacy.viewer import Viewer, require
from tenancy.context import Acting, acting


MINIMUM_CASES = 5  # fewer tell of the abstractor, not of the form


class Median(Aggregate):
    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


class Keys(Func):
    """How many keys a JSON object has: unusual values with their reason."""

    template = "(SELECT count(*) FROM jsonb_object_keys(%(expressions)s))"
    output_field = IntegerField()


def ask_for_burden(*, collaborative: Collaborative, by: Viewer) -> Job:
    """Let a worker count again, now."""
    require(by, Permission.DEFINITION_EDIT)
    return queue_job("cases.measure_burden", title="Burden of the forms", subject=collaborative, by=by)


def burden_job(job: Job) -> None:
    measure_burden(job.collaborative_id)


def burden_after(event: Event) -> None:
    """A new version is listed from its first day, before anybody has filled it in."""
    measure_burden(event.collaborative_id)


def measure_burden_everywhere() -> None:
    """What the clock asks for every night."""
    with acting(Acting("platform")), transaction.atomic():
        collaboratives = list(Collaborative.objects.order_by("pk").values_list("pk", flat=True))
    for collaborative_id in collaboratives:
        with acting(Acting("compute", collaborative_id=collaborative_id)), transaction.atomic():
            measure_burden(collaborative_id)


@transaction.atomic
def measure_burden(collaborative_id: int) -> None:
    """Write one row for every published version of every form, acting as a worker of the collaborative."""
    versions = FormVersion.objects.filter(collaborative_id=collaborative_id, status=VersionStatus.PUBLISHED)
    counted = {row["form_version_id"]: row for row in _by_version(entered_by_hand(collaborative_id))}
    for version_id in versions.values_list("pk", flat=True):
        FormBurden.objects.update_or_create(
            collaborative_id=collaborative_id,
            form_version_id=version_id,
            defaults={**_figures(counted.get(version_id, {})), "computed_at": timezone.now()},
        )


def entered_by_hand(collaborative_id: int) -> QuerySet[Case]:
    """Complete cases with time spent at the form: no file and no program brought them."""
    return Case.objects.filter(
        collaborative_id=collaborative_id,
        status__in=COUNTED,
        case_import=None,
        working_seconds__gt=0,
    )


def _by_version(cases: QuerySet[Case]) -> Iterable[Mapping[str, Any]]:
    queries = Coalesce("question_count__queries", 0)
    # Why a case was re-opened or unlocked is kept beside the reasons for unusual values, and is none.
    others = Value([REOPENED, UNLOCKED], ArrayField(TextField()))
    reasons = CombinedExpression(F("reasons"), "-", others, output_field=JSONField())
    return (
        cases.order_by()
        .values("form_version_id")
        .annotate(
            cases=Count("pk"),
            median_seconds=Median(Cast("working_seconds", FloatField())),
            median_questions=Median(Cast("questions", FloatField())),
            findings_per_case=Avg(Keys(reasons) + F("warnings") + queries, output_field=FloatField()),
        )
    )


def _figures(row: Mapping[str, Any]) -> dict[str, object]:
    cases = row.get("cases", 0)
    if cases < MINIMUM_CASES:
        return {"cases": cases, "median_minutes": None, "median_questions": None, "findings_per_case": None}
    return {
        "cases": cases,
        "median_minutes": row["median_seconds"] / 60,
        "median_questions": row["median_questions"],
        "findings_per_case": row["findings_per_case"],
    }
