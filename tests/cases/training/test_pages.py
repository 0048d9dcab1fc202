"""The training area by its pages: the centre writes, an abstractor reads, practises, fails, passes; others look."""

from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client

from cases.training.models import Certificate, Exam, Exercise, Module, TestCase
from measures.definition.answers import Answers
from measures.definition.display import input_text
from measures.models import FormVersion
from tests.world import World
from tests.worlds import training
from tests.worlds.training import MATERIAL, NO, REFERENCE, WHY_WORD


AREA = "/c/colectomy-mi/training/"
MANAGE = f"{AREA}manage/"


def sent(answers: Answers = REFERENCE) -> dict[str, Any]:
    """The form with these answers, as a browser without scripts sends it."""
    fields: dict[str, Any] = {"shown": " ".join(answers.names)}
    for name, value in answers.values.items():
        fields[name] = list(value) if isinstance(value, tuple) else input_text(value)
    return fields | {f"missing:{name}": kind.value for name, kind in answers.missing.items()}


def version_key(world: World) -> int:
    with world.acting_as("cora"):
        return FormVersion.objects.get(form__slug="colectomy", number=2).pk


def written(client: Client, path: str, fields: Mapping[str, Any]) -> str:
    """Send a form that is accepted; the page that follows."""
    response = client.post(path, fields)
    assert response.status_code == 302, response.content.decode()
    return str(response["Location"])


@pytest.fixture
def published(world: World) -> str:
    """A whole exam made on the pages by the coordinator; the path of its page for abstractors."""
    client = world.client("cora")
    module = {"form": "colectomy", "position": "3", "title": "Infections", "text": "Read this.\n\nAnd this."}
    page = written(client, f"{MANAGE}modules/new/", module)
    written(client, page, module | {"do": "publish"})
    record = {"version": version_key(world), "purpose": "exam", "title": "The pus", "chart": "Pus on day 5."}
    answers = written(client, f"{MANAGE}cases/new/", record)
    why = written(client, answers, sent() | {"do": "close"})
    case = written(client, why, {"ssi": "Pus is enough."})
    written(client, case, {"do": "publish"})
    with world.acting_as("cora"):
        made = TestCase.objects.get(title="The pus")
    terms = {"form": "colectomy", "name": "Autumn exam", "test_cases": [str(made.public_id)]}
    terms |= {"tier_1_percent": "100", "tier_2_percent": "80", "wait_hours": "0", "valid_months": "6"}
    exam = written(client, f"{MANAGE}exams/new/", terms)
    written(client, exam, {"do": "publish"})
    return f"{AREA}exams/{exam.rstrip('/').rpartition('/')[2]}/"


def test_the_centre_makes_an_exam_and_an_abstractor_fails_learns_and_passes(world: World, published: str) -> None:
    client = world.client("alder.sampler")
    refused = client.post(published, follow=True)
    assert "Read these modules before the exam" in refused.content.decode()
    for version in client.get(AREA).context["parts"][0].modules:
        written(client, f"{AREA}modules/{version.module.public_id}/", {})

    exercise = _begin(client, published)
    written(client, exercise, sent(REFERENCE.with_answer("ssi", NO)) | {"do": "submit"})
    failed = client.get(exercise, follow=True)
    assert (failed.context["page"].attempt.passed, failed.context["page"].certificate_number) == (False, "")
    assert "Pus is enough." not in failed.content.decode()

    written(client, _begin(client, published), sent() | {"do": "submit"})
    with world.acting_as("alder.sampler") as by:
        certificate = Certificate.objects.get(holder_id=by.user_id)
    printed = client.get(f"{AREA}certificates/{certificate.public_id}/").content.decode()
    assert "Sampler Ashgrave" in printed
    assert "Aldermoor Quillen Hospital" in printed
    assert certificate.public_id in printed


def _begin(client: Client, exam: str) -> str:
    """The path of the only exercise of a new attempt."""
    attempt = written(client, exam, {})
    (exercise,) = client.get(attempt).context["page"].exercises
    return f"{AREA}answers/{exercise.public_id}/"


def test_practice_tells_what_differs_and_why(world: World) -> None:
    client = world.client("alder.sampler")
    exercise = written(client, f"{AREA}practice/{MATERIAL['practice']}/", {})
    saved = client.post(exercise, {"shown": "age", "age": "71", "do": "save"}, follow=True)
    assert saved.context["page"].answered == 2  # the day of the event is given
    written(client, exercise, sent(REFERENCE.with_answer("ssi", NO)) | {"do": "submit"})
    page = client.get(exercise)
    feedback = page.context["feedback"]

    assert [(row.label, row.given, row.reference) for row in feedback.differing] == [
        ("Surgical-site infection", "No", "Yes")
    ]
    assert WHY_WORD in page.content.decode()
    again = written(client, f"{AREA}practice/{MATERIAL['practice']}/", {})
    assert again != exercise


def test_answers_are_kept_between_visits_and_refused_where_unreadable(world: World) -> None:
    client = world.client("alder.sampler")
    exercise = written(client, f"{AREA}practice/{MATERIAL['practice']}/", {})
    unreadable = client.post(exercise, {"shown": "age weight", "age": "old", "weight": "80", "do": "save"})
    empty = client.post(exercise, {"shown": "age", "age": "", "do": "submit"})
    with world.acting_as("alder.sampler") as by:
        kept = Exercise.objects.get(taker_id=by.user_id)

    assert (unreadable.status_code, empty.status_code) == (422, 422)
    assert kept.answers == {"operation_date": "2026-03-02", "weight": 80.0}
    assert "Age is not answered" in empty.content.decode()


def test_certificates_are_listed_for_those_who_see_people(world: World) -> None:
    def rows(name: str) -> list[tuple[str, bool]]:
        page = world.client(name).get(f"{AREA}certificates/").context["page"]
        return [(row.name, row.is_certified) for row in page.rows]

    own = [("Abstractor Ashgrave", True), ("Ida Twohospitals", False), ("Sampler Ashgrave", False)]
    assert rows("alder.champion") == rows("alder.administrator") == own
    assert rows("alder.sampler") == [("Sampler Ashgrave", False)]
    assert [row for row in rows("cora") if row[1]] == [("Abstractor Ashgrave", True), ("Abstractor Bellweir", True)]
    assert len(rows("cora")) == 8 + 2 + 2  # eight abstractors, two samplers, and Ida at two hospitals


def test_a_certificate_of_another_hospital_is_not_there(world: World) -> None:
    with world.acting_as("birch.abstractor"):
        foreign = Certificate.objects.get().public_id
    path = f"{AREA}certificates/{foreign}/"

    seen = {name: world.client(name).get(path).status_code for name in ("alder.champion", "birch.champion", "cora")}
    assert seen == {"alder.champion": 404, "birch.champion": 200, "cora": 200}
    assert world.client("birch.sampler").get(path).status_code == 404


def test_the_rule_is_set_on_the_page(world: World) -> None:
    client = world.client("cora")
    on = client.post(f"{MANAGE}rules/colectomy/", {"required": "1"}, follow=True).content.decode()
    area = world.client("cedar.abstractor").get(AREA).content.decode()
    off = client.post(f"{MANAGE}rules/colectomy/", {"required": "0"}, follow=True).content.decode()

    assert "From now on only certified abstractors enter cases of Colectomy." in on
    assert "Only certified abstractors enter real cases of this form." in area
    assert "From now on everybody whose role allows it enters cases of Colectomy." in off


def test_material_is_checked_before_it_is_published(world: World) -> None:
    client = world.client("cora")
    draft = f"{MANAGE}cases/{MATERIAL['draft_case']}/"
    checked = client.post(f"{draft}answers/", {"shown": "age", "age": "", "do": "check"})
    refused = client.post(draft, {"do": "publish"}, follow=True)
    retired = client.post(f"{MANAGE}cases/{MATERIAL['exam_1']}/", {"do": "retire"}, follow=True)
    no_cases = client.post(f"{MANAGE}exams/new/", {"form": "colectomy", "name": "X"})

    assert (checked.status_code, no_cases.status_code) == (422, 422)
    assert "The right answers are not complete: Age is not answered." in refused.content.decode()
    assert "Entry exam uses this test case." in retired.content.decode()
    assert client.get(f"{MANAGE}cases/{MATERIAL['practice']}/answers/").status_code == 404


def test_the_centre_sees_what_to_teach(world: World) -> None:
    """Two passed in the world; one who takes an infection for none fails, and the question is flagged."""
    with world.acting_as("alder.sampler") as by:
        training.take_exam(by, REFERENCE.with_answer("ssi", NO).with_answer("age", 70))
    results = world.client("cora").get(f"{MANAGE}exams/{MATERIAL['exam']}/").context["results"]

    assert (results.attempts, results.passed) == (3, 2)
    assert [(slip.case, slip.label, slip.differing, slip.tally.scored) for slip in results.slips] == [
        ("Exam one", "Age", 1, 3),
        ("Exam one", "Surgical-site infection", 1, 3),
        ("Exam two", "Age", 1, 3),
        ("Exam two", "Surgical-site infection", 1, 3),
    ]
    assert all(slip.is_frequent for slip in results.slips)


def test_modules_are_kept_published_and_retired(world: World) -> None:
    client, path = world.client("cora"), f"{MANAGE}modules/{MATERIAL['draft_module']}/"
    text = {"position": "2", "title": "Now", "text": "Words."}
    kept = client.post(path, text | {"do": "save"}, follow=True).content.decode()
    published = client.post(path, text | {"do": "publish"}, follow=True).content.decode()
    assert "Members go on reading what was published last." in kept
    assert "Version 1 of “Now” is published." in published
    shown = world.client("alder.sampler").get(f"{AREA}modules/{MATERIAL['draft_module']}/").content.decode()
    assert "<p>Words.</p>" in shown
    client.post(path, {"do": "retire"})
    with world.acting_as("cora"):
        assert Module.objects.get(title="Now").retired_at
    assert world.client("alder.sampler").get(f"{AREA}modules/{MATERIAL['draft_module']}/").status_code == 404


def test_pages_ask_the_database_little(world: World, django_assert_max_num_queries: Any) -> None:
    for name, path in (("alder.abstractor", AREA), ("cora", f"{AREA}certificates/"), ("cora", MANAGE)):
        client = world.client(name)
        client.get(path)
        with django_assert_max_num_queries(36):
            client.get(path)


def test_the_exam_of_the_world_is_open(world: World) -> None:
    with world.acting_as("cora"):
        assert Exam.objects.get(state="published").public_id == training.MATERIAL["exam"]
