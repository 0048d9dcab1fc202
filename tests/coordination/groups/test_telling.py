"""What a worker does after something happened in a group: it tells members, and takes back what names a hospital."""

import pytest
from django.db import transaction
from django.utils import timezone

from collaboratives.documents.definition.files import accept
from collaboratives.models import Grant
from collaboratives.notifications.models import Notification
from collaboratives.services.people import end_role
from collaboratives.services.programme import end_participation
from config.reactions import REACTIONS
from coordination.groups.models import Admission, GroupDecision, GroupPost, Membership
from coordination.groups.services.decisions import record_decision
from coordination.groups.services.discussion import withdraw_post, write_post
from coordination.groups.services.documents import add_document, add_version
from coordination.groups.services.joining import ask_to_join, decide_request
from coordination.groups.services.leaving import leave_group
from events.models import Event
from privacy.viewer import Viewer
from tenancy.context import Acting, acting
from tests.world import World
from tests.worlds import groups, programme


pytestmark = pytest.mark.worker
TODAY = timezone.now().date()


@pytest.fixture(autouse=True)
def group(world: World) -> None:
    """Prevention with members of two hospitals and a patient partner, and nothing left to be told."""
    for name in ("alder.champion", "birch.champion", "pat"):
        groups.joined(world.viewer(name))
    work_off()


def work_off() -> list[tuple[str, str]]:
    """What a worker does with what happened since; who is told what, beyond what they knew."""
    here = programme.viewer("cora").collaborative_id
    with acting(Acting("compute", collaborative_id=here)), transaction.atomic():
        known = set(Notification.objects.values_list("pk", flat=True))
        waiting = Event.objects.filter(
            done_at=None, collaborative_id=here, kind__regex="^(group|role_ended|hospital_left)"
        )
        while events := list(waiting.order_by("pk")):
            for event in events:
                for reaction in REACTIONS[event.kind]:
                    reaction(event)
                    reaction(event)  # safe to run again
                Event.objects.filter(pk=event.pk).update(done_at=event.created_at)
        rows = Notification.objects.exclude(pk__in=known).order_by("user__email")
        return [(each.user.email.partition("@")[0], each.title) for each in rows.select_related("user")]


def test_members_are_told_of_a_post_and_its_writer_is_not(world: World) -> None:
    with world.acting_as("alder.champion") as by:
        post = write_post(group=groups.group(), text="Who washes with what?", by=by)
    title = "A new post in Infection prevention"

    assert work_off() == [("birch.champion", title), ("cora", title), ("pat", title)]
    with world.acting_as("birch.champion") as reader:
        row = Notification.objects.filter(user_id=reader.user_id, title=title).latest("pk")
    assert row.path == f"/c/colectomy-mi/groups/{groups.GROUPS['prevention']}/?tab=discussion"
    assert row.participation_id == reader.participation_id
    assert "wash" not in f"{row.title}{row.text}{row.path}"
    with world.acting_as("cora") as cora:
        withdraw_post(post=GroupPost.objects.get(pk=post.pk), reason="Off the topic.", by=cora)
    assert work_off() == [("alder.champion", "Your post in Infection prevention was taken back")]


def test_a_post_that_names_another_hospital_is_taken_back_before_anybody_is_told(world: World) -> None:
    with world.acting_as("alder.champion") as by:
        post = write_post(group=groups.group(), text="As at Birchgrove Zantar.", by=by)

    assert work_off() == [("alder.champion", "Your post in Infection prevention was taken back")]
    with world.acting_as("alder.champion"):
        kept = GroupPost.objects.get(pk=post.pk)
    assert (kept.text, kept.withdrawn_because) == ("", "It named a hospital. Colloquy took it back.")


def test_a_decision_that_names_another_hospital_is_taken_away(world: World) -> None:
    groups.led(world.viewer("pat"))
    work_off()
    with world.acting_as("pat") as pat:
        decided = [
            record_decision(group=groups.group(), text=text, decided_on=TODAY, today=TODAY, by=pat).pk
            for text in ("We ask Birchgrove Zantar.", "We ask patients.")
        ]

    told = work_off()

    title = "A decision of Infection prevention"
    assert told == [("alder.champion", title), ("birch.champion", title), ("cora", title)]
    with world.acting_as("pat"):
        standing = GroupDecision.objects.filter(pk__in=decided, removed_at=None).values_list("text", flat=True)
        assert list(standing) == ["We ask patients."]


def test_members_are_told_of_a_document_and_of_each_version(world: World) -> None:
    with world.acting_as("cora") as cora:
        document = add_document(group=groups.group(), title="Skin", file=accept("a.txt", b"a"), by=cora)
    first = work_off()
    with world.acting_as("cora"):
        add_version(document=document, file=accept("b.txt", b"b"), note="", by=cora)
    second = work_off()

    names = ["alder.champion", "birch.champion", "pat"]
    assert first == [(name, "A new document in Infection prevention") for name in names]
    assert second == [(name, "A new version of a document in Infection prevention") for name in names]


def test_the_invited_person_alone_is_told(world: World) -> None:
    groups.invited(world.viewer("heron.champion"))

    assert work_off() == [("heron.champion", "You are invited to the working group Infection prevention")]


def test_chair_and_centre_are_told_of_a_request_and_who_asked_of_the_answer(world: World) -> None:
    groups.led(world.viewer("birch.champion"))
    work_off()
    with world.acting_as("heron.champion") as asking:
        request = ask_to_join(group=groups.group(), note="", by=asking)
    title = "Somebody asks to join Infection prevention"

    assert work_off() == [("birch.champion", title), ("cora", title), ("dana", title)]
    with world.acting_as("birch.champion") as chair:
        decide_request(admission=Admission.objects.get(pk=request.pk), accept=True, by=chair)
    assert work_off() == [("heron.champion", "You are a member of Infection prevention now")]


def test_whoever_left_or_lost_their_role_is_told_nothing(world: World) -> None:
    with world.acting_as("pat") as pat:
        leave_group(group=groups.group(), by=pat)
    with world.acting_as("dana") as dana:
        end_role(grant=_grant("alder.champion"), by=dana)
    with world.acting_as("cora") as cora:
        write_post(group=groups.group(), text="Who is left?", by=cora)

    assert work_off() == [("birch.champion", "A new post in Infection prevention")]


def test_the_end_of_the_last_role_takes_the_name_from_the_list(world: World) -> None:
    invited = groups.invited(world.viewer("alder.champion"), "recovery")
    with world.acting_as("dana") as dana:
        end_role(grant=_grant("alder.champion"), by=dana)
        end_role(grant=_grant("pat"), by=dana)
    work_off()

    assert _names() == {"Cora Ottershaw", "Champion Bellweir"}
    with world.acting_as("cora"):
        assert Admission.objects.get(pk=invited.pk).state == "withdrawn"


def test_one_of_two_roles_is_enough_to_stay(world: World) -> None:
    groups.joined(world.viewer("ida", hospital="alder"))
    with world.acting_as("dana") as dana:
        end_role(grant=_grant("ida", "birch"), by=dana)
    work_off()

    assert "Ida Twohospitals" in _names()


def test_a_hospital_that_leaves_takes_its_people_with_it(world: World) -> None:
    with world.acting_as("dana") as dana:
        end_participation(participation=world.participation("birch"), left_on=TODAY, by=dana)
    work_off()

    assert _names() == {"Cora Ottershaw", "Champion Ashgrave", "Pat Kirtlebridge"}


def _grant(name: str, hospital: str = "") -> Grant:
    """For somebody who acts already."""
    found = Grant.objects.filter(user_id=programme.USERS[name][0], ends_at=None)
    return found.get(participation__site__identifier=programme.HOSPITALS[hospital][0]) if hospital else found.get()


def _names() -> set[str]:
    cora: Viewer = programme.viewer("cora")
    with acting(Acting("centre", user_id=cora.user_id, collaborative_id=cora.collaborative_id)), transaction.atomic():
        found = Membership.objects.filter(group__public_id=groups.GROUPS["prevention"], until=None)
        return {each.shown_name for each in found}
