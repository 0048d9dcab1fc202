"""The table of roles and permissions, read as a reviewer would read it."""

import pytest

from privacy.fields import FieldClass
from privacy.roles import ROLE_PERMISSIONS, Capacity, Permission, Role, roles_of
from privacy.viewer import PermissionRefusedError, Viewer, require


P = Permission
# What no role of that side may ever hold, whatever else changes.
NEVER = {
    Capacity.HOSPITAL: {
        P.UNBLINDED_VIEW,
        P.HOSPITAL_VIEW,
        P.HOSPITAL_MANAGE,
        P.RELEASE_VIEW,
        P.RELEASE_BUILD,
        P.RELEASE_APPROVE,
        P.RELEASE_PUBLISH,
        P.DEFINITION_PUBLISH,
    },
    Capacity.CENTRE: {P.COMPARISON_VIEW, P.CASE_EDIT, P.CASE_COMPLETE, P.CASE_REOPEN},
    # Dates of meetings and public points of their agenda, announcements addressed to them (DOMAIN 7, sponsor); the patient
    # partner also comes to meetings, and may be in a working group.
    Capacity.OBSERVER: set(P)
    - {P.PROGRAMME_VIEW, P.POOLED_VIEW, P.MEETING_VIEW, P.MEETING_JOIN, P.NEWS_VIEW, P.GROUP_VIEW},
}


def viewer(*roles: Role) -> Viewer:
    return Viewer(user_id=1, name="", capacity=None, collaborative_id=1, collaborative_slug="", roles=frozenset(roles))


@pytest.mark.parametrize("role", Role)
def test_no_role_crosses_its_side(role: Role) -> None:
    assert ROLE_PERMISSIONS[role] & NEVER[role.capacity] == set()


def test_approval_and_release_take_two_people() -> None:
    assert [role for role in Role if P.RELEASE_APPROVE in ROLE_PERMISSIONS[role]] == [Role.BIOSTATISTICIAN]
    assert [role for role in Role if P.RELEASE_PUBLISH in ROLE_PERMISSIONS[role]] == [Role.DIRECTOR]


@pytest.mark.parametrize("permission", Permission)
def test_every_permission_has_a_sentence_and_a_holder(permission: Permission) -> None:
    assert permission.sentence
    assert any(permission in permissions for permissions in ROLE_PERMISSIONS.values())


def test_every_role_has_a_label_and_a_side() -> None:
    assert [role for role in Role if not role.label] == []
    assert sorted(role for capacity in Capacity for role in roles_of(capacity)) == sorted(Role)
    assert set(ROLE_PERMISSIONS) == set(Role)


def test_roles_add_up() -> None:
    both = viewer(Role.SAMPLER, Role.ADMINISTRATOR)

    assert both.permissions == ROLE_PERMISSIONS[Role.SAMPLER] | ROLE_PERMISSIONS[Role.ADMINISTRATOR]
    assert viewer().permissions == frozenset()
    assert (both.can(P.CASE_EDIT), both.can(P.CASE_COMPLETE)) == (True, False)


def test_a_refusal_names_what_was_refused() -> None:
    require(viewer(Role.SPONSOR), P.POOLED_VIEW)

    with pytest.raises(PermissionRefusedError, match=r"^Your role does not allow you to read cases\.$") as refused:
        require(viewer(Role.SPONSOR), P.CASE_VIEW)
    assert refused.value.permission is P.CASE_VIEW


def test_field_classes_are_words() -> None:
    words = {"key", "public", "programme", "hospital", "person", "clinical", "blinded", "secret"}

    assert {each.value for each in FieldClass} == words
