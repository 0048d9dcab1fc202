"""What the demo loads beside the pages: releases that members do not see yet, a model on trial, figures to look at."""

import pytest
from django.db import transaction

from collaboratives.models import Collaborative
from collaboratives.selectors.places import acting_for
from config.demo.cast import SURGERY
from config.demo.claims import MEASURE
from config.demo.people import known_cast
from config.demo.releases import RELEASES
from config.demo.under_way import AT_THE_GATE, SCHEDULED, is_under_way, load_under_way
from events.models import Event
from feedback.enums import FigureState, ReleaseState, TrialState
from feedback.models import FigureUpload, PrivateNotice, Release, ReleaseCheck, SiteResult, TrialFit
from privacy.roles import Role
from tenancy.context import Acting, acting


DEMO: dict[str, object] = {"releases": RELEASES[-1:]}
pytestmark = [pytest.mark.slow, pytest.mark.worker]


def test_a_part_of_the_demo_is_under_way(demo_database: None, db: None) -> None:
    assert is_under_way() is False
    load_under_way(lambda _line: None)
    assert is_under_way() is True
    with acting(Acting("platform")), transaction.atomic():
        worker = Acting("compute", collaborative_id=Collaborative.objects.get(slug=SURGERY).pk)
    with acting(acting_for(known_cast().viewer(Role.COORDINATOR, SURGERY))), transaction.atomic():
        # The files of suppliers are the centre's; no worker reads them.
        assert sorted(FigureUpload.objects.values_list("state", flat=True)) == [
            FigureState.CHECKED,
            FigureState.COMMITTED,
        ]
    with acting(worker), transaction.atomic():
        states = dict(Release.objects.values_list("name", "state"))
        supplied = SiteResult.objects.filter(measure_version__measure__slug=MEASURE, release__state="released")

        assert states[SCHEDULED.name] == ReleaseState.SCHEDULED
        assert states[AT_THE_GATE.name] == ReleaseState.DRAFT
        assert ReleaseCheck.objects.filter(release__name=AT_THE_GATE.name).exists()
        assert PrivateNotice.objects.filter(release__name=SCHEDULED.name).exists()
        assert set(TrialFit.objects.values_list("state", flat=True)) == {TrialState.DONE}
        assert supplied.count() == 30
        assert not Event.objects.filter(done_at=None).exists()
