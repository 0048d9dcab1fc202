"""Inviting, accepting, ending a role."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from collaboratives.errors import InvitationClosedError, RoleNotAllowedError
from collaboratives.models import Grant, Invitation
from collaboratives.selectors.invitations import open_invitation
from collaboratives.selectors.places import places_of
from collaboratives.services.invitations import (
    accept_as_new_person,
    accept_as_signed_in,
    invitation_link,
    invite,
    revoke_invitation,
    send_invitation,
)
from collaboratives.services.people import end_role, grant_role
from privacy.roles import Permission, Role
from privacy.viewer import PermissionRefusedError, Viewer
from tests.world import World
from tests.worlds.programme import HOSPITALS


def _invite(
    world: World, *, by: str = "cora", role: Role = Role.CLINICIAN, hospital: str | None = "cedar"
) -> tuple[Invitation, str]:
    with world.acting_as(by) as viewer:
        participation = world.participation(hospital) if hospital else None
        invitation = invite(
            email="New.Person@Example.org", full_name="New Person", role=role, participation=participation, by=viewer
        )
        link = invitation_link(invitation, inviter_capacity=viewer.capacity)
    return invitation, link.rstrip("/").rpartition("/")[2]


def test_accepting_creates_the_account_and_the_role(world: World) -> None:
    _, token = _invite(world)

    user = accept_as_new_person(token=token, full_name="New Person", password="a long pass phrase")

    assert [(place.site_name, place.roles) for place in places_of(user.pk)] == [
        ("Cedarholm Yvaine Clinic", frozenset({Role.CLINICIAN}))
    ]
    assert user.email == "new.person@example.org"
    assert user.password.startswith("argon2")


def test_an_invitation_works_once(world: World) -> None:
    _, token = _invite(world)
    user = accept_as_new_person(token=token, full_name="New Person", password="a long pass phrase")

    with pytest.raises(InvitationClosedError, match="used already"):
        accept_as_signed_in(token=token, user=user)


def test_an_invitation_is_for_its_address_only(world: World) -> None:
    _, token = _invite(world)

    with pytest.raises(InvitationClosedError, match=r"for new.person@example.org"):
        accept_as_signed_in(token=token, user=world.user("stella"))

    assert len(places_of(world.user("stella").pk)) == 1


def test_an_invitation_expires_after_seven_days(world: World) -> None:
    _, token = _invite(world)

    with (
        time_machine.travel(timezone.now() + timedelta(days=7, minutes=1), tick=False),
        pytest.raises(InvitationClosedError, match="expired"),
    ):
        open_invitation(token)


def test_an_invitation_can_be_taken_back(world: World) -> None:
    invitation, token = _invite(world)
    with world.acting_as("cora") as cora:
        revoke_invitation(invitation=invitation, by=cora)

    with pytest.raises(InvitationClosedError, match="taken back"):
        open_invitation(token)


def test_an_invitation_dies_with_its_inviters_role(world: World) -> None:
    _, token = _invite(world)
    with world.acting_as("dana") as dana:
        end_role(grant=Grant.objects.get(user__email="cora@example.org"), by=dana)

    with pytest.raises(InvitationClosedError):
        open_invitation(token)


def test_a_changed_link_is_refused(world: World) -> None:
    _, token = _invite(world)

    with pytest.raises(InvitationClosedError, match="not complete"):
        open_invitation(token[:-2])


def test_an_administrator_invites_to_the_own_hospital_only(world: World) -> None:
    _, token = _invite(world, by="alder.administrator", hospital="alder")
    assert open_invitation(token).hospital == "Aldermoor Quillen Hospital"

    with world.acting_as("alder.administrator") as viewer:
        other = world.participation("birch")
        with pytest.raises(RoleNotAllowedError):
            invite(email="x@example.org", full_name="X", role=Role.CLINICIAN, participation=other, by=viewer)
        with pytest.raises(RoleNotAllowedError):
            invite(email="x@example.org", full_name="X", role=Role.DIRECTOR, participation=None, by=viewer)


def test_a_clinician_invites_nobody(world: World) -> None:
    with world.acting_as("alder.clinician") as viewer, pytest.raises(PermissionRefusedError, match="invite people"):
        invite(
            email="x@example.org",
            full_name="X",
            role=Role.CLINICIAN,
            participation=world.participation("alder"),
            by=viewer,
        )


@pytest.mark.worker
def test_the_mail_holds_a_working_link_and_no_clinical_word(world: World) -> None:
    with world.acting_as("cora") as cora:
        invitation = invite(
            email="new.person@example.org",
            full_name="New Person",
            role=Role.CHAMPION,
            participation=world.participation("cedar"),
            by=cora,
        )
        send_invitation(invitation_id=invitation.pk, inviter_capacity=cora.capacity)

    (message,) = mail.outbox
    assert message.to == ["new.person@example.org"]
    token = message.body.partition("/invite/")[2].partition("/")[0]
    assert "clinical champion at Cedarholm Yvaine Clinic" in message.body
    foreign = {word for key, words in HOSPITALS.items() if key != "cedar" for word in words}
    assert [word for word in foreign if word in f"{message.subject} {message.body}"] == []
    assert token


def test_giving_a_role_twice_changes_nothing(world: World) -> None:
    with world.acting_as("cora") as cora:
        user = User.objects.get(email="alder.clinician@example.org")
        again = grant_role(user=user, role=Role.CLINICIAN, participation=world.participation("alder"), by=cora)
        assert Grant.objects.filter(user=user, role=Role.CLINICIAN).get() == again


def test_ending_a_role_refuses_the_next_request(world: World) -> None:
    client = world.client("alder.clinician")
    assert client.get("/c/colectomy-mi/help/").status_code == 200
    with world.acting_as("cora") as cora:
        end_role(grant=Grant.objects.get(user__email="alder.clinician@example.org"), by=cora)

    assert client.get("/c/colectomy-mi/help/").status_code == 404


def test_the_page_accepts_an_invitation_and_signs_in(world: World, client) -> None:
    _, token = _invite(world)
    page = client.get(f"/invite/{token}/")
    assert page.status_code == 200
    assert "Cedarholm Yvaine Clinic" in page.content.decode()

    answer = client.post(f"/invite/{token}/", {"full_name": "New Person", "password": "short"})
    assert answer.status_code == 422

    answer = client.post(f"/invite/{token}/", {"full_name": "New Person", "password": "a long pass phrase"})
    assert answer.status_code == 302
    assert client.get("/c/colectomy-mi/help/").status_code == 200
    assert client.get(f"/invite/{token}/").status_code == 410


def test_permissions_of_an_inviter_are_those_that_may_invite(world: World) -> None:
    viewer: Viewer = world.viewer("alder.administrator")
    assert viewer.can(Permission.PEOPLE_MANAGE)
    with transaction.atomic():
        assert world.viewer("alder.clinician").can(Permission.PEOPLE_MANAGE) is False
