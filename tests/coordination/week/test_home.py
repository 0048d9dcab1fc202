"""The centre's home: every number leads to a list of that length, and nobody is led to a closed door."""

import re
from collections.abc import Callable, Iterator, Mapping
from html import unescape

import pytest
from django.test import Client

from tests.world import World
from tests.worlds.counting import page_queries


HOME = "/c/colectomy-mi/"
CENTRE = ("dana", "cora", "ben", "vera")


def page(client: Client, url: str = HOME) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def main_of(text: str) -> str:
    return text[text.index("<main") : text.index("</main>")]


def table_rows(text: str) -> int:
    """Rows of the first table of the page's own part."""
    body = main_of(text)
    return body[body.index("<tbody") : body.index("</tbody>")].count("<tr") if "<tbody" in body else 0


def items(text: str) -> int:
    return main_of(text).count("data-row")


def cards(text: str) -> int:
    return main_of(text).count("without-it")


# The beginning of a list's address, and how its rows are counted.
ROWS: Mapping[str, Callable[[str], int]] = {
    "questions/": items,
    "cases/": items,
    "agreements/hospitals/": lambda text: int(re.search(r"ending soon: (\d+)", text)[1]),
    "meetings/attendance/": lambda text: text[text.index("Meeting by meeting") :].count('<th scope="row">'),
}


def rows_of(url: str, text: str) -> int:
    """How many things the list at this address shows."""
    for beginning, count in ROWS.items():
        if url.startswith(HOME + beginning):
            return count(text)
    return table_rows(text)


def links(text: str) -> Iterator[tuple[str, str]]:
    """Address and words of every counted link of the matrix."""
    for href, words in re.findall(r'<a class="count[^"]*" href="([^"]+)"[^>]*>(.*?)</a>', text):
        yield unescape(href), re.sub(r"<[^>]+>", "", words)


def test_every_number_of_the_matrix_leads_to_a_list_of_that_length(world: World) -> None:
    client = world.client("cora")
    wrong, seen = {}, 0
    for url, words in links(page(client)):
        text = page(client, url)
        told = re.match(r"(?:[\d,]+(?: of |/))?([\d,]+)(?!\.\d|%)", words)
        if told and "%" not in words:
            seen += 1
            if rows_of(url, text) != int(told[1].replace(",", "")):
                wrong[url] = (words, rows_of(url, text))
    assert wrong == {}
    assert seen >= 18


@pytest.mark.parametrize("name", CENTRE)
def test_no_link_of_the_page_is_closed_to_its_reader(world: World, name: str) -> None:
    client = world.client(name)
    body = main_of(page(client))
    addresses = {unescape(each) for each in re.findall(r'href="([^"#]+)', body)}
    refused = {}
    for each in addresses:
        answer = client.get(HOME + each if each.startswith("?") else each)
        if answer.status_code != 200:
            refused[each] = answer.status_code
    assert refused == {}


@pytest.mark.parametrize("name", CENTRE)
def test_the_page_keeps_its_budget(world: World, name: str) -> None:
    found = page_queries(world.client(name), HOME)
    assert len(found) <= 12, "\n".join(each[:150] for each in found)
