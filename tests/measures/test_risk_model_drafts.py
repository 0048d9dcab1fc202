"""Changing a risk model: drafts, lost updates, mistakes by name, two people, what comes into use, retiring."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from events.models import Event, Job
from measures.definition.canonical import digest_of, to_json
from measures.definition.draft_check import FormProblemsError
from measures.definition.edits import ModelChangedError
from measures.definition.file import load_definition
from measures.definition.risk_model_difference import all_model_changes, risk_model_difference
from measures.definition.spec import Covariate, CovariateKind, MissingRule, RiskModelSpec
from measures.enums import VersionStatus
from measures.errors import (
    DraftClosedError,
    EffectiveDateError,
    ModelNeededError,
    NameTakenError,
    OwnDraftError,
)
from measures.models import Measure, MeasureVersion, RiskModel, RiskModelVersion
from measures.selectors.definitions import published_measures
from measures.selectors.risk_model_files import model_file
from measures.selectors.risk_models import model_problems, model_row
from measures.services.measure_drafts import start_measure_draft
from measures.services.review import Publishing, discard_draft, return_draft
from measures.services.risk_model_review import publish_model, reopen_model, retire_model, submit_model
from measures.services.risk_models import save_model, start_model, start_model_draft
from privacy.viewer import PermissionRefusedError
from tests.clock import today
from tests.world import World


SLUG = "ssi_model"
TODAY = today()
NOW = Publishing(TODAY, "Age only: ASA is recorded unevenly.")
AGE = Covariate(variable="age", kind=CovariateKind.LINEAR, centre=Decimal(60), scale=Decimal(10))


def draft(world: World, name: str = "ben") -> RiskModelVersion:
    with world.acting_as(name) as by:
        return start_model_draft(model=RiskModel.objects.get(slug=SLUG), by=by)


def save(world: World, version: RiskModelVersion, spec: RiskModelSpec, name: str = "ben") -> RiskModelVersion:
    with world.acting_as(name) as by:
        return save_model(version=version, spec=spec, shown=version.digest, by=by)


def submitted(world: World) -> RiskModelVersion:
    version = draft(world)
    version = save(world, version, replace(version.definition, covariates=(AGE,)))
    with world.acting_as("ben") as by:
        return submit_model(version=version, note="Age only.", by=by)


def published(world: World) -> MeasureVersion | None:
    version = submitted(world)
    with world.acting_as("dana") as by:
        return publish_model(version=version, publishing=NOW, by=by)


def test_a_draft_begins_as_the_version_in_use(world: World) -> None:
    version = draft(world)

    with world.acting_as("ben") as ben:
        first = model_row(ben, SLUG).in_use
    assert first is not None
    assert (version.number, version.status, version.editors) == (2, VersionStatus.DRAFT, [ben.user_id])
    assert version.definition == first.definition


def test_the_open_draft_is_opened_again(world: World) -> None:
    assert draft(world).pk == draft(world, name="cora").pk


@pytest.mark.parametrize("name", ["vera", "sam", "alder.abstractor", "alder.champion"])
def test_others_do_not_draft(world: World, name: str) -> None:
    with pytest.raises(PermissionRefusedError), world.acting_as(name) as by:
        start_model_draft(model=RiskModel(pk=1), by=by)


def test_a_short_name_is_taken_once(world: World) -> None:
    with pytest.raises(NameTakenError), world.acting_as("ben") as by:
        start_model(spec=model_row(by, SLUG).newest.definition, by=by)


def test_a_change_of_somebody_else_is_not_lost(world: World) -> None:
    seen = draft(world)
    save(world, seen, replace(seen.definition, name="Hers"), "cora")

    with pytest.raises(ModelChangedError) as refused:
        save(world, seen, replace(seen.definition, name="His"))

    assert refused.value.theirs.name == "Hers"


@pytest.mark.parametrize(
    ("covariates", "field", "message"),
    [
        ((), "covariate-0-variable", "No covariate yet."),
        ((replace(AGE, variable="agee"),), "covariate-0-variable", 'There is no variable "agee" in form "colectomy".'),
        ((AGE, AGE), "covariate-1-variable", "age is a covariate twice."),
        (
            (replace(AGE, kind=CovariateKind.CATEGORY),),
            "covariate-0-kind",
            "age is integer, which cannot be a covariate of kind category.",
        ),
        (
            (Covariate(variable="asa", kind=CovariateKind.CATEGORY),),
            "covariate-0-reference",
            "Category asa has no reference level.",
        ),
        (
            (Covariate(variable="asa", kind=CovariateKind.CATEGORY, reference="9"),),
            "covariate-0-reference",
            '"9" is not a code of asa.',
        ),
        ((replace(AGE, kind=CovariateKind.SPLINE),), "covariate-0-knots", "Spline age has no knots."),
        (
            (replace(AGE, kind=CovariateKind.SPLINE, knots=(Decimal(70), Decimal(50), Decimal(60))),),
            "covariate-0-knots",
            "Knots must rise from one to the next.",
        ),
        (
            (Covariate(variable="ssi", kind=CovariateKind.YES_NO),),
            "covariate-0-variable",
            "ssi says whether the outcome happened, so it cannot predict it.",
        ),
    ],
)
def test_mistakes_are_told_under_their_box_and_block_review(
    world: World, covariates: tuple[Covariate, ...], field: str, message: str
) -> None:
    version = draft(world)
    version = save(world, version, replace(version.definition, covariates=covariates))

    with world.acting_as("ben") as by:
        found = [(each.field, each.message) for each in model_problems(version)]
        assert (field, message) in found
        with pytest.raises(FormProblemsError):
            submit_model(version=version, note="", by=by)


def test_the_nearest_name_is_offered(world: World) -> None:
    version = draft(world)
    version = save(world, version, replace(version.definition, covariates=(replace(AGE, variable="agee"),)))

    with world.acting_as("ben"):
        (problem,) = model_problems(version)
    assert "age" in problem.remedy


def test_review_after_the_last_is_wanted(world: World) -> None:
    version = draft(world)
    spec = replace(version.definition, reviewed_on=date(2026, 2, 1), next_review_on=date(2026, 1, 1))
    version = save(world, version, spec)

    with world.acting_as("ben"):
        assert [each.field for each in model_problems(version)] == ["next_review_on"]


def test_whoever_wrote_it_does_not_publish_it(world: World) -> None:
    version = draft(world, "dana")
    version = save(world, version, replace(version.definition, covariates=(AGE,)), "dana")
    with world.acting_as("cora") as by:
        version = submit_model(version=version, note="", by=by)

    for name in ("dana", "cora"):
        with pytest.raises(OwnDraftError), world.acting_as(name) as by:
            publish_model(version=version, publishing=NOW, by=by)
    with pytest.raises(PermissionRefusedError), world.acting_as("ben") as by:
        publish_model(version=version, publishing=NOW, by=by)


def test_database_refuses_the_writer_as_publisher_too(world: World) -> None:
    version = submitted(world)

    with pytest.raises(IntegrityError, match="does not publish it"), world.acting_as("ben") as by:
        RiskModelVersion.objects.filter(pk=version.pk).update(
            status="published", published_at=timezone.now(), published_by=by.user_id
        )


def test_publishing_gives_the_measure_a_version_that_differs_in_the_model_only(world: World) -> None:
    with world.acting_as("dana"):
        before = MeasureVersion.objects.get(measure__slug="ssi", status="published")
    adopted = published(world)

    assert adopted is not None
    assert (adopted.number, adopted.digest, adopted.status) == (2, before.digest, VersionStatus.PUBLISHED)
    assert adopted.risk_model_version is not None
    assert adopted.risk_model_version.number == 2
    assert adopted.note.startswith("Only the risk model changed, to version 2. Age only")
    with world.acting_as("dana") as dana:
        before.refresh_from_db()
        in_use = {each.measure.slug: each for each in published_measures(dana.collaborative_id or 0)}
        jobs = list(Job.objects.filter(subject_id=adopted.pk).values_list("kind", flat=True))
        kinds = Event.objects.filter(subject_id__in=[adopted.pk, adopted.risk_model_version_id])
        told = set(kinds.values_list("kind", flat=True))
    assert in_use["ssi"].pk == adopted.pk
    assert before.status == VersionStatus.RETIRED
    assert jobs == ["feedback.evaluate_measure"]
    assert {"model_published", "measure_published"} <= told


def test_open_draft_of_the_measure_moves_one_up_and_takes_the_new_model(world: World) -> None:
    with world.acting_as("cora") as by:
        waiting = start_measure_draft(measure=Measure.objects.get(slug="ssi"), by=by)
    assert waiting.number == 2

    adopted = published(world)

    with world.acting_as("cora"):
        waiting.refresh_from_db()
    assert adopted is not None
    assert (adopted.number, waiting.number, waiting.status) == (2, 3, VersionStatus.DRAFT)


def test_published_version_is_frozen_for_raw_sql_too(world: World) -> None:
    published(world)

    with pytest.raises(IntegrityError, match="frozen"), world.acting_as("dana"), connection.cursor() as cursor:
        cursor.execute("UPDATE measures_riskmodelversion SET digest = 'x' WHERE number = 2 AND status = 'published'")


def test_first_day_is_neither_before_the_last_version_nor_in_the_future(world: World) -> None:
    version = submitted(world)

    for day in (date(2020, 1, 1), TODAY + timedelta(days=1)):
        with pytest.raises(EffectiveDateError), world.acting_as("dana") as by:
            publish_model(version=version, publishing=Publishing(day, ""), by=by)


def test_returned_draft_is_written_on_again(world: World) -> None:
    version = submitted(world)
    with pytest.raises(DraftClosedError):
        save(world, version, version.definition)

    with world.acting_as("dana") as by:
        version = return_draft(version=version, comment="Say why ASA goes.", by=by)

    assert (version.status, version.comment) == (VersionStatus.DRAFT, "Say why ASA goes.")
    save(world, version, replace(version.definition, name="Infection by age"))


def test_discarded_draft_is_taken_up_again(world: World) -> None:
    version = draft(world)
    with world.acting_as("ben") as by:
        discard_draft(version=version, by=by)
        assert reopen_model(version=version, by=by).status == VersionStatus.DRAFT


def test_model_that_a_measure_uses_is_not_retired(world: World) -> None:
    with world.acting_as("dana") as by:
        in_use = model_row(by, SLUG).in_use
        assert in_use is not None
        with pytest.raises(ModelNeededError, match="is adjusted by this model"):
            retire_model(version=in_use, reason="Old.", by=by)


def test_model_that_no_measure_uses_is_published_alone_and_retired_with_a_reason(world: World) -> None:
    spec = RiskModelSpec(
        slug="readmission_model",
        name="Readmission",
        form="colectomy",
        method="pooled_logistic",
        outcome="readmission",
        covariates=(AGE,),
    )
    with world.acting_as("ben") as by:
        version = submit_model(version=start_model(spec=spec, by=by), note="New.", by=by)
    with world.acting_as("dana") as by:
        assert publish_model(version=version, publishing=NOW, by=by) is None
        version.refresh_from_db()
        retired = retire_model(version=version, reason="Never used.", by=by)

    assert (retired.status, retired.retirement) == (VersionStatus.RETIRED, "Never used.")


def test_file_is_read_back_as_what_it_says(world: World) -> None:
    version = draft(world)
    version = save(world, version, replace(version.definition, covariates=(AGE,), missing_rule=MissingRule.EXCLUDE))

    with world.acting_as("ben") as by:
        file = model_file(by, SLUG, 2)

    definition = load_definition(file.content.decode(), file.name)
    assert definition.risk_models == (version.definition,)
    assert [each.slug for each in definition.measures] == ["ssi"]


def test_difference_names_added_removed_and_changed_covariates(world: World) -> None:
    version = draft(world)
    old = version.definition
    new = replace(old, covariates=(AGE, Covariate(variable="drain", kind=CovariateKind.YES_NO)), name="Other")

    found = risk_model_difference(old, new)

    assert [(each.state, each.name) for each in found.covariates] == [
        ("changed", "age"),
        ("added", "drain"),
        ("removed", "asa"),
    ]
    assert [each.label for each in found.whole] == ["Name"]
    assert [each.label for each in all_model_changes(old, new)] == ["Name", "Covariates"]
    assert not risk_model_difference(old, old)


@pytest.mark.parametrize(
    ("days", "overdue", "due"), [(-1, True, False), (0, False, True), (30, False, True), (31, False, False)]
)
def test_row_tells_whether_a_review_is_due(world: World, days: int, overdue: bool, due: bool) -> None:  # noqa: FBT001 -- a table
    with world.acting_as("ben") as by:
        row = model_row(by, SLUG)
    version = row.versions[0]
    spec = replace(version.definition, next_review_on=TODAY + timedelta(days=days))
    version.spec, version.digest = to_json(spec), digest_of(spec)

    assert (row.is_overdue, row.is_due) == (overdue, due)
