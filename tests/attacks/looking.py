"""What a person gets from an address, without what differs in every answer, and what a determined one tries there."""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.architecture.routes import Objects, own_url, routes
from tests.world import World
from tests.worlds import programme


SLUG = "colectomy-mi"
PASSING = (
    re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"'),
    re.compile(r'hx-headers="[^"]+"'),
    re.compile(r'name="key" value="[0-9a-f]{32}"'),  # so that a form sent twice counts once
    # The head of a printed page shows its address.
    re.compile(r"<span>[^<]*, http://testserver[^<]*</span>"),
    re.compile(r"DTSTAMP:[0-9TZ]+"),  # when a calendar entry was written
)
# A file that a page prints says when, to the second and inside packed streams; tests/feedback/reports read what it holds.
PRINTED = ("reports:measure-report",)


def url(name: str, *args: object) -> str:
    return reverse(name, args=[SLUG, *args])


def addresses(world: World, name: str) -> list[str]:
    """Every address inside the collaborative that this person may open, with objects of their own."""
    objects = Objects(world, world.viewer(name))
    inside = [route for route in routes() if route.inside and route.permission in objects.viewer.permissions]
    return sorted({own_url(route, objects) for route in inside if route.name not in PRINTED})


def look(client: Client, address: str, query: Mapping[str, str] | None = None) -> HttpResponse:
    """Fetch, and take back what the look itself leaves behind."""
    with transaction.atomic():
        response = client.get(f"{address}?{urlencode(query)}" if query else address)
        transaction.set_rollback(True)
    return response


def seen(client: Client, urls: Iterable[str]) -> dict[str, tuple[int, str, tuple[tuple[str, str], ...]]]:
    """Status, text and headers of every address."""
    return {address: plain(look(client, address)) for address in urls}


def plain(response: HttpResponse) -> tuple[int, str, tuple[tuple[str, str], ...]]:
    headers = tuple(sorted((name, value) for name, value in response.items() if name != "Content-Length"))
    return response.status_code, text_of(response), headers


def text_of(response: HttpResponse) -> str:
    text = response.content.decode("utf-8", "replace")
    for passing in PASSING:
        text = passing.sub("", text)
    return text


def different(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    return [address for address, answer in before.items() if after[address] != answer]


def names(hospital: str) -> set[str]:
    _, name, city = programme.HOSPITALS[hospital]
    return {name, name.split()[0], name.split()[1], city, programme.SURNAMES[hospital]}
