"""Notes on the trend of infections: one of the centre, one each of Alder and Birch."""

from datetime import date
from uuid import UUID

from django.db import transaction

from collaboratives.selectors.places import acting_for
from feedback.services.trend_notes import add_note
from measures.models import Measure
from tenancy.context import acting
from tests.worlds import programme


MEASURE, MONTH = "ssi", date(2026, 3, 1)
TEXTS = {
    "cora": "bundle agreed at the spring meeting",
    "alder.champion": "Quillen closing tray",
    "birch.champion": "Birchall order set",
}
NOTES: dict[str, UUID] = {}


def build() -> None:
    for name, text in TEXTS.items():
        person = programme.viewer(name, "colectomy-mi")
        with acting(acting_for(person)), transaction.atomic():
            measure = Measure.objects.get(collaborative_id=person.collaborative_id, slug=MEASURE)
            note = add_note(measure=measure, month=MONTH, text=text, by=person)
        NOTES[name.partition(".")[0].replace("cora", "centre")] = note.public_id
