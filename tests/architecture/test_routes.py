"""Route by role, own and other hospital: what the permission table says is what the program answers."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.views.decorators.http import require_POST

from privacy.roles import ROLE_PERMISSIONS, Capacity, Permission, Role
from tests.architecture.routes import FACTORIES, SHARED_PARTS, Objects, Route, factory, own_url, routes
from tests.world import World


Answers = dict[str, tuple[int, str]]
PERSONS = {
    "dana": {Role.DIRECTOR},
    "cora": {Role.COORDINATOR},
    "ben": {Role.BIOSTATISTICIAN},
    "vera": {Role.VALIDATOR},
    "alder.champion": {Role.CHAMPION},
    "alder.clinician": {Role.CLINICIAN},
    "alder.abstractor": {Role.ABSTRACTOR},
    "alder.sampler": {Role.SAMPLER},
    "alder.administrator": {Role.ADMINISTRATOR},
    "ida": {Role.ABSTRACTOR},  # of alder and birch; she works at alder until she switches
    "sam": {Role.SPONSOR},
    "pat": {Role.PATIENT_PARTNER},
}
STRANGERS = ("stella", "dieter")
ALLAUTH = {
    *(f"account_{name}" for name in ("login", "logout", "inactive", "signup", "reauthenticate", "email")),
    *(f"account_{name}" for name in ("email_verification_sent", "change_password", "set_password", "confirm_email")),
    *(f"account_reset_password{name}" for name in ("", "_done", "_from_key", "_from_key_done")),
    "account_confirm_login_code",
    *(f"mfa_{name}" for name in ("index", "authenticate", "reauthenticate", "activate_totp", "deactivate_totp")),
    *(f"mfa_{name}_recovery_codes" for name in ("view", "generate", "download")),
    "usersessions_list",
}
# A look that leaves a trace on purpose, and what signing in and remembering the place needs.
MAY_CHANGE = {"events_accesslog", "django_session", "usersessions_usersession"}
INSIDE = [route for route in routes() if route.inside]
# Reading and writing at one address ask for different rights: the service asks for the second.
WRITTEN_WITH = {"cases:case-detail": Permission.CASE_EDIT, "training:module-detail": Permission.TRAINING_TAKE}
# Objects that a viewer owns but that have nothing for this route: the centre's file has no problems to download.
NOTHING_THERE = {("cases:import-problems", "centre"), ("cases:import-columns", "centre")}


def test_every_route_of_ours_says_whom_it_is_for() -> None:
    said = {route.name: [route.permission, route.audience, route.asks] for route in routes() if route.ours}
    silent = [name for name, ways in said.items() if not any(ways)]
    both = [name for name, ways in said.items() if len([way for way in ways if way]) > 1]

    assert (silent, both) == ([], [])


def test_a_route_asks_a_permission_exactly_when_it_is_inside_a_collaborative() -> None:
    wrong = [
        route.name
        for route in routes()
        if route.ours and not route.asks and route.inside != isinstance(route.permission, Permission)
    ]

    assert wrong == []


def test_routes_outside_are_for_known_audiences() -> None:
    assert {route.audience for route in routes() if route.audience} <= {"anyone", "signed-in people"}


def test_routes_of_libraries_are_those_we_know() -> None:
    assert {route.name for route in routes() if not route.ours} == ALLAUTH


def test_addresses_hold_no_counted_number() -> None:
    """BA-11, BA-12: an identifier that can be counted up tells how much there is, and invites trying."""
    counted = [(route.name, part) for route in INSIDE for part in route.objects if part in {"pk", "id"}]

    assert counted == []


def test_every_factory_is_used() -> None:
    used = {
        key
        for route in INSIDE
        for part in route.objects
        for key in FACTORIES
        if route.name.startswith(key[0]) and key[1] == part
    }

    assert used == set(FACTORIES)


# What is answered -----------------------------------------------------------------------------------------------------


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def ask(client: Client, method: str, url: str) -> HttpResponse:
    with taken_back():
        return getattr(client, method)(url)


def post_only(route: Route) -> bool:
    """Whether `require_POST` stands before the permission."""
    closure = getattr(route.callback, "__closure__", None) or ()
    return route.callback.__code__.co_filename == require_POST.__code__.co_filename and bool(closure)


def changed() -> dict[str, int]:
    """Rows that this transaction has inserted, changed or deleted so far, taken back or not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables")
        return {name: rows for name, rows in cursor.fetchall() if name not in MAY_CHANGE}


@pytest.mark.parametrize("name", PERSONS)
def test_insiders_get_what_their_role_allows(world: World, name: str) -> None:
    """Every route, read and written with nothing: with the right an answer, without it 403, never an error."""
    client, objects = world.client(name), Objects(world, world.viewer(name))
    allowed = permissions(name)
    wrong: Answers = {}
    for route in INSIDE:
        url = own_url(route, objects)
        before = changed()
        read = ask(client, "get", url)
        after = changed()
        written = ask(client, "post", url)
        if after != before:
            wrong[f"GET {route.name} changed"] = (
                read.status_code,
                str({key for key in after if after[key] != before.get(key)}),
            )
        rights = {"GET": route.permission, "POST": WRITTEN_WITH.get(route.name, route.permission)}
        for method, response in (("GET", read), ("POST", written)):
            side, may = objects.viewer.capacity or "", rights[method] in allowed
            if not _right(route, method, response.status_code, side, may=may):
                wrong[f"{method} {route.name}"] = (response.status_code, str(rights[method]))

    assert wrong == {}


def _right(route: Route, method: str, status: int, capacity: str, *, may: bool) -> bool:
    if method == "GET" and post_only(route):
        return status == 405
    if not may:
        return status == 403
    if (route.name, capacity) in NOTHING_THERE:
        return status in {200, 302, 404}
    return status in {200, 302, 422}


@pytest.mark.parametrize("name", STRANGERS)
def test_strangers_find_nothing(world: World, name: str) -> None:
    """404 everywhere, and the same one as for a collaborative that does not exist."""
    client, objects = world.client(name), Objects(world, world.viewer("dana"))
    wrong: Answers = {}
    for route in INSIDE:
        url = own_url(route, objects)
        nowhere = url.replace("colectomy-mi", "no-such-place")
        for method in ("get", "post"):
            answer, other = ask(client, method, url), ask(client, method, nowhere)
            if answer.status_code != 404 or plain(answer, url) != plain(other, nowhere):
                wrong[f"{method} {route.name}"] = (answer.status_code, "")

    assert wrong == {}


def test_people_who_have_not_signed_in_are_asked_to(world: World) -> None:
    client, objects = Client(), Objects(world, world.viewer("dana"))
    wrong: Answers = {}
    for route in INSIDE:
        url = own_url(route, objects)
        for method in ("get", "post"):
            answer = ask(client, method, url)
            if answer.status_code != 302 or not answer["Location"].startswith("/accounts/login/?next="):
                wrong[f"{method} {route.name}"] = (answer.status_code, "")

    assert wrong == {}


def test_a_deactivated_person_is_out_at_once(world: World) -> None:
    client = world.client("dana")
    before = client.get("/c/colectomy-mi/").status_code
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET is_active = false WHERE id = %s", [world.viewer("dana").user_id])

    after = client.get("/c/colectomy-mi/")

    assert (before, after.status_code) == (200, 302)
    assert after["Location"].startswith("/accounts/login/")


def permissions(name: str) -> frozenset[Permission]:
    return frozenset[Permission]().union(*(ROLE_PERMISSIONS[role] for role in PERSONS[name]))


def closed_doors(name: str) -> list[Route]:
    """Routes to a row, of a kind of which there are others that this person may not open.

    Others are another hospital's; for the centre, another collaborative's.
    """
    at_centre = all(role.capacity is Capacity.CENTRE for role in PERSONS[name])
    rows = [route for route in INSIDE if set(route.objects) - SHARED_PARTS and route.permission in permissions(name)]
    # The centre reads every hospital's cases, and asks about them.
    of_cases = (
        "cases:",
        "caselog:unlock-detail",
        "caselog:follow-up-detail",
        "questions:case-questions",
        "questions:question-ask",
    )
    of_releases = ("feedback:", "reviews:release-", "reports:release-")
    shared = (*of_releases, *of_cases) if at_centre else of_releases
    return [route for route in rows if not route.name.startswith(shared)]


@pytest.mark.parametrize(
    ("name", "route"),
    [(name, route) for name in PERSONS for route in closed_doors(name)],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_a_row_of_another_hospital_is_no_different_from_none(world: World, name: str, route: Route) -> None:
    """BA-11: with the right, somebody else's object and one that never was give the same 404."""
    client, objects = world.client(name), Objects(world, world.viewer(name))
    (part,) = set(route.objects) - SHARED_PARTS
    others = {each: factory(route, each)(objects, own=True) for each in route.objects if each != part}
    foreign = factory(route, part)(objects, own=False)
    none = uuid.uuid4() if len(str(foreign)) == 36 else "ZZZZZZZZZZ"
    urls = (route.url(**others, **{part: foreign}), route.url(**others, **{part: none}))
    for method in ("post",) if post_only(route) else ("get", "post"):
        answers = [ask(client, method, url) for url in urls]

        assert [answer.status_code for answer in answers] == [404, 404]
        assert plain(answers[0], urls[0]) == plain(answers[1], urls[1])


def plain(response: HttpResponse, url: str) -> tuple[object, ...]:
    """What an answer tells, without what differs in every answer."""
    text = response.content.decode().replace(url, "")
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)
    headers = {name: value for name, value in response.items() if name != "Content-Length"}
    return response.status_code, text, headers
