"""Addresses for programs by role, scope, own and other hospital: the same table decides as for pages."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from collaboratives.enums import KeyScope
from collaboratives.models import ApiToken
from collaboratives.services.tokens import create_token, scopes_to_give
from privacy.roles import Permission
from tests.architecture.routes import Objects, Route, routes
from tests.architecture.test_canary import foreign_to
from tests.architecture.test_routes import PERSONS
from tests.architecture.tokens import documents, names_of, tokens_of
from tests.world import World


API = [route for route in routes() if route.asks]
METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")
PARTS = {"form_slug": "colectomy", "number": 2, "release_id": UUID(int=5)}
HEADERS = {"Idempotency-Key": "a-key-for-routes", "If-Match": '"1"'}
BODIES = {"api:case-reopen": {"reason": "x"}, "api:case-detail": {}}
OWNERS = [name for name in PERSONS if "." in name or name == "ida"]


def key_for(world: World, name: str, *scopes: KeyScope) -> str:
    """A key as this person can make it; where they may not, one that they made while they were allowed."""
    with world.acting_as(name) as by:
        may = scopes_to_give(by)
        if may:
            return create_token(
                name="Program", scopes=scopes or may, expires_at=timezone.now() + timedelta(days=1), by=by
            ).text
    return _key_of_former_days(world, name, scopes or tuple(KeyScope))


def _key_of_former_days(world: World, name: str, scopes: tuple[KeyScope, ...]) -> str:
    text = key_for(world, "alder.abstractor", *scopes)
    viewer = world.viewer(name)
    with world.acting_as(name):
        key = ApiToken.objects.order_by("-pk")[0]
        ApiToken.objects.filter(pk=key.pk).update(user_id=viewer.user_id)
    return text.replace(text.split("_")[1], world.user(name).public_id.hex)


def ask(key: str, method: str, route: Route, **parts: object) -> HttpResponse:
    headers = {**HEADERS, "Authorization": f"Bearer {key}"} if key else HEADERS
    url = route.url(**{part: parts.get(part, PARTS.get(part)) for part in route.parts})
    sent = (
        {} if method == "GET" else {"data": json.dumps(BODIES.get(route.name, {})), "content_type": "application/json"}
    )
    with transaction.atomic():
        response = getattr(Client(), method.lower())(url, headers=headers, **sent)
        transaction.set_rollback(True)
    return response


def every(world: World, name: str) -> Iterator[tuple[Route, str, dict[str, object]]]:
    objects = Objects(world, world.viewer(name))
    own = {"public_id": objects.case(own=True), "release_id": objects.release(own=True)}
    for route in API:
        for method in METHODS:
            yield route, method, own


@pytest.mark.parametrize("name", OWNERS)
def test_a_key_does_what_role_and_scope_allow(world: World, name: str) -> None:
    key, allowed = key_for(world, name), world.viewer(name).permissions
    wrong = {}
    for route, method, parts in every(world, name):
        status = ask(key, method, route, **parts).status_code
        asked = (route.asks or {}).get(method)
        if status != 405 if asked is None else (status == 403) != (asked not in allowed) or status in {401, 404, 405}:
            wrong[f"{method} {route.name}"] = (status, asked)

    assert wrong == {}


@pytest.mark.parametrize("scope", KeyScope)
def test_a_scope_opens_nothing_else(world: World, scope: KeyScope) -> None:
    key = key_for(world, "alder.abstractor", scope)
    opened = {
        asked
        for route, method, parts in every(world, "alder.abstractor")
        if (asked := (route.asks or {}).get(method)) and ask(key, method, route, **parts).status_code != 403
    }

    assert opened == scope.permissions


def test_without_a_good_key_everything_is_refused_alike(world: World) -> None:
    good = key_for(world, "alder.abstractor")
    start, user, token, secret = good.split("_", 3)
    revoked = key_for(world, "alder.abstractor")
    with world.acting_as("alder.abstractor") as by:
        ApiToken.objects.filter(public_id=revoked.split("_")[2]).update(
            revoked_at=timezone.now(), revoked_by_id=by.user_id
        )
    other = world.user("birch.abstractor").public_id.hex
    wrong = ["x", good[:-1], f"{start}_{other}_{token}_{secret}", f"{start}_{user}_{user}_{secret}", revoked]
    wrong += [f"{start}_{user}_{token}_{'A' * 43}"]
    for route, method, parts in every(world, "alder.abstractor"):
        answers = [ask(key, method, route, **parts) for key in ("", *wrong)]

        assert {each.status_code for each in answers} == {401}
        assert {each["WWW-Authenticate"] for each in answers} == {"Bearer"}
        assert len({_without_id(each) for each in answers}) == 1


def _without_id(response: HttpResponse) -> str:
    return re.sub(r'"request_id":"[0-9a-f]{32}"', "", response.content.decode())


def test_a_session_opens_nothing(world: World) -> None:
    """No cookie counts here, so no page of anybody else's can make a browser send a request that does."""
    client = world.client("alder.abstractor")

    assert {
        client.get(route.url(**{part: "x" if part == "public_id" else PARTS[part] for part in route.parts})).status_code
        for route in API
    } == {401}


def test_another_hospitals_case_is_no_different_from_none(world: World) -> None:
    key, objects = key_for(world, "alder.abstractor"), Objects(world, world.viewer("alder.abstractor"))
    foreign = objects.case(own=False)
    for route in API:
        if "public_id" not in route.parts:
            continue
        for method in route.asks or ():
            answers = [ask(key, method, route, public_id=each) for each in (foreign, "ZZZZZZZZZZ")]

            assert [each.status_code for each in answers] == [404, 404]
            assert len({_without_id(each) for each in answers}) == 1


@pytest.mark.parametrize(("name", "own"), [("alder.abstractor", "alder"), ("birch.abstractor", "birch")])
def test_a_program_finds_nothing_of_another_hospital(world: World, name: str, own: str) -> None:
    key = key_for(world, name)
    objects = Objects(world, world.viewer("dana"))
    parts = {"public_id": objects.case(own=own == "alder"), "release_id": objects.release(own=True)}
    read: dict[bool, list[str]] = {True: [], False: []}
    for route in API:
        for method in METHODS:
            response = ask(key, method, route, **parts)
            read[route.name.startswith("api:release-")] += documents(response.content, response.items())

    assert foreign_to(world, own).found_in([*read[True], *read[False]]) == set()
    # The hospital's own cases and results were there to be found; only results say whose they are.
    assert {f"{own[:2].upper()}-001"} <= tokens_of(world, [own]).found_in(read[False])
    assert names_of(own) & tokens_of(world, [own]).found_in(read[False]) == set()
    assert names_of(own) & tokens_of(world, [own]).found_in(read[True]) != set()


def test_the_description_names_every_address_and_its_permission(world: World) -> None:
    schema = json.loads(Client().get("/api/v1/schema/").content)
    described = {
        (path, method.upper()): operation["x-permission"]
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
    }
    there = {
        (
            re.sub(r"0b0b|1983|0{8}-[0-9-]{27}", lambda part: SAMPLES[part[0]], _sample(route)),
            method,
        ): asked.value
        for route in API
        for method, asked in (route.asks or {}).items()
    }

    assert described == there


SAMPLES = {"0b0b": "{public_id}", "1983": "{number}", str(UUID(int=5)): "{release_id}"}


def _sample(route: Route) -> str:
    samples = {"public_id": "0b0b", "number": 1983, "form_slug": "form_slug", "release_id": UUID(int=5)}
    url = route.url(**{part: samples[part] for part in route.parts})
    return url.replace("/form_slug/", "/{form_slug}/")


def test_permissions_of_the_api_are_those_that_scopes_can_give() -> None:
    asked: set[Permission] = {each for route in API for each in (route.asks or {}).values()}

    assert asked == frozenset[Permission]().union(*(scope.permissions for scope in KeyScope))
