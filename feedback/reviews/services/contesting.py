"""A hospital contests how a case is counted; the centre decides, and may take an exclusion back.

A released number stays as it is. What changes is the next one: the worker counts the case again after the decision.
"""

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from cases.models import Case
from collaboratives.selectors.naming import naming_problem
from events.enums import EventKind
from events.services import record_event
from feedback.enums import Outcome
from feedback.models import DecidedExclusion, SiteResult
from feedback.reviews.enums import ContestReason, ContestState, Verdict
from feedback.reviews.errors import (
    AlreadyContestedError,
    AlreadyDecidedError,
    HospitalNamedError,
    NotCountedError,
    NotExcludedError,
    NothingToExcludeError,
)
from feedback.reviews.models import Contest
from feedback.reviews.selectors.counted import counted_as
from feedback.reviews.validators import clean_text
from privacy.roles import Capacity, Permission
from privacy.viewer import PermissionRefusedError, Viewer, require


@transaction.atomic
def raise_contest(*, case: Case, result: SiteResult, reason: ContestReason, text: str, by: Viewer) -> Contest:
    """Contest a case behind a released number of the own hospital."""
    require(by, Permission.CONTEST_RAISE)
    own = {case.participation_id, result.participation_id} == {by.participation_id}
    if by.capacity is not Capacity.HOSPITAL or not own:
        raise PermissionRefusedError(Permission.CONTEST_RAISE)
    counted = counted_as(result, case)
    if counted is None:
        raise NotCountedError(case.case_number)
    contest = Contest(
        collaborative_id=case.collaborative_id,
        participation_id=case.participation_id,
        case=case,
        release=result.release,
        measure_version=result.measure_version,
        outcome=counted.outcome,
        why=counted.why,
        reason=reason,
        text=clean_text(text, "The reason"),
        contested_by_id=by.user_id,
    )
    return _keep(contest, by)


def _keep(contest: Contest, by: Viewer) -> Contest:
    try:
        with transaction.atomic():
            contest.save(force_insert=True)
    except IntegrityError as twice:
        raise AlreadyContestedError(contest.case.case_number) from twice
    record_event(EventKind.CONTEST_RAISED, by=by, subject=contest, participation_id=contest.participation_id)
    return contest


@transaction.atomic
def decide_contest(*, contest: Contest, verdict: Verdict, text: str, by: Viewer) -> Contest:
    """Accept or decline, with the reason that the hospital reads."""
    require(by, Permission.CONTEST_DECIDE)
    words = clean_text(text, "The decision")
    contest = _locked(contest, by)
    if problem := naming_problem(words, collaborative_id=contest.collaborative_id, reader=contest.participation_id):
        raise HospitalNamedError(problem)
    if contest.state != ContestState.OPEN:
        raise AlreadyDecidedError
    if verdict is Verdict.EXCLUDE:
        _exclude(contest, by)
    contest.state = ContestState.DECLINED if verdict is Verdict.DECLINE else ContestState.ACCEPTED
    contest.excludes, contest.decision = verdict is Verdict.EXCLUDE, words
    contest.decided_at, contest.decided_by_id = timezone.now(), by.user_id
    contest.save(update_fields=["state", "excludes", "decision", "decided_at", "decided_by"])
    record_event(
        EventKind.CONTEST_DECIDED,
        by=by,
        subject=contest,
        participation_id=contest.participation_id,
        details={"verdict": verdict.value},
    )
    return contest


@transaction.atomic
def withdraw_contest(*, contest: Contest, by: Viewer) -> Contest:
    """The hospital takes it back while nobody has decided; the case may be contested again."""
    require(by, Permission.CONTEST_RAISE)
    if by.capacity is not Capacity.HOSPITAL or contest.participation_id != by.participation_id:
        raise PermissionRefusedError(Permission.CONTEST_RAISE)
    found = Contest.objects.select_for_update().get(pk=contest.pk, participation_id=by.participation_id)
    if found.state != ContestState.OPEN:
        raise AlreadyDecidedError
    found.state, found.decided_at, found.decided_by_id = ContestState.WITHDRAWN, timezone.now(), by.user_id
    found.save(update_fields=["state", "decided_at", "decided_by"])
    record_event(EventKind.CONTEST_WITHDRAWN, by=by, subject=found, participation_id=found.participation_id)
    return found


@transaction.atomic
def lift_exclusion(*, contest: Contest, by: Viewer) -> Contest:
    """Take an exclusion back: the case counts by its answers again from the next release on."""
    require(by, Permission.CONTEST_DECIDE)
    contest = _locked(contest, by)
    decided = _decided(contest).select_for_update().first()
    if not contest.excludes or contest.lifted_at or decided is None:
        raise NotExcludedError
    decided.lifted_at, decided.lifted_by_id = timezone.now(), by.user_id
    decided.save(update_fields=["lifted_at", "lifted_by"])
    contest.lifted_at = decided.lifted_at
    contest.save(update_fields=["lifted_at"])
    record_event(
        EventKind.EXCLUSION_LIFTED, by=by, subject=contest.case, participation_id=contest.participation_id,
        details={"contest": contest.public_id},
    )  # fmt: skip
    return contest


def _exclude(contest: Contest, by: Viewer) -> None:
    if contest.outcome == Outcome.EXCLUDED:
        raise NothingToExcludeError
    if not _decided(contest).exists():
        DecidedExclusion.objects.create(
            collaborative_id=contest.collaborative_id,
            participation_id=contest.participation_id,
            case_id=contest.case_id,
            measure_id=contest.measure_version.measure_id,
            decided_by_id=by.user_id,
        )
    record_event(
        EventKind.CASE_EXCLUDED,
        by=by,
        subject=contest.case,
        participation_id=contest.participation_id,
        details={"contest": contest.public_id},
    )


def _decided(contest: Contest) -> QuerySet[DecidedExclusion]:
    return DecidedExclusion.objects.filter(
        collaborative_id=contest.collaborative_id,
        participation_id=contest.participation_id,
        case_id=contest.case_id,
        measure_id=contest.measure_version.measure_id,
        lifted_at=None,
    )


def _locked(contest: Contest, by: Viewer) -> Contest:
    """The row as it is now, for a viewer of its collaborative's centre."""
    if by.capacity is not Capacity.CENTRE or contest.collaborative_id != by.collaborative_id:
        raise PermissionRefusedError(Permission.CONTEST_DECIDE)
    found = Contest.objects.select_for_update(of=("self",)).select_related("case", "measure_version")
    return found.get(pk=contest.pk, collaborative_id=by.collaborative_id)
