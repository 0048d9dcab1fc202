"""Who founds, joins, leads and leaves a group."""

from datetime import date

import pytest
from django.utils import timezone

from collaboratives.models import Grant
from collaboratives.services.people import end_role
from coordination.groups.enums import MemberRole
from coordination.groups.errors import GroupError
from coordination.groups.models import Admission, Membership, WorkingGroup
from coordination.groups.selectors.candidates import candidate_page, chosen_people
from coordination.groups.selectors.due import due_for
from coordination.groups.selectors.list_page import group_list
from coordination.groups.selectors.visible import standing_for
from coordination.groups.services.founding import change_group, close_group, found_group
from coordination.groups.services.joining import (
    answer_invitation,
    ask_to_join,
    decide_request,
    invite_people,
    withdraw_admission,
)
from coordination.groups.services.leaving import leave_group, name_chair, remove_member
from events.enums import EventKind
from events.models import Event
from privacy.viewer import PermissionRefusedError
from tests.world import World
from tests.worlds import groups
from tests.worlds.programme import HOSPITALS


TODAY = timezone.now().date()
REMIT = "What it is for."


def test_the_centre_founds_and_changes_a_group(world: World) -> None:
    with world.acting_as("cora") as cora:
        group = found_group(name="  Blood   use ", remit=REMIT, founded_on=TODAY, by=cora)
        change_group(group=group, name="Blood", remit="More.\r\n", founded_on=date(2020, 1, 2), by=cora)
        group.refresh_from_db()

    assert (group.name, group.remit, group.founded_on) == ("Blood", "More.", date(2020, 1, 2))
    with world.acting_as("cora"):
        kinds = Event.objects.filter(subject="groups.WorkingGroup", subject_id=group.pk).values_list("kind", flat=True)
        assert list(kinds.order_by("pk")) == [EventKind.GROUP_FOUNDED, EventKind.GROUP_CHANGED]


@pytest.mark.parametrize(
    ("name", "remit", "problem"),
    [
        ("", REMIT, "The name is empty"),
        ("x" * 121, REMIT, "121 characters"),
        ("New", " ", "The remit is empty"),
        ("New", "As at Birchgrove Zantar.", "names Birchgrove Zantar Medical, and members of all hospitals read it"),
        ("infection PREVENTION", REMIT, "There is an open group"),
    ],
)
def test_a_group_that_cannot_be_is_refused_whole(world: World, name: str, remit: str, problem: str) -> None:
    with world.acting_as("cora") as cora:
        before = WorkingGroup.objects.count()
        with pytest.raises(GroupError, match=problem):
            found_group(name=name, remit=remit, founded_on=TODAY, by=cora)
        assert WorkingGroup.objects.count() == before


def test_a_group_takes_no_name_of_another_open_one(world: World) -> None:
    with world.acting_as("cora") as cora, pytest.raises(GroupError, match="another name"):
        change_group(group=groups.group(), name="Enhanced recovery", remit=REMIT, founded_on=TODAY, by=cora)


@pytest.mark.parametrize("name", ["ben", "alder.champion", "pat"])
def test_nobody_else_founds_or_closes_one(world: World, name: str) -> None:
    with world.acting_as(name) as by:
        with pytest.raises(PermissionRefusedError):
            found_group(name="Mine", remit=REMIT, founded_on=TODAY, by=by)
        with pytest.raises(PermissionRefusedError):
            close_group(group=groups.group(), reason="I want it.", today=TODAY, by=by)


def test_a_closed_group_takes_nobody_and_keeps_what_it_left(world: World) -> None:
    champion = world.viewer("alder.champion")
    admission = groups.invited(champion)
    with world.acting_as("cora") as cora:
        close_group(group=groups.group(), reason="It is done.", today=TODAY, by=cora)
        with pytest.raises(GroupError, match="was closed on"):
            close_group(group=groups.group(), reason="Again.", today=TODAY, by=cora)
    with world.acting_as("alder.champion"):
        with pytest.raises(GroupError, match="was closed on"):
            answer_invitation(admission=admission, accept=True, by=champion)
        admission.refresh_from_db()
        assert admission.state == "withdrawn"
        assert [each.group.name for each in group_list(champion, show="closed").others] == [
            "Data definitions",
            "Infection prevention",
        ]
        assert due_for(champion) == []


def test_an_invited_person_joins_shown_with_name_and_hospital(world: World) -> None:
    champion = world.viewer("alder.champion")
    groups.joined(champion)

    with world.acting_as("heron.champion") as other:
        (seen,) = [each for each in groups.group().memberships.all() if each.user_id == champion.user_id]
        (row,) = [each for each in group_list(other, show="").others if each.group.name == "Infection prevention"]
    assert (seen.shown_name, seen.shown_hospital) == ("Champion Ashgrave", HOSPITALS["alder"][1])
    assert (row.chair, row.members, row.hospitals) == ("Cora Ottershaw, Coordinating centre", 2, 1)


def test_centre_and_patient_partner_are_shown_as_such(world: World) -> None:
    found = [groups.joined(world.viewer(name)) for name in ("ben", "pat")]

    assert [each.shown_hospital for each in found] == ["Coordinating centre", "Patient partner"]


def test_an_invitation_is_nobody_elses_to_see_or_answer(world: World) -> None:
    admission = groups.invited(world.viewer("alder.champion"))
    for name in ("birch.champion", "pat"):
        with world.acting_as(name) as by:
            assert list(Admission.objects.all()) == []
            with pytest.raises(GroupError, match="Only the invited person"):
                answer_invitation(admission=admission, accept=True, by=by)
    with world.acting_as("cora") as cora, pytest.raises(GroupError, match="Only the invited person"):
        answer_invitation(admission=admission, accept=True, by=cora)


def test_whoever_declines_is_not_in_it_and_may_be_asked_again(world: World) -> None:
    champion = world.viewer("alder.champion")
    admission = groups.invited(champion)
    with world.acting_as("alder.champion"):
        assert [each.title for each in due_for(champion)] == ["Say whether you join: Infection prevention"]
        assert answer_invitation(admission=admission, accept=False, by=champion) is None
        assert due_for(champion) == []
        with pytest.raises(GroupError, match="answered meanwhile"):
            answer_invitation(admission=admission, accept=True, by=champion)

    assert groups.invited(champion).pk != admission.pk


def test_inviting_twice_asks_once(world: World) -> None:
    champion, cora = world.viewer("alder.champion"), world.viewer("cora")
    groups.invited(champion)
    with world.acting_as("cora"):
        people = [groups.candidate(each) for each in (champion, cora)]
        assert invite_people(group=groups.group(), people=people, by=cora) == 0


def test_a_request_is_let_in_by_the_chair_of_another_hospital(world: World) -> None:
    groups.led(world.viewer("birch.champion"))
    with world.acting_as("alder.clinician") as asking:
        request = ask_to_join(group=groups.group(), note="I  run it here.", by=asking)
        assert standing_for(asking, groups.GROUPS["prevention"]).request == request
        with pytest.raises(GroupError, match="invited already, or have asked"):
            ask_to_join(group=groups.group(), note="", by=asking)
        with pytest.raises(GroupError, match="Only the chair"):
            decide_request(admission=request, accept=True, by=asking)
    with world.acting_as("birch.champion") as chair:
        (seen,) = Admission.objects.filter(state="open")
        assert (seen.shown_name, seen.note) == ("Clinician Ashgrave", "I run it here.")
        assert [each.title for each in due_for(chair)] == ["Decide who joins: Infection prevention"]
        membership = decide_request(admission=seen, accept=True, by=chair)
    assert membership is not None
    assert (membership.shown_name, membership.participation_id) == ("Clinician Ashgrave", asking.participation_id)
    with world.acting_as("alder.clinician"), pytest.raises(GroupError, match="member of this group already"):
        ask_to_join(group=groups.group(), note="", by=asking)


def test_the_centre_declines_a_request_and_nobody_decides_their_own(world: World) -> None:
    groups.led(world.viewer("birch.champion"))
    with world.acting_as("pat") as pat:
        request = ask_to_join(group=groups.group(), note="", by=pat)
    with world.acting_as("cora") as cora:
        assert decide_request(admission=Admission.objects.get(pk=request.pk), accept=False, by=cora) is None
        assert not Membership.objects.filter(user_id=pat.user_id).exists()
    with world.acting_as("dana") as dana:
        assert isinstance(ask_to_join(group=groups.group("recovery"), note="", by=dana), Membership)
    with world.acting_as("ben") as ben:
        own = ask_to_join(group=groups.group(), note="", by=ben)
    groups.led(world.viewer("alder.champion"))
    with world.acting_as("ben"), pytest.raises(GroupError, match="Only the chair"):
        decide_request(admission=own, accept=True, by=ben)


def test_a_request_is_taken_back_by_who_asked_or_the_centre(world: World) -> None:
    with world.acting_as("pat") as pat:
        request = ask_to_join(group=groups.group(), note="", by=pat)
        withdraw_admission(admission=request, by=pat)
        assert standing_for(pat, groups.GROUPS["prevention"]).may_ask
        with pytest.raises(GroupError, match="answered meanwhile"):
            withdraw_admission(admission=request, by=pat)
    admission = groups.invited(pat)
    with world.acting_as("pat"), pytest.raises(GroupError, match="Only who asked"):
        withdraw_admission(admission=admission, by=pat)
    with world.acting_as("cora") as cora:
        withdraw_admission(admission=admission, by=cora)
        admission.refresh_from_db()
        assert admission.state == "withdrawn"


def test_one_chair_at_a_time_and_the_history_tells_it(world: World) -> None:
    membership = groups.joined(world.viewer("alder.champion"))
    with world.acting_as("cora") as cora:
        chair = name_chair(membership=membership, by=cora)
        assert name_chair(membership=chair, by=cora) == chair
        rows = [
            (each.shown_name.split()[0], each.role, each.until is None)
            for each in groups.group().memberships.order_by("pk")
        ]
        with pytest.raises(GroupError, match="have left"):
            name_chair(membership=membership, by=cora)
    assert rows == [
        ("Cora", MemberRole.MEMBER, False),
        ("Cora", MemberRole.CHAIR, False),
        ("Champion", MemberRole.MEMBER, False),
        ("Cora", MemberRole.MEMBER, True),
        ("Champion", MemberRole.CHAIR, True),
    ]
    with world.acting_as("alder.champion") as by, pytest.raises(PermissionRefusedError):
        name_chair(membership=chair, by=by)


def test_whoever_leaves_or_is_taken_out_stops_reading_at_once(world: World) -> None:
    champion, pat = world.viewer("alder.champion"), world.viewer("pat")
    groups.joined(champion)
    taken_out = groups.joined(pat)
    with world.acting_as("alder.champion"):
        assert groups.group().posts.count() == 1
        leave_group(group=groups.group(), by=champion)
        assert groups.group().posts.count() == 0
        with pytest.raises(GroupError, match="not a member"):
            leave_group(group=groups.group(), by=champion)
    with world.acting_as("cora") as cora:
        remove_member(membership=taken_out, by=cora)
        with pytest.raises(GroupError, match="left the group already"):
            remove_member(membership=taken_out, by=cora)
    with world.acting_as("pat"):
        assert groups.group().posts.count() == 0
        with pytest.raises(PermissionRefusedError):
            remove_member(membership=taken_out, by=pat)


def test_the_end_of_the_last_role_ends_reading_inside_the_same_transaction(world: World) -> None:
    membership = groups.joined(world.viewer("alder.champion"))
    with world.acting_as("alder.champion") as champion:
        assert groups.group().posts.count() == 1
    with world.acting_as("dana") as dana:
        grant = Grant.objects.get(user_id=champion.user_id, ends_at=None)
        end_role(grant=grant, by=dana)
    with world.acting_as("dana"):
        assert Membership.objects.get(pk=membership.pk).until is None  # the worker has not come to it
    client = world.client("alder.champion")
    assert client.get(f"/c/colectomy-mi/groups/{groups.GROUPS['prevention']}/?tab=discussion").status_code == 404


def test_people_are_found_by_name_role_and_hospital(world: World) -> None:
    groups.invited(world.viewer("alder.champion"))
    with world.acting_as("cora") as cora:
        group, alder = groups.group(), str(world.participation("alder").public_id)
        everybody = candidate_page(cora, group, words="", role="", hospital="")
        champions = candidate_page(cora, group, words="champ", role="champion", hospital=alder)
        two = candidate_page(cora, group, words="twohosp ida", role="", hospital="")
        chosen = chosen_people(cora, group, [champions.people[0].key, "nonsense"])
    assert [(each.name, each.is_asked, each.is_in) for each in champions.people] == [("Champion Ashgrave", True, False)]
    assert [each.hospital for each in two.people] == [HOSPITALS["alder"][1], HOSPITALS["birch"][1]]
    assert [each.name for each in chosen] == ["Champion Ashgrave"]
    assert "Sam Lyddington" not in {each.name for each in everybody.people}
    assert [each.is_in for each in everybody.people if each.name == "Cora Ottershaw"] == [True]
    assert (everybody.found, everybody.left_out) == (len(everybody.people), 0)
    with world.acting_as("ben") as ben, pytest.raises(PermissionRefusedError):
        candidate_page(ben, group, words="", role="", hospital="")


def test_somebody_of_two_hospitals_is_a_member_from_one(world: World) -> None:
    ida = world.viewer("ida", hospital="alder")
    groups.joined(ida)
    with world.acting_as("ida", hospital="alder"):
        assert groups.group().posts.count() == 1
    with world.acting_as("ida", hospital="birch") as elsewhere:
        assert groups.group().posts.count() == 0
        assert standing_for(elsewhere, groups.GROUPS["prevention"]).membership is None
