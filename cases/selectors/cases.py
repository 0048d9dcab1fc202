"""One case for the pages that show it."""

from typing import TypeAlias

from django.db.models import Q

from cases.enums import CaseStatus
from cases.models import Case
from measures.definition.check import hidden
from privacy.viewer import Viewer


ViewedCase: TypeAlias = Case  # the name for views, which may hold a case but not look one up


def case_for(viewer: Viewer, public_id: str) -> Case | None:
    """The case, when the viewer may know that it exists."""
    own = Q(participation_id=viewer.participation_id) if viewer.participation_id else Q()
    return (
        Case.objects.filter(own, collaborative_id=viewer.collaborative_id, public_id=public_id)
        .select_related("form_version__form", "collaborative", "participation__site", "updated_by", "question_count")
        .first()
    )


def hidden_answers(case: Case) -> list[str]:
    """Questions with an answer that skip logic hides; completing the case clears these answers."""
    spec, answers = case.form_version.definition, case.values
    return [
        each.label for each in spec.variables if each.name in hidden(spec, answers) and answers.is_answered(each.name)
    ]


def next_in_progress(after: Case) -> Case | None:
    """The next draft to do for whoever saved this case: theirs or nobody's, the longest waiting first, then from the top."""
    free = Q(assigned_to=None) | Q(assigned_to=after.updated_by_id)
    waiting = Case.objects.filter(free, participation_id=after.participation_id, status=CaseStatus.IN_PROGRESS)
    drafts = waiting.exclude(pk=after.pk).order_by("event_date", "pk")
    later = drafts.filter(Q(event_date__gt=after.event_date) | Q(event_date=after.event_date, pk__gt=after.pk))
    return later.first() or drafts.first()
