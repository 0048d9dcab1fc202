"""Ballots in the browser's words: a coordinator asks, champions vote, everybody reads the result."""

import pytest
from django.test import Client

from collaboratives.ballots.enums import APPROVE
from collaboratives.ballots.models import Ballot
from tests.world import World
from tests.worlds import ballots


HERE = "/c/colectomy-mi/ballots/"
FILLED = {
    "question": "Approve version 3 of Infection?",
    "details": "Because.",
    "rule": "approval",
    "options": "",
    "quorum": "50",
    "threshold": "60",
    "opens_day": "2031-03-01",
    "opens_time": "09:00",
    "closes_day": "2031-03-15",
    "closes_time": "17:00",
}


def text(client: Client, path: str = "") -> str:
    answer = client.get(HERE + path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_a_coordinator_drafts_changes_and_opens(world: World) -> None:
    cora, alder = world.client("cora"), world.client("alder.champion")
    made = cora.post(HERE + "new/", FILLED, follow=True)
    assert "The draft is kept" in made.content.decode()
    path = made.redirect_chain[-1][0]
    assert alder.get(path).status_code == 404
    changed = cora.post(path + "edit/", {**FILLED, "threshold": "66"}, follow=True)
    assert "more than 66 % of those who approve or reject" in changed.content.decode()
    cora.post(path + "open/")
    page = alder.get(path).content.decode()
    assert "Opens later" in page
    assert "1 March 2031, 09:00 (America/Detroit)" in page
    refused = cora.post(path + "edit/", FILLED)
    assert (refused.status_code, b"stands as it is" in refused.content) == (422, True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"closes_day": "2031-02-01"}, "closes before it opens"),
        ({"opens_day": "2031-03-09", "opens_time": "02:30"}, "There is no 02:30 on 9 March 2031"),
        ({"rule": "plurality", "options": "Keep"}, "Name at least two options"),
        ({"quorum": "100"}, "less than or equal to 99"),
        ({"question": ""}, "required"),
    ],
)
def test_a_ballot_that_cannot_be_names_the_field(world: World, changes: dict[str, str], words: str) -> None:
    answer = world.client("cora").post(HERE + "new/", {**FILLED, **changes})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "Because." in answer.content.decode()  # nothing typed is lost


def test_a_champion_votes_once_and_reads_it_back(world: World) -> None:
    client, path = world.client("alder.champion"), f"{HERE}{ballots.BALLOTS['open']}/"
    assert "Vote for our hospital" in client.get(path).content.decode()
    assert client.post(path + "vote/", {}).status_code == 422
    voted = client.post(path + "vote/", {"option": APPROVE}, follow=True).content.decode()
    assert "Champion Ashgrave voted “Approve”" in voted
    assert "Vote for our hospital" not in voted
    again = client.post(path + "vote/", {"option": "Reject"}, follow=True).content.decode()
    assert "A hospital has one vote, and the first stands." in again


def test_a_champion_names_somebody_and_takes_it_back(world: World) -> None:
    champion, path = world.client("alder.champion"), f"{HERE}{ballots.BALLOTS['open']}/"
    clinician = world.client("alder.clinician")
    assert clinician.post(path + "vote/", {"option": APPROVE}).status_code == 403
    champion.post(path + "designee/", {"person": world.user("alder.clinician").pk})
    assert "Vote for our hospital" in clinician.get(path).content.decode()
    champion.post(path + "designee/", {"person": ""})
    assert clinician.post(path + "vote/", {"option": APPROVE}).status_code == 403


def test_members_read_counts_and_the_centre_hospitals(world: World) -> None:
    path = f"{ballots.BALLOTS['counted']}/"
    member, centre = text(world.client("heron.champion"), path), text(world.client("cora"), path)
    assert "5 of 8 hospitals voted" in member
    assert "Approved" in member
    assert "Aldermoor" not in member
    assert "Aldermoor Quillen Hospital" in centre


def test_an_open_ballot_tells_members_no_counts(world: World) -> None:
    page = text(world.client("alder.champion"), f"{ballots.BALLOTS['open']}/")
    assert "hospitals voted" not in page
    assert "Birchgrove" not in page


def test_a_ballot_is_called_off_with_a_reason(world: World) -> None:
    client, path = world.client("cora"), f"{HERE}{ballots.BALLOTS['open']}/"
    assert client.post(path + "call-off/", {"why": ""}).status_code == 422
    client.post(path + "call-off/", {"why": "Asked too early."})
    assert "Called off: Asked too early." in world.client("alder.champion").get(path).content.decode()


def test_a_measures_page_hands_over_what_the_ballot_is_about(world: World) -> None:
    about = f"?subject=measure&key={'a' * 64}&label=Infection%2C+version+4"
    client = world.client("dana")
    assert "Approve Infection, version 4?" in text(client, "new/" + about)
    client.post(HERE + "new/" + about, FILLED)
    with world.acting_as("dana"):
        ballot = Ballot.objects.get(question=FILLED["question"])
    assert (ballot.subject, ballot.subject_key, ballot.subject_label) == ("measure", "a" * 64, "Infection, version 4")


def test_the_rule_for_measures_is_switched(world: World) -> None:
    client = world.client("dana")
    client.post(HERE + "rules/", {"measures": "1"})
    assert "published only after the hospitals approved it" in text(client)
    client.post(HERE + "rules/")
    assert "with or without a ballot" in text(client)
