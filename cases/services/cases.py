"""Enter, save, complete and re-open cases. A hospital's own people do this; nobody else may."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.enums import REBOUND, REOPENED, UNLOCKED, CaseStatus
from cases.errors import (
    CaseCompletedError,
    CaseDateError,
    CaseLockedError,
    CaseNumberTakenError,
    CaseProblemsError,
    ReasonMissingError,
)
from cases.models import Case
from cases.selectors.clock import today_of
from cases.services.case_progress import measure_case, needs_attention
from cases.services.changes import Changes
from cases.services.entry import require_entry
from cases.services.merge import clash, merged_answers
from cases.validators import clean_case_number
from collaboratives.models import Participation
from collaboratives.selectors.clock import today_at
from events.enums import EventKind
from events.services import record_event
from measures.definition.answers import Answers, to_json
from measures.definition.check import Finding, calculate, check, clear
from measures.definition.spec import FormSpec
from measures.errors import NoVersionInForceError
from measures.models import Form, FormVersion
from measures.selectors.definitions import form_version_on
from privacy.roles import Capacity, Permission
from privacy.viewer import PermissionRefusedError, Viewer, require


LONGEST_REASON = 500
# A longer gap between two saves is a pause, not work at the form.
LONGEST_GAP = timedelta(minutes=5)


@dataclass(frozen=True)
class SavedCase:
    """A saved case, and what saving did beside keeping the answers."""

    case: Case
    rebound: str = ""


def _require_hospital(by: Viewer, permission: Permission) -> int:
    """The viewer's hospital; only its own people enter and change cases."""
    require(by, permission)
    if by.capacity is not Capacity.HOSPITAL or by.participation_id is None:
        raise PermissionRefusedError(permission)
    return by.participation_id


def _require_own(case: Case, by: Viewer, permission: Permission) -> None:
    if case.participation_id != _require_hospital(by, permission):
        raise PermissionRefusedError(permission)
    require_entry(by, case.form_version.form_id)


@transaction.atomic
def start_case(*, form: Form, case_number: str, event_date: date, by: Viewer) -> Case:
    """Begin a case under the questions in force on its event date."""
    hospital = _require_hospital(by, Permission.CASE_EDIT)
    require_entry(by, form.pk)
    number = clean_case_number(case_number)
    _refuse_date(event_date, hospital)
    version = form_version_on(form, event_date)
    answers = to_json(calculate(version.definition, Answers({version.definition.event_date: event_date})))
    taken = Case.objects.filter(participation_id=hospital, case_number=number)
    if existing := taken.first():
        raise CaseNumberTakenError(number, existing.public_id)
    case = Case(
        collaborative_id=by.collaborative_id,
        participation_id=hospital,
        form_version=version,
        case_number=number,
        event_date=event_date,
        answers=answers.answers,
        missing=answers.missing,
        created_by_id=by.user_id,
        updated_by_id=by.user_id,
    )
    _count(case)
    try:
        with transaction.atomic():
            case.save(force_insert=True)
    except IntegrityError as problem:  # somebody saved the same number in the meantime
        if existing := taken.first():
            raise CaseNumberTakenError(number, existing.public_id) from problem
        raise
    record_event(EventKind.CASE_SAVED, by=by, subject=case, participation_id=hospital)
    return case


def _refuse_date(event_date: date, hospital: int) -> None:
    participation = Participation.objects.select_related("collaborative").get(pk=hospital)
    today = today_of(participation.collaborative)
    if event_date > today:
        raise CaseDateError(f"{event_date:%-d %B %Y} is in the future. Check the date.")
    if participation.left_on and event_date > participation.left_on:
        raise CaseDateError(
            f"Your hospital left the collaborative on {participation.left_on:%-d %B %Y}. Later cases are not collected."
        )


@transaction.atomic
def save_answers(*, case: Case, changes: Changes, by: Viewer) -> SavedCase:
    """Save a draft, whatever is wrong in it; only somebody else's save in the meantime stops it.

    Raises
    ------
    CaseChangedError
        The case was saved since `changes.revision`; nothing of `changes` is kept.
    """
    _require_own(case, by, Permission.CASE_EDIT)
    seen, case = case.form_version.definition, _held(case)
    _refuse_complete(case)
    mine = merged_answers(case, changes, seen=seen)
    saved = _keep(case, mine)
    reasons = {**case.reasons, **changes.reasons}
    case.reasons = {rule: text.strip()[:LONGEST_REASON] for rule, text in reasons.items() if text.strip()}
    if changes.resume_at in case.form_version.definition.by_name:
        case.resume_at = changes.resume_at
    _save(case, by)
    record_event(EventKind.CASE_SAVED, by=by, subject=case, participation_id=case.participation_id)
    return SavedCase(case, saved)


def _refuse_locked(case: Case) -> None:
    if case.is_locked:
        raise CaseLockedError


def _refuse_complete(case: Case) -> None:
    _refuse_locked(case)
    if case.is_counted:
        raise CaseCompletedError


def _held(case: Case) -> Case:
    return (
        Case.objects.select_for_update(of=("self",))
        .select_related("form_version__form", "collaborative")
        .get(pk=case.pk)
    )


def _keep(case: Case, answers: Answers) -> str:
    """Put answers and event date into the case; a date under other questions binds it to that form version."""
    spec, message = case.form_version.definition, ""
    day = answers.values.get(spec.event_date)
    if isinstance(day, date) and day != case.event_date:
        message = _rebind(case, day)
        case.event_date = day
        answers = _with_waiting(answers, case, spec)
        spec = case.form_version.definition
    elif not isinstance(day, date):
        answers = answers.with_answer(spec.event_date, case.event_date)  # a case always has its date
    stored = to_json(calculate(spec, answers.without(answers.names - spec.by_name.keys())))
    # Answers that this version does not ask for wait until completion: the date may be corrected once more.
    unasked = {name: data for name, data in case.answers.items() if name not in spec.by_name}
    unasked_missing = {name: kind for name, kind in case.missing.items() if name not in spec.by_name}
    case.answers, case.missing = unasked | stored.answers, unasked_missing | stored.missing
    return message


def _with_waiting(answers: Answers, case: Case, before: FormSpec) -> Answers:
    """The answers with those that an earlier version asked for, if the case's version asks for them again."""
    for name in case.values.names - before.by_name.keys():
        answers = answers.with_answer(name, case.values.answer(name))
    return answers


def _rebind(case: Case, day: date) -> str:
    try:
        version = form_version_on(case.form_version.form, day)
    except NoVersionInForceError as problem:
        raise CaseDateError(str(problem)) from problem
    if version.pk == case.form_version_id:
        return ""
    message = _difference(case.form_version, version, case.values)
    case.form_version = version
    return message


def _difference(before: FormVersion, after: FormVersion, answers: Answers) -> str:
    """What another form version means for the answers given, in a sentence."""
    old, new = before.definition, after.definition
    added = [item.label for item in new.variables if item.name not in old.by_name]
    lost = [item.label for item in old.variables if item.name not in new.by_name and answers.is_answered(item.name)]
    parts = [f"The date of the event belongs to version {after.number} of the form, so its questions apply now."]
    if added:
        parts.append(f"New: {', '.join(added)}.")
    if lost:
        parts.append(f"No longer asked, kept until the case is complete: {', '.join(lost)}.")
    return " ".join(parts)


def _save(case: Case, by: Viewer) -> None:
    now = timezone.now()
    gap = now - case.updated_at
    if case.updated_by_id == by.user_id and gap <= LONGEST_GAP:
        case.working_seconds += round(gap.total_seconds())
    case.revision += 1
    case.updated_at, case.updated_by_id = now, by.user_id
    _count(case)
    case.save()


def _count(case: Case) -> None:
    measure_case(case.form_version.definition, case.values, case.reasons).put_into(case)


def open_findings(case: Case, *, today: date) -> list[Finding]:
    """What stops the case from being complete: errors, and warnings without a reason."""
    spec = case.form_version.definition
    findings = check(spec, case.values, today=today)
    return [each for each in findings if each.rule == "required" or needs_attention(spec, each, case.reasons)]


@transaction.atomic
def complete_case(*, case: Case, revision: int, by: Viewer) -> Case:
    """Declare the case finished. Answers to questions that skip logic hides are cleared.

    Raises
    ------
    CaseProblemsError
        Everything that stands in the way; the case stays a draft.
    """
    _require_own(case, by, Permission.CASE_COMPLETE)
    case = _held(case)
    _refuse_locked(case)
    if case.is_counted:
        return case
    if case.revision != revision:
        raise clash(case, case.values, base=case.values)
    if problems := open_findings(case, today=today_at(case.collaborative_id)):
        raise CaseProblemsError(problems)
    stored = to_json(clear(case.form_version.definition, case.values))
    case.answers, case.missing = stored.answers, stored.missing
    case.status, case.completed_at, case.completed_by_id = CaseStatus.COMPLETE, timezone.now(), by.user_id
    for key in (REOPENED, REBOUND, UNLOCKED):
        case.reasons.pop(key, None)
    _save(case, by)
    record_event(EventKind.CASE_COMPLETED, by=by, subject=case, participation_id=case.participation_id)
    return case


@transaction.atomic
def reopen_case(*, case: Case, reason: str, by: Viewer) -> Case:
    """Make a complete case a draft again; it leaves the hospital's counts until it is complete once more.

    Raises
    ------
    CaseLockedError
        Only the centre can say that a locked case may change.
    """
    _require_own(case, by, Permission.CASE_REOPEN)
    if not reason.strip():
        raise ReasonMissingError
    case = _held(case)
    _refuse_locked(case)
    if not case.is_counted:
        return case
    case.status, case.completed_at, case.completed_by_id = CaseStatus.IN_PROGRESS, None, None
    case.reasons[REOPENED] = reason.strip()[:LONGEST_REASON]
    _save(case, by)
    record_event(EventKind.CASE_REOPENED, by=by, subject=case, participation_id=case.participation_id)
    return case


@transaction.atomic
def correct_case_number(*, case: Case, case_number: str, by: Viewer) -> Case:
    """Give a draft the number it should have had; the history keeps the one before."""
    _require_own(case, by, Permission.CASE_EDIT)
    number, case = clean_case_number(case_number), _held(case)
    _refuse_complete(case)
    if number == case.case_number:
        return case
    others = Case.objects.filter(participation_id=case.participation_id, case_number=number)
    if taken := others.first():
        raise CaseNumberTakenError(number, taken.public_id)
    case.case_number = number
    _save(case, by)
    record_event(EventKind.CASE_SAVED, by=by, subject=case, participation_id=case.participation_id)
    return case
