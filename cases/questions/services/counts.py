"""How much is asked about a case, kept beside it for the work list and the burden of a form."""

from django.db.models import Count, Q

from cases.models import Case, QuestionCount
from cases.questions.enums import QuestionKind, QuestionState
from cases.questions.models import Question


def count_questions(case: Case) -> None:
    """Count again under the row's lock, so that two people who ask at once both count."""
    row, _ = QuestionCount.objects.get_or_create(
        case=case,
        defaults={"collaborative_id": case.collaborative_id, "participation_id": case.participation_id},
    )
    row = QuestionCount.objects.select_for_update().get(pk=row.pk)
    counted = Question.objects.filter(case=case).aggregate(
        open=Count("pk", filter=~Q(state=QuestionState.CLOSED)),
        queries=Count("pk", filter=Q(kind=QuestionKind.QUERY)),
    )
    row.open, row.queries = counted["open"], counted["queries"]
    row.save(update_fields=["open", "queries"])
