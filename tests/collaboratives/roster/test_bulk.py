"""Many people at once: every bad line with its reason and remedy, and nothing half done."""

from typing import Any

import pytest

from collaboratives.models import Invitation
from collaboratives.roster.definition.people_file import MOST_ROWS, read_people
from collaboratives.roster.errors import RosterError
from collaboratives.roster.selectors.bulk import check_people
from collaboratives.roster.services.bulk import invite_people
from collaboratives.services.invitations import invite
from privacy.roles import Role
from privacy.viewer import PermissionRefusedError
from tests.world import World
from tests.worlds import programme


HERE = "/c/colectomy-mi/people/upload/"
HEAD = "name,email,role,hospital\n"
GOOD = (
    HEAD
    + "Anna New,anna@example.org,abstractor,0302\nBo New,BO@example.org,Clinical champion,cedarholm yvaine clinic\nCy New,cy@example.org,biostatistician,\n"
)


def problems(world: World, name: str, text: str) -> list[tuple[int, str]]:
    with world.acting_as(name) as by:
        return [(each.row.line, problem.reason) for each in check_people(by, text).bad for problem in each.problems]


def test_good_lines_are_found_by_number_and_name(world: World) -> None:
    with world.acting_as("cora") as cora:
        checked = check_people(cora, GOOD)
        found = [
            (each.row.email, each.role, each.participation.site.name if each.participation else "")
            for each in checked.good
        ]
    cedar = programme.HOSPITALS["cedar"][1]
    assert found == [
        ("anna@example.org", Role.ABSTRACTOR, cedar),
        ("bo@example.org", Role.CHAMPION, cedar),
        ("cy@example.org", Role.BIOSTATISTICIAN, ""),
    ]
    assert checked.bad == ()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (",x@example.org,abstractor,0302", "The name is missing or too long."),
        ("X,not an address,abstractor,0302", "“not an address” is no e-mail address."),
        ("X,x@example.org,surgeon,0302", "“surgeon” is no role."),
        ("X,x@example.org,abstractor,9999", "No member hospital is “9999”."),
        ("X,x@example.org,abstractor,1009", "No member hospital is “1009”."),  # of the other collaborative
        ("X,x@example.org,abstractor,", "The role abstractor is held at a hospital."),
        ("X,x@example.org,coordinator,0302", "The role coordinator belongs to no hospital."),
        ("Abstractor Crowhurst,cedar.abstractor@example.org,abstractor,0302", "They have this role already."),
    ],
)
def test_every_bad_line_says_why(world: World, line: str, reason: str) -> None:
    assert problems(world, "cora", f"{HEAD}{line}\n") == [(2, reason)]


def test_repetitions_name_the_line_they_repeat(world: World) -> None:
    text = HEAD + (
        "Anna New,anna@example.org,abstractor,0302\n\n"
        "Anna New,Anna@example.org,abstractor,Cedarholm Yvaine Clinic\n"
        "Anna Other,anna@example.org,champion,0302\n"
        "Anna New,anna@example.org,abstractor,0403\n"
    )
    assert problems(world, "cora", text) == [
        (4, "Line 2 asks the same person for the same role."),
        (5, "Line 2 has the same address with the name Anna New."),
    ]


def test_who_is_invited_already_is_not_invited_twice(world: World) -> None:
    with world.acting_as("cora") as cora:
        place = world.participation("cedar")
        invite(email="anna@example.org", full_name="Anna New", role=Role.ABSTRACTOR, participation=place, by=cora)
    assert problems(world, "cora", GOOD) == [(2, "They are invited already.")]


def test_an_administrator_invites_to_the_own_hospital_and_gives_its_roles_only(world: World) -> None:
    text = HEAD + (
        "Own One,one@example.org,sampler,\n"
        "Own Two,two@example.org,clinician,0100\n"
        "Other,other@example.org,clinician,0201\n"
        "Nobody,nobody@example.org,clinician,9999\n"
        "High,high@example.org,coordinator,\n"
    )
    assert problems(world, "alder.administrator", text) == [
        (4, "“0201” is not your hospital."),
        (5, "“9999” is not your hospital."),
        (6, "You cannot give the role coordinator."),
    ]


def test_all_or_nobody(world: World) -> None:
    with world.acting_as("cora") as cora:
        before = Invitation.objects.count()
        with pytest.raises(RosterError, match="Nobody was invited"):
            invite_people(text=GOOD + "X,x@example.org,surgeon,0302\n", by=cora)
        assert Invitation.objects.count() == before
        assert invite_people(text=GOOD, by=cora) == 3
        assert Invitation.objects.count() == before + 3
        with pytest.raises(RosterError, match="Nobody was invited"):
            invite_people(text=GOOD, by=cora)
    with world.acting_as("alder.champion") as by, pytest.raises(PermissionRefusedError):
        invite_people(text=GOOD, by=by)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no column name and no column email"),
        ("name;e-mail\nX;x@example.org\n", "no column role"),
        (HEAD, "nobody below the heading"),
        (HEAD + "x,x@example.org,sampler,\n" * (MOST_ROWS + 1), "Invite at most 500"),
    ],
)
def test_a_file_that_is_no_list_says_what_is_missing(text: str, words: str) -> None:
    with pytest.raises(RosterError, match=words):
        read_people(text)


def test_other_delimiters_headings_and_marks_are_understood() -> None:
    rows = read_people("\ufeffFull Name;E-mail;Role;Site\n\nAnna  New; Anna@Example.org ;hospital administrator;0100\n")

    assert [(row.line, row.name, row.email, row.known_role) for row in rows] == [
        (3, "Anna New", "anna@example.org", Role.ADMINISTRATOR)
    ]


def test_the_page_shows_bad_lines_keeps_nothing_and_invites_what_was_shown(world: World) -> None:
    client = world.client("cora")
    bad: Any = client.post(HERE, {"text": HEAD + "X,x@example.org,surgeon,0302\n"})
    assert bad.status_code == 422
    assert "“surgeon” is no role." in bad.content.decode()
    shown = client.post(HERE, {"text": GOOD})
    assert "Invite 3 people" in shown.content.decode()
    with world.acting_as("cora"):
        assert not Invitation.objects.filter(email="anna@example.org").exists()
    sent = client.post(f"{HERE}invite/", {"text": GOOD})
    assert (sent.status_code, sent.url) == (302, "/c/colectomy-mi/people/")
    again = client.post(f"{HERE}invite/", {"text": GOOD})
    assert again.status_code == 422
    assert "They are invited already." in again.content.decode()
