"""What waits for somebody: vacancies, the review of access, steps of new hospitals."""

from django.urls import reverse

from collaboratives.definition.due import Due
from collaboratives.enums import Stage
from collaboratives.roster.definition.half_years import in_words, last_day_of
from collaboratives.roster.models import OnboardingDate
from collaboratives.roster.selectors.access_review import review_due
from collaboratives.roster.selectors.roster import roster_rows
from collaboratives.selectors.clock import today_of
from privacy.roles import Permission
from privacy.viewer import Viewer


def due_for(viewer: Viewer) -> list[Due]:
    """For whoever manages people: a hospital its own, the centre everybody's."""
    if not viewer.can(Permission.PEOPLE_MANAGE):
        return []
    return [*_vacancies(viewer), *_review(viewer), *_steps(viewer)]


def _vacancies(viewer: Viewer) -> list[Due]:
    url = reverse("roster:roster", args=[viewer.collaborative_slug])
    return [
        Due(
            kind="vacancy",
            title=f"Vacant: {seat.role.label}" + (f"; {seat.cover.name} stands in" if seat.cover else ""),
            url=url if viewer.participation_id else f"{url}?show=vacant",
            due_on=seat.cover.until if seat.cover else None,
            since=seat.vacant_since,
            hospital=row.public_id,
            key=f"vacancy {row.public_id} {seat.role}",
        )
        for row in roster_rows(viewer)
        for seat in row.vacant
    ]


def _review(viewer: Viewer) -> list[Due]:
    half_year = review_due(viewer)
    if not half_year:
        return []
    url = reverse("roster:access-review", args=[viewer.collaborative_slug])
    title = f"Look through who has access, for the {in_words(half_year)}"
    return [Due(kind="access_review", title=title, url=url, due_on=last_day_of(half_year))]


def _steps(viewer: Viewer) -> list[Due]:
    """Steps of hospitals not live yet whose planned day has come; only ticked and planned ones, no rows elsewhere are asked."""
    planned = OnboardingDate.objects.filter(
        collaborative_id=viewer.collaborative_id, done_on=None, planned_on__isnull=False
    ).exclude(participation__stage__in=[Stage.LIVE, Stage.LEFT])
    rows = planned.select_related("participation", "collaborative").order_by("planned_on", "pk")
    slug = viewer.collaborative_slug
    return [
        Due(
            kind="onboarding",
            title=f"Way in: {row.step.replace('_', ' ')}",
            url=reverse("roster:onboarding-own", args=[slug])
            if viewer.participation_id
            else reverse("roster:onboarding", args=[slug, row.participation.public_id]),
            due_on=row.planned_on,
            hospital=row.participation.public_id,
        )
        for row in rows
        if row.planned_on and row.planned_on <= today_of(row.collaborative)
    ]
