"""What is under way: a release that members will see in some days, one at the gate, a risk model on trial, a file of figures.

Loaded after the first pages are there, so that nobody waits for it. Its numbers come from the worker's own code.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from collaboratives.selectors.places import acting_for
from config.demo.cast import SURGERY
from config.demo.people import Cast, known_cast
from config.demo.releases import REASON, Planned, approved, drafted, work_off
from feedback.enums import ReleaseState
from feedback.models import Release
from feedback.services.scheduling import schedule_release
from feedback.services.trials import request_trial
from measures.definition.spec import Covariate
from measures.models import RiskModel
from measures.services.risk_models import save_model, start_model_draft
from privacy.roles import Role
from tenancy.context import Acting, acting


SCHEDULED = Planned(
    name="2026-3",
    window_from=date(2025, 11, 1),
    window_to=date(2026, 10, 31),
    drafted=datetime(2026, 11, 17, 14, 30, tzinfo=UTC),
)
AT_THE_GATE = Planned(
    name="2026-4, first look",
    window_from=date(2026, 1, 1),
    window_to=date(2026, 10, 31),
    drafted=datetime(2026, 11, 20, 9, 15, tzinfo=UTC),
)
DAYS_AHEAD = 4
MODEL, LEFT_OUT = "ssi_2026", "smoker"


def is_under_way() -> bool:
    cast = known_cast()
    collaborative_id = cast.viewer(Role.DIRECTOR, SURGERY).collaborative_id
    with acting(Acting("compute", collaborative_id=collaborative_id)), transaction.atomic():
        return Release.objects.filter(name=SCHEDULED.name).exists()


@transaction.atomic
def load_under_way(say: Callable[[str], None]) -> None:
    """All of it, or nothing: whatever asks again finds the whole of it still to do."""
    cast = known_cast()
    say(f"release {_scheduled(cast).name} is scheduled")
    _try_model(cast)
    say("a draft of the risk model is tried on real cases")
    release = drafted(cast, AT_THE_GATE)
    work_off(release.collaborative_id)  # what drafting it left to do: the hospitals' own breakdowns
    say(f"release {release.name} waits at the gate")


def _scheduled(cast: Cast) -> Release:
    """Members see it in some days; hospitals with bad news read theirs in private now."""
    release, director = approved(cast, SCHEDULED), cast.viewer(Role.DIRECTOR, SURGERY)
    with acting(acting_for(director)):
        release = schedule_release(
            release=release, at=timezone.now() + timedelta(days=DAYS_AHEAD), reason=REASON, by=director
        )
    work_off(director.collaborative_id)
    if release.state != ReleaseState.SCHEDULED:
        raise RuntimeError(f"Release {release.name} is {release.state}, not scheduled.")
    return release


def _try_model(cast: Cast) -> None:
    """The biostatistician asks what the model would be without one of its covariates."""
    by = cast.viewer(Role.BIOSTATISTICIAN, SURGERY)
    with acting(acting_for(by)), transaction.atomic():
        model = RiskModel.objects.get(collaborative_id=by.collaborative_id, slug=MODEL)
        draft = start_model_draft(model=model, by=by)
        spec = replace(draft.definition, covariates=tuple(_kept(draft.definition.covariates)))
        draft = save_model(version=draft, spec=spec, shown=draft.digest, by=by)
        request_trial(version=draft, window_from=SCHEDULED.window_from, window_to=SCHEDULED.window_to, by=by)
    work_off(by.collaborative_id)


def _kept(covariates: tuple[Covariate, ...]) -> list[Covariate]:
    return [each for each in covariates if each.variable != LEFT_OUT]
