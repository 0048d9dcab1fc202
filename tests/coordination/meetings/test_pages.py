"""Pages of meetings: who reads what, in how many questions to the database."""

import re

import pytest
from django.test import Client

from coordination.meetings.enums import Reply
from coordination.meetings.models import Attendance, Invitee
from tests.world import World
from tests.worlds import meetings
from tests.worlds.counting import page_queries


HERE = "/c/colectomy-mi/meetings/"
TABS = ("agenda", "people", "poll", "minutes", "actions")
MOST_QUERIES = 12


def url(name: str, rest: str = "") -> str:
    return f"{HERE}{meetings.MEETINGS[name]}/{rest}"


def text(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode().partition('id="main"')[2]))


@pytest.mark.parametrize("name", ["cora", "alder.champion"])
@pytest.mark.parametrize("tab", TABS)
def test_every_tab_keeps_to_twelve_questions(world: World, name: str, tab: str) -> None:
    statements = page_queries(world.client(name), url("past" if tab != "poll" else "coming", f"?tab={tab}"))

    assert len(statements) <= MOST_QUERIES, "\n".join(each[:160] for each in statements)


@pytest.mark.parametrize("name", ["cora", "alder.champion"])
@pytest.mark.parametrize("path", ["", "?show=past", "?show=mine", "attendance/", "calendar/"])
def test_lists_keep_to_twelve_questions(world: World, name: str, path: str) -> None:
    statements = page_queries(world.client(name), f"{HERE}{path}")

    assert len(statements) <= MOST_QUERIES, "\n".join(each[:160] for each in statements)


@pytest.mark.parametrize("path", ["print/", "invite/", "check-in/list/", "edit/", "cancel/"])
def test_pages_of_the_coordinator_keep_to_twelve_questions(world: World, path: str) -> None:
    assert len(page_queries(world.client("cora"), url("coming", path))) <= MOST_QUERIES


def test_a_meeting_in_preparation_is_the_centres_alone(world: World) -> None:
    assert "Retreat Vexworthy" in text(world.client("cora"), HERE)
    assert "Retreat Vexworthy" not in text(world.client("alder.champion"), HERE)
    assert world.client("alder.champion").get(url("draft")).status_code == 404


def test_a_sponsor_reads_the_public_agenda_and_nothing_else(world: World) -> None:
    client = world.client("sam")
    page = text(client, url("coming"))

    assert "Welcome" in page
    assert "Snickerdoodle" not in page
    assert "slides.pdf" not in page
    assert client.get(f"{HERE}files/{meetings.PARTS['file']}/").status_code == 403
    assert "Autumn" in text(client, url("past", "?tab=minutes"))  # the tab falls back to the agenda
    assert "agreed" not in text(client, url("past", "?tab=minutes"))


def test_members_read_everything_that_is_of_all(world: World) -> None:
    client = world.client("alder.champion")

    assert "Snickerdoodle" in text(client, url("coming"))
    assert "We agreed on a target." in text(client, url("past", "?tab=minutes"))
    actions = text(client, url("past", "?tab=actions"))
    assert "The target is 90 per cent." in actions
    assert "Quizzlewort" in actions
    assert "Rumpleweft" not in actions


def test_what_is_open_is_carried_to_the_next_meeting(world: World) -> None:
    page = text(world.client("cora"), url("coming", "?tab=actions"))

    assert "Still open from earlier meetings" in page
    assert "Quizzlewort" in page
    assert "Rumpleweft" in page


def test_a_hospital_sees_its_own_people_only(world: World) -> None:
    page = text(world.client("alder.champion"), url("past", "?tab=people"))

    assert "Champion Ashgrave" in page
    assert "Champion Bellweir" not in page
    assert "Champion Bellweir" in text(world.client("cora"), url("past", "?tab=people"))


def test_a_file_is_given_out_as_an_attachment_only(world: World) -> None:
    response = world.client("alder.champion").get(f"{HERE}files/{meetings.PARTS['file']}/")

    assert response.content == meetings.PDF
    assert response["Content-Disposition"] == 'attachment; filename="slides.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"


def test_an_answer_takes_one_click(world: World) -> None:
    client = world.client("birch.abstractor")
    client.post(url("coming", "reply/"), {"reply": "in_person"})

    with world.acting_as("birch.abstractor") as by:
        mine = Invitee.objects.get(user_id=by.user_id, meeting__public_id=meetings.MEETINGS["coming"])
        assert mine.reply == Reply.IN_PERSON
    assert "You said: in person" in text(client, url("coming"))


def test_the_report_of_a_hospital_is_its_own(world: World) -> None:
    own = world.client("alder.champion").get(f"{HERE}attendance.csv").content.decode()
    every = world.client("cora").get(f"{HERE}attendance.csv").content.decode()

    assert len(own.splitlines()) == 2
    assert "Aldermoor Quillen Hospital" in own
    assert len(every.splitlines()) == 9
    assert len(every.splitlines()[1].split(",")) == len(every.splitlines()[0].split(","))


def test_the_coordinator_notes_people_by_typing(world: World, settings: object) -> None:
    client = world.client("cora")
    path = url("coming", "check-in/list/")
    assert "fits" in client.post(path, {"q": "champion"}, follow=True).content.decode()

    client.post(path, {"q": "ben"}, follow=True)  # the biostatistician was not asked
    client.post(path, {"q": "crow champ"}, follow=True)

    with world.acting_as("cora"):
        noted = Attendance.objects.filter(meeting__public_id=meetings.MEETINGS["coming"])
        assert [(each.name, each.role) for each in noted] == [("Champion Crowhurst", "champion")]
    report = world.client("cedar.champion").get(f"{HERE}attendance/")
    assert report.status_code == 200


def test_the_list_says_what_is_there_and_what_to_do_when_nothing_is(world: World) -> None:
    assert "No invitation waits for you" in text(world.client("stella"), "/c/hernia-lakes/meetings/?show=mine")
    assert "No meeting yet" in text(world.client("stella"), "/c/hernia-lakes/meetings/?show=past")
