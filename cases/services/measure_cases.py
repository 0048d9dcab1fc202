"""Count once more how far cases are: for cases that were stored before the columns were."""

from collections.abc import Iterator

from django.db import transaction

from cases.enums import CaseStatus
from cases.models import Case
from cases.services.case_progress import measure_case
from collaboratives.models import Collaborative
from collaboratives.selectors.clock import today_at
from measures.definition.answers import from_json
from measures.definition.check import check
from measures.models import FormVersion
from tenancy.context import Acting, acting


BATCH = 1000
COUNTED = ("answered", "questions", "errors", "warnings", "sections")


def measure_all_cases(*, again: bool = False) -> Iterator[tuple[str, int]]:
    """Fill the columns of the cases that lack them (`again`: of all), collaborative by collaborative."""
    with acting(Acting("platform")), transaction.atomic():
        collaboratives = list(Collaborative.objects.order_by("pk").values_list("pk", "slug"))
    for collaborative_id, slug in collaboratives:
        with acting(Acting("compute", collaborative_id=collaborative_id)):
            yield slug, _measure(collaborative_id, again=again)


def _measure(collaborative_id: int, *, again: bool) -> int:
    """In batches of one transaction each; what was interrupted goes on where it stopped."""
    done, last = 0, 0
    with transaction.atomic():
        versions = {each.pk: each.definition for each in FormVersion.objects.filter(collaborative_id=collaborative_id)}
        today = today_at(collaborative_id)
    wanted = Case.objects.filter(collaborative_id=collaborative_id).exclude(status=CaseStatus.LOCKED)
    wanted = wanted if again else wanted.filter(questions=0)
    while True:
        with transaction.atomic():
            batch = list(wanted.filter(pk__gt=last).select_for_update().order_by("pk")[:BATCH])
            for case in batch:
                spec = versions[case.form_version_id]
                answers = from_json(spec, case.answers, case.missing)
                found = check(spec, answers, today=today)
                measure_case(spec, answers, case.reasons, findings=found).put_into(case)
            Case.objects.bulk_update(batch, COUNTED)
        if not batch:
            return done
        done, last = done + len(batch), batch[-1].pk
