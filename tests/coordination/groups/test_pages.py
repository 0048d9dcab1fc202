"""Pages of groups: who reads and does what, in how many questions to the database."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from coordination.groups.models import Admission, GroupDocument, GroupPost, Membership, WorkingGroup
from coordination.meetings.models import Meeting
from tests.world import World
from tests.worlds import groups
from tests.worlds.counting import page_queries
from tests.worlds.programme import HOSPITALS


HERE = "/c/colectomy-mi/groups/"
TABS = ("about", "members", "documents", "discussion", "meetings")
MOST_QUERIES = 12


def url(rest: str = "", name: str = "prevention") -> str:
    return f"{HERE}{groups.GROUPS[name]}/{rest}"


def words(response: HttpResponse) -> str:
    main = response.content.decode().partition('id="main"')[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def text(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return words(response)


def said(client: Client, path: str, **data: object) -> str:
    """The page that follows a form."""
    response = client.post(path, data, follow=True)
    assert response.status_code == 200, response.status_code
    return words(response)


@pytest.mark.parametrize("name", ["cora", "alder.champion", "pat", "heron.champion"])
@pytest.mark.parametrize("tab", TABS)
def test_every_tab_keeps_to_twelve_questions(world: World, name: str, tab: str) -> None:
    for member in ("alder.champion", "pat"):
        groups.joined(world.viewer(member))
    statements = page_queries(world.client(name), url(f"?tab={tab}"))

    assert len(statements) <= MOST_QUERIES, "\n".join(each[:160] for each in statements)


@pytest.mark.parametrize("name", ["cora", "alder.champion", "pat"])
@pytest.mark.parametrize("path", ["", "?show=closed"])
def test_lists_keep_to_twelve_questions(world: World, name: str, path: str) -> None:
    assert len(page_queries(world.client(name), f"{HERE}{path}")) <= MOST_QUERIES


@pytest.mark.parametrize("path", ["print/", "invite/", "edit/", "close/", "meetings/new/"])
def test_pages_of_the_centre_keep_to_twelve_questions(world: World, path: str) -> None:
    assert len(page_queries(world.client("cora"), url(path))) <= MOST_QUERIES


def test_the_list_has_ones_own_first_and_closed_ones_apart(world: World) -> None:
    groups.joined(world.viewer("alder.champion"))
    groups.invited(world.viewer("birch.champion"), "recovery")
    page = text(world.client("alder.champion"), HERE)
    assert page.index("Yours") < page.index("Infection prevention") < page.index("The others") < page.index("Enhanced")
    assert "Data definitions" not in page
    assert "Data definitions" in text(world.client("alder.champion"), f"{HERE}?show=closed")
    assert "You are invited" in text(world.client("birch.champion"), HERE)
    assert "Found a group" in text(world.client("cora"), HERE)
    assert "Found a group" not in text(world.client("ben"), HERE)


def test_empty_lists_say_what_comes(world: World) -> None:
    with world.acting_as("cora"):
        WorkingGroup.objects.all().update(closed_on="2026-01-01", closed_because="All over.")
    assert "Found one: say what it is for" in text(world.client("cora"), HERE)
    assert "You will see here what each is for" in text(world.client("pat"), HERE)
    with world.acting_as("cora"):
        WorkingGroup.objects.all().update(closed_on=None, closed_because="")
    assert "No group was closed" in text(world.client("pat"), f"{HERE}?show=closed")


def test_the_centre_founds_invites_and_names_the_chair(world: World) -> None:
    cora = world.client("cora")
    assert "Found the group" in text(cora, f"{HERE}new/")
    refused = cora.post(f"{HERE}new/", {"name": "At Birchgrove Zantar", "remit": "x", "founded_on": "2026-01-05"})
    assert (refused.status_code, "names Birchgrove Zantar Medical" in words(refused)) == (422, True)
    page = said(cora, f"{HERE}new/", name="Blood", remit="*Less* of it.", founded_on="2026-01-05")
    assert "The group is founded." in page
    with world.acting_as("cora"):
        group = WorkingGroup.objects.get(name="Blood")
    here = f"{HERE}{group.public_id}/"
    found = cora.get(f"{here}invite/?q=clin&hospital={world.participation('alder').public_id}").content.decode()
    (key,) = re.findall(r'name="who"\s+value="([^"]+)"', found)
    assert cora.post(f"{here}invite/").status_code == 422
    assert "They are invited." in said(cora, f"{here}invite/", who=key)
    assert "Nobody fits" in text(cora, f"{here}invite/?q=zzz")
    clinician = world.client("alder.clinician")
    invitation = text(clinician, here)
    shown = f"Clinician Ashgrave, {HOSPITALS['alder'][1]}"
    assert shown in invitation
    with world.acting_as("alder.clinician"):
        admission = Admission.objects.get(group=group)
    page = said(clinician, f"{HERE}admissions/{admission.public_id}/answer/", do="join")
    assert "You are a member of Blood." in page
    with world.acting_as("cora"):
        membership = Membership.objects.get(group=group)
    assert f"{membership.shown_name}, {membership.shown_hospital}" == shown
    assert "leads the group now" in said(cora, f"{HERE}members/{membership.public_id}/chair/")
    assert f"Led by Clinician Ashgrave , {HOSPITALS['alder'][1]}" in text(world.client("heron.champion"), here)


def test_an_invitation_can_be_declined_and_taken_back(world: World) -> None:
    admission = groups.invited(world.viewer("alder.champion"))
    answer = f"{HERE}admissions/{admission.public_id}/answer/"
    assert "You do not join." in said(world.client("alder.champion"), answer, do="decline")
    assert "Ask to join" in text(world.client("alder.champion"), url())
    again = groups.invited(world.viewer("alder.champion"))
    assert "Champion Ashgrave" in text(world.client("cora"), url("?tab=members"))
    assert "Taken back." in said(world.client("cora"), f"{HERE}admissions/{again.public_id}/withdraw/")
    assert world.client("alder.champion").post(f"{HERE}admissions/{again.public_id}/answer/").status_code == 404


def test_somebody_asks_and_the_chair_lets_them_in(world: World) -> None:
    groups.led(world.viewer("birch.champion"))
    pat, chair = world.client("pat"), world.client("birch.champion")
    assert "Patient partner" in text(pat, url())
    assert "You have asked." in said(pat, url("join/"), note="I was a patient.")
    assert "You have asked to join." in text(pat, url())
    page = text(chair, url("?tab=members"))
    assert ("I was a patient." in page, "Who asks to join" in page) == (True, True)
    assert "Who asks to join" not in text(world.client("alder.champion"), url("?tab=members"))
    with world.acting_as("birch.champion"):
        request = Admission.objects.get(state="open")
    decide = f"{HERE}admissions/{request.public_id}/decide/"
    assert "Pat Kirtlebridge is a member now." in said(chair, decide, do="accept")
    assert "Write to the group" in text(pat, url("?tab=discussion"))
    assert "You have left Infection prevention." in said(pat, url("leave/"))
    assert "Were in it" in text(chair, url("?tab=members"))
    assert "Discussion" not in text(pat, url("?tab=discussion"))


def test_the_centre_takes_out_closes_and_changes(world: World) -> None:
    membership, cora = groups.joined(world.viewer("alder.champion")), world.client("cora")
    assert "no longer a member" in said(cora, f"{HERE}members/{membership.public_id}/remove/")
    assert "What it is for" in text(cora, url("edit/"))
    changed = {"name": "Infection prevention", "remit": "Now *shorter*.", "founded_on": "2025-01-05"}
    assert "Now shorter ." in said(cora, url("edit/"), **changed)
    assert cora.post(url("edit/"), changed | {"name": ""}).status_code == 422
    assert cora.post(url("close/")).status_code == 422
    assert "Closed on" in said(cora, url("close/"), reason="Its aim is reached.")
    page = text(world.client("heron.champion"), url())
    assert ("Its aim is reached." in page, "Ask to join" in page) == (True, False)


def test_members_read_and_write_and_others_see_no_discussion(world: World) -> None:
    groups.joined(world.viewer("alder.champion"))
    member, other = world.client("alder.champion"), world.client("heron.champion")
    refused = member.post(url("posts/"), {"text": "At Aldermoor Quillen we try."})
    assert (refused.status_code, "names Aldermoor Quillen Hospital" in words(refused)) == (422, True)
    assert "At Aldermoor Quillen we try." in words(refused)  # nothing typed is lost
    assert "Your post is there." in said(member, url("posts/"), text="We try **alcohol**.")
    page = text(member, url("?tab=discussion&page=x"))
    assert page.index("We try alcohol") < page.index("Welcome.")
    assert "We try" not in text(other, url("?tab=discussion"))
    assert other.post(url("posts/"), {"text": "x"}).status_code == 404
    with world.acting_as("alder.champion"):
        post = GroupPost.objects.latest("pk")
    back = f"{HERE}posts/{post.public_id}/withdraw/"
    assert "We try" in text(member, back)
    assert member.post(back).status_code == 422
    page = said(member, back, reason="Not tried yet.")
    assert ("Not tried yet." in page, "alcohol" in page) == (True, False)


def test_the_centre_reads_along_and_joins_to_write(world: World) -> None:
    dana = world.client("dana")
    assert "You read along." in text(dana, url("?tab=discussion"))
    assert dana.post(url("posts/"), {"text": "Hello."}).status_code == 422
    assert "You are a member." in said(dana, url("join/"))
    assert "Your post is there." in said(dana, url("posts/"), text="Hello.")


def test_the_chair_brings_documents(world: World) -> None:
    groups.led(world.viewer("birch.champion"))
    chair = world.client("birch.champion")
    bad = chair.post(url("documents/"), {"title": "Page", "file": SimpleUploadedFile("a.txt", b"<html>")})
    assert (bad.status_code, "This file cannot be kept" in words(bad)) == (422, True)
    said(chair, url("documents/"), title="Checklist", file=SimpleUploadedFile("list.txt", b"One.\n"))
    with world.acting_as("birch.champion"):
        document = GroupDocument.objects.get(title="Checklist")
    here = f"{HERE}documents/{document.public_id}/"
    second = SimpleUploadedFile("list.txt", b"Two.\n")
    assert "Earlier versions of Checklist" in said(chair, f"{here}versions/", file=second, note="More")
    assert "Choose the file." in said(chair, f"{here}versions/", note="Nothing")
    response = chair.get(f"{here}2/")
    assert (response.content, response["Content-Disposition"]) == (b"Two.\n", 'attachment; filename="list.txt"')
    assert response["X-Content-Type-Options"] == "nosniff"
    assert world.client("alder.champion").get(f"{here}2/").status_code == 404
    assert chair.get(f"{here}9/").status_code == 404
    assert "«Checklist» is out of use." in said(chair, f"{here}retire/")
    assert chair.get(f"{here}2/").status_code == 404


def test_a_member_is_told_that_the_chair_does_this(world: World) -> None:
    groups.joined(world.viewer("alder.champion"))
    member = world.client("alder.champion")
    only = "Only the chair of the group and the coordinating centre do this."
    assert only in said(member, url("wishes/"), text="Gloves")
    file = SimpleUploadedFile("list.txt", b"One.\n")
    refused = member.post(url("documents/"), {"title": "Mine", "file": file})
    assert (refused.status_code, only in words(refused)) == (422, True)
    assert member.post(url("decisions/"), {"text": "x", "decided_on": "2026-11-01"}).status_code == 422
    assert "No document yet" not in text(member, url("?tab=documents"))


def test_decisions_and_wishes_have_their_page(world: World) -> None:
    groups.led(world.viewer("birch.champion"))
    chair, cora = world.client("birch.champion"), world.client("cora")
    assert "The decision is there" in said(chair, url("decisions/"), text="We measure.", decided_on="2026-11-01")
    assert chair.post(url("decisions/"), {"text": "x", "decided_on": "soon"}).status_code == 422
    assert "finds it in the form" in said(chair, url("wishes/"), text="Theatre doors")
    assert "15 Theatre doors" in text(cora, url("meetings/new/"))
    assert "no longer wished" in said(chair, f"{HERE}wishes/{groups.PARTS['wish']}/end/")
    assert "We measure." in text(world.client("pat"), url("?tab=meetings"))
    assert "Wishes" not in text(world.client("pat"), url("?tab=meetings"))
    assert "taken away" in said(cora, f"{HERE}decisions/{groups.PARTS['decision']}/remove/")


def test_a_meeting_of_the_group_is_planned_and_its_members_are_invited(world: World) -> None:
    groups.joined(world.viewer("alder.champion"))
    cora = world.client("cora")
    form = {
        "title": "Infection prevention, second",
        "kind": "group",
        "day": "2031-03-04",
        "starts": "09:00",
        "ends": "10:00",
        "time_zone": "America/Detroit",
    }
    assert cora.post(url("meetings/new/"), form | {"title": ""}).status_code == 422
    refused = cora.post(url("meetings/new/"), form | {"ends": "08:00"})
    assert (refused.status_code, "before it starts" in words(refused)) == (422, True)
    page = said(cora, url("meetings/new/"), **form)
    assert "Infection prevention (2)" in page
    with world.acting_as("cora"):
        meeting = Meeting.objects.get(title="Infection prevention, second")
    invite = f"/c/colectomy-mi/meetings/{meeting.public_id}/invite/"
    assert 'value="' in cora.get(invite).content.decode().partition("checked")[0]
    counted = words(cora.post(invite, {"circles": groups.GROUPS["prevention"], "do": "count"}))
    assert "2 people of 1 hospital." in counted
    assert cora.post(invite, {"do": "count"}).status_code == 422
    both = {"circles": groups.GROUPS["prevention"], "roles": "champion", "do": "send"}
    assert "9 people are invited." in said(cora, invite, **both)
    assert "Infection prevention, second" in text(world.client("alder.champion"), url("?tab=meetings"))


def test_the_sheet_has_everything_a_reader_may_know(world: World) -> None:
    groups.joined(world.viewer("alder.champion"))
    member, other = (text(world.client(name), url("print/")) for name in ("alder.champion", "heron.champion"))

    assert ("The bundle, version 1" in member, "The bundle" in other) == (True, False)
    for sheet in (member, other):
        assert ("advice only" in sheet, "Champion Ashgrave" in sheet, "We begin with the bundle." in sheet) == (
            True,
        ) * 3
    assert "closed on" in text(world.client("pat"), url("print/", "closed"))


def test_people_are_stored_as_the_page_said_they_would_be_shown(world: World) -> None:
    for name, as_shown in (
        ("ben", "Coordinating centre"),
        ("pat", "Patient partner"),
        ("elm.champion", HOSPITALS["elm"][1]),
    ):
        viewer = world.viewer(name)
        admission = groups.invited(viewer)
        page = text(world.client(name), url())
        said(world.client(name), f"{HERE}admissions/{admission.public_id}/answer/", do="join")
        with world.acting_as(name):
            stored = Membership.objects.get(user_id=viewer.user_id, until=None)
        assert f"{stored.shown_name}, {stored.shown_hospital}" in page
        assert stored.shown_hospital == as_shown
