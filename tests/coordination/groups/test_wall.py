"""Being in a group opens its documents and discussion, and nothing else; nobody lets themselves in."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from collaboratives.models import Grant
from collaboratives.services.people import end_role, grant_role
from coordination.groups.models import (
    Admission,
    AgendaWish,
    GroupDecision,
    GroupDocument,
    GroupMeeting,
    GroupPost,
    Membership,
    WorkingGroup,
)
from coordination.groups.services.joining import ask_to_join
from coordination.groups.services.leaving import remove_member
from privacy.roles import Role
from privacy.viewer import Viewer
from tests.architecture.test_canary import Crawl
from tests.architecture.tokens import Tokens
from tests.tenancy.test_forgotten_filter import MODELS, answers
from tests.world import World
from tests.worlds import groups


INSIDE = {"groups_groupdocument", "groups_groupdocumentversion", "groups_grouppost", "groups_agendawish"}
# What being invited, accepting and being shown leaves behind.
TRACES = {"groups_membership", "groups_admission", "events_event"}
PLACES = [("alder.clinician", None), ("ida", "birch"), ("pat", None), ("vera", None)]


def readable(world: World, name: str, hospital: str | None) -> dict[str, object]:
    with world.acting_as(name, hospital=hospital):
        return {table: answers(model) for table, model in MODELS.items()}


@pytest.mark.parametrize(("name", "hospital"), PLACES)
def test_joining_changes_no_permission_and_no_other_table(world: World, name: str, hospital: str | None) -> None:
    before, permissions = readable(world, name, hospital), world.viewer(name, hospital=hospital).permissions

    groups.led(world.viewer(name, hospital=hospital))

    after = readable(world, name, hospital)
    changed = {table for table, rows in after.items() if rows != before[table]}
    at_centre = name == "vera"  # who reads documents and discussion in any case
    assert changed - TRACES == (set() if at_centre else INSIDE)
    assert world.viewer(name, hospital=hospital).permissions == permissions


@pytest.mark.parametrize(("name", "hospital"), PLACES)
def test_an_open_membership_reads_the_own_group_and_no_other(world: World, name: str, hospital: str | None) -> None:
    groups.joined(world.viewer(name, hospital=hospital))
    with world.acting_as(name, hospital=hospital):
        titles = {each.title for each in GroupDocument.objects.all()}
        texts = " ".join(each.text for each in GroupPost.objects.all())

    expected = {"The bundle", f"Plan {groups.SECRET[0]}"} if name == "vera" else {"The bundle"}
    assert titles == expected
    assert (groups.SECRET[2] in texts) == (name == "vera")


def test_a_sponsor_sees_no_group_even_in_a_query(world: World) -> None:
    with world.acting_as("sam"):
        found = [list(model.objects.all()) for model in (WorkingGroup, Membership, GroupDecision, GroupMeeting)]

    assert found == [[], [], [], []]
    assert world.client("sam").get("/c/colectomy-mi/groups/").status_code == 403


def test_a_patient_partner_who_becomes_a_sponsor_reads_no_longer(world: World) -> None:
    pat = world.viewer("pat")
    groups.joined(pat)
    with world.acting_as("dana") as dana:
        held = Grant.objects.select_related("user").get(user_id=pat.user_id)
        grant_role(user=held.user, role=Role.SPONSOR, participation=None, by=dana)
        end_role(grant=held, by=dana)
    with world.acting_as("pat"):
        assert list(GroupPost.objects.all()) == []
        assert list(WorkingGroup.objects.all()) == []


def test_losing_the_role_ends_reading_inside_an_open_session(world: World) -> None:
    groups.joined(world.viewer("alder.clinician"))
    client = world.client("alder.clinician")
    address = f"/c/colectomy-mi/groups/{groups.GROUPS['prevention']}/?tab=discussion"
    assert "Welcome." in client.get(address).content.decode()
    with world.acting_as("dana") as dana:
        end_role(grant=Grant.objects.get(user_id=world.viewer("alder.clinician").user_id, ends_at=None), by=dana)

    assert client.get(address).status_code == 404
    document = f"/c/colectomy-mi/groups/documents/{groups.PARTS['document']}/1/"
    assert client.get(document).status_code == 404


# What nobody can do by writing rows themselves ------------------------------------------------------------------------


def refused(write: Callable[[], object]) -> None:
    with pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic():
        write()


def member_row(by: Viewer, **more: object) -> dict[str, object]:
    row = {
        "collaborative_id": by.collaborative_id,
        "participation_id": by.participation_id,
        "group": groups.group(),
        "user_id": by.user_id,
        "shown_name": by.name,
        "shown_hospital": "Nowhere",
    }
    return row | more


@pytest.mark.parametrize("name", ["alder.champion", "pat"])
def test_nobody_writes_themselves_into_a_group(world: World, name: str) -> None:
    with world.acting_as(name) as by:
        refused(lambda: Membership.objects.create(**member_row(by)))
        asked = {"asked_by_id": by.user_id, "is_request": True}
        refused(
            lambda: Admission.objects.create(**member_row(by), **asked, state="accepted", decided_at=timezone.now())
        )
        refused(lambda: Admission.objects.create(**member_row(by), **(asked | {"is_request": False})))
        request = ask_to_join(group=groups.group(), note="", by=by)
        decided = {"decided_at": timezone.now(), "decided_by_id": by.user_id}
        refused(lambda: Admission.objects.filter(pk=request.pk).update(state="accepted", **decided))
        assert Admission.objects.filter(pk=request.pk).update(state="withdrawn", **decided) == 1
        refused(lambda: Admission.objects.filter(pk=request.pk).update(state="open", decided_at=None))


def test_an_invitation_lets_in_once(world: World) -> None:
    membership = groups.joined(world.viewer("alder.champion"))
    with world.acting_as("cora") as cora:
        remove_member(membership=membership, by=cora)
    with world.acting_as("alder.champion") as by:
        again = member_row(by, shown_hospital=membership.shown_hospital)
        refused(lambda: Membership.objects.create(**again))
        refused(lambda: Membership.objects.filter(pk=membership.pk).update(until=None))


def test_members_change_nothing_of_others_and_nothing_of_what_they_are(world: World) -> None:
    theirs = groups.joined(world.viewer("birch.champion"))
    own = groups.joined(world.viewer("alder.champion"))
    with world.acting_as("alder.champion") as by:
        refused(lambda: Membership.objects.filter(pk=own.pk).update(role="chair"))
        refused(lambda: Membership.objects.filter(pk=own.pk).update(shown_name="Dr Fame"))
        refused(lambda: Membership.objects.filter(pk=theirs.pk).update(until=timezone.now()))
        here = {"collaborative_id": by.collaborative_id, "group": groups.group()}
        refused(lambda: GroupPost.objects.create(**here, written_by=theirs, text="In their name."))
        post = GroupPost.objects.get(public_id=groups.PARTS["post"])
        gone = {"text": "", "withdrawn_at": timezone.now(), "withdrawn_because": "No."}
        refused(lambda: GroupPost.objects.filter(pk=post.pk).update(**gone))
        refused(lambda: GroupPost.objects.filter(pk=post.pk).update(text="Something else."))
        made = {"created_by_id": by.user_id}
        refused(lambda: GroupDocument.objects.create(**here, **made, title="Mine"))
        refused(lambda: GroupDocument.objects.all().update(retired_at=timezone.now()))
        refused(lambda: AgendaWish.objects.create(**here, text="Mine", wished_as=by.name))
        day, who = timezone.now().date(), {"recorded_by_id": by.user_id, "recorded_as": by.name}
        refused(lambda: GroupDecision.objects.create(**here, **who, text="Mine", decided_on=day))
        refused(lambda: GroupDecision.objects.all().update(text="Other."))
        refused(lambda: WorkingGroup.objects.all().update(name="Ours"))


def test_a_chair_cannot_let_in_whom_nobody_invited_and_who_did_not_ask(world: World) -> None:
    groups.led(world.viewer("birch.champion"))
    heron = world.viewer("heron.champion")
    with world.acting_as("birch.champion"):
        refused(lambda: Membership.objects.create(**member_row(heron)))


# What others find -----------------------------------------------------------------------------------------------------


def addresses() -> list[str]:
    """Of the group in which nobody but the centre is, which its own pages would lead to."""
    here, group = "/c/colectomy-mi/groups", groups.GROUPS["recovery"]
    tabs = [f"{here}/{group}/?tab={tab}" for tab in ("about", "members", "documents", "discussion", "meetings")]
    files = [f"{here}/documents/{groups.PARTS['secret_document']}/1/"]
    return [*tabs, *files, f"{here}/{group}/print/", f"{here}/posts/{groups.PARTS['secret_post']}/withdraw/"]


@pytest.mark.parametrize("name", ["alder.champion", "heron.champion", "pat", "sam"])
def test_what_a_group_says_is_found_by_nobody_else(world: World, name: str) -> None:
    """Pages, files, notifications, lists, everything that can be reached; the crawler is in another group."""
    crawl = Crawl(world, name)
    crawl.waiting[:0] = addresses()
    crawl.run()

    assert crawl.finds(Tokens(frozenset(groups.SECRET))) == set()
    assert len([status for status in crawl.seen.values() if status == 200]) > 3


def test_the_centre_finds_what_a_group_says(world: World) -> None:
    """Which shows that the crawl would find it."""
    crawl = Crawl(world, "ben")
    crawl.waiting = addresses()

    assert crawl.run().finds(Tokens(frozenset(groups.SECRET))) == set(groups.SECRET)
