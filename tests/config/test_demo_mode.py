"""The demo's door exists in demo mode only, and says what to do when there is nothing behind it."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from config.demo.cast import ACCOUNTS


@pytest.mark.parametrize("path", ["/demo/", "/demo/accounts.json"])
def test_demo_does_not_exist_outside_demo_mode(production_mode, db, path):
    assert Client().get(path).status_code == 404
    assert Client().post(path, {"account": ACCOUNTS[0].key}).status_code == 404


def test_views_refuse_even_if_a_route_were_left_behind(demo_mode, settings, db):
    settings.DEMO = False

    assert [Client().get(path).status_code for path in ("/demo/", "/demo/accounts.json")] == [404, 404]


def test_page_says_so_when_the_demo_is_not_loaded(world, demo_mode):
    client = Client()

    response = client.post("/demo/", {"account": ACCOUNTS[0].key}, follow=True)

    assert response.redirect_chain == [("/demo/", 302)]
    assert "not loaded yet" in response.content.decode()


def test_demo_is_not_loaded_into_a_real_programme(settings):
    settings.DEMO = False

    with pytest.raises(CommandError, match="Set COLLOQUY_DEMO=1"):
        call_command("load_demo")
