"""Cases from before the columns of the work list: the command counts them as a save would have."""

from io import StringIO

import pytest
from django.core.management import call_command

from cases.models import Case, CaseChange
from cases.services.measure_cases import COUNTED
from tenancy.context import Acting, acting
from tests.world import World


pytestmark = pytest.mark.worker


def _counts(world: World) -> dict[int, tuple[object, ...]]:
    with world.acting_as("dana"):
        return {row[0]: row[1:] for row in Case.objects.values_list("pk", *COUNTED)}


def test_command_counts_what_nobody_has_and_leaves_no_trace(world: World) -> None:
    before = _counts(world)
    with acting(Acting("compute", collaborative_id=world.viewer("dana").collaborative_id)):
        counted = Case.objects.filter(locked_at=None).update(answered=0, questions=0, errors=0, warnings=0, sections={})
        changes = CaseChange.objects.count()
    said = StringIO()
    call_command("measure_cases", stdout=said)
    with world.acting_as("dana"):
        after = CaseChange.objects.count()

    assert _counts(world) == before
    assert f"colectomy-mi: {counted:,} cases counted" in said.getvalue()
    assert after == changes


def test_command_run_again_counts_only_when_told(world: World) -> None:
    said = StringIO()
    call_command("measure_cases", stdout=said)
    call_command("measure_cases", "--again", stdout=said)

    first, *_, last = [line for line in said.getvalue().splitlines() if line.startswith("colectomy-mi")]
    assert first == "colectomy-mi: 0 cases counted"
    assert last != first
