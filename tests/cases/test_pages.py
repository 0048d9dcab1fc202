"""The work list and the case form, as a browser without JavaScript uses them."""

import re
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.http import HttpResponse
from django.test import Client

from cases.enums import CaseStatus
from cases.models import Case
from cases.services.cases import save_answers, start_case
from cases.services.changes import Changes
from events.models import AccessLog
from measures.models import Form
from tests.world import World
from tests.worlds.counting import page_queries


LIST = "/c/colectomy-mi/cases/"
DAY = date(2026, 3, 5)


def _start(world: World, number: str = "T-1", hospital: str = "alder", **answers: object) -> Case:
    with world.acting_as(f"{hospital}.abstractor") as by:
        case = start_case(form=Form.objects.get(slug="colectomy"), case_number=number, event_date=DAY, by=by)
        changes = Changes(revision=1, answers=answers)  # type: ignore[arg-type]  # typed by the test
        return save_answers(case=case, changes=changes, by=by).case if answers else case


def _fields(response: HttpResponse) -> dict[str, str]:
    """What the browser would send back: the hidden inputs and every control as it was drawn."""
    page = response.context["page"]
    data = {"revision": str(page.case.revision), "base": page.base, "shown": page.shown}
    for section in page.sections:
        for field in section.fields:
            chosen = [option.value for option in field.options if option.chosen]
            if field.control in {"one", "many", "list"}:
                data |= {field.name: chosen[0]} if chosen else {}
            elif not field.read_only:
                data[field.name] = field.value
    return data


def _reload(world: World, case: Case) -> Case:
    with world.acting_as("alder.abstractor"):
        return Case.objects.select_related("form_version").get(pk=case.pk)


def _url(case: Case) -> str:
    return f"{LIST}{case.public_id}/"


def _title(response: HttpResponse) -> str:
    found = re.search(r"<title>(.*?)</title>", response.content.decode(), re.DOTALL)
    assert found
    return " ".join(found[1].split())


def test_new_case_begins_under_the_questions_of_its_day(world: World) -> None:
    response = world.client("alder.abstractor").post(
        f"{LIST}new/", {"form": "colectomy", "event_date": "12/31/2025", "case_number": "T-7"}
    )

    with world.acting_as("alder.abstractor"):
        case = Case.objects.select_related("form_version").get(case_number="T-7")
    assert response["Location"] == _url(case)
    assert case.form_version.number == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"event_date": "2/30/2026"}, "Feb 2026 has 28 days"),
        ({"event_date": "2/3/2020"}, "Colectomy begins on 1 January 2024"),
        ({"event_date": "2/3/2199"}, "3 February 2199 is in the future"),
        ({"case_number": "AL-901"}, "Your hospital has a case AL-901 already"),
        ({"case_number": "=x"}, "is not a case number"),
    ],
)
def test_new_case_says_what_is_wrong(world: World, data: dict[str, str], words: str) -> None:
    sent = {"form": "colectomy", "event_date": "3/5/2026", "case_number": "T-7"} | data

    response = world.client("alder.abstractor").post(f"{LIST}new/", sent)

    assert response.status_code == 200
    assert words in response.content.decode()
    assert _title(response).startswith("Error: ")


def test_form_shows_every_question_with_its_state(world: World) -> None:
    response = world.client("alder.abstractor").get(_url(_start(world, age=131, antibiotic=False)))
    page, text = response.context["page"], response.content.decode()

    assert page.progress == "3 of 12 answered"
    assert [(step.label, step.state) for step in page.rail] == [
        ("Patient", "problem"),
        ("Operation", "done"),
        ("Outcome to 30 days", "waiting"),
    ]
    assert "131 is more than 110." in text
    assert "Enter 18 to 110 years." in text
    assert "1 question hidden (Antibiotic before incision: No)" in text
    assert "Thu 5 Mar 2026" in text
    assert "is not answered" not in text
    assert not _title(response).startswith("Error")


def test_form_saves_everything_it_showed(world: World) -> None:
    case = _start(world)
    client = world.client("alder.abstractor")
    sent = _fields(client.get(_url(case))) | {
        "age": "71",
        "weight": "72.5 kg",
        "asa": "3",
        "conditions": ["dm", "ckd"],
        "discharge_date": "3/12/26",
        "missing:ssi": "unknown",
        "comment": "Seen twice",
        "do": "save",
    }

    response = client.post(_url(case), sent)

    saved = _reload(world, case)
    assert response.status_code == 302
    assert saved.answers == {
        "operation_date": "2026-03-05",
        "age": 71,
        "weight": 72.5,
        "asa": "3",
        "conditions": ["dm", "ckd"],
        "discharge_date": "2026-03-12",
        "stay": 7,
        "comment": "Seen twice",
    }
    assert saved.missing == {"ssi": "unknown"}


def test_form_keeps_what_can_be_read_beside_what_cannot(world: World) -> None:
    case = _start(world)
    client = world.client("alder.abstractor")
    sent = _fields(client.get(_url(case))) | {"age": "seventy", "asa": "2", "do": "close"}

    response = client.post(_url(case), sent)

    text = response.content.decode()
    assert response.status_code == 422
    assert _title(response).startswith("Error: ")
    assert '<a href="#field-age">Age: &quot;seventy&quot; is not a number.</a>' in text
    assert 'value="seventy"' in text
    assert _reload(world, case).answers["asa"] == "2"


def test_form_completes_and_goes_on_to_the_next(world: World) -> None:
    case = _start(world, age=71, asa="2", antibiotic=True)
    client = world.client("alder.abstractor")
    sent = _fields(client.get(_url(case))) | {"ssi": "0", "do": "complete"}

    response = client.post(_url(case), sent, follow=True)

    assert _reload(world, case).status == CaseStatus.COMPLETE
    assert "Case T-1 is complete." in response.content.decode()
    assert response.context["page"].case.case_number == "AL-901"


def test_completing_tells_which_hidden_answers_it_clears(world: World) -> None:
    given = datetime.fromisoformat("2026-03-05T08:15")
    case = _start(world, age=71, asa="2", antibiotic=True, antibiotic_at=given, ssi=False)
    client = world.client("alder.abstractor")
    client.post(_url(case), _fields(client.get(_url(case))) | {"antibiotic": "0", "do": "save"})
    kept = _reload(world, case).answers["antibiotic_at"]

    response = client.post(_url(case), _fields(client.get(_url(case))) | {"do": "complete"}, follow=True)

    assert kept == "2026-03-05T08:15"
    assert "its earlier answer was cleared: Antibiotic given at." in response.content.decode()
    assert "antibiotic_at" not in _reload(world, case).answers


def test_form_lists_what_stops_completion(world: World) -> None:
    case = _start(world, age=71)
    client = world.client("alder.abstractor")

    response = client.post(_url(case), _fields(client.get(_url(case))) | {"do": "complete"})

    problems = response.context["page"].problems
    assert response.status_code == 422
    assert [(problem.message, problem.target) for problem in problems] == [
        ("ASA class is not answered.", "field-asa-label"),
        ("Antibiotic before incision is not answered.", "field-antibiotic-label"),
        ("Surgical-site infection is not answered.", "field-ssi-label"),
    ]
    assert "3 things to put right" in response.content.decode()


def test_form_takes_a_reason_for_an_unusual_value(world: World) -> None:
    case = _start(world, age=104, asa="2", antibiotic=True, ssi=False)
    client = world.client("alder.abstractor")
    sent = _fields(client.get(_url(case)))

    refused = client.post(_url(case), sent | {"do": "complete"})
    accepted = client.post(_url(case), _fields(refused) | {"reason:soft_range:age": "Born 1921.", "do": "complete"})

    assert 'name="reason:soft_range:age"' in refused.content.decode()
    assert (refused.status_code, accepted.status_code) == (422, 302)
    assert _reload(world, case).status == CaseStatus.COMPLETE


def test_form_says_when_another_date_brings_other_questions(world: World) -> None:
    case = _start(world, drain=True)
    client = world.client("alder.abstractor")
    sent = _fields(client.get(_url(case))) | {"operation_date": "12/30/2025", "do": "save"}

    response = client.post(_url(case), sent, follow=True)

    assert "No longer asked, kept until the case is complete: Drain left in place." in response.content.decode()


def test_form_keeps_the_rest_when_the_date_is_impossible(world: World) -> None:
    case = _start(world)
    client = world.client("alder.abstractor")
    sent = _fields(client.get(_url(case))) | {"operation_date": "1/1/2020", "age": "71", "do": "save"}

    response = client.post(_url(case), sent)

    saved = _reload(world, case)
    assert "Colectomy begins on 1 January 2024" in response.content.decode()
    assert (saved.answers["age"], saved.event_date) == (71, DAY)


def test_a_missing_kind_and_a_value_replace_each_other(world: World) -> None:
    case = _start(world, weight=Decimal(80))
    client = world.client("alder.abstractor")

    client.post(_url(case), _fields(client.get(_url(case))) | {"missing:weight": "unknown", "do": "save"})
    missing = _reload(world, case)
    client.post(
        _url(case), _fields(client.get(_url(case))) | {"missing:weight": "unknown", "weight": "82", "do": "save"}
    )
    valued = _reload(world, case)

    assert ("weight" in missing.answers, missing.missing) == (False, {"weight": "unknown"})
    assert (valued.answers["weight"], valued.missing) == (82, {})


def test_a_clash_shows_both_answers_and_takes_the_choice(world: World) -> None:
    case = _start(world, age=70)
    mine = world.client("alder.abstractor")
    sent = _fields(mine.get(_url(case))) | {"age": "72", "asa": "3", "do": "save"}
    theirs = world.client("alder.sampler")
    theirs.post(_url(case), _fields(theirs.get(_url(case))) | {"age": "71", "do": "save"})

    clash = mine.post(_url(case), sent)
    page = clash.context["page"]

    assert clash.status_code == 409
    assert "Sampler Ashgrave saved case T-1" in clash.content.decode()
    assert [(each.name, each.before, each.mine.words, each.theirs.words) for each in page.choices] == [
        ("age", "70 years", "72 years", "71 years"),
        ("asa", "Not answered", "Severe disease", "Not answered"),
    ]
    assert [(each.mine.chosen, each.theirs.chosen) for each in page.choices] == [(False, False), (True, False)]
    assert _reload(world, case).answers["age"] == 71

    chosen = {"age": "71", "asa": "3"}
    mine.post(
        _url(case), {"revision": page.case.revision, "base": page.base, "shown": page.shown, "do": "save"} | chosen
    )
    assert _reload(world, case).answers == {"operation_date": "2026-03-05", "age": 71, "asa": "3"}


def test_ten_edits_of_one_page_are_one_save_and_nine_conflicts(world: World) -> None:
    case = _start(world)
    client = world.client("alder.abstractor")
    sent = _fields(client.get(_url(case)))

    statuses = [client.post(_url(case), sent | {"age": str(40 + turn), "do": "save"}).status_code for turn in range(10)]

    assert statuses == [302, *[409] * 9]
    assert _reload(world, case).answers["age"] == 40


def test_a_complete_case_is_read_and_reopened_with_a_reason(world: World) -> None:
    client = world.client("alder.abstractor")
    with world.acting_as("alder.abstractor"):
        case = Case.objects.filter(status=CaseStatus.COMPLETE).earliest("pk")
    page = client.get(_url(case))
    late = client.post(_url(case), {"revision": "1", "shown": "age", "age": "30", "do": "save"}, follow=True)
    empty = client.post(f"{_url(case)}reopen/", {"reason": ""}, follow=True)

    client.post(f"{_url(case)}reopen/", {"reason": "Wrong age"})

    assert b'name="revision"' not in page.content
    assert "This case is complete. Re-open it to change an answer." in late.content.decode()
    assert "Give the reason for re-opening the case." in empty.content.decode()
    reopened = client.get(_url(case)).content.decode()
    assert "<b>Re-opened:</b> Wrong age" in reopened


def test_others_read_a_case_without_a_form(world: World) -> None:
    case = _start(world, age=70)
    for name in ("alder.clinician", "vera"):
        response = world.client(name).get(_url(case))
        assert b"70 years" in response.content
        assert b"<textarea" not in response.content
    with world.acting_as("dana"):
        noted = list(AccessLog.objects.values_list("user__full_name", "action", "subject"))
    assert noted == [("Vera Mossgiel", "case_viewed", f"case {case.public_id}")]


@pytest.mark.parametrize("name", ["alder.clinician", "vera"])
def test_readers_cannot_save(world: World, name: str) -> None:
    case = _start(world, age=70)

    response = world.client(name).post(_url(case), {"revision": "2", "shown": "age", "age": "30", "do": "save"})

    assert response.status_code == 403
    assert _reload(world, case).answers["age"] == 70


@pytest.mark.parametrize(
    ("name", "status"),
    [("birch.abstractor", 404), ("birch.clinician", 404), ("stella", 404), ("hanna", 404), ("sam", 403)],
)
def test_nobody_else_reaches_the_case(world: World, name: str, status: int) -> None:
    case = _start(world, age=70)
    client: Client = world.client(name)

    assert client.get(_url(case)).status_code == status
    assert client.post(_url(case), {"revision": "2", "shown": "age", "age": "30"}).status_code == status
    assert client.post(f"{_url(case)}reopen/", {"reason": "x"}).status_code in {status, 403}
    assert _reload(world, case).answers["age"] == 70


def test_case_page_takes_few_queries(world: World) -> None:
    assert len(page_queries(world.client("alder.abstractor"), _url(_start(world)))) <= 7


def test_case_page_is_not_kept_by_browsers(world: World) -> None:
    assert world.client("alder.abstractor").get(_url(_start(world)))["Cache-Control"] == "no-store, private"


def test_a_complete_case_shows_the_reason_for_an_unusual_value(world: World) -> None:
    case = _start(world, age=104, asa="2", antibiotic=True, ssi=False)
    client = world.client("alder.abstractor")
    sent = _fields(client.get(_url(case))) | {"reason:soft_range:age": "Born 1921.", "do": "complete"}
    client.post(_url(case), sent)

    page = client.get(_url(case)).context["page"]

    facts = {fact.label: (fact.value, fact.note) for section in page.sections for fact in section.facts}
    assert facts["Age"] == ("104 years", "Reason: Born 1921.")
    assert facts["ASA class"][1] == ""
