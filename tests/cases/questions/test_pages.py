"""The inbox and its pages, as each side sees them."""

import html
import re
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone

from cases.questions.models import Question
from cases.questions.selectors.ages import duration_in_words
from cases.questions.selectors.inbox import InboxFilter, inbox_page, next_question, waiting_count
from cases.questions.selectors.response import response_figures
from cases.questions.services.asking import ask_question
from cases.questions.services.thread import answer_question
from cases.services.cases import save_answers
from cases.services.changes import Changes
from events.models import AccessLog, Event
from tests.world import World
from tests.worlds.counting import page_queries
from tests.worlds.questions import QUESTIONS, WORDS, case


pytestmark = pytest.mark.django_db
LIST = "/c/colectomy-mi/questions/"


def _url(name: str, query: str = "") -> str:
    return f"{LIST}{QUESTIONS[name]}/{query}"


def _ask_url(world: World, variable: str = "asa") -> str:
    with world.acting_as("alder.abstractor"):
        return f"/c/colectomy-mi/cases/{case('AL-902').public_id}/questions/new/?variable={variable}"


def _text(response: HttpResponse) -> str:
    plain = re.sub(r"<[^>]+>", " ", response.content.decode())
    return html.unescape(re.sub(r"\s+", " ", plain))


def _tabs(response: HttpResponse) -> dict[str, int]:
    page = response.content.decode()
    return {name: int(count) for name, count in re.findall(r">(\w[\w ]*) <span class=\"n\">\((\d+)\)", page)}


def _listed(response: HttpResponse) -> set[str]:
    found = re.findall(r"/questions/([0-9A-Z]{10})/", response.content.decode())
    names = {value: name for name, value in QUESTIONS.items()}
    return {names.get(each, each) for each in found}


def test_a_hospital_finds_its_own_and_what_waits_for_it_first(world: World) -> None:
    client = world.client("alder.abstractor")

    assert _listed(client.get(LIST)) == {"alder.answered", "alder.query", "alder.ruled"}
    assert _listed(client.get(f"{LIST}?tab=all")) == {name for name in QUESTIONS if name.startswith("alder")}


def test_the_centre_finds_all_of_its_collaborative(world: World) -> None:
    client = world.client("cora")

    assert _listed(client.get(LIST)) == {"alder.asked", "birch.asked"}
    assert _listed(client.get(f"{LIST}?tab=all")) == set(QUESTIONS) - {"jay.general"}


@pytest.mark.parametrize("name", ["alder.abstractor", "cora"])
def test_the_number_of_a_tab_is_that_of_its_list(world: World, name: str) -> None:
    client = world.client(name)
    for query in ("", "&kind=query", "&variable=asa", "&kind=question&variable=antibiotic"):
        counts = _tabs(client.get(f"{LIST}?tab=all{query}"))
        for tab, label in (
            ("mine", "For you"),
            ("open", "Open"),
            ("answered", "Answered"),
            ("closed", "Closed"),
            ("all", "All"),
        ):
            listed = _listed(client.get(f"{LIST}?tab={tab}{query}"))
            assert (label, counts[label]) == (label, len(listed))


def test_the_menu_says_how_many_wait_for_this_side(world: World) -> None:
    home = world.client("alder.abstractor").get("/c/colectomy-mi/cases/").content.decode()

    assert re.search(r"Questions <span class=\"n\">3</span>", home)
    with world.acting_as("cora") as cora:
        assert waiting_count(cora) == 2


def test_filters_narrow_the_list_and_nonsense_is_forgotten(world: World) -> None:
    cora = world.client("cora")
    birch = world.participation("birch").public_id
    with world.acting_as("cora"):
        Question.objects.filter(public_id=QUESTIONS["birch.asked"]).update(asked_at=timezone.now() - timedelta(days=15))

    assert _listed(cora.get(f"{LIST}?tab=open&hospital={birch}")) == {"birch.asked", "birch.query", "birch.ruled"}
    assert _listed(cora.get(f"{LIST}?tab=all&age=14")) == {"birch.asked"}
    assert _listed(cora.get(f"{LIST}?tab=all&age=28")) == set()
    wild = cora.get(f"{LIST}?tab=x&kind=y&age=3&page=-1&hospital=z&case=%00")
    assert _listed(wild) == {"alder.asked", "birch.asked"}


def test_a_question_stands_in_its_context(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        draft = case("AL-902")
        draft = save_answers(case=draft, changes=Changes(revision=draft.revision, answers={"asa": "2"}), by=by).case
        save_answers(case=draft, changes=Changes(revision=draft.revision, answers={"asa": "3"}), by=by)

    text = _text(world.client("cora").get(_url("alder.asked")))

    assert f"Is {WORDS['alder']} disease a severe one?" in text
    assert "As the anaesthetist recorded it before the operation." in text
    assert "Two classes on two sheets; take the one signed last before incision." in text
    assert "ASA class Severe disease Earlier values Mild disease became Severe disease" in text
    assert "Not answered became Mild disease" in text
    assert "Colectomy, version 2, in force when it was asked." in text


def test_looking_at_a_question_is_noted_for_the_hospital(world: World) -> None:
    world.client("vera").get(_url("alder.asked"))

    with world.acting_as("dana"):
        log = AccessLog.objects.latest("pk")
        assert (log.action, log.participation_id) == ("case_viewed", world.participation("alder").pk)


@pytest.mark.parametrize(
    ("name", "question", "buttons"),
    [
        ("alder.abstractor", "alder.asked", ["reply", "close"]),
        ("alder.abstractor", "alder.answered", ["close", "reply"]),
        ("alder.abstractor", "alder.query", ["confirm", "ask_centre"]),  # "correct" appears when the value has changed
        ("alder.clinician", "alder.query", ["ask_centre"]),
        ("alder.abstractor", "alder.closed", ["reopen"]),
        ("cora", "alder.asked", ["answer", "reply", "close"]),
        ("cora", "alder.query", ["reply", "close"]),
    ],
)
def test_everybody_has_the_buttons_of_their_side(world: World, name: str, question: str, buttons: list[str]) -> None:
    page = world.client(name).get(_url(question)).content.decode()

    assert re.findall(r'name="do"\s+value="(\w+)"', page) == buttons
    assert "Put the answer into the manual" not in page


def test_only_an_answered_question_can_go_into_the_manual(world: World) -> None:
    for name, offered in (("cora", True), ("vera", False), ("alder.abstractor", False)):
        page = world.client(name).get(_url("alder.answered")).content.decode()
        assert ("Put the answer into the manual" in page) is offered


def test_after_an_answer_the_next_one_opens(world: World) -> None:
    cora = world.client("cora")

    answered = cora.post(_url("alder.asked", "?variable=asa"), {"do": "answer", "text": "Take the last."})

    assert (answered.status_code, answered["Location"]) == (302, _url("birch.asked", "?variable=asa"))
    last = cora.post(answered["Location"], {"do": "answer", "text": "The same."})
    assert last["Location"] == f"{LIST}?variable=asa"
    assert "Nothing here with these filters" in _text(cora.get(last["Location"]))


def test_the_next_one_is_below_and_at_the_end_the_first(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        wanted = InboxFilter(tab="all")
        rows = [row.public_id for row in inbox_page(by, wanted).rows]
        following = [next_question(by, wanted, Question.objects.get(public_id=public_id)) for public_id in rows]

        assert following == [*rows[1:], rows[0]]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"do": "answer", "text": "  "}, "Write it first, in words."),
        ({"do": "reopen", "text": "Sure"}, "cannot be done now"),
        ({"do": "promote", "text": "Sure"}, "promote"),
        (
            {"do": "answer", "text": "It is Mrs Miller, MRN 4455667"},
            "This seems to hold a medical record number, a person's name",
        ),
        ({"do": "answer", "text": "x" * 4001}, "at most 4000 characters"),
        ({}, "Write it first, in words."),
    ],
)
def test_a_refused_step_says_why_and_keeps_the_words(world: World, data: dict[str, str], words: str) -> None:
    response = world.client("cora").post(_url("alder.asked"), data)

    assert response.status_code == 422
    assert words in _text(response)
    assert data.get("text", "").strip()[:30] in response.content.decode()
    assert response.content.decode().count("<title>Error: ") == 1
    with world.acting_as("cora"):
        question = Question.objects.get(public_id=QUESTIONS["alder.asked"])
        assert (question.state, question.messages.count()) == ("open", 0)


def test_a_text_that_looks_like_an_identifier_is_sent_when_somebody_is_sure(world: World) -> None:
    data = {"do": "answer", "text": "Trial number 1234567 is not the patient's.", "sure": "on"}

    assert world.client("cora").post(_url("alder.asked"), data).status_code == 302


def test_a_question_is_asked_from_its_field(world: World) -> None:
    client, url = world.client("alder.abstractor"), _ask_url(world)

    page = client.get(url)
    assert '<option value="asa" selected>' in page.content.decode()
    assert "As the anaesthetist recorded it before the operation." in _text(page)
    sent = client.post(url, {"variable": "asa", "text": "Which sheet counts?"})

    assert sent["Location"].endswith("#field-asa-field")
    with world.acting_as("alder.abstractor"):
        asked = Question.objects.latest("pk")
        assert (asked.kind, asked.variable, asked.text) == ("question", "asa", "Which sheet counts?")
        assert Event.objects.latest("pk").details == {}


def test_the_same_page_of_the_centre_raises_a_query(world: World) -> None:
    client, url = world.client("vera"), _ask_url(world)

    assert "Raise a query" in _text(client.get(url))
    client.post(url, {"variable": "asa", "text": "Is it right?"})

    with world.acting_as("vera") as vera:
        raised = Question.objects.latest("pk")
        assert (raised.kind, raised.asked_by_id, raised.waiting_for) == ("query", vera.user_id, "hospital")


def test_asking_about_nothing_is_refused_in_place(world: World) -> None:
    response = world.client("alder.abstractor").post(_ask_url(world), {"variable": "asa", "text": " "})

    assert response.status_code == 422
    assert "Write it first, in words." in _text(response)


def test_a_general_question_is_asked_from_the_inbox(world: World) -> None:
    client = world.client("alder.clinician")

    assert client.post(f"{LIST}new/", {"text": "When is the course?"})["Location"] == f"{LIST}?tab=open"
    assert client.post(f"{LIST}new/", {"text": ""}).status_code == 422
    assert "General question" in _text(client.get(f"{LIST}?tab=open"))
    assert world.client("cora").get(f"{LIST}new/").status_code == 403


def test_a_case_page_gets_its_open_questions_as_a_piece(world: World) -> None:
    with world.acting_as("alder.abstractor"):
        url = f"/c/colectomy-mi/cases/{case('AL-902').public_id}/questions/"
        public_id = case("AL-902").public_id
    client = world.client("alder.abstractor")

    piece = client.get(url, headers={"HX-Request": "true"})

    assert _listed(piece) == {"alder.asked", "alder.query", "alder.ruled"}
    assert "<html" not in piece.content.decode()
    assert client.get(url)["Location"] == f"{LIST}?tab=all&case={public_id}"
    assert _listed(client.get(client.get(url)["Location"])) == {"alder.asked", "alder.query", "alder.ruled"}
    assert world.client("birch.abstractor").get(url).status_code == 404


def test_the_box_of_a_case_page_is_a_link_with_its_number(world: World) -> None:
    with world.acting_as("alder.abstractor"):
        spoken_about, silent = case("AL-902"), case("AL-001")
        boxes = [
            render_to_string("questions/partials/of_case.html", {"case": each, "slug": "colectomy-mi"})
            for each in (spoken_about, silent)
        ]

    assert ["open</span>" in box for box in boxes] == [True, False]
    assert ">3 open<" in boxes[0]
    assert f'hx-get="/c/colectomy-mi/cases/{silent.public_id}/questions/"' in boxes[1]


def test_the_centre_closes_several_at_once(world: World) -> None:
    cora = world.client("cora")
    ticked = {"question": [QUESTIONS["alder.query"], QUESTIONS["birch.query"]]}

    response = cora.post(f"{LIST}close/?tab=open&kind=query", ticked)

    assert response["Location"] == f"{LIST}?tab=open&kind=query"
    assert _listed(cora.get(response["Location"])) == {"alder.ruled", "birch.ruled"}
    assert "tick the questions" in _text(cora.post(f"{LIST}close/", {}, follow=True))  # type: ignore[arg-type]


def test_an_answer_goes_into_the_manual_through_a_page(world: World) -> None:
    cora = world.client("cora")
    url = _url("alder.answered", "promote/")

    page = cora.get(url).content.decode()
    assert "No: only what was given into a vein" in page
    assert "(Answer of the coordinating centre," in page
    sent = cora.post(url, {"text": "By mouth: assign No."})

    assert sent["Location"] == _url("alder.answered")
    assert "In the manual: Cora Ottershaw added it" in _text(cora.get(sent["Location"]))
    assert "in the manual already" in _text(cora.get(url))
    assert cora.post(url, {"text": "Again"}).status_code == 422


def test_somebody_takes_care_of_a_question(world: World) -> None:
    vera = world.client("vera")

    taken = vera.post(_url("alder.asked", "take/"))

    assert "Vera Mossgiel takes care of it." in _text(vera.get(taken["Location"]))


def test_response_times_are_those_of_the_questions(world: World) -> None:
    now = timezone.now()
    with world.acting_as("cora") as cora:
        Question.objects.exclude(answered_at=None).update(asked_at=now - timedelta(hours=4), answered_at=now)
        question = Question.objects.get(public_id=QUESTIONS["alder.asked"])
        answer_question(question=question, text="Yes", by=cora)
        Question.objects.filter(pk=question.pk).update(asked_at=now - timedelta(hours=10), answered_at=now)
        Question.objects.filter(public_id=QUESTIONS["birch.asked"]).update(waiting_since=now - timedelta(days=9))
        figures = response_figures(cora)

    # Answered after 4, 4 and 10 hours; the median of these is 4. Two were closed unanswered, one waits.
    assert (figures.asked, figures.answered, figures.median) == (6, 3, "4 hours")
    assert sum(month.asked for month in figures.months) == 6
    assert {row.label: (row.centre, row.hospitals) for row in figures.waiting} == {
        "less than a week": (0, 7),
        "one to two weeks": (1, 0),
        "two to four weeks": (0, 0),
        "longer": (0, 0),
    }
    assert "within 4 hours" in _text(world.client("cora").get(LIST))
    assert "How fast" not in _text(world.client("alder.abstractor").get(LIST))


@pytest.mark.parametrize(
    ("taken", "words"),
    [
        (timedelta(0), "1 minute"),
        (timedelta(minutes=59), "59 minutes"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(hours=47), "1 day"),
        (timedelta(days=20), "20 days"),
        (timedelta(days=21), "3 weeks"),
    ],
)
def test_durations_in_words(taken: timedelta, words: str) -> None:
    assert duration_in_words(taken) == words


@pytest.mark.parametrize(("name", "most"), [("alder.abstractor", 9), ("cora", 12)])
def test_the_inbox_asks_the_database_little_however_long_it_is(world: World, name: str, most: int) -> None:
    client = world.client(name)
    before = len(page_queries(client, f"{LIST}?tab=all"))
    with world.acting_as("alder.abstractor") as by:
        for number in range(3):
            ask_question(case=case("AL-901"), variable="age", text=f"Number {number}", by=by)

    assert len(page_queries(client, f"{LIST}?tab=all")) == before <= most
    assert len(page_queries(client, _url("alder.query"))) <= most + 4


def test_observers_are_refused(world: World) -> None:
    for name in ("sam", "pat"):
        assert world.client(name).get(LIST).status_code == 403
        assert world.client(name).get(_url("alder.asked")).status_code == 403
