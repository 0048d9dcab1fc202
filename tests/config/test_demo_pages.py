"""The page /demo/: everybody of the cast gets in with one button, and nobody does outside demo mode."""

import pytest
from django.test import Client

from config.demo.accounts import accounts_as_json, demo_page, find_account, user_of
from config.demo.cast import ACCOUNTS, CENTRE_ROLES, HOSPITAL_ROLES, PASSPHRASE, PROGRAMMES, TWO_HOSPITALS, Account
from config.middleware import PLACE_KEY


DEMO = {"cases": 600, "releases": ()}
ONE_OF_EACH = {(account.slug, account.role): account for account in reversed(ACCOUNTS)}


def _name(account: Account) -> str:
    return f"{account.slug}-{account.role}"


@pytest.fixture
def visitor(demo_database: None, demo_mode: None, db: None) -> Client:
    return Client()


@pytest.mark.parametrize("account", ONE_OF_EACH.values(), ids=_name)
def test_button_signs_in_and_lands_on_the_home_of_the_role(visitor, account):
    response = visitor.post("/demo/", {"account": account.key})

    assert (response.status_code, response.url) == (302, f"/c/{account.slug}/")
    home = visitor.get(response.url)
    assert home.status_code == 200
    assert account.full_name in home.content.decode()
    assert home.wsgi_request.place.roles == {account.role}


@pytest.mark.parametrize("key", TWO_HOSPITALS[2])
def test_somebody_with_two_hospitals_arrives_at_the_one_of_the_button(visitor, key):
    account = next(account for account in ACCOUNTS if account.email == TWO_HOSPITALS[0] and account.hospital.key == key)

    visitor.post("/demo/", {"account": account.key})

    home = visitor.get(f"/c/{account.slug}/")
    assert home.wsgi_request.place.site_name == account.hospital.name
    assert visitor.session[PLACE_KEY] == home.wsgi_request.place.key


def test_somebody_with_two_hospitals_switches_between_them(visitor):
    account = next(account for account in ACCOUNTS if account.email == TWO_HOSPITALS[0])
    visitor.post("/demo/", {"account": account.key})
    choice = visitor.get("/place/")
    there = next(place for place in choice.context["places"] if place.site_name != account.hospital.name)

    response = visitor.post("/place/", {"place": there.key})

    assert response.url == f"/c/{account.slug}/"
    assert visitor.get(response.url).wsgi_request.place.site_name == there.site_name
    assert visitor.post("/place/", {"place": "of somebody else"}).status_code == 404


def test_one_clinician_works_in_both_collaboratives(visitor):
    emails = [{account.email for account in ACCOUNTS if account.slug == programme.slug} for programme in PROGRAMMES]

    assert emails[0] & emails[1] == {"clinician@northgate.example"}


def test_page_has_one_button_for_every_account(visitor):
    page = visitor.get("/demo/")

    assert page.status_code == 200
    text = page.content.decode()
    assert [text.count(f'value="{account.key}"') for account in ACCOUNTS] == [1] * len(ACCOUNTS)
    assert PASSPHRASE in text
    assert "<script>" not in text


def test_passphrase_opens_the_sign_in_form_too(visitor):
    assert visitor.login(email=ACCOUNTS[0].email, password=PASSPHRASE)
    assert not visitor.login(email=ACCOUNTS[0].email, password="great lakes")


def test_unknown_account_is_not_found(visitor):
    assert visitor.post("/demo/", {"account": "great-lakes-surgical/centre/nobody@example.org"}).status_code == 404
    assert visitor.post("/demo/").status_code == 404


def test_accounts_json_lists_everybody(visitor):
    listed = visitor.get("/demo/accounts.json").json()

    assert listed == accounts_as_json()
    assert len(listed) == 171
    assert listed[0] == {
        "email": "director@greatlakes.example",
        "name": "Ruth Adler",
        "role": "director",
        "hospital": None,
        "collaborative": "great-lakes-surgical",
        "sign_in": "/demo/",
    }
    assert {tuple(account) for account in listed} == {tuple(listed[0])}


def test_every_listed_person_exists(visitor):
    assert [account.key for account in ACCOUNTS if user_of(account) is None] == []


def test_page_shows_every_role_of_every_hospital():
    for card in demo_page().programmes:
        assert tuple(account.role for account, _ in card.centre) == CENTRE_ROLES
        assert [row.hospital.key for row in card.rows] == list(card.programme.hospitals)
        assert all(len(row.cells) == len(HOSPITAL_ROLES) and all(row.cells) for row in card.rows)


def test_account_is_found_by_its_key_alone():
    assert [find_account(account.key) for account in ACCOUNTS] == list(ACCOUNTS)
    assert find_account("") is None
