"""Undoing an import leaves a new case about which somebody has asked: the thread needs its case."""

import pytest
from django.db import transaction

from cases.models import Case
from cases.services.imports import undo_import
from cases.services.undo import undo_cases
from events.models import Job
from tenancy.context import Acting, acting
from tests.world import World
from tests.worlds import cases
from tests.worlds.questions import ask


pytestmark = [pytest.mark.worker, pytest.mark.django_db]
FILE = b"case_number,age,asa,operation_date,antibiotic,ssi\nU-1,70,2,2026-03-05,1,0\nU-2,71,2,2026-03-06,1,0\n"


def test_a_new_case_that_is_spoken_about_stays(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        case_import = cases.take_in(FILE, by=by)
    ask(by, "U-2", "age", "Is this one ours?")
    with world.acting_as("alder.abstractor"):
        undo_import(case_import=case_import, by=by)
    with acting(Acting("compute", collaborative_id=by.collaborative_id)), transaction.atomic():
        undone = undo_cases(Job.objects.get(kind="cases.undo_import", subject_id=case_import.pk))

    assert undone is not None
    assert len(undone.deleted) == 1
    with world.acting_as("alder.abstractor"):
        assert list(Case.objects.filter(case_number__startswith="U-").values_list("case_number", flat=True)) == ["U-2"]
        case_import.refresh_from_db()
        assert case_import.summary["undone"] == {"deleted": 1, "restored": 0, "kept": 1}
