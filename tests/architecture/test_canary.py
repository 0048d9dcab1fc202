"""Everybody fetches everything they can reach, and nothing in it names, numbers or keys a hospital that is not theirs."""

import base64
import gzip
import io
import json
import logging
import re
import struct
import zipfile
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import pytest
import typst
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from config.views.errors import server_error
from events import services
from events.enums import EventKind
from events.models import Event, Job
from feedback.models import PeerDistribution
from privacy.roles import Capacity
from tests.architecture.routes import Objects, own_url, routes
from tests.architecture.tokens import Tokens, documents, names_of, people_of, tokens_of
from tests.world import World
from tests.worlds import programme
from tests.worlds.programme import COLECTOMY, HERNIA, HOSPITALS


MOST_PAGES = 460  # every route, and links beyond them
HERE, THERE = "colectomy-mi", "hernia-lakes"
# At which hospital each works. Ida works for birch as well, so nothing of it is foreign to her person, only to the page.
AT_HOSPITAL = {
    "alder.champion": "alder",
    "alder.clinician": "alder",
    "alder.abstractor": "alder",
    "alder.sampler": "alder",
    "alder.administrator": "alder",
    "birch.abstractor": "birch",
    "heron.champion": "heron",
}
CENTRE = ("dana", "cora", "ben", "vera")
OBSERVERS = ("sam", "pat")


class Crawl:
    """All addresses of the program and links on the way, as one person."""

    def __init__(self, world: World, name: str) -> None:
        self.client = world.client(name)
        self.seen: dict[str, int] = {}
        self.documents: list[str] = []
        objects = Objects(world, world.viewer(name, slug=THERE if name in {"dieter", "stella"} else HERE))
        self.waiting = [
            own_url(route, objects) if route.inside else route.url()
            for route in routes()
            if route.inside or not route.parts
        ]
        self.waiting += ["/c/colectomy-mi/nothing/here/", "/c/hernia-lakes/", "/c/colectomy-mi/cases/?q=he-0&tab=all"]

    def run(self) -> "Crawl":
        while self.waiting and len(self.seen) < MOST_PAGES:
            url = self.waiting.pop(0)
            if url not in self.seen and not url.startswith(("/static/", "/accounts/logout", "/ui/")):
                self._fetch(url)
        return self

    def _fetch(self, url: str) -> None:
        with transaction.atomic():
            response = self.client.get(url, headers={"accept-encoding": "gzip"})
            transaction.set_rollback(True)
        self.seen[url] = response.status_code
        self.read(response)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            links = re.findall(r'(?:href|src|action|hx-get)="([^"#]+)"', response.content.decode())
            self.waiting += [
                self._absolute(url, link.replace("&amp;", "&"))
                for link in links
                if "://" not in link and ":" not in link[:8]
            ]

    @staticmethod
    def _absolute(here: str, link: str) -> str:
        return link if link.startswith("/") else f"{urlsplit(here).path}{link}"

    def read(self, response: HttpResponse) -> None:
        headers = [*response.items(), *((name, morsel.OutputString()) for name, morsel in response.cookies.items())]
        content = response.getvalue() if response.streaming else response.content
        self.documents += documents(content, headers)

    def finds(self, tokens: Tokens) -> set[str]:
        return tokens.found_in(self.documents)


def foreign_to(world: World, own: str | None, *, hospitals: Iterable[str] = COLECTOMY) -> Tokens:
    """Every other hospital of the collaborative, everything of the other one, and people nobody here should know."""
    here = tokens_of(world, [each for each in hospitals if each != own])
    there = {word for each in HERNIA if each not in COLECTOMY for word in names_of(each)}
    people = {"Quorndon", "Ravensworth", "Jessamy", "Hernia Lakes"} | ({"Lyddington", "Kirtlebridge"} if own else set())
    return Tokens(here.texts | there | people, here.results)


@pytest.mark.parametrize("name", AT_HOSPITAL)
def test_a_hospital_finds_nothing_of_another(
    world: World, name: str, caplog: pytest.LogCaptureFixture, settings: Any
) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": name}}
    own = AT_HOSPITAL[name]
    with caplog.at_level(logging.DEBUG):
        crawl = Crawl(world, name).run()

    assert crawl.finds(foreign_to(world, own)) == set()
    # The crawl read what it was meant to: the hospital's own name is there, and no page broke.
    assert HOSPITALS[own][1] in crawl.finds(tokens_of(world, [own]))
    assert {url: status for url, status in crawl.seen.items() if status >= 500} == {}
    assert everybody(world).found_in([caplog.text, *map(str, getattr(cache, "_cache", {}))]) == set()


@pytest.mark.parametrize("name", OBSERVERS)
def test_an_observer_finds_no_hospital_at_all(world: World, name: str) -> None:
    crawl = Crawl(world, name).run()
    own_name = {"Lyddington", "Kirtlebridge"}

    assert crawl.finds(foreign_to(world, None)) - own_name == set()
    assert len([status for status in crawl.seen.values() if status == 200]) > 3


@pytest.mark.parametrize("name", CENTRE)
def test_the_centre_finds_every_hospital_of_its_own(world: World, name: str) -> None:
    """Which shows that the crawl would find a hospital where there is one."""
    crawl = Crawl(world, name).run()
    names = {HOSPITALS[each][1] for each in COLECTOMY}

    assert names <= crawl.finds(tokens_of(world, COLECTOMY))
    other = {word for each in HERNIA if each not in COLECTOMY for word in people_of(each)} | {
        "Hernia Lakes",
        "Quorndon",
    }
    assert crawl.finds(Tokens(frozenset(other))) == set()


def test_own_results_and_cases_are_found_by_the_reader(world: World) -> None:
    """The numbers of the canary are really on pages, so that foreign ones would be seen."""
    found = Crawl(world, "alder.champion").run().finds(tokens_of(world, ["alder"]))

    assert {"3 of 41", "Ashgrave", "AL-001"} <= found


def test_another_collaborative_finds_nothing(world: World) -> None:
    for name in ("dieter", "stella"):
        crawl = Crawl(world, name).run()
        names = {word for each in COLECTOMY if each != "alder" for word in people_of(each)} | {"Colectomy Michigan"}

        assert crawl.finds(Tokens(frozenset(names))) == set()


def test_error_pages_tell_nothing(world: World) -> None:
    """CSRF, a broken view and a missing page, asked for with another hospital's name in the address."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.user("alder.champion"))
    answers = [
        client.post("/c/colectomy-mi/cases/new/", {"case_number": "x"}),
        client.get("/c/colectomy-mi/cases/?hospital=birch&q=BI-001&month=x&page=99"),
        client.get("/c/colectomy-mi/measures/birch/"),
        server_error(_request("/c/colectomy-mi/measures/?q=Birchgrove")),
    ]
    found = {
        word
        for each in answers
        for word in foreign_to(world, "alder").found_in(documents(each.content))
        if word != "BI-001"
    }

    assert ([each.status_code for each in answers], found) == ([403, 200, 404, 500], set())


def _request(path: str) -> HttpRequest:
    return RequestFactory().get(path)


def test_two_hospitals_see_the_same_peers(world: World) -> None:
    """BA-26: what is shown of the others does not depend on who looks, so two viewers together learn nothing."""
    seen = []
    for name in ("cedar.champion", "heron.champion"):
        with world.acting_as(name):
            seen.append(list(PeerDistribution.objects.order_by("pk").values("measure_version", "values", "withheld")))

    assert seen[0] == seen[1]
    assert [each for each in seen[0] if each["values"]] != []


# What leaves by the back door -----------------------------------------------------------------------------------------


def everybody(world: World) -> Tokens:
    """No log, cache key or message names anybody, not even one's own."""
    words = {
        word
        for each in HOSPITALS
        for word in (names_of(each) | people_of(each))
        if not word.isdigit() and not word.endswith(".")
    }
    return Tokens(frozenset(words | {full_name for _, full_name in programme.USERS.values()}))


def test_messages_carry_keys_only(
    world: World, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    sent: list[dict[str, object]] = []
    monkeypatch.setattr(services, "publish", lambda task, **ids: sent.append({"task": task, **ids}))
    client = world.client("dana")
    with django_capture_on_commit_callbacks(execute=True):
        client.post(
            "/c/colectomy-mi/hospitals/new/", {"name": "Newtown", "identifier": "7777", "joined_on": "2026-01-01"}
        )
        client.post(
            "/c/colectomy-mi/releases/new/",
            {"name": "Winter", "window_from": "2025-07-01", "window_to": "2026-01-01", "window": "custom"},
        )
        with world.acting_as("alder.abstractor") as by:
            services.record_event(
                EventKind.CASE_SAVED, by=by, subject=Event(pk=1), participation_id=by.participation_id
            )

    assert sent
    assert {type(value) for message in sent for name, value in message.items() if name != "task"} == {int}


@pytest.mark.worker
def test_history_carries_keys_and_states_only(world: World) -> None:
    """Events and jobs are read by workers, logs and people of both sides."""
    with world.acting_as("dana"):
        texts = [json.dumps(each.details) for each in Event.objects.all()]
        titles = [f"{each.title} {each.message}" for each in Job.objects.all()]

    assert everybody(world).found_in([*texts, *titles]) == set()


# The reader itself ----------------------------------------------------------------------------------------------------

LEAKED = "Birchgrove Zantar Medical"


def packed_as(kind: str) -> bytes:
    numbers = base64.b64encode(struct.pack("<2i", 7, 900018)).decode()
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w") as archive:
        archive.writestr("xl/hidden.xml", f"<c>{LEAKED}</c>")
    return {
        "text": LEAKED.upper().encode(),
        "entities": b"Birchgrove &#90;antar Medical",
        "gzip": gzip.compress(LEAKED.encode()),
        "pdf": typst.compile(LEAKED.encode(), format="pdf", ignore_system_fonts=True),
        "workbook": book.getvalue(),
        "base64": base64.b64encode(LEAKED.encode()),
        "workbook in base64": base64.b64encode(book.getvalue()),
        "plotly": json.dumps({"customdata": {"dtype": "i4", "bdata": numbers}}).encode(),
        "fraction": b"<td>5 of 43</td>",
        "exact rate": b"<td>11.63 %</td>",
        "exact share": b'{"y": [0.11627906976]}',
    }[kind]


@pytest.mark.parametrize(
    "kind",
    [
        "text",
        "entities",
        "gzip",
        "pdf",
        "workbook",
        "base64",
        "workbook in base64",
        "plotly",
        "fraction",
        "exact rate",
        "exact share",
    ],
)
def test_the_reader_finds_what_is_packed(kind: str) -> None:
    tokens = Tokens(frozenset({LEAKED, "900018"}), frozenset({(5, 43)}))

    assert tokens.found_in(documents(packed_as(kind))) != set()


def test_the_reader_finds_headers_and_no_chance_numbers() -> None:
    tokens = Tokens(frozenset({LEAKED, "0201"}), frozenset({(5, 43)}))

    assert tokens.found_in(documents(b"", [("X-Hospital", LEAKED)])) == {LEAKED}
    assert tokens.found_in(documents(b"10201 0.0201 2026-0201 x0201y 15 of 43 111.63")) == set()


def test_capacities_of_the_crawl_are_all() -> None:
    assert {each.value for each in Capacity} == {"hospital", "centre", "observer"}


def test_a_number_of_a_case_is_found_where_it_stands_and_not_in_a_key_drawn_by_lot() -> None:
    token = Tokens(frozenset({"CE-029"}))

    assert token.found_in(["/releases/9f00abce-029f-4aaa-8000-0123456789ab/"]) == set()
    for leak in ("/cases/CE-029/", "cases_CE-029.pdf", "<b>ce-029</b>", "CE-029"):
        assert token.found_in([leak]) == {"CE-029"}
