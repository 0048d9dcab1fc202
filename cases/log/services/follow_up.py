"""Learn how patients are on day 30: every attempt is kept, and who could not be reached is said, never guessed."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from cases.log.enums import AttemptOutcome, FollowUpMethod, FollowUpState
from cases.log.errors import AttemptError
from cases.log.models import FollowUp, FollowUpAttempt
from cases.log.selectors.rules import FollowUpPlan, follow_up_plans
from cases.log.services.upload import own_hospital
from cases.log.validators import LONGEST_REASON
from cases.models import Case
from cases.selectors.clock import today_of
from events.enums import EventKind
from events.services import record_event
from privacy.roles import Permission
from privacy.viewer import PermissionRefusedError, Viewer


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One call, letter or look into a record."""

    tried_on: date
    method: FollowUpMethod
    outcome: AttemptOutcome
    note: str = ""


@transaction.atomic
def record_attempt(*, case: Case, attempt: Attempt, by: Viewer) -> FollowUp:
    """Keep an attempt. It closes the follow-up when day 30 is known, when the patient declines, or as the last of so many.

    Raises
    ------
    AttemptError
        It is dated before the event or after today, says that day 30 is known before that day, or comes when it is known.
    """
    hospital = own_hospital(by, Permission.CASE_EDIT)
    if case.participation_id != hospital.pk:
        raise PermissionRefusedError(Permission.CASE_EDIT)
    case = Case.objects.select_for_update(of=("self",)).select_related("form_version").get(pk=case.pk)
    form = case.form_version.form_id
    plan = follow_up_plans([form], case.event_date)[form]
    follow_up = FollowUp.objects.filter(case=case).first() or _begun(case, attempt)
    follow_up.due_on = case.event_date + timedelta(days=plan.days)
    _refuse(case, follow_up, attempt, today_of(hospital.collaborative))
    follow_up.attempts += 1
    follow_up.last_tried_on = max(attempt.tried_on, follow_up.last_tried_on)
    _settle(follow_up, plan, attempt, by)
    follow_up.save()
    _keep(follow_up, attempt, by)
    return follow_up


def _begun(case: Case, attempt: Attempt) -> FollowUp:
    return FollowUp(
        collaborative_id=case.collaborative_id,
        participation_id=case.participation_id,
        case=case,
        last_tried_on=attempt.tried_on,
    )


def _refuse(case: Case, follow_up: FollowUp, attempt: Attempt, today: date) -> None:
    if follow_up.state == FollowUpState.REACHED:
        raise AttemptError("Day 30 of this case is known already. Nothing is left to try.")
    if not case.event_date <= attempt.tried_on <= today:
        raise AttemptError(
            f"An attempt is made between the event ({case.event_date:%-d %B %Y}) and today. Check the date."
        )
    if attempt.outcome is AttemptOutcome.REACHED and attempt.tried_on < follow_up.due_on:
        raise AttemptError(
            f"Day {(follow_up.due_on - case.event_date).days} is {follow_up.due_on:%-d %B %Y}. Before it nobody knows how the "
            "patient is on that day: choose “Found, but not up to day 30”, and try again after it."
        )


def _settle(follow_up: FollowUp, plan: FollowUpPlan, attempt: Attempt, by: Viewer) -> None:
    """Open, reached, or not reached. One that was given up opens no more, but may still be reached."""
    late_enough = attempt.tried_on >= follow_up.due_on
    if attempt.outcome is AttemptOutcome.REACHED:
        follow_up.state = FollowUpState.REACHED
    elif attempt.outcome is AttemptOutcome.DECLINED or (follow_up.attempts >= plan.attempts and late_enough):
        follow_up.state = FollowUpState.NOT_REACHED
    if follow_up.state != FollowUpState.OPEN:
        follow_up.closed_at, follow_up.closed_by_id = timezone.now(), by.user_id


def _keep(follow_up: FollowUp, attempt: Attempt, by: Viewer) -> None:
    made = FollowUpAttempt.objects.create(
        collaborative_id=follow_up.collaborative_id,
        participation_id=follow_up.participation_id,
        follow_up=follow_up,
        tried_on=attempt.tried_on,
        method=attempt.method,
        outcome=attempt.outcome,
        note=attempt.note.strip()[:LONGEST_REASON],
        recorded_by_id=by.user_id,
    )
    details = {"method": made.method, "outcome": made.outcome, "state": follow_up.state}
    record_event(
        EventKind.FOLLOW_UP_TRIED, by=by, subject=made, participation_id=follow_up.participation_id, details=details
    )
