"""Changing a measure: drafts, lost updates, two people, what is in use, retiring."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from events.models import Event, Job
from measures.definition.draft_check import FormProblemsError
from measures.definition.edits import SpecChangedError
from measures.definition.spec import Exclusion, MeasureSpec
from measures.enums import VersionStatus
from measures.errors import DraftClosedError, EffectiveDateError, NameTakenError, OwnDraftError
from measures.models import Form, Measure, MeasureVersion
from measures.selectors.definitions import published_measures
from measures.selectors.measure_drafts import measure_draft, measure_problems, measure_row
from measures.services.measure_drafts import save_measure, start_measure, start_measure_draft
from measures.services.measure_review import (
    publish_measure,
    reopen_measure,
    retire_measure,
    submit_measure,
)
from measures.services.review import Publishing, discard_draft, return_draft
from privacy.viewer import PermissionRefusedError
from tests.clock import today
from tests.world import World
from tests.worlds.drafts import MEASURE


TODAY = today()
NOW = Publishing(TODAY, "Counts deep infections only.")
OLD = Exclusion(name="old", label="Over ninety", when="[age] > 90")


def draft(world: World, slug: str = "readmission", name: str = "cora") -> MeasureVersion:
    with world.acting_as(name) as by:
        return start_measure_draft(measure=Measure.objects.get(slug=slug), by=by)


def save(world: World, version: MeasureVersion, spec: MeasureSpec, name: str = "cora") -> MeasureVersion:
    with world.acting_as(name) as by:
        return save_measure(version=version, spec=spec, shown=version.digest, by=by)


def submitted(world: World) -> MeasureVersion:
    version = draft(world)
    version = save(world, version, replace(version.definition, exclusions=(OLD,)))
    with world.acting_as("cora") as by:
        return submit_measure(version=version, note="Leaves out the very old.", by=by)


def published(world: World) -> MeasureVersion:
    version = submitted(world)
    with world.acting_as("dana") as by:
        return publish_measure(version=version, publishing=NOW, by=by)


def test_a_draft_begins_as_the_version_in_use(world: World) -> None:
    version = draft(world)

    with world.acting_as("cora") as cora:
        first = measure_row(cora, "readmission").in_use
    assert first is not None
    assert (version.number, version.status, version.editors) == (2, VersionStatus.DRAFT, [cora.user_id])
    assert (version.definition, version.form_id) == (first.definition, first.form_id)


def test_the_open_draft_is_opened_again(world: World) -> None:
    assert draft(world).pk == draft(world, name="ben").pk


@pytest.mark.parametrize("name", ["vera", "sam", "alder.abstractor", "alder.champion"])
def test_others_do_not_draft(world: World, name: str) -> None:
    with pytest.raises(PermissionRefusedError), world.acting_as(name) as by:
        start_measure_draft(measure=Measure(pk=1), by=by)


def test_a_short_name_is_taken_once(world: World) -> None:
    with pytest.raises(NameTakenError), world.acting_as("cora") as by:
        start_measure(spec=MEASURE, form=Form.objects.get(slug="colectomy"), by=by)


def test_a_change_of_somebody_else_is_not_lost(world: World) -> None:
    seen = draft(world)
    save(world, seen, replace(seen.definition, name="Hers"))

    with pytest.raises(SpecChangedError) as refused:
        save(world, seen, replace(seen.definition, name="His"), "ben")

    assert refused.value.theirs.name == "Hers"


def test_saving_the_same_again_makes_nobody_a_writer(world: World) -> None:
    seen = draft(world)

    saved = save(world, seen, seen.definition, "dana")

    assert (saved.revision, saved.editors) == (seen.revision, [world.viewer("cora").user_id])


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"numerator": '[readmited] = "1"'}, "numerator", 'There is no variable "readmited" in the form'),
        ({"population": "[age"}, "population", ""),
        ({"exclusions": (OLD, replace(OLD, label="Again"))}, "exclusion-1-name", '"old" is the name of two exclusions.'),
        ({"exclusions": (replace(OLD, when="[agee] > 9"),)}, "exclusion-0-when", 'There is no variable "agee" in the form'),
        ({"numerator": None}, "", "A measure of kind proportion needs a numerator."),
        ({"value": "[age]"}, "value", "A measure of kind proportion has no value."),
        ({"stratifiers": ("age",)}, "stratifiers", "age is integer, which makes no groups."),
        ({"risk_model": "ssi_model"}, "risk_model", 'Risk model "ssi_model" predicts "ssi", not this measure.'),
        ({"author": "A. Body", "checker": "a.  body"}, "checker", "Author and checker are the same."),
        ({"short_name": ""}, "short_name", "The short name is empty."),
        (
            {"reviewed_on": date(2026, 1, 2), "next_review_on": date(2026, 1, 1)},
            "next_review_on",
            "The next review (2026-01-01) is not after the last (2026-01-02).",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_box_and_stops_submitting(
    world: World, change: dict[str, object], field: str, message: str
) -> None:
    version = draft(world)
    version = save(world, version, replace(version.definition, **change))  # type: ignore[arg-type]  # one field each

    with world.acting_as("cora") as by:
        problems = measure_problems(version)
        with pytest.raises(FormProblemsError), transaction.atomic():
            submit_measure(version=version, note="", by=by)

    assert [problem.field for problem in problems][:1] == [field]
    assert message in problems[0].message


def test_a_draft_without_mistakes_has_no_problems(world: World) -> None:
    with world.acting_as("cora") as by:
        assert measure_problems(measure_draft(by, MEASURE.slug)) == ()


def test_two_people_publish_a_version_that_takes_the_place_of_the_one_before(world: World) -> None:
    version = published(world)

    with world.acting_as("dana") as dana:
        (in_use,) = [
            each for each in published_measures(dana.collaborative_id or 0) if each.measure_id == version.measure_id
        ]
        before = version.measure.versions.get(number=1)
        job = Job.objects.get(kind="feedback.evaluate_measure")
        event = Event.objects.filter(kind="measure_published").latest("pk")
    assert (in_use.number, in_use.definition.exclusions, in_use.effective_from) == (2, (OLD,), TODAY)
    assert (before.status, before.effective_to) == (VersionStatus.RETIRED, TODAY)
    assert job.subject_id == version.pk
    assert event.details == {"measure": "readmission", "number": 2}


@pytest.mark.parametrize("name", ["cora", "dana"])
def test_whoever_wrote_on_it_does_not_publish_it(world: World, name: str) -> None:
    version = draft(world)
    version = save(world, version, replace(version.definition, exclusions=(OLD,)), name)
    with world.acting_as("cora") as by:
        version = submit_measure(version=version, note="", by=by)

    with pytest.raises(OwnDraftError), world.acting_as(name) as by:
        publish_measure(version=version, publishing=NOW, by=by)


def test_the_database_refuses_the_writer_too(world: World) -> None:
    version = submitted(world)
    publish = "UPDATE measures_measureversion SET status = 'published', published_at = now(), published_by_id = %s WHERE id = %s"

    with (
        pytest.raises(IntegrityError, match="does not publish it"),
        world.acting_as("cora") as by,
        connection.cursor() as cursor,
    ):
        cursor.execute(publish, [by.user_id, version.pk])


@pytest.mark.parametrize("column", ["spec = '{}'", "digest = 'x'", "effective_from = '2020-01-01'", "editors = '[]'"])
def test_what_is_published_is_frozen(world: World, column: str) -> None:
    version = published(world)

    with (
        pytest.raises(IntegrityError, match="frozen"),
        world.acting_as("dana"),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE measures_measureversion SET {column} WHERE id = %s", [version.pk])  # noqa: S608 -- four fixed texts


@pytest.mark.parametrize("days", [-9000, 1])
def test_a_version_begins_neither_before_the_last_nor_in_the_future(world: World, days: int) -> None:
    version = submitted(world)

    with pytest.raises(EffectiveDateError), world.acting_as("dana") as by:
        publish_measure(version=version, publishing=Publishing(TODAY + timedelta(days=days), "x"), by=by)


def test_only_what_was_submitted_is_published(world: World) -> None:
    version = draft(world)

    with pytest.raises(DraftClosedError, match="Submit the draft"), world.acting_as("dana") as by:
        publish_measure(version=version, publishing=NOW, by=by)


def test_a_draft_is_returned_with_a_comment_and_waits_for_its_writers(world: World) -> None:
    version = submitted(world)
    with pytest.raises(DraftClosedError, match="waits for review"):
        save(world, version, MEASURE)

    with world.acting_as("dana") as by:
        returned = return_draft(version=version, comment=" Say why. ", by=by)

    assert (returned.status, returned.comment, returned.submitted_by) == (VersionStatus.DRAFT, "Say why.", None)


def test_a_discarded_draft_can_be_taken_up_and_gives_its_number_away(world: World) -> None:
    version = draft(world)
    with world.acting_as("cora") as by:
        discard_draft(version=version, by=by)
        again = reopen_measure(version=version, by=by)
        discard_draft(version=again, by=by)

    assert (again.status, draft(world).pk, draft(world).number) == (VersionStatus.DRAFT, version.pk, 2)


def test_a_measure_is_retired_with_a_reason_and_can_come_back(world: World) -> None:
    version = published(world)
    with world.acting_as("dana") as by:
        retired = retire_measure(version=version, reason=" Nobody can change it. ", by=by)
        slugs = [each.measure.slug for each in published_measures(by.collaborative_id or 0)]

    assert (retired.status, retired.retirement, retired.retired_by_id) == (
        VersionStatus.RETIRED,
        "Nobody can change it.",
        by.user_id,
    )
    assert slugs == ["ssi", "antibiotic"]
    assert draft(world).definition == version.definition


def test_only_publishers_retire(world: World) -> None:
    version = published(world)

    with pytest.raises(PermissionRefusedError), world.acting_as("ben") as by:
        retire_measure(version=version, reason="x", by=by)


def test_a_retired_version_without_reason_is_refused_by_the_database(world: World) -> None:
    version = published(world)

    with (
        pytest.raises(IntegrityError, match="retired_with_reason"),
        world.acting_as("dana") as by,
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE measures_measureversion SET retired_at = now(), retired_by_id = %s WHERE id = %s",
            [by.user_id, version.pk],
        )
