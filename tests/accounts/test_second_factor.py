"""Who sees every hospital by name needs more than a password."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.test import Client

from tests.world import World


def test_the_centre_is_entered_with_a_second_factor(world: World, settings: Any) -> None:
    settings.SECOND_FACTOR_FOR = ["centre"]
    client = world.client("dana")

    without = client.get("/c/colectomy-mi/")
    Authenticator.objects.create(user=world.user("dana"), type=Authenticator.Type.TOTP, data={})
    with_it = client.get("/c/colectomy-mi/")

    assert (without.status_code, without["Location"]) == (302, "/accounts/mfa/totp/activate/")
    assert with_it.status_code == 200


def test_the_way_to_a_second_factor_is_open(world: World, settings: Any) -> None:
    settings.SECOND_FACTOR_FOR = ["centre"]
    client = Client()
    client.post("/accounts/login/", {"login": "dana@example.org", "password": "correct horse battery staple"})

    assert client.get("/c/colectomy-mi/", follow=True).status_code == 200


def test_hospitals_choose_for_themselves(world: World, settings: Any) -> None:
    settings.SECOND_FACTOR_FOR = ["centre"]

    assert world.client("alder.clinician").get("/c/colectomy-mi/").status_code == 200


def test_it_is_a_setting(world: World, settings: Any) -> None:
    settings.SECOND_FACTOR_FOR = []

    assert world.client("dana").get("/c/colectomy-mi/").status_code == 200
