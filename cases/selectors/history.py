"""Every change of a case, from the rows that the database's trigger writes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.models import User
from cases.enums import REBOUND, REOPENED, UNLOCKED, CaseStatus
from cases.models import Case, CaseChange
from measures.definition.answers import stored_value
from measures.definition.check import hidden
from measures.definition.display import format_value
from measures.definition.errors import StoredAnswerError
from measures.definition.spec import MissingKind, VariableSpec
from measures.models import FormVersion
from ui.parts import Pages


PER_PAGE = 50
NOTHING = "Not answered"
LOCKING_WAYS = {"lock": "its cycle closed", "unlock": "by the centre"}
WAYS = {
    "": "",
    "api": "by the API",
    "import": "from a file",
    "undo": "import undone",
    "version": "by a new version",
    "audit": "changed by audit",
    **LOCKING_WAYS,
}
COLUMNS = {"case_number": "Case number", "status": "State", "form_version": "Questions", "assigned_to": "Assigned to"}


@dataclass(frozen=True, kw_only=True)
class Change:
    """One value before and after."""

    name: str
    label: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What one person did at one moment, and by which way in."""

    at: datetime
    who: str
    way: str
    begun: bool
    changes: tuple[Change, ...]


@dataclass(frozen=True, kw_only=True)
class CaseHistory:
    case: Case
    entries: tuple[Entry, ...]
    pages: Pages
    question: str
    question_label: str
    questions: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class _Words:
    """What the history's names and numbers mean."""

    variables: Mapping[str, VariableSpec]
    versions: Mapping[int, int]
    people: Mapping[int, str]
    rules: Mapping[str, str]


def changed_since(case: Case, revision: int) -> list[str]:
    """Questions that were answered in a later revision than this, before the case's own."""
    rows = _rows(case).filter(revision__gt=revision, revision__lt=case.revision).values_list("changes", flat=True)
    return sorted({name for changes in rows for part in ("answers", "missing") for name in changes.get(part, {})})


def cleared_at_completion(case: Case) -> list[str]:
    """Questions whose answers completion clears: skip logic hides them, or the case's version does not ask them."""
    spec, answers = case.form_version.definition, case.values
    concealed = hidden(spec, answers)
    labels = [each.label for each in spec.variables if each.name in concealed and answers.is_answered(each.name)]
    unasked = (case.answers.keys() | case.missing.keys()) - spec.by_name.keys()
    variables = _words(case).variables if unasked else {}
    return labels + [variables[name].label for name in sorted(unasked) if name in variables]


def case_history(case: Case, *, question: str = "", page: int = 1, per_page: int = PER_PAGE) -> CaseHistory:
    """The latest change first; of one question only, if it is named."""
    words = _words(case)
    rows = _about(_rows(case), question) if question else _rows(case)
    pages = Pages(number=page, total=rows.count(), per_page=per_page)
    start = (page - 1) * per_page
    shown = rows.select_related("changed_by").order_by("-pk")[start : start + per_page]
    asked = words.variables.get(question)
    return CaseHistory(
        case=case,
        entries=tuple(_entry(row, words, question) for row in shown),
        pages=pages,
        question=question if asked else "",
        question_label=asked.label if asked else "",
        questions=tuple((name, variable.label) for name, variable in words.variables.items()),
    )


def _rows(case: Case) -> QuerySet[CaseChange]:
    return CaseChange.objects.filter(participation_id=case.participation_id, case_id=case.pk)


def _about(rows: QuerySet[CaseChange], question: str) -> QuerySet[CaseChange]:
    parts = Q(changes__answers__has_key=question) | Q(changes__missing__has_key=question)
    return rows.filter(parts | Q(changes__reasons__has_any_keys=_reason_keys(question)))


def _reason_keys(question: str) -> list[str]:
    return [f"{rule}:{question}" for rule in ("soft_range", "identifier")]


def _words(case: Case) -> _Words:
    versions = list(FormVersion.objects.filter(form_id=case.form_version.form_id).order_by("number"))
    specs = [version.definition for version in versions] + [case.form_version.definition]
    return _Words(
        variables={variable.name: variable for spec in specs for variable in spec.variables},
        versions={version.pk: version.number for version in versions},
        people=dict(User.objects.filter(pk__in=_assigned(case)).values_list("pk", "full_name")),
        rules={rule.name: rule.message for spec in specs for rule in spec.rules},
    )


def _assigned(case: Case) -> set[int]:
    rows = _rows(case).filter(changes__has_key="assigned_to").values_list("changes__assigned_to", flat=True)
    return {person for pair in rows for person in pair if person}


def _entry(row: CaseChange, words: _Words, question: str) -> Entry:
    changes = tuple(_changes(row.changes, words))
    return Entry(
        at=row.changed_at,
        who=row.changed_by.full_name if row.changed_by else "The program",
        way=WAYS.get(row.via, row.via),
        begun=row.kind == "created",
        changes=tuple(change for change in changes if not question or change.name == question),
    )


def _changes(changes: Mapping[str, Mapping[str, Sequence[object]]], words: _Words) -> Iterator[Change]:
    for name, label in COLUMNS.items():
        if name in changes:
            before, after = (_column(name, value, words) for value in changes[name])
            yield Change(name="", label=label, before=before, after=after)
    values, missing = changes.get("answers", {}), changes.get("missing", {})
    for name in dict.fromkeys((*values, *missing)):
        variable = words.variables.get(name)
        old, new = (_answer(variable, _at(values, name, side), _at(missing, name, side)) for side in (0, 1))
        if not (variable and variable.calculation):
            yield Change(name=name, label=variable.label if variable else name, before=old, after=new)
    for key, (was, now) in changes.get("reasons", {}).items():
        yield Change(name=key.partition(":")[2], label=_reason(key, words), before=str(was or ""), after=str(now or ""))


def _at(part: Mapping[str, Sequence[object]], name: str, side: int) -> object:
    return part[name][side] if name in part else None


def _answer(variable: VariableSpec | None, value: object, kind: object) -> str:
    if kind is not None:
        return MissingKind(str(kind)).label
    if value is None:
        return NOTHING
    try:
        return format_value(variable, stored_value(variable, value)) if variable else str(value)
    except StoredAnswerError:
        return str(value)


def _column(name: str, value: object, words: _Words) -> str:
    if value is None:
        return "Nobody" if name == "assigned_to" else ""
    if name == "status":
        return CaseStatus(str(value)).label
    if name == "form_version":
        return f"version {words.versions.get(int(str(value)), '')}"
    return words.people.get(int(str(value)), "Somebody") if name == "assigned_to" else str(value)


def _reason(key: str, words: _Words) -> str:
    rule, _, name = key.partition(":")
    if key == REOPENED:
        return "Reason for re-opening"
    if key == UNLOCKED:
        return "Reason for unlocking"
    if key == REBOUND:
        return "What the version changed"
    variable = words.variables.get(name)
    return f"Reason for {variable.label}" if variable else f"Reason ({words.rules.get(rule, rule)})"
