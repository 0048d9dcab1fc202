"""The value that a question is about: as it is, and as it was."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from cases.models import CaseChange
from cases.questions.models import Question
from cases.selectors.clock import in_zone
from measures.definition.answers import stored_value
from measures.definition.display import format_value
from measures.definition.errors import StoredAnswerError
from measures.definition.spec import FormSpec, MissingKind


NOT_ANSWERED = "Not answered"


@dataclass(frozen=True, kw_only=True)
class EarlierValue:
    """One change of the value, in words."""

    before: str
    after: str
    changed_at: datetime
    changed_by: str


def changes_of(question: Question, *, since: datetime | None = None) -> QuerySet[CaseChange]:
    """Changes of the variable, or of any answer when the question is about the case as a whole."""
    changes = CaseChange.objects.filter(
        participation_id=question.participation_id, case_id=question.case_id or 0, kind="changed"
    )
    if since:
        changes = changes.filter(changed_at__gt=since)
    name = question.variable
    if not name:
        return changes.filter(Q(changes__has_key="answers") | Q(changes__has_key="missing"))
    return changes.filter(Q(changes__answers__has_key=name) | Q(changes__missing__has_key=name))


def earlier_values(question: Question, *, most: int = 10) -> list[EarlierValue]:
    """The latest first."""
    if not (question.case and question.form_version and question.variable):
        return []
    spec, collaborative = question.form_version.definition, question.case.collaborative
    changes = changes_of(question).select_related("changed_by").order_by("-id")[:most]
    return [
        EarlierValue(
            before=_side(spec, question.variable, change.changes, 0),
            after=_side(spec, question.variable, change.changes, 1),
            changed_at=in_zone(change.changed_at, collaborative),
            changed_by=change.changed_by.full_name if change.changed_by else "Colloquy",
        )
        for change in changes
    ]


def current_value(question: Question) -> str:
    if not (question.case and question.form_version and question.variable):
        return ""
    case = question.case
    return value_in_words(
        question.form_version.definition,
        question.variable,
        case.answers.get(question.variable),
        case.missing.get(question.variable),
    )


def _side(spec: FormSpec, name: str, changes: Mapping[str, Mapping[str, list[object]]], side: int) -> str:
    """A change of the value and of its missing kind are apart in the history; what is in neither was empty."""
    value, kind = (changes.get(column, {}).get(name, [None, None])[side] for column in ("answers", "missing"))
    return value_in_words(spec, name, value, kind)


def value_in_words(spec: FormSpec, name: str, value: object, kind: object) -> str:
    """A stored value as people read it; one that this version of the form does not know, as it is stored."""
    if kind:
        return MissingKind(str(kind)).label
    if value is None:
        return NOT_ANSWERED
    variable = spec.variable(name)
    try:
        return format_value(variable, stored_value(variable, value))
    except StoredAnswerError:
        return str(value)
