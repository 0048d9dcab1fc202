"""What a published version does to cases: complete ones stay, drafts follow, and the publisher is told before."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import transaction

from cases.enums import COUNTED, REBOUND
from cases.errors import EffectsUnseenError
from cases.models import Case
from cases.selectors.form_effects import burdens, effects_from, lost_codes
from cases.services.case_progress import measure_case
from cases.services.cases import save_answers, start_case
from cases.services.changes import Changes
from cases.services.form_publishing import publish_form, rebind_drafts
from measures.definition.canonical import digest_of
from measures.definition.edits import Shown
from measures.definition.spec import VariableSpec, VariableType
from measures.enums import VersionStatus
from measures.models import FormVersion
from measures.selectors.consequences import effects
from measures.services.drafts import remove_part, save_part, start_draft
from measures.services.review import Publishing, submit_draft
from tenancy.context import Acting, acting
from tests.world import World
from tests.worlds import definitions


LEAK = VariableSpec(name="leak", label="Leak", type=VariableType.YES_NO, section="outcome", show_if='[ssi] = "1"')
JULY, LATER = date(2026, 7, 1), date(2026, 7, 20)


def in_review(world: World) -> FormVersion:
    """A version that asks for the leak, and not for comments."""
    with world.acting_as("cora") as by:
        version = save_part(version=start_draft(form=definitions.form(), by=by), part=LEAK, shown=None, by=by)
        comment = Shown("variable", "comment", digest_of(version.definition.variable("comment")))
        remove_part(version=version, shown=comment, by=by)
        return submit_draft(version=version, note="Asks for the leak.", by=by)


def publish(world: World, version: FormVersion, day: date = JULY, *, accepted: bool = True) -> None:
    with world.acting_as("dana") as by:
        publish_form(version=version, publishing=Publishing(day, "Leak."), accepted=accepted, by=by)


def new_draft(world: World, number: str, day: date) -> Case:
    with world.acting_as("alder.abstractor") as by:
        case = start_case(form=definitions.form(), case_number=number, event_date=day, by=by)
        answers = {"age": 70, "ssi": True, "comment": "Seen twice"}
        return save_answers(case=case, changes=Changes(revision=case.revision, answers=answers), by=by).case


def rebind(world: World) -> int:
    collaborative = world.participation("alder").collaborative_id
    with acting(Acting("compute", collaborative_id=collaborative)), transaction.atomic():
        return rebind_drafts(collaborative)


def again(world: World, case: Case) -> Case:
    with world.acting_as("alder.abstractor"):
        return Case.objects.select_related("form_version").get(pk=case.pk)


@pytest.mark.worker
def test_drafts_of_the_new_days_follow_and_keep_their_answers(world: World) -> None:
    before, after = new_draft(world, "R-1", date(2026, 6, 30)), new_draft(world, "R-2", LATER)
    publish(world, in_review(world))

    with world.acting_as("dana"):
        drafts = Case.objects.filter(status="in_progress", event_date__gte=JULY).count()
    assert rebind(world) == drafts
    stayed, followed = again(world, before), again(world, after)
    assert (stayed.form_version.number, stayed.revision) == (2, before.revision)
    assert (followed.form_version.number, followed.revision) == (3, after.revision + 1)
    assert followed.values.values["age"] == 70
    assert followed.answers["comment"] == "Seen twice"  # waits until the case is complete
    assert followed.reasons[REBOUND] == (
        "Version 3 of the form is in force on the day of this case, so its questions apply now. "
        "New: Leak. No longer asked: Comment."
    )
    assert followed.questions == measure_case(followed.form_version.definition, followed.values, {}).questions


@pytest.mark.worker
def test_binding_drafts_again_changes_nothing(world: World) -> None:
    case = new_draft(world, "R-3", LATER)
    publish(world, in_review(world))

    assert rebind(world) > 0
    assert rebind(world) == 0
    assert again(world, case).revision == case.revision + 1


@pytest.mark.worker
def test_complete_cases_stay_and_the_publisher_says_that_they_know(world: World) -> None:
    version = in_review(world)
    day = date(2026, 1, 2)
    with world.acting_as("dana") as dana:
        complete = list(
            Case.objects.filter(collaborative_id=dana.collaborative_id, status__in=COUNTED, event_date__gte=day)
        )
        told = effects_from(version.form, day)
    assert told.complete == len(complete) > 0

    with pytest.raises(EffectsUnseenError, match=f"{len(complete)} complete cases"):
        publish(world, version, day, accepted=False)
    publish(world, version, day)
    rebind(world)

    with world.acting_as("dana"):
        numbers = Case.objects.filter(pk__in=[each.pk for each in complete]).values_list(
            "form_version__number", flat=True
        )
        assert set(numbers) <= {1, 2}


def test_the_page_tells_before_it_publishes(world: World) -> None:
    version = in_review(world)
    url = "/c/colectomy-mi/manage/forms/colectomy/review/"
    dana = world.client("dana")
    data = {"effective_from": "2026-01-02", "note": "Leak.", "shown_for": "2026-01-02"}

    first = dana.post(url, data)
    other_day = dana.post(url, {**data, "accepted": "on", "shown_for": "2026-07-01"})
    own = world.client("cora").get(url)
    published = dana.post(url, {**data, "accepted": "on"})

    assert [first.status_code, other_day.status_code, published.status_code] == [422, 422, 302]
    assert "keep the version they have" in first.content.decode()
    assert (own.context["page"].is_own, own.context["page"].may_publish) == (True, False)
    with world.acting_as("dana"):
        version.refresh_from_db()
    assert version.status == VersionStatus.PUBLISHED


def test_a_version_tells_how_much_more_it_asks(world: World) -> None:
    version = in_review(world)
    with world.acting_as("dana"):
        before = FormVersion.objects.select_related("form").get(form=version.form, number=2)
        old, new = burdens([before, version])

    # One question for another: of a typical case only those with an infection are asked for the leak.
    assert (old.questions, new.questions, old.needed, new.needed) == (13, 13, 5, 5)
    assert old.typical is not None
    assert new.typical is not None
    assert new.typical < old.typical


def test_codes_that_cases_use_are_counted_before_they_go(world: World) -> None:
    with world.acting_as("dana") as by:
        version = start_draft(form=definitions.form(), by=by)
        asa = version.definition.variable("asa")
        shown = Shown("variable", "asa", digest_of(asa))
        smaller = replace(asa, codes=asa.codes[:2])
        changed = save_part(version=version, part=smaller, shown=shown, by=by)
        old = FormVersion.objects.get(form=version.form, number=2).definition
        uses = lost_codes(version.form, old, changed.definition)
        said = {code: Case.objects.filter(answers__asa=code).count() for code in ("3", "4")}
        told = [each.message for each in effects(version.form, old, changed.definition, 3)]

    assert {use.code: use.cases for use in uses} == {code: count for code, count in said.items() if count}
    assert told == ["asa loses code 3, 4: its trend changes with version 3."] * 2


def test_a_measure_whose_question_goes_is_told(world: World) -> None:
    with world.acting_as("dana") as by:
        version = start_draft(form=definitions.form(), by=by)
        shown = Shown("variable", "readmitted", digest_of(version.definition.variable("readmitted")))
        remove_part(version=version, shown=shown, by=by)
        version.refresh_from_db()
        old = FormVersion.objects.get(form=version.form, number=2).definition
        told = [(each.reader.slug, each.message) for each in effects(version.form, old, version.definition, 3)]

    assert told == [("readmission", "Version 3 does not ask readmitted: it cannot tell for its cases.")]


def test_the_preview_follows_and_saves_nothing(world: World) -> None:
    version = in_review(world)
    cora, url = world.client("cora"), "/c/colectomy-mi/manage/forms/colectomy/preview/"
    with world.acting_as("dana"):
        before = Case.objects.count()

    first = cora.get(url).context["page"]
    asked = cora.post(url, {"shown": first.shown, "base": first.base, "ssi": "1", "age": "300", "do": "complete"})

    page = asked.context["page"]
    assert ("leak" in first.shown.split(), "leak" in page.shown.split()) == (False, True)
    assert any("110" in problem.remedy for problem in page.problems)
    with world.acting_as("dana"):
        assert Case.objects.count() == before
    assert version.number == 3
