"""Trial fits: what a worker makes of them, that they equal a release's, who moves, and that members see nothing of them."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import ProgrammingError, transaction

from collaboratives.notifications.models import Notification
from collaboratives.selectors.places import acting_for
from config.reactions import JOBS
from events.models import Event, Job
from feedback.enums import TrialState
from feedback.errors import TrialError
from feedback.models import ModelFit, Release, TrialFit, TrialHospital
from feedback.selectors.trials import moved_count
from feedback.services.trial_fitting import fit_trial
from feedback.services.trials import request_trial
from measures.definition.spec import Covariate, CovariateKind, RiskModelSpec
from measures.models import RiskModel, RiskModelVersion
from measures.services.review import Publishing
from measures.services.risk_model_review import publish_model, submit_model
from measures.services.risk_models import save_model, start_model_draft
from privacy.viewer import PermissionRefusedError, Viewer
from tenancy.context import acting
from tests.clock import today
from tests.world import World
from tests.worlds import programme, releases


MODEL = "ssi_model"
DRAIN = Covariate(variable="drain", kind=CovariateKind.YES_NO)


def in_use() -> RiskModelVersion:
    return RiskModelVersion.objects.select_related("risk_model").get(risk_model__slug=MODEL, status="published")


def draft(**change: Any) -> RiskModelVersion:
    """A draft by Ben that differs as asked."""
    person = programme.viewer("ben")
    with acting(acting_for(person)), transaction.atomic():
        version = start_model_draft(model=RiskModel.objects.get(slug=MODEL), by=person)
        spec = replace(version.definition, **change)
        return save_model(version=version, spec=spec, shown=version.digest, by=person) if change else version


def tried(
    version: RiskModelVersion | None = None, window: tuple[date, date] = releases.WINDOW, name: str = "ben"
) -> TrialFit:
    """Asked for by a person, fitted by the worker."""
    person = programme.viewer(name)
    with acting(acting_for(person)), transaction.atomic():
        version = version or in_use()
        trial = request_trial(version=version, window_from=window[0], window_to=window[1], by=person)
    with acting(releases.worker()), transaction.atomic():
        fit_trial(Job(subject_id=trial.pk))
        return TrialFit.objects.select_related("before").get(pk=trial.pk)


@pytest.mark.worker
def test_trial_of_the_version_in_use_is_the_fit_of_the_release_to_the_bit(world: World) -> None:
    trial = tried()

    with acting(releases.worker()):
        fit = ModelFit.objects.get(release=Release.objects.get(name=releases.NAME))
    assert trial.state == TrialState.DONE, trial.problem
    kept = {name: getattr(fit, name) for name in trial.fit if name != "details"}
    assert {name: trial.fit[name] for name in kept} == kept
    same = ("scaled_brier", "in_the_large", "slope", "hosmer_lemeshow", "dropped", "missing", "r")
    assert {name: trial.fit["details"][name] for name in same} == {name: fit.details[name] for name in same}


@pytest.mark.worker
def test_run_record_says_what_computed_it_from_what(world: World) -> None:
    trial, again = tried(), tried()

    assert trial.digest == again.digest
    assert (len(trial.digest), trial.seed, trial.tolerance) == (64, 20_260, 1e-10)
    assert "numpy" in trial.code_version
    assert (trial.seconds or 0) > 0
    assert (trial.spec_digest, trial.before) == (in_use_digest(), None)


def in_use_digest() -> str:
    with acting(releases.worker()):
        return in_use().digest


@pytest.mark.worker
def test_draft_is_held_against_the_version_in_use_on_the_same_cases(world: World) -> None:
    version = draft(covariates=(Covariate(variable="age", kind=CovariateKind.LINEAR),))
    trial = tried(version)

    assert trial.before is not None
    assert (trial.before.number, version.number) == (1, 2)
    assert [term["name"] for term in trial.fit["terms"]] == ["intercept", "age"]
    assert len(trial.fit_before["terms"]) > 2
    assert trial.fit["cases"] == trial.fit_before["cases"]
    with acting(releases.worker()):
        rows = list(TrialHospital.objects.filter(trial=trial))
        assert len(rows) == trial.pooled["hospitals"]
        assert all(row.reading_before for row in rows)
        moved = moved_count(trial)
    assert moved == sum(row.reading != row.reading_before for row in rows)


@pytest.mark.worker
def test_frozen_fit_is_recalibrated_on_the_cases_of_the_trial(world: World) -> None:
    """On its own cases the frozen fit needs no shift and no slope; later cases of another window do."""
    same, part = tried(), tried(window=releases.DRAFT_WINDOW)

    told = same.recalibration
    assert told["release"] == releases.NAME
    assert told["intercept"] == pytest.approx(0, abs=1e-6)
    assert told["slope"] == pytest.approx(1, abs=1e-5)
    assert told["ratio"] == pytest.approx(1, abs=1e-6)
    assert part.recalibration["intercept"] != pytest.approx(0, abs=1e-3)


@pytest.mark.worker
def test_model_that_separates_is_refused_with_its_covariate(world: World) -> None:
    version = draft(covariates=(DRAIN,))
    trial = tried(version)

    assert (trial.state, bool(trial.problem)) in {(TrialState.REFUSED, True), (TrialState.DONE, False)}


@pytest.mark.worker
def test_window_without_enough_hospitals_is_refused_in_a_sentence(world: World) -> None:
    trial = tried(window=(date(2020, 1, 1), date(2020, 3, 31)))

    assert trial.state == TrialState.REFUSED
    assert trial.problem.startswith("Too few hospitals with cases in this window")


@pytest.mark.worker
def test_job_run_twice_changes_nothing(world: World) -> None:
    trial = tried()
    with acting(releases.worker()), transaction.atomic():
        fit_trial(Job(subject_id=trial.pk))
        again = TrialFit.objects.get(pk=trial.pk)

    assert (again.seconds, again.state) == (trial.seconds, TrialState.DONE)


def test_asking_twice_is_one_trial(world: World) -> None:
    with world.acting_as("ben") as ben:
        asked: dict[str, Any] = {
            "version": in_use(),
            "window_from": date(2026, 1, 1),
            "window_to": date(2026, 6, 30),
            "by": ben,
        }
        one, other = request_trial(**asked), request_trial(**asked)
        jobs = Job.objects.filter(kind="feedback.fit_trial", subject_id=one.pk).count()
        events = Event.objects.filter(kind="trial_requested", subject_id=one.pk).count()

    assert (one.pk, jobs, events) == (other.pk, 1, 1)


@pytest.mark.parametrize(
    ("window", "message"),
    [
        ((date(2026, 3, 1), date(2026, 2, 28)), "The window ends"),
        ((date(2026, 3, 2), date(2026, 4, 30)), "whole months"),
    ],
)
def test_window_is_of_whole_months(world: World, window: tuple[date, date], message: str) -> None:
    with world.acting_as("ben") as ben, pytest.raises(TrialError, match=message):
        request_trial(version=in_use(), window_from=window[0], window_to=window[1], by=ben)


def test_draft_with_mistakes_is_not_tried(world: World) -> None:
    version = draft(covariates=(Covariate(variable="agee", kind=CovariateKind.LINEAR),))
    with world.acting_as("ben") as ben, pytest.raises(TrialError, match='no variable "agee"'):
        request_trial(version=version, window_from=date(2026, 1, 1), window_to=date(2026, 6, 30), by=ben)


@pytest.mark.parametrize("name", ["vera", "sam", "alder.champion", "alder.clinician"])
def test_others_do_not_try(world: World, name: str) -> None:
    with world.acting_as(name) as by, pytest.raises(PermissionRefusedError):
        request_trial(version=RiskModelVersion(), window_from=date(2026, 1, 1), window_to=date(2026, 6, 30), by=by)


@pytest.mark.worker
def test_database_shows_members_and_observers_no_trial(world: World) -> None:
    trial = tried()

    for name in ("alder.champion", "alder.clinician", "birch.abstractor", "sam"):
        for model in (TrialFit, TrialHospital):
            with (
                pytest.raises(ProgrammingError, match="permission denied"),
                acting(acting_for(programme.viewer(name))),
                transaction.atomic(),
            ):
                list(model.objects.all())
    with acting(acting_for(programme.viewer("dieter", "hernia-lakes"))), transaction.atomic():
        assert not TrialFit.objects.filter(pk=trial.pk).exists()


@pytest.mark.worker
def test_figures_of_a_trial_hold_no_hospital(world: World) -> None:
    trial = tried()

    told = json.dumps([trial.fit, trial.fit_before, trial.recalibration, trial.later, trial.pooled])
    with acting(releases.worker()):
        names = {world.participation(name).site.name for name in ("alder", "birch")}
    assert [name for name in names if name in told] == []


def test_specification_is_kept_as_it_was_tried(world: World) -> None:
    with world.acting_as("ben") as ben:
        version = start_model_draft(model=RiskModel.objects.get(slug=MODEL), by=ben)
        trial = request_trial(version=version, window_from=date(2026, 1, 1), window_to=date(2026, 6, 30), by=ben)
        spec: RiskModelSpec = replace(version.definition, name="Another name")
        save_model(version=version, spec=spec, shown=version.digest, by=ben)
        trial.refresh_from_db()

    assert trial.spec_digest == version.digest
    assert trial.spec["name"] != "Another name"


@pytest.mark.worker
def test_next_release_uses_the_version_that_was_published_and_tried(world: World) -> None:
    version = draft(covariates=(Covariate(variable="age", kind=CovariateKind.LINEAR),))
    trial = tried(version)
    for name, step in (("ben", submit), ("dana", publish)):
        person = programme.viewer(name)
        with acting(acting_for(person)), transaction.atomic():
            step(version, person)
    releases.count_all()

    release = releases.draft("Winter", *releases.WINDOW)
    with acting(releases.worker()):
        fit = ModelFit.objects.select_related("risk_model_version").get(release=release)
    assert fit.risk_model_version.number == 2
    assert fit.terms == trial.fit["terms"]
    assert fit.details["earlier"]["same_version"] is False


def submit(version: RiskModelVersion, by: Viewer) -> None:
    submit_model(version=version, note="Age only.", by=by)


def publish(version: RiskModelVersion, by: Viewer) -> None:
    publish_model(version=version, publishing=Publishing(today(), "Age only."), by=by)


@pytest.mark.worker
def test_whoever_asked_for_a_trial_hears_that_it_is_done(world: World) -> None:
    """In the product; by mail only where they wish that."""
    person = programme.viewer("ben")
    with acting(acting_for(person)), transaction.atomic():
        trial = request_trial(version=in_use(), window_from=releases.WINDOW[0], window_to=releases.WINDOW[1], by=person)
    with acting(releases.worker()), transaction.atomic():
        job = Job.objects.get(kind="feedback.fit_trial", subject_id=trial.pk)
        for _ in range(2):
            JOBS[job.kind](job)
        told = Notification.objects.get(key=f"job-{job.public_id}")

    assert (told.user_id, told.title, told.mail) == (person.user_id, f"Done: {job.title}", "none")
    assert told.path == f"/c/colectomy-mi/manage/models/{MODEL}/trials/{trial.public_id}/"
