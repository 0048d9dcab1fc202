"""What the centre keeps to compare hospitals with their like, and what people noted on trends."""

from datetime import date

from django.db import transaction

from collaboratives.selectors.places import acting_for
from collaboratives.services.programme import group_hospitals
from config.demo.cast import HOSPITALS, SURGERY, Hospital
from config.demo.people import Cast
from config.demo.releases import work_off
from feedback.services.trend_notes import add_note
from measures.models import Measure
from privacy.roles import Role
from tenancy.context import acting


MANY_BEDS = 250
OF_THE_CENTRE = (("ssi", date(2026, 4, 1), "bundle for colectomy agreed"),)
OF_NORTHGATE = (
    ("ssi", date(2026, 5, 1), "clean closing tray in every theatre"),
    ("antibiotic_timing", date(2026, 3, 1), "new antibiotic order set"),
)


def group_all(cast: Cast) -> int:
    """Large and smaller hospitals; before the releases, which freeze it."""
    by = cast.viewer(Role.COORDINATOR, SURGERY)
    groups = {
        participation.public_id: _group(HOSPITALS[key])
        for (slug, key), participation in cast.participations.items()
        if slug == SURGERY
    }
    with acting(acting_for(by)), transaction.atomic():
        return group_hospitals(groups=groups, by=by)


def _group(hospital: Hospital) -> str:
    return "large hospitals" if hospital.beds >= MANY_BEDS else "smaller hospitals"


def write_notes(cast: Cast) -> int:
    """A note of the centre for all, and some of Northgate for itself."""
    people = (
        (cast.viewer(Role.COORDINATOR, SURGERY), OF_THE_CENTRE),
        (cast.viewer(Role.CHAMPION, SURGERY, "northgate"), OF_NORTHGATE),
    )
    for by, notes in people:
        with acting(acting_for(by)), transaction.atomic():
            measures = {
                measure.slug: measure for measure in Measure.objects.filter(collaborative_id=by.collaborative_id)
            }
            for slug, month, text in notes:
                add_note(measure=measures[slug], month=month, text=text, by=by)
    work_off(cast.viewer(Role.COORDINATOR, SURGERY).collaborative_id)
    return sum(len(notes) for _, notes in people)
