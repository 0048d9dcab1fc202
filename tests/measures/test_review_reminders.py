"""Reviews of definitions that are due: on the centre's home, in the lists, and by mail, each said once."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from collaboratives.models import Collaborative
from collaboratives.notifications.enums import NotificationKind
from collaboratives.notifications.models import Notification
from collaboratives.notifications.services.sending import send_due
from collaboratives.selectors.places import acting_for
from events.models import Event
from measures.models import Measure, MeasureVersion, RiskModel
from measures.selectors.reviews_due import reviews_due
from measures.services.measure_drafts import save_measure, start_measure_draft
from measures.services.measure_review import publish_measure, submit_measure
from measures.services.review import Publishing
from measures.services.review_reminders import remind, tell_review
from measures.services.risk_model_review import publish_model, submit_model
from measures.services.risk_models import save_model, start_model_draft
from tenancy.context import acting
from tests.clock import today
from tests.world import World
from tests.worlds import programme, releases
from tests.worlds.counting import page_queries


TODAY = today()
PUBLISHING = Publishing(TODAY, "Dates.")


def reviewed_measure(day: date, slug: str = "readmission") -> MeasureVersion:
    ben, dana = programme.viewer("ben"), programme.viewer("dana")
    with acting(acting_for(ben)), transaction.atomic():
        version = start_measure_draft(measure=Measure.objects.get(slug=slug), by=ben)
        spec = replace(version.definition, reviewed_on=date(2020, 1, 1), next_review_on=day)
        version = save_measure(version=version, spec=spec, shown=version.digest, by=ben)
        version = submit_measure(version=version, note="Dates.", by=ben)
    with acting(acting_for(dana)), transaction.atomic():
        return publish_measure(version=version, publishing=PUBLISHING, by=dana)


def reviewed_model(day: date) -> None:
    ben, dana = programme.viewer("ben"), programme.viewer("dana")
    with acting(acting_for(ben)), transaction.atomic():
        version = start_model_draft(model=RiskModel.objects.get(slug="ssi_model"), by=ben)
        version = save_model(
            version=version, spec=replace(version.definition, next_review_on=day), shown=version.digest, by=ben
        )
        version = submit_model(version=version, note="Dates.", by=ben)
    with acting(acting_for(dana)), transaction.atomic():
        publish_model(version=version, publishing=PUBLISHING, by=dana)


@pytest.mark.worker
def test_definitions_due_within_thirty_days_are_found_the_longest_overdue_first(world: World) -> None:
    reviewed_measure(TODAY + timedelta(days=30))
    reviewed_model(TODAY - timedelta(days=2))

    with acting(releases.worker()), transaction.atomic():
        collaborative = Collaborative.objects.get(slug=world.slug)
        found = [(each.what, each.slug, each.overdue) for each in reviews_due(collaborative)]
        earlier = reviews_due(collaborative, timezone.now() - timedelta(days=40))

    assert found == [("risk model", "ssi_model", True), ("measure", "readmission", False)]
    assert earlier == []


@pytest.mark.worker
def test_each_stage_is_said_once_and_mailed_to_coordinators_and_writers(world: World) -> None:
    version = reviewed_measure(TODAY - timedelta(days=1))
    key = version.collaborative_id

    with acting(releases.worker()):
        assert (remind(key), remind(key)) == (1, 0)
        with transaction.atomic():
            event = Event.objects.get(kind="review_due", subject_id=version.pk)
            tell_review(event)
        send_due(key)

    assert event.details == {"what": "measure", "stage": "overdue", "day": (TODAY - timedelta(days=1)).isoformat()}
    people = {programme.email("cora"), programme.email("ben")}
    told = [each for each in mail.outbox if "Review" in each.subject]
    assert {each.to[0] for each in told} == people
    assert {each.subject for each in told} == {f"Review overdue: {version.measure.name} (Colectomy Michigan)"}
    assert "/manage/measures/readmission/" in told[0].body


@pytest.mark.worker
def test_no_mail_about_a_version_that_another_replaced(world: World) -> None:
    version = reviewed_measure(TODAY - timedelta(days=1))
    with acting(releases.worker()):
        remind(version.collaborative_id)
    reviewed_measure(TODAY + timedelta(days=300))

    with acting(releases.worker()), transaction.atomic():
        tell_review(Event.objects.get(kind="review_due", subject_id=version.pk))

        assert not Notification.objects.filter(kind=NotificationKind.DEFINITION_REVIEW).exists()


def test_home_of_the_centre_and_lists_tell_it(world: World) -> None:
    reviewed_measure(TODAY - timedelta(days=1))
    reviewed_model(TODAY + timedelta(days=5))
    client = world.client("cora")

    home = client.get("/c/colectomy-mi/").content.decode()
    assert "Definition to review" in home
    assert "Overdue" in client.get("/c/colectomy-mi/manage/measures/").content.decode()
    assert "Review due" in client.get("/c/colectomy-mi/manage/models/").content.decode()
    assert "Definition to review" not in world.client("vera").get("/c/colectomy-mi/").content.decode()
    assert len(page_queries(client, "/c/colectomy-mi/manage/models/")) <= 12
