"""Keys for programs: made for oneself, shown once, dead with the role."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from collaboratives.enums import KeyScope
from collaboratives.errors import KeyRefusedError
from collaboratives.models import ApiToken, Grant
from collaboratives.services.people import end_role, grant_role
from collaboratives.services.tokens import NewKey, create_token, enter_with_key, revoke_token, scopes_to_give
from events.models import Event
from privacy.roles import Permission, Role
from privacy.viewer import PermissionRefusedError
from tests.world import World
from tests.worlds import programme


PAGE = "/c/colectomy-mi/keys/"


def make(world: World, name: str = "alder.abstractor", *scopes: KeyScope, days: int = 180, **more: str) -> NewKey:
    with world.acting_as(name, **more) as by:
        return create_token(
            name="Nightly export",
            scopes=scopes or scopes_to_give(by),
            expires_at=timezone.now() + timedelta(days=days),
            by=by,
        )


def test_a_key_acts_for_its_owner_within_its_scopes(world: World) -> None:
    visit = enter_with_key(make(world, "alder.abstractor", KeyScope.READ_CASES).text)

    owner = world.viewer("alder.abstractor")
    assert (visit.viewer.user_id, visit.viewer.participation_id) == (owner.user_id, owner.participation_id)
    assert visit.viewer.permissions == {Permission.CASE_VIEW}


def test_scopes_are_no_more_than_the_role(world: World) -> None:
    sampler = enter_with_key(make(world, "alder.sampler").text).viewer
    with world.acting_as("alder.administrator") as administrator:
        given = scopes_to_give(administrator)

    assert Permission.CASE_EDIT in sampler.permissions
    assert Permission.CASE_COMPLETE not in sampler.permissions
    assert given == (KeyScope.READ_CASES, KeyScope.READ_DICTIONARY, KeyScope.READ_RESULTS)
    with pytest.raises(PermissionRefusedError):
        make(world, "alder.administrator", KeyScope.SUBMIT_CASES)
    with pytest.raises(PermissionRefusedError):
        make(world, "cora", KeyScope.READ_CASES)
    with pytest.raises(PermissionRefusedError):
        make(world, "alder.clinician", KeyScope.READ_CASES)


def test_a_key_opens_the_hospital_it_was_made_in(world: World) -> None:
    birch = enter_with_key(make(world, "ida", hospital="birch").text).viewer

    assert birch.participation_id == world.participation("birch").pk


def test_only_the_digest_is_kept(world: World) -> None:
    made = make(world)

    with connection.cursor() as cursor, world.acting_as("alder.abstractor"):
        cursor.execute("SELECT to_jsonb(t)::text FROM collaboratives_apitoken t WHERE t.id = %s", [made.token.pk])
        (row,) = cursor.fetchone()
    assert made.text.split("_", 3)[3] not in row
    assert len(made.text) == 4 + 33 + 33 + 43


def test_a_key_dies_with_the_role(world: World) -> None:
    made = make(world)
    enter_with_key(made.text)
    with world.acting_as("dana") as dana:
        end_role(grant=Grant.objects.get(user_id=world.viewer("alder.abstractor").user_id, ends_at=None), by=dana)

    with pytest.raises(KeyRefusedError):
        enter_with_key(made.text)


def test_a_key_follows_the_role(world: World) -> None:
    made = make(world)
    owner = world.user("alder.abstractor")
    with world.acting_as("dana") as dana:
        grant_role(user=owner, role=Role.CLINICIAN, participation=world.participation("alder"), by=dana)
        end_role(grant=Grant.objects.get(user=owner, role=Role.ABSTRACTOR, ends_at=None), by=dana)

    kept = {Permission.CASE_VIEW, Permission.DICTIONARY_VIEW, Permission.COMPARISON_VIEW}
    assert enter_with_key(made.text).viewer.permissions == kept


def test_a_deactivated_person_has_no_keys(world: World) -> None:
    made = make(world)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET is_active = false WHERE id = %s", [made.token.user_id])

    with pytest.raises(KeyRefusedError):
        enter_with_key(made.text)


def test_a_key_expires(world: World) -> None:
    made = make(world, days=3)
    with time_machine.travel(timezone.now() + timedelta(days=2, hours=23)):
        enter_with_key(made.text)
    with time_machine.travel(timezone.now() + timedelta(days=3, seconds=1)), pytest.raises(KeyRefusedError):
        enter_with_key(made.text)

    assert make(world, days=5000).token.expires_at < timezone.now() + timedelta(days=366)


def test_a_revoked_key_stays_revoked(world: World) -> None:
    made = make(world)
    with world.acting_as("alder.administrator") as by:
        revoke_token(token=made.token, by=by)
        revoke_token(token=made.token, by=by)

    with pytest.raises(KeyRefusedError):
        enter_with_key(made.text)
    with world.acting_as("dana"):
        kinds = Event.objects.filter(subject="collaboratives.ApiToken", subject_id=made.token.pk).order_by("pk")
        assert list(kinds.values_list("kind", flat=True)) == ["token_created", "token_revoked"]


def test_a_colleague_without_that_duty_revokes_nothing(world: World) -> None:
    made = make(world)
    with world.acting_as("alder.sampler") as by, pytest.raises(PermissionRefusedError):
        revoke_token(token=made.token, by=by)

    enter_with_key(made.text)


def test_use_is_noted_once_an_hour(world: World) -> None:
    made, start = make(world), timezone.now()
    seen = []
    for minutes in (0, 20, 59, 61):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            enter_with_key(made.text)
        with world.acting_as("alder.abstractor"):
            seen.append(ApiToken.objects.get(pk=made.token.pk).last_used_at)

    assert [(moment - start).total_seconds() for moment in seen] == [0, 0, 0, 61 * 60]


@pytest.mark.parametrize("text", ["", "x", "clq_", "clq_" + "0" * 32 + "_" + "0" * 32 + "_" + "A" * 43, "clq_é"])
def test_wrong_keys_look_up_as_much_as_right_ones(world: World, text: str) -> None:
    """Same answer, same work: neither words nor time tell which part is wrong."""
    made = make(world)
    enter_with_key(made.text)
    right, wrong = _Counter(), _Counter()
    with connection.execute_wrapper(right):
        enter_with_key(made.text)
    with connection.execute_wrapper(wrong), pytest.raises(KeyRefusedError):
        enter_with_key(text)

    assert wrong.count == right.count


class _Counter:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute, sql, params, many, context):
        self.count += 1
        return execute(sql, params, many, context)


# The page ---------------------------------------------------------------------------------------------------------------


def signed_in(name: str) -> Client:
    client = Client()
    answer = client.post("/accounts/login/", {"login": programme.email(name), "password": programme.PASSWORD})
    assert answer.status_code == 302
    return client


def test_a_key_is_made_on_the_page_and_shown_once(world: World) -> None:
    client = signed_in("alder.abstractor")
    form = {"name": "Theatre system", "scopes": ["read_cases", "submit_cases"], "days": 90}

    made = client.post(f"{PAGE}new/", form)

    (text,) = re.findall(r"clq_\w+_\w+_[\w-]+", made.content.decode())
    assert made.status_code == 201
    assert enter_with_key(text).viewer.permissions >= {Permission.CASE_VIEW, Permission.CASE_EDIT}
    page = client.get(PAGE).content.decode()
    assert "Theatre system" in page
    assert "clq_" not in page


def test_a_key_asks_for_the_password_again(world: World) -> None:
    """A session that is open since this morning is not enough."""
    old = world.client("alder.abstractor").get(f"{PAGE}new/")

    assert (old.status_code, old["Location"]) == (302, f"/accounts/reauthenticate/?next={PAGE}new/")
    assert signed_in("alder.abstractor").get(f"{PAGE}new/").status_code == 200


@pytest.mark.parametrize("wrong", [{"name": ""}, {"scopes": ["case_view"]}, {"scopes": []}, {"days": 366}, {"days": 0}])
def test_a_wrong_form_makes_no_key(world: World, wrong: dict[str, object]) -> None:
    form = {"name": "Theatre system", "scopes": ["read_cases"], "days": 90} | wrong

    assert signed_in("alder.abstractor").post(f"{PAGE}new/", form).status_code == 422
    with world.acting_as("alder.abstractor"):
        assert not ApiToken.objects.exists()


@pytest.mark.parametrize(
    ("name", "sees"),
    [
        ("alder.abstractor", True),
        ("alder.sampler", False),
        ("alder.administrator", True),
        ("cora", True),
        ("birch.administrator", False),
    ],
)
def test_keys_are_seen_by_owner_administrator_and_centre(world: World, name: str, sees: bool) -> None:  # noqa: FBT001
    made = make(world)
    client = world.client(name)

    assert ("Nightly export" in client.get(PAGE).content.decode()) is sees
    assert client.post(f"{PAGE}{made.token.public_id}/revoke/").status_code == (302 if sees else 404)
    if sees:
        with pytest.raises(KeyRefusedError):
            enter_with_key(made.text)


def test_the_centre_is_told_whom_to_ask(world: World) -> None:
    answer = world.client("cora").get(f"{PAGE}new/", follow=True)

    assert answer.redirect_chain == [(PAGE, 302)]
    assert "A key belongs to somebody of a hospital." in answer.content.decode()
