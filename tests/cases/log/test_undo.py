"""Undoing an import takes cases away that the log and the follow-up know: neither stops it, neither points at nothing."""

from datetime import date

import pytest
from django.db import connection, transaction

from cases.log.enums import AttemptOutcome, FollowUpMethod
from cases.log.models import CaseLogEntry, FollowUp, FollowUpAttempt
from cases.log.services.entries import begin_case
from cases.log.services.follow_up import Attempt, record_attempt
from cases.services.cases import start_case
from measures.models import Form
from tenancy.context import Acting, acting
from tests.world import World
from tests.worlds import logs


pytestmark = [pytest.mark.worker, pytest.mark.django_db]


def test_the_entry_stays_and_the_attempts_go_with_the_case(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        form = Form.objects.get(slug="colectomy")
        case = start_case(form=form, case_number="AL-undone", event_date=date(2026, 9, 14), by=by)
        entry = CaseLogEntry.objects.filter(cycle__name=logs.CYCLE, state="sampled").earliest("pk")
        CaseLogEntry.objects.filter(pk=entry.pk).update(case=case)
        assert begin_case(entry=entry, by=by).pk == case.pk
        attempt = Attempt(tried_on=date(2026, 10, 20), method=FollowUpMethod.LETTER, outcome=AttemptOutcome.NO_ANSWER)
        follow_up = record_attempt(case=case, attempt=attempt, by=by)
    with acting(Acting("compute", collaborative_id=by.collaborative_id)), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM cases_case WHERE id = %s", [case.pk])
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        entry.refresh_from_db()
        left = (FollowUp.objects.filter(pk=follow_up.pk), FollowUpAttempt.objects.filter(follow_up_id=follow_up.pk))

        assert (entry.case_id, entry.state) == (None, "sampled")
        assert [each.count() for each in left] == [0, 0]
