"""Changing a form: drafts, lost updates, two people, effective dates."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from events.models import Event
from measures.definition.canonical import digest_of
from measures.definition.draft_check import FormProblemsError
from measures.definition.edits import Part, PartChangedError, Shown, part_of
from measures.definition.spec import Code, FormSpec, Section, VariableSpec, VariableType
from measures.enums import VersionStatus
from measures.errors import DraftClosedError, EffectiveDateError, NameTakenError, OwnDraftError
from measures.models import Form, FormVersion
from measures.selectors.definitions import form_version_on, forms_of
from measures.services.drafts import (
    move_part,
    remove_part,
    replace_draft,
    restore_part,
    save_part,
    start_draft,
    start_form,
)
from measures.services.review import (
    Publishing,
    discard_draft,
    publish_draft,
    reopen_draft,
    return_draft,
    submit_draft,
)
from privacy.viewer import PermissionRefusedError
from tests.world import World
from tests.worlds import definitions


JULY = Publishing(date(2026, 7, 1), "Asks for the leak.")
LEAK = VariableSpec(
    name="leak", label="Anastomotic leak", type=VariableType.YES_NO, section="outcome", show_if='[ssi] = "1"'
)


def shown(version: FormVersion, kind: str, name: str) -> Shown:
    found = part_of(version.definition, kind, name)
    assert found is not None
    return Shown(kind, name, digest_of(found))


def draft(world: World, name: str = "cora") -> FormVersion:
    with world.acting_as(name) as by:
        return start_draft(form=definitions.form(), by=by)


def add(world: World, version: FormVersion, part: Part, name: str = "cora") -> FormVersion:
    with world.acting_as(name) as by:
        return save_part(version=version, part=part, shown=None, by=by)


def submitted(world: World) -> FormVersion:
    version = add(world, draft(world), LEAK)
    with world.acting_as("cora") as by:
        return submit_draft(version=version, note="Asks for the leak.", by=by)


def test_a_draft_begins_as_the_newest_version_is(world: World) -> None:
    version = draft(world)

    with world.acting_as("cora") as cora:
        published = forms_of(cora.collaborative_id)[0].versions.all()[1]
    assert (version.number, version.status, version.editors) == (3, VersionStatus.DRAFT, [cora.user_id])
    assert version.definition == published.definition
    assert version.effective_from.day == 1


def test_the_open_draft_is_opened_again(world: World) -> None:
    first, second = draft(world), draft(world, "ben")

    assert first.pk == second.pk


def test_nobody_fills_in_a_draft(world: World) -> None:
    draft(world)

    with world.acting_as("cora") as cora:
        (form,) = forms_of(cora.collaborative_id)
        assert [version.number for version in form.versions.all()] == [1, 2]
        assert form_version_on(form, date(2090, 1, 1)).number == 2


@pytest.mark.parametrize("name", ["vera", "sam", "alder.abstractor", "alder.champion"])
def test_others_do_not_draft(world: World, name: str) -> None:
    with pytest.raises(PermissionRefusedError), world.acting_as(name) as by:
        start_draft(form=definitions.form(), by=by)


def test_a_new_question_stands_at_the_end_of_its_section(world: World) -> None:
    version = add(world, draft(world), replace(LEAK, section="operation"))

    names = [each.name for each in version.definition.in_section("operation")]
    assert names[-2:] == ["drain", "leak"]
    assert [each.section for each in version.definition.variables] == sorted(
        (each.section for each in version.definition.variables), key=["patient", "operation", "outcome"].index
    )


def test_two_people_change_two_questions_and_both_changes_stay(world: World) -> None:
    seen = draft(world)
    age, weight = seen.definition.variable("age"), seen.definition.variable("weight")
    with world.acting_as("cora") as by:
        save_part(version=seen, part=replace(age, label="Age then"), shown=shown(seen, "variable", "age"), by=by)
    with world.acting_as("ben") as by:
        saved = save_part(version=seen, part=replace(weight, tier=3), shown=shown(seen, "variable", "weight"), by=by)

    assert (saved.definition.variable("age").label, saved.definition.variable("weight").tier) == ("Age then", 3)
    assert saved.editors == [world.viewer("cora").user_id, world.viewer("ben").user_id]
    assert saved.revision == seen.revision + 2


def test_a_change_of_the_same_question_is_not_lost(world: World) -> None:
    seen = draft(world)
    age = seen.definition.variable("age")
    with world.acting_as("cora") as by:
        save_part(version=seen, part=replace(age, label="Hers"), shown=shown(seen, "variable", "age"), by=by)

    with pytest.raises(PartChangedError) as refused, world.acting_as("ben") as by:
        save_part(version=seen, part=replace(age, label="His"), shown=shown(seen, "variable", "age"), by=by)

    assert refused.value.theirs == replace(age, label="Hers")


def test_a_question_somebody_removed_is_not_changed(world: World) -> None:
    seen = draft(world)
    comment = shown(seen, "variable", "comment")
    with world.acting_as("cora") as by:
        remove_part(version=seen, shown=comment, by=by)

    with pytest.raises(PartChangedError) as refused, world.acting_as("ben") as by:
        save_part(version=seen, part=seen.definition.variable("comment"), shown=comment, by=by)

    assert refused.value.theirs is None


def test_what_was_removed_can_be_put_back(world: World) -> None:
    seen = draft(world)
    with world.acting_as("cora") as by:
        removed = remove_part(version=seen, shown=shown(seen, "variable", "asa"), by=by)
        after = restore_part(version=seen, removed=removed, by=by)

    assert after.definition == seen.definition


def test_a_section_with_questions_stays(world: World) -> None:
    seen = draft(world)

    with pytest.raises(NameTakenError, match="has questions"), world.acting_as("cora") as by:
        remove_part(version=seen, shown=shown(seen, "section", "patient"), by=by)


def test_names_are_given_once(world: World) -> None:
    with pytest.raises(NameTakenError, match="question “age”"):
        add(world, draft(world), replace(LEAK, name="age"))


def test_questions_move_within_their_section(world: World) -> None:
    version = draft(world)
    with world.acting_as("cora") as by:
        up = move_part(version=version, kind="variable", name="weight", step=-1, by=by)
        again = move_part(version=version, kind="variable", name="weight", step=-1, by=by)

    assert [each.name for each in up.definition.in_section("patient")] == ["weight", "age", "asa", "conditions"]
    assert again.definition == up.definition


def test_sections_move_with_their_questions(world: World) -> None:
    version = draft(world)
    with world.acting_as("cora") as by:
        after = move_part(version=version, kind="section", name="outcome", step=-1, by=by).definition

    assert [each.name for each in after.sections] == ["patient", "outcome", "operation"]
    assert after.variables[4].section == "outcome"


def test_a_renamed_question_is_renamed_where_it_is_named(world: World) -> None:
    version = draft(world)
    discharge = replace(version.definition.variable("discharge_date"), name="left_on")
    with world.acting_as("cora") as by:
        after = save_part(
            version=version, part=discharge, shown=shown(version, "variable", "discharge_date"), by=by
        ).definition

    assert after.variable("stay").calculation == 'datediff([operation_date], [left_on], "d")'
    assert after.rules[0].when == "[left_on] < [operation_date]"
    assert after.rules[0].message == "Discharge ({left_on}) is before the operation ({operation_date})."
    assert after.rules[0].variables == ("left_on", "operation_date")


# Review ---------------------------------------------------------------------------------------------------------------


def test_a_draft_with_problems_is_not_submitted(world: World) -> None:
    version = add(world, draft(world), replace(LEAK, show_if='[sssi] = "1"'))

    with pytest.raises(FormProblemsError) as refused, world.acting_as("cora") as by:
        submit_draft(version=version, note="", by=by)

    (problem,) = refused.value.problems
    assert (problem.name, problem.field, problem.remedy) == ("leak", "show_if", 'Did you mean "ssi"?')


def test_somebody_else_publishes(world: World) -> None:
    version = submitted(world)
    with world.acting_as("dana") as by:
        publish_draft(version=version, publishing=JULY, by=by)

    with world.acting_as("cora") as cora:
        (form,) = forms_of(cora.collaborative_id)
        first, second, third = form.versions.all()
        event = Event.objects.latest("pk")
        on = [form_version_on(form, date(2026, month, day)).number for month, day in ((6, 30), (7, 1))]
    assert (second.effective_to, third.effective_from) == (date(2026, 6, 30), date(2026, 7, 1))
    assert (third.published_by_id, third.note) == (world.viewer("dana").user_id, "Asks for the leak.")
    assert first.effective_to == date(2025, 12, 31)
    assert (event.kind, event.details) == ("definition_published", {"created": ["form colectomy v3"]})
    assert on == [2, 3]


def test_nobody_publishes_what_they_wrote(world: World) -> None:
    version = submitted(world)

    with pytest.raises(OwnDraftError), world.acting_as("cora") as by:
        publish_draft(version=version, publishing=JULY, by=by)


def test_nobody_publishes_what_they_changed_in_another_s_draft(world: World) -> None:
    version = draft(world)
    add(world, version, LEAK, "dana")
    with world.acting_as("cora") as by:
        submit_draft(version=version, note="", by=by)

    with pytest.raises(OwnDraftError), world.acting_as("dana") as by:
        publish_draft(version=version, publishing=JULY, by=by)


def test_the_biostatistician_drafts_and_does_not_publish(world: World) -> None:
    version = submitted(world)

    with pytest.raises(PermissionRefusedError), world.acting_as("ben") as by:
        publish_draft(version=version, publishing=JULY, by=by)


def test_a_draft_is_not_published_unread(world: World) -> None:
    version = draft(world)

    with pytest.raises(DraftClosedError), world.acting_as("dana") as by:
        publish_draft(version=version, publishing=JULY, by=by)


@pytest.mark.parametrize("day", [date(2025, 6, 1), date(2026, 1, 1)])
def test_a_version_begins_after_the_one_before(world: World, day: date) -> None:
    version = submitted(world)

    with pytest.raises(EffectiveDateError, match="in force from 1 January 2026"), world.acting_as("dana") as by:
        publish_draft(version=version, publishing=replace(JULY, effective_from=day), by=by)


def test_a_draft_in_review_does_not_change(world: World) -> None:
    version = submitted(world)

    with pytest.raises(DraftClosedError, match="waits for review"):
        add(world, version, replace(LEAK, name="other"))


def test_a_returned_draft_goes_on_with_its_comment(world: World) -> None:
    version = submitted(world)
    with world.acting_as("dana") as by:
        returned = return_draft(version=version, comment="Say who decides.", by=by)
    changed = add(world, returned, replace(LEAK, name="other"))

    assert (returned.status, changed.comment) == (VersionStatus.DRAFT, "Say who decides.")


def test_a_discarded_draft_is_taken_up_again(world: World) -> None:
    version = add(world, draft(world), LEAK)
    with world.acting_as("cora") as by:
        discard_draft(version=version, by=by)
        again = reopen_draft(version=version, by=by)

    assert (again.status, "leak" in again.definition.by_name) == (VersionStatus.DRAFT, True)


def test_the_next_draft_takes_the_number_of_a_discarded_one(world: World) -> None:
    version = add(world, draft(world), LEAK)
    with world.acting_as("cora") as by:
        discard_draft(version=version, by=by)
    begun = draft(world, "ben")

    assert (begun.number, "leak" in begun.definition.by_name) == (3, False)
    assert begun.editors == [world.viewer("ben").user_id]


# Frozen ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        "spec = '{}'",
        "number = 9",
        "effective_from = '2020-01-01'",
        "status = 'draft', published_at = null",
        "editors = '[1]'",
    ],
)
def test_a_published_version_does_not_change_by_raw_sql_either(world: World, change: str) -> None:
    with (
        pytest.raises(IntegrityError, match="frozen"),
        world.acting_as("dana"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE measures_formversion SET {change} WHERE number = 2")  # noqa: S608 -- of this test


def test_the_database_refuses_a_publisher_who_wrote(world: World) -> None:
    version = submitted(world)
    with (
        pytest.raises(IntegrityError, match="whoever wrote"),
        world.acting_as("cora") as by,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE measures_formversion SET status = 'published', published_at = now(), published_by_id = %s WHERE id = %s",
            [by.user_id, version.pk],
        )


# What does not fit ----------------------------------------------------------------------------------------------------


def test_a_question_does_not_change_its_type(world: World) -> None:
    version = draft(world)
    age = replace(version.definition.variable("age"), type=VariableType.DECIMAL)
    with world.acting_as("cora") as by:
        save_part(version=version, part=age, shown=shown(version, "variable", "age"), by=by)

    with pytest.raises(FormProblemsError) as refused, world.acting_as("cora") as by:
        submit_draft(version=version, note="", by=by)

    assert [(each.name, each.remedy) for each in refused.value.problems] == [
        ("age", "Give the changed variable a new name.")
    ]


def test_a_removed_question_leaves_measures_readable(world: World) -> None:
    """The cases of earlier versions have it; new ones cannot tell, which the publisher is shown."""
    version = draft(world)
    with world.acting_as("cora") as by:
        remove_part(version=version, shown=shown(version, "variable", "readmitted"), by=by)
        assert submit_draft(version=version, note="", by=by).status == VersionStatus.REVIEW


def test_a_new_form_is_a_draft_of_its_first_version(world: World) -> None:
    spec = FormSpec(
        slug="revisit",
        name="Follow-up",
        case_noun="visit",
        case_noun_plural="visits",
        event_date="seen_on",
        sections=(Section(name="visit", label="Visit"),),
        variables=(
            VariableSpec(name="seen_on", label="Seen on", type=VariableType.DATE, section="visit", required=True),
            VariableSpec(
                name="pain",
                label="Pain",
                type=VariableType.ONE_OF,
                section="visit",
                codes=(Code(value="0", label="None"), Code(value="1", label="Some")),
            ),
        ),
    )
    with world.acting_as("cora") as by:
        version = start_form(spec=spec, by=by)
        submit_draft(version=version, note="First.", by=by)
    with world.acting_as("dana") as dana:
        publish_draft(version=version, publishing=JULY, by=dana)
        assert {form.slug for form in forms_of(dana.collaborative_id)} == {"colectomy", "revisit"}

    with pytest.raises(NameTakenError), world.acting_as("cora") as by:
        start_form(spec=spec, by=by)


def test_a_file_replaces_the_draft(world: World) -> None:
    version = draft(world)
    spec = replace(version.definition, rules=())
    with world.acting_as("ben") as by:
        replaced = replace_draft(form=Form.objects.get(slug="colectomy"), spec=spec, by=by)

    assert (replaced.pk, replaced.definition.rules, len(replaced.editors)) == (version.pk, (), 2)
