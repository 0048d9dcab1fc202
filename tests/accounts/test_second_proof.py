"""Whoever has a second factor proves it again before a step that cannot be taken back: a password is not enough."""

import base64
import hashlib
import hmac
import struct
import time
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings as configured
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from feedback.enums import ReleaseState
from feedback.models import Release
from feedback.services.scheduling import cancel_schedule
from tests.world import World
from tests.worlds import releases
from tests.worlds.programme import PASSWORD


SECRET = base64.b32encode(b"twenty bytes of them").decode()
FORM = {"when": "later", "day": "2027-01-15", "time": "08:00", "reason": "", "name": releases.SCHEDULED}
ASKS = "/accounts/mfa/reauthenticate/"


@pytest.fixture(autouse=True)
def own_cache(settings: Any) -> Iterator[None]:
    """Codes that were used and attempts that failed are in the cache; other tests' are not ours."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "proof"}}
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A code lives for half a minute; a test must not begin at its end."""
    now = [time.time() // 30 * 30 + 5]
    monkeypatch.setattr(time, "time", lambda: now[0])
    return now


@pytest.fixture
def dana(world: World) -> Client:
    with world.acting_as("dana") as by:
        cancel_schedule(release=Release.objects.get(name=releases.SCHEDULED), by=by)
    client = world.client("dana")
    TOTP.activate(world.user("dana"), SECRET)
    return client


def code(at: float) -> str:
    """RFC 6238 with SHA-1, six digits, steps of thirty seconds, as apps on telephones compute it."""
    digest = hmac.new(base64.b32decode(SECRET), struct.pack(">Q", int(at) // 30), hashlib.sha1).digest()
    place = digest[-1] & 0x0F
    return f"{(struct.unpack('>I', digest[place : place + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


def publish(world: World, client: Client) -> Any:
    with world.acting_as("dana"):
        key = Release.objects.get(name=releases.SCHEDULED).public_id
    return client.post(f"/c/colectomy-mi/releases/{key}/publish/", FORM)


def state(world: World) -> str:
    with world.acting_as("dana"):
        return Release.objects.get(name=releases.SCHEDULED).state


def asked(world: World, client: Client) -> str:
    """The page on which the second factor is asked for, with the way back."""
    answer = publish(world, client)
    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    onward = client.get(answer["Location"])
    assert onward["Location"].startswith(ASKS)
    assert "recovery codes" in client.get(onward["Location"]).content.decode()
    return str(onward["Location"])


def test_director_with_a_second_factor_proves_it(world: World, dana: Client, clock: list[float]) -> None:
    back = dana.post(asked(world, dana), {"code": code(clock[0])})

    assert (back.status_code, back["Location"].endswith("/publish/")) == (302, True)
    assert (publish(world, dana).status_code, state(world)) == (302, ReleaseState.SCHEDULED)


def test_password_alone_proves_nothing(world: World, dana: Client) -> None:
    where = asked(world, dana).replace(ASKS, reverse("account_reauthenticate"))
    answer = dana.post(where, {"password": PASSWORD})

    assert answer["Location"].startswith(ASKS)
    assert publish(world, dana)["Location"].startswith(reverse("account_reauthenticate"))
    assert state(world) == ReleaseState.APPROVED


def test_without_a_second_factor_the_password_does(world: World) -> None:
    with world.acting_as("dana") as by:
        cancel_schedule(release=Release.objects.get(name=releases.SCHEDULED), by=by)
    client = world.client("dana")
    client.post(publish(world, client)["Location"], {"password": PASSWORD})

    assert (publish(world, client).status_code, state(world)) == (302, ReleaseState.SCHEDULED)


@pytest.mark.parametrize("late", [60, -60])
def test_a_wrong_code_or_one_of_another_minute_releases_nothing(
    world: World, dana: Client, clock: list[float], late: int
) -> None:
    for wrong in ("000000", "", "12", code(clock[0] + late)):
        assert dana.post(asked(world, dana), {"code": wrong}).status_code == 200
    assert publish(world, dana)["Location"].startswith(reverse("account_reauthenticate"))
    assert state(world) == ReleaseState.APPROVED


def test_a_code_is_good_once(world: World, dana: Client, clock: list[float]) -> None:
    """SEC-27: somebody who looked over the shoulder comes too late, also within the half minute."""
    used = code(clock[0])
    dana.post(asked(world, dana), {"code": used})
    other = world.client("dana")

    assert other.post(asked(world, other), {"code": used}).status_code == 200
    assert publish(world, other)["Location"].startswith(reverse("account_reauthenticate"))


def test_a_proof_grows_old(world: World, dana: Client, clock: list[float]) -> None:
    dana.post(asked(world, dana), {"code": code(clock[0])})
    clock[0] += configured.ACCOUNT_REAUTHENTICATION_TIMEOUT + 1

    assert publish(world, dana)["Location"].startswith(reverse("account_reauthenticate"))
    assert state(world) == ReleaseState.APPROVED


def test_guessing_ends_soon(world: World, dana: Client, clock: list[float]) -> None:
    """After some wrong codes the right one is refused, too."""
    where = asked(world, dana)
    for number in range(12):
        dana.post(where, {"code": f"{number:06}"})
    answer = dana.post(where, {"code": code(clock[0])})

    assert answer.status_code in {200, 429}
    assert publish(world, dana)["Location"].startswith(reverse("account_reauthenticate"))
    assert state(world) == ReleaseState.APPROVED
