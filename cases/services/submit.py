"""Whole cases from programs: the services of the pages, in one step."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date

from django.db import transaction

from cases.errors import CaseLockedError, CaseRevisionError
from cases.models import Case
from cases.services.cases import complete_case, save_answers, start_case
from cases.services.changes import Answer, Changes
from measures.models import Form
from privacy.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class NewCase:
    """A case as a program sends it, its answers read already."""

    form: Form
    case_number: str
    event_date: date
    answers: Mapping[str, Answer] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    complete: bool = False


@transaction.atomic
def submit_case(*, new: NewCase, by: Viewer) -> Case:
    """Begin a case, keep its answers, and complete it if asked: all of it or nothing."""
    case = start_case(form=new.form, case_number=new.case_number, event_date=new.event_date, by=by)
    if new.answers or new.reasons:
        changes = Changes(revision=case.revision, answers=new.answers, reasons=new.reasons, base=case.values)
        case = save_answers(case=case, changes=changes, by=by).case
    return complete_case(case=case, revision=case.revision, by=by) if new.complete else case


@contextmanager
def try_case(*, new: NewCase, by: Viewer) -> Iterator[Case]:
    """The draft that the case would become, for as long as it is looked at: the real steps, taken back."""
    with transaction.atomic():
        yield submit_case(new=replace(new, complete=False), by=by)
        transaction.set_rollback(True)


@transaction.atomic
def change_case(*, case: Case, changes: Changes, by: Viewer) -> Case:
    """Keep the named answers, if the case is still as the program read it.

    A program cannot be shown a page with both sides, so unlike the form it is refused when anything changed.
    """
    _lock(case, changes.revision)
    return save_answers(case=case, changes=changes, by=by).case


@transaction.atomic
def finish_case(*, case: Case, revision: int, by: Viewer) -> Case:
    """Complete the case as the program read it."""
    _lock(case, revision)
    return complete_case(case=case, revision=revision, by=by)


def _lock(case: Case, revision: int) -> None:
    """Hold the row until the transaction ends: between this look and the save nobody else gets in."""
    current = Case.objects.select_for_update(of=("self",)).select_related("updated_by", "form_version").get(pk=case.pk)
    if current.is_locked:
        raise CaseLockedError
    if current.revision != revision:
        editor = current.updated_by
        raise CaseRevisionError(current, changed_by=editor.full_name if editor else "Somebody else")
