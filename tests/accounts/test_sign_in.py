"""Getting in: by invitation only, with a good password, without learning who else has an account."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.hashers import identify_hasher, make_password
from django.core import mail
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from accounts.services import create_user
from collaboratives.errors import InvitationClosedError
from collaboratives.models import Grant
from collaboratives.selectors.invitations import open_invitation
from collaboratives.services.invitations import accept_as_signed_in, invitation_link, invite
from collaboratives.services.people import end_role, grant_role
from config.checks import demo_mode_is_local
from privacy.roles import Role
from tests.world import World
from tests.worlds.programme import PASSWORD, email


LOGIN, RESET, SIGN_UP = "/accounts/login/", "/accounts/password/reset/", "/accounts/signup/"


@pytest.fixture(autouse=True)
def own_cache(settings: Any) -> Iterator[None]:
    """Attempts are counted in the cache; other tests' attempts are not ours."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "sign-in"}}
    cache.clear()
    yield
    cache.clear()


def sign_in(name: str, password: str, client: Client | None = None) -> HttpResponse:
    return (client or Client()).post(LOGIN, {"login": name, "password": password})


def words(response: HttpResponse) -> str:
    """The text of a page without what was typed and what differs every time."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())
    return re.sub(r"[\w.]+@example\.org", "", text)


def set_active(name: str, *, active: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET is_active = %s WHERE email = %s", [active, email(name)])


# Signing in -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["cora@example.org", "Cora@Example.ORG"])
def test_the_right_password_opens_the_door(world: World, typed: str) -> None:
    client = Client()

    answer = sign_in(typed, PASSWORD, client)

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/", follow=True).redirect_chain[-1][0] == "/c/colectomy-mi/"


def test_passwords_are_kept_by_argon2(world: World) -> None:
    (hasher,) = django_settings.PASSWORD_HASHERS
    with connection.cursor() as cursor:
        cursor.execute("SELECT password FROM accounts_user WHERE email = %s", [email("cora")])
        (stored,) = cursor.fetchone()

    assert identify_hasher(stored).algorithm == "argon2"
    assert stored.startswith("argon2$argon2id$")
    assert hasher.endswith("Argon2PasswordHasher")
    assert make_password("x") != make_password("x")


def test_a_wrong_password_and_a_stranger_look_the_same(world: World) -> None:
    wrong, stranger = sign_in(email("cora"), "not the password"), sign_in("nobody@example.org", "not the password")

    assert (wrong.status_code, stranger.status_code) == (200, 200)
    assert words(wrong) == words(stranger)
    assert dict(wrong.items()).keys() == dict(stranger.items()).keys()


def test_a_deactivated_person_looks_like_a_stranger(world: World) -> None:
    set_active("cora", active=False)
    client = Client()

    answer, wrong = sign_in(email("cora"), PASSWORD, client), sign_in("nobody@example.org", "not the password")

    assert "_auth_user_id" not in client.session
    assert client.get("/c/colectomy-mi/").status_code == 302
    assert answer.status_code in {200, 302}
    assert sign_in(email("cora"), "not the password").status_code == wrong.status_code


def test_attempts_are_counted(world: World) -> None:
    """After a few wrong passwords the right one is refused, too."""
    for _ in range(12):
        sign_in(email("cora"), "not the password")
    client = Client()

    answer = sign_in(email("cora"), PASSWORD, client)

    assert "_auth_user_id" not in client.session
    assert answer.status_code in {200, 429}
    assert "too many" in answer.content.decode().casefold()


def test_signing_in_gives_another_session(world: World) -> None:
    client = Client()
    client.get(LOGIN)
    before = client.session.session_key

    sign_in(email("cora"), PASSWORD, client)

    assert client.session.session_key != before
    cookie = client.cookies["session"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_signing_out_ends_the_session(world: World) -> None:
    client = Client()
    sign_in(email("cora"), PASSWORD, client)
    asked = client.get("/accounts/logout/")
    still_in = client.get("/c/colectomy-mi/").status_code

    answer = client.post("/accounts/logout/")

    assert (asked.status_code, still_in) == (200, 200)
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get("/c/colectomy-mi/").status_code == 302


# Signing up and resetting ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_signs_up(world: World, method: str) -> None:
    answer = getattr(Client(), method)(SIGN_UP, {"email": "new@example.org", "password1": PASSWORD})

    assert next(template.name for template in answer.templates) == "account/signup_closed.html"
    assert not User.objects.filter(email="new@example.org").exists()


def test_a_reset_does_not_tell_who_has_an_account(world: World) -> None:
    known, unknown = (
        Client().post(RESET, {"email": email("cora")}),
        Client().post(RESET, {"email": "nobody@example.org"}),
    )

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert [message.to for message in mail.outbox] == [[email("cora")]]
    assert "Colectomy" not in mail.outbox[0].body


@pytest.mark.parametrize("password", ["short", "password1234", "cora@example.org", "Cora Ottershaw"])
def test_poor_passwords_are_refused(world: World, password: str) -> None:
    client = world.client("cora")

    answer = client.post(
        "/accounts/password/change/", {"oldpassword": PASSWORD, "password1": password, "password2": password}
    )

    assert answer.status_code == 200
    assert User.objects.get(email=email("cora")).check_password(PASSWORD)


# Invitations: more than tests/collaboratives asks ---------------------------------------------------------------------


def invited(world: World, by: str) -> str:
    """Token of an invitation to the first hospital."""
    with world.acting_as(by) as viewer:
        invitation = invite(
            email="new@example.org",
            full_name="New Person",
            role=Role.CLINICIAN,
            participation=world.participation("alder"),
            by=viewer,
        )
        return invitation_link(invitation, inviter_capacity=viewer.capacity or "").rstrip("/").rpartition("/")[2]


def test_an_invitation_dies_with_the_inviters_right_to_invite(world: World) -> None:
    """Also when the inviter keeps another role at the same hospital, so that the wall alone would still let them in."""
    token = invited(world, "alder.administrator")
    before = open_invitation(token)
    with world.acting_as("dana") as dana:
        administrator = Grant.objects.get(user__email=email("alder.administrator"), ends_at=None)
        grant_role(user=administrator.user, role=Role.CLINICIAN, participation=administrator.participation, by=dana)
        end_role(grant=administrator, by=dana)

    assert before.email == "new@example.org"
    with pytest.raises(InvitationClosedError):
        open_invitation(token)
    user = create_user(email="new@example.org", full_name="New Person")
    with pytest.raises(InvitationClosedError):
        accept_as_signed_in(token=token, user=user)


@pytest.mark.parametrize("change", ["cut", "swapped", "empty"])
def test_a_link_cannot_be_changed(world: World, change: str) -> None:
    token = invited(world, "dana")
    broken = {"cut": token[:-3], "swapped": token[:10] + ("A" if token[10] != "A" else "B") + token[11:], "empty": "x"}[
        change
    ]

    answer = Client().get(f"/invite/{broken}/")

    assert answer.status_code == 410
    assert "new@example.org" not in answer.content.decode()


def test_the_page_of_an_invitation_names_the_person_invited_only_to_who_has_the_link(world: World) -> None:
    answer = Client().get(f"/invite/{invited(world, 'dana')}/")

    assert answer.status_code == 200
    assert "new@example.org" in answer.content.decode()
    assert answer["Referrer-Policy"] == "same-origin"


# Accounts -------------------------------------------------------------------------------------------------------------


def test_addresses_are_kept_in_lower_case(world: World) -> None:
    user = create_user(email="  Mixed@Example.ORG ", full_name=" Mixed Case ")

    assert (user.email, user.full_name, str(user), user.get_short_name()) == (
        "mixed@example.org",
        "Mixed Case",
        "Mixed Case",
        "Mixed",
    )
    assert user.get_full_name() == "Mixed Case"
    assert not user.has_usable_password()
    assert User.objects.get_by_natural_key("MIXED@example.org") == user
    with pytest.raises(IntegrityError, match="accounts_user_email_lower_case"), transaction.atomic():
        User.objects.create(email="Other@Example.org", full_name="Other")


# Demo mode ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "allowed", "public", "faults"),
    [
        ("127.0.0.1", ["127.0.0.1", "localhost", "[::1]"], "", []),
        ("0.0.0.0", ["localhost"], "", ["colloquy.E001"]),  # noqa: S104 -- that is what must be refused
        ("127.0.0.1", ["demo.example.org"], "", ["colloquy.E001"]),
        ("127.0.0.1", ["*"], "", ["colloquy.E001"]),
        ("0.0.0.0", ["demo.example.org"], "1", []),  # noqa: S104
    ],
)
def test_demo_mode_stays_on_this_machine(  # noqa: PLR0917 -- two fixtures and a table
    settings: Any, monkeypatch: pytest.MonkeyPatch, host: str, allowed: list[str], public: str, faults: list[str]
) -> None:
    settings.DEMO, settings.ALLOWED_HOSTS = True, allowed
    monkeypatch.setenv("HOST", host)
    monkeypatch.setenv("COLLOQUY_DEMO_PUBLIC", public)

    assert [each.id for each in demo_mode_is_local(None)] == faults
    settings.DEMO = False
    assert demo_mode_is_local(None) == []
