"""Questions and queries that wait for the viewer's side."""

from django.urls import reverse

from cases.questions.selectors.inbox import waiting_count
from collaboratives.definition.due import Due
from privacy.roles import Capacity, Permission
from privacy.viewer import Viewer


def due_for(viewer: Viewer) -> list[Due]:
    """One line for all that wait, for whoever answers here; one statement."""
    asked = Permission.QUESTION_ANSWER if viewer.capacity is Capacity.CENTRE else Permission.CASE_EDIT
    if not viewer.can(asked) or not (waiting := waiting_count(viewer)):
        return []
    url = reverse("questions:question-list", args=[viewer.collaborative_slug])
    return [Due(kind="questions", title="Answer questions and queries", url=url, count=waiting)]
