"""A hospital's way in, step by step, with dates: what rows elsewhere tell, and what somebody ticked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string

from collaboratives.agreements.selectors.needs import needs_of
from collaboratives.agreements.selectors.standings import LASTING, standings_of
from collaboratives.definition.onboarding import OnboardingStep
from collaboratives.enums import Stage
from collaboratives.models import Participation
from collaboratives.roster.models import OnboardingDate
from collaboratives.roster.selectors.roster import rows_of
from collaboratives.selectors.clock import in_zone, today_of
from collaboratives.selectors.hospitals import own_participation, participation_for
from privacy.roles import Permission
from privacy.viewer import Viewer, require


GO_LIVE = "go_live"
StepTeller = Callable[[Participation], OnboardingStep]


@dataclass(frozen=True, kw_only=True)
class StepLine:
    step: OnboardingStep
    planned_on: date | None
    done_on: date | None
    by_hand: bool
    late: bool


@dataclass(frozen=True, kw_only=True)
class OnboardingPage:
    participation: Participation
    lines: tuple[StepLine, ...]
    live_on: date | None
    live_planned_on: date | None
    is_live: bool
    may_manage: bool

    @property
    def done(self) -> int:
        return sum(line.done_on is not None for line in self.lines)

    @property
    def progress(self) -> str:
        return f"{self.done} of {len(self.lines)} steps done"

    @property
    def open_titles(self) -> list[str]:
        return [line.step.title.lower() for line in self.lines if line.done_on is None]


@lru_cache
def _tellers() -> tuple[StepTeller, ...]:
    """Steps of packages above this one are named in the settings, as the rules of case entry are."""
    return tuple(import_string(path) for path in settings.ONBOARDING_STEPS)


def onboarding_page(viewer: Viewer, public_id: UUID | None) -> OnboardingPage:
    """Of the viewer's own hospital, or of any by its id for the centre."""
    require(viewer, Permission.PEOPLE_VIEW)
    place = participation_for(viewer, public_id, Permission.HOSPITAL_VIEW) if public_id else own_participation(viewer)
    return onboarding_of(place, may_manage=viewer.can(Permission.HOSPITAL_MANAGE))


def onboarding_of(place: Participation, *, may_manage: bool = False) -> OnboardingPage:
    kept = {row.step: row for row in OnboardingDate.objects.filter(participation=place)}
    today = today_of(place.collaborative)
    lines = tuple(_line(teller(place), kept, today) for teller in _tellers())
    live = kept.get(GO_LIVE)
    return OnboardingPage(
        participation=place,
        lines=lines,
        live_on=live.done_on if live else None,
        live_planned_on=live.planned_on if live else None,
        is_live=place.stage == Stage.LIVE,
        may_manage=may_manage,
    )


def _line(step: OnboardingStep, kept: dict[str, OnboardingDate], today: date) -> StepLine:
    row = kept.get(step.key)
    planned, ticked = (row.planned_on, row.done_on) if row else (None, None)
    ticked = ticked if step.by_hand else None
    done = step.done_on or ticked
    return StepLine(
        step=step,
        planned_on=planned,
        done_on=done,
        by_hand=step.done_on is None and ticked is not None,
        late=done is None and planned is not None and planned < today,
    )


def agreements_step(place: Participation) -> OnboardingStep:
    """Done on the day from which everything needed counts."""
    needs = needs_of(place.collaborative_id)
    found = standings_of(place.collaborative, [place.pk])[place.pk]
    wanted = {kind: found[kind] for kind, need in needs.items() if need.is_any}
    open_kinds = [kind.in_words for kind, each in wanted.items() if each.stands not in LASTING]
    begun = [each.term.starts_on for each in wanted.values() if each.term]
    return OnboardingStep(
        key="agreements",
        title="Agreements",
        detail=f"To sign: {', '.join(open_kinds)}." if open_kinds else "Everything needed is signed.",
        done_on=None if open_kinds else max(begun, default=place.joined_on),
        url=reverse("agreements:agreement-list", args=[place.collaborative.slug]),
        by_hand=False,
    )


def people_step(place: Participation) -> OnboardingStep:
    """Done on the day on which the last of the needed roles was taken."""
    row = rows_of(place.collaborative, [place])[0]
    vacant = [seat.role.label for seat in row.vacant]
    filled = [seat.filled_since for seat in row.seats if seat.filled_since]
    return OnboardingStep(
        key="people",
        title="People",
        detail=f"Vacant: {', '.join(vacant)}." if vacant else "Champion, abstractor and administrator are there.",
        done_on=None if vacant else in_zone(max(filled), place.collaborative).date(),
        url=reverse("roster:roster", args=[place.collaborative.slug]),
    )
