"""After a version of a measure is published or retired, a worker counts the cases of every hospital by it."""

from dataclasses import replace
from unittest import mock

import pytest

from cases.models import Case
from events.models import Job
from feedback.models import CaseOutcome, SiteMonth
from feedback.selectors.evaluation_progress import evaluation_of
from feedback.services.evaluation import form_measures
from feedback.services.measure_evaluation import evaluate_measure
from measures.definition.spec import Exclusion
from measures.errors import MeasureNeededError
from measures.models import Measure, MeasureVersion
from measures.services.measure_drafts import save_measure, start_measure_draft
from measures.services.measure_review import publish_measure, retire_measure, submit_measure
from measures.services.review import Publishing
from tenancy.context import Acting, acting
from tests.clock import today
from tests.world import World


pytestmark = pytest.mark.worker
OLD = Exclusion(name="old", label="Over seventy", when="[age] > 70")


def published(world: World, slug: str = "ssi") -> MeasureVersion:
    with world.acting_as("cora") as by:
        version = start_measure_draft(measure=Measure.objects.get(slug=slug), by=by)
        spec = replace(version.definition, exclusions=(OLD,))
        version = save_measure(version=version, spec=spec, shown=version.digest, by=by)
        version = submit_measure(version=version, note="", by=by)
    with world.acting_as("dana") as by:
        return publish_measure(version=version, publishing=Publishing(today(), "New."), by=by)


def evaluate(version: MeasureVersion) -> None:
    with acting(Acting("compute", collaborative_id=version.collaborative_id)):
        evaluate_measure(Job.objects.filter(kind="feedback.evaluate_measure", subject_id=version.pk).latest("pk"))


def test_the_rows_are_those_of_every_case_one_by_one(world: World) -> None:
    version = published(world)

    evaluate(version)

    with acting(Acting("compute", collaborative_id=version.collaborative_id)):
        (form,) = [each for each in form_measures(version.collaborative_id) if each.form.slug == "colectomy"]
        cases = Case.objects.filter(status__in=("complete", "locked"), form_version__form=form.form)
        expected = {
            (case.pk, outcome.kind.value, outcome.reason)
            for case in cases.filter(collaborative_id=version.collaborative_id)
            for outcome in [form.outcomes(case)[version.pk]]
        }
        rows = CaseOutcome.objects.filter(measure_version=version).values_list("case_id", "outcome", "reason")
        months = SiteMonth.objects.filter(measure_version=version)
        counted = sum(each.met + each.not_met + each.excluded + each.cannot_tell for each in months)
        old = CaseOutcome.objects.filter(measure_version__measure=version.measure).exclude(measure_version=version)
        assert (set(rows), counted) == (expected, len(expected))
        assert not old.exists()


def test_other_measures_keep_their_counts(world: World) -> None:
    version = published(world)
    with acting(Acting("compute", collaborative_id=version.collaborative_id)):
        others = SiteMonth.objects.exclude(measure_version__measure=version.measure).order_by("pk")
        before = list(others.values_list("pk", "met", "not_met", "excluded", "cannot_tell", "refreshed_at"))
    evaluate(version)

    with acting(Acting("compute", collaborative_id=version.collaborative_id)):
        after = list(others.all().values_list("pk", "met", "not_met", "excluded", "cannot_tell", "refreshed_at"))
    assert after == before != []


def test_what_the_common_aim_is_told_by_is_not_retired(world: World) -> None:
    version = published(world)

    with pytest.raises(MeasureNeededError, match="Change the aim first"), world.acting_as("dana") as by:
        retire_measure(version=version, reason="Nobody acts on it.", by=by)


def test_nothing_is_counted_by_a_retired_measure(world: World) -> None:
    version = published(world, "readmission")
    evaluate(version)
    with world.acting_as("dana") as by:
        retire_measure(version=version, reason="Nobody acts on it.", by=by)
    evaluate(version)

    with acting(Acting("compute", collaborative_id=version.collaborative_id)):
        months = SiteMonth.objects.filter(measure_version__measure=version.measure)
        left = sum(each.met + each.not_met + each.excluded + each.cannot_tell for each in months)
        assert (CaseOutcome.objects.filter(measure_version__measure=version.measure).count(), left) == (0, 0)


def test_how_far_it_is_is_told_hospital_by_hospital(world: World) -> None:
    version = published(world)
    with mock.patch("feedback.services.measure_evaluation.Progress") as progress:
        evaluate(version)

    told = [call.args for call in progress.return_value.tell.call_args_list]
    assert told == [(done, told[-1][1]) for done in range(told[-1][1] + 1)]
    with world.acting_as("cora") as by:
        page = evaluation_of(by, "ssi")
    assert (page.is_running, page.has_failed) == (True, False)
