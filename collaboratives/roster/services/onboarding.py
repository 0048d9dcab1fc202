"""Planning a hospital's way in, and its first day."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from collaboratives.enums import Stage
from collaboratives.models import Participation
from collaboratives.roster.definition.step_dates import StepDates
from collaboratives.roster.errors import RosterError
from collaboratives.roster.models import OnboardingDate
from collaboratives.roster.selectors.onboarding import GO_LIVE, onboarding_of
from collaboratives.selectors.clock import today_of
from events.enums import EventKind
from events.services import record_event
from privacy.roles import Permission
from privacy.viewer import Viewer, require


@transaction.atomic
def plan_onboarding(*, participation: Participation, dates: Mapping[str, StepDates], by: Viewer) -> int:
    """Keep when each step is to be done, and what somebody ticked; how many steps changed."""
    require(by, Permission.HOSPITAL_MANAGE)
    today, changed = today_of(participation.collaborative), 0
    if any(each.done_on and each.done_on > today for each in dates.values()):
        raise RosterError("A step cannot be done in the future. Check the day, or plan it instead.")
    kept = {row.step: row for row in OnboardingDate.objects.select_for_update().filter(participation=participation)}
    for step, given in dates.items():
        row = kept.get(step) or OnboardingDate(
            collaborative_id=by.collaborative_id, participation=participation, step=step
        )
        if (row.planned_on, row.done_on) != (given.planned_on, given.done_on):
            row.planned_on, row.done_on = given.planned_on, given.done_on
            row.changed_at, row.changed_by_id = timezone.now(), by.user_id
            row.save()
            changed += 1
    if changed:
        record_event(EventKind.ONBOARDING_PLANNED, by=by, subject=participation, participation_id=participation.pk)
    return changed


@transaction.atomic
def go_live(*, participation: Participation, by: Viewer) -> Participation:
    """From today the hospital is live. Every step is done before, or ticked by hand."""
    require(by, Permission.HOSPITAL_MANAGE)
    place = (
        Participation.objects.select_for_update(of=("self",)).select_related("collaborative").get(pk=participation.pk)
    )
    if place.stage in {Stage.LIVE, Stage.LEFT}:
        raise RosterError(f"This hospital is {place.get_stage_display().lower()} already.")
    waiting = onboarding_of(place).open_titles
    if waiting:
        raise RosterError(
            f"Not yet: {', '.join(waiting)} {'is' if len(waiting) == 1 else 'are'} open. Finish or tick each first."
        )
    place.stage = Stage.LIVE
    place.save(update_fields=["stage"])
    now = timezone.now()
    row, _ = OnboardingDate.objects.get_or_create(
        collaborative_id=by.collaborative_id,
        participation=place,
        step=GO_LIVE,
        defaults={"changed_by_id": by.user_id},
    )
    row.done_on, row.changed_at, row.changed_by_id = today_of(place.collaborative), now, by.user_id
    row.save(update_fields=["done_on", "changed_at", "changed_by"])
    record_event(EventKind.HOSPITAL_WENT_LIVE, by=by, subject=place, participation_id=place.pk)
    return place
