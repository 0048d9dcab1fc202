"""The centre's home: every number leads to a list of that length, and nobody is led to a closed door."""

import re
from collections.abc import Callable, Iterator, Mapping
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import pytest
from django.conf import settings
from django.test import Client

from coordination.meetings.selectors.next_meeting import next_meeting
from coordination.week.selectors.home import home_page
from coordination.week.selectors.jobs import job_strip
from coordination.week.selectors.matrix import ORDERS
from coordination.week.templatetags.matrix import COLUMNS
from events.models import Job
from tests.bench.large import copied_database, sign_in
from tests.world import World
from tests.worlds import audits, busy, programme
from tests.worlds.counting import page_queries


HOME = "/c/colectomy-mi/"
CENTRE = ("dana", "cora", "ben", "vera")


@pytest.fixture(scope="module", autouse=True)
def busy_day(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """A copy of the test's database: what a worker counted cannot be rolled back with a page's transaction."""
    with django_db_blocker.unblock(), copied_database("busy") as copy:  # type: ignore[attr-defined]  # pytest-django's own
        busy.build()
        sign_in(copy, "app")
        yield


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
    for row in text.split("<tr data-row>")[1:]:
        for href, words in re.findall(r'<a (?:class=\w+ )?href="([^"]+)"[^>]*>(.*?)</a>', row.partition("</th>")[2]):
            if row.index(href) < row.index("</tr>"):
                yield urljoin(HOME, unescape(href)), re.sub(r"<[^>]+>", "", words)


def test_every_number_of_the_matrix_leads_to_a_list_of_that_length(world: World) -> None:
    client = world.client("cora")
    wrong, seen = {}, 0
    for url, words in links(page(client)):
        text = page(client, url)
        told = re.match(r"(?:[\d,]+(?: of |/))?([\d,]+)(?!\.\d|%)", words)
        if told and "%" not in words:
            seen += 1
            if (shown := rows_of(url, text)) != int(told[1].replace(",", "")):
                wrong[url] = (words, shown)
    assert wrong == {}
    assert seen >= 26


@pytest.mark.parametrize("name", CENTRE)
def test_no_link_of_the_page_is_closed_to_its_reader(world: World, name: str) -> None:
    client = world.client(name)
    body = main_of(page(client))
    addresses = {unescape(each) for each in re.findall(r'href="([^"#]+)', body)}
    refused = {}
    for each in addresses:
        answer = client.get(urljoin(HOME, each))
        if answer.status_code != 200:
            refused[each] = answer.status_code
    assert refused == {}


@pytest.mark.parametrize("name", CENTRE)
def test_the_page_keeps_its_budget(world: World, name: str) -> None:
    found = page_queries(world.client(name), HOME)
    assert len(found) <= 12, "\n".join(each[:150] for each in found)


def row_of(text: str, hospital: str) -> dict[str, str]:
    """Label and words of the cells of one hospital."""
    row = next(each for each in text.split("<tr data-row>") if hospital in each).partition("</tr>")[0]
    cells = re.findall(r"<td[^>]*>(.*?)</td>", row.partition("</th>")[2])
    labels = [label for label, _, _ in COLUMNS[1:]]
    return {label: re.sub(r"<[^>]+>", "", cell) for label, cell in zip(labels, cells, strict=True)}


def test_a_link_is_called_by_what_it_counts_and_where(world: World) -> None:
    text = page(world.client("cora"))
    numbers = [each for each in re.findall(r"<a ([^>]*)>[\d,]+(?: old| of [\d,]+)?</a>", text) if "?" in each]
    assert len(numbers) > 10
    assert all(re.search(r'aria-label="[\d,]+ [a-z][^"]+, [A-Z][^"]+"', each) for each in numbers)


def test_the_style_sheet_names_the_columns_on_a_phone() -> None:
    sheet = Path(settings.BASE_DIR, "static/css/colloquy.css").read_text(encoding="utf-8")
    rules = re.findall(r'\.matrix td:nth-last-child\((\d+)\)::before \{ content: "([^"]+)"', sheet)
    assert rules == [(str(len(COLUMNS) - at), label) for at, (label, *_) in enumerate(COLUMNS) if at]


def test_a_hospital_tells_what_waits_there(world: World) -> None:
    text = page(world.client("cora"))
    alder, birch, cedar = (row_of(text, programme.HOSPITALS[name][1]) for name in ("alder", "birch", "cedar"))
    assert (alder["On time"], alder["Questions"], alder["Agreements"]) == ("2 of 10", "3 1 old", "signed")
    assert re.fullmatch(r"9\d\.\d%", alder["Last audit"])
    assert (alder["Release read"], alder["Meetings"], alder["Last case"]) == ("read", "1/1", "today")
    assert int(alder["Past lock"]) >= 2
    assert birch["On time"].startswith("0 of ")
    assert (cedar["On time"], cedar["Agreements"], cedar["Release read"]) == ("–", "not signed", "unread")  # noqa: RUF001 -- a dash
    assert cedar["Vacant roles"] == "1"


def test_the_head_tells_the_window_and_who_is_on_track(world: World) -> None:
    text = page(world.client("cora"))
    head = re.search(r'<ul class="told">(.*?)</ul>', text, re.DOTALL)[1]
    words = [" ".join(re.sub(r"<[^>]+>", "", each).split()) for each in head.split("</li>")[:-1]]
    assert words[:3] == [
        f"Window {busy.WINDOW} closes in {busy.CLOSES_IN} days",
        "0 of 8 hospitals on track",
        "6 open questions",
    ]
    assert re.fullmatch(r"\d+ jobs under way", words[3])


def test_figures_are_those_of_the_lists_behind_them(world: World) -> None:
    client = world.client("cora")
    with world.acting_as("cora") as cora:
        cards = home_page(cora, programme.collaborative(), {}).cards
    assert [card.label for card in cards] == [
        "Cases past lock date",
        "Questions unanswered",
        "Contested cases",
        "Vacant roles",
    ]
    for card in cards:
        assert rows_of(card.url, page(client, card.url)) == card.value, card.label
        assert card.value > 0


def test_what_is_late_comes_first_and_every_column_can_lead(world: World) -> None:
    with world.acting_as("cora") as cora:
        here = programme.collaborative()
        by_need = [line.name for line in home_page(cora, here, {}).lines]
        assert {programme.HOSPITALS[name][1] for name in ("alder", "birch")} == set(by_need[:2])
        assert [line.name for line in home_page(cora, here, {"sort": "nonsense"}).lines] == by_need
        for order in ORDERS:
            assert sorted(line.name for line in home_page(cora, here, {"sort": order}).lines) == sorted(by_need)
        names = [line.name for line in home_page(cora, here, {"sort": "name"}).lines]
    assert names == sorted(names)
    assert 'aria-sort="ascending"' in page(world.client("cora"), HOME + "?sort=name")


def test_inbox_holds_what_this_person_may_open(world: World) -> None:
    told: dict[str, list[str]] = {}
    for name in CENTRE:
        with world.acting_as(name) as viewer:
            told[name] = [each.text for each in home_page(viewer, programme.collaborative(), {}).inbox]
    assert "2 requests to unlock" in told["cora"]
    assert "2 requests to unlock" not in told["vera"]
    assert any("contested" in each for each in told["vera"])


def test_jobs_tell_what_failed_first_and_where_to_look(world: World) -> None:
    with world.acting_as("cora") as cora:
        strip = job_strip(cora, 50)
    assert [(each.state, each.message) for each in strip.lines[:2]] == [
        ("failed", "The disk is full."),
        ("running", ""),
    ]
    with world.acting_as("cora"):
        assert (strip.under_way, strip.failed) == (Job.objects.filter(finished_at=None).count(), 1)
    urls = {each.title.removeprefix("Work of "): each.url for each in strip.lines}
    assert urls["somebody.elses"] == ""
    assert urls["cases.check_import"].endswith("/imports/")
    with world.acting_as("vera") as vera:
        assert {each.url for each in job_strip(vera, 50).lines if "check_import" in each.title} == {""}


def test_the_next_meeting_tells_its_agenda_and_replies(world: World) -> None:
    with world.acting_as("cora") as cora:
        found = next_meeting(cora)
    assert found is not None
    assert (found.title, found.items, found.led, found.replies) == ("Winter meeting", 2, 1, 2)
    assert found.invited > found.replies


def test_a_validator_at_work_sees_no_case_counts_of_the_blind_hospital(world: World) -> None:
    audit = audits.draw(audits.announce("alder"))
    text = page(world.client("vera"))
    alder, birch = (row_of(text, programme.HOSPITALS[name][1]) for name in ("alder", "birch"))
    assert {alder[label] for label in ("Cases due", "Late", "Past lock", "On time")} == {"–"}  # noqa: RUF001 -- a dash
    assert birch["Past lock"] != "–"  # noqa: RUF001 -- a dash
    assert (alder["Audits open"], audit.state) == ("1", "drawn")
    client = world.client("vera")
    for url, _ in links(text):
        assert client.get(url).status_code == 200, url


def test_a_programme_without_anything_says_what_will_be_here(world: World) -> None:
    text = page(world.client("hanna"), "/c/hernia-lakes/")
    assert "Where help is needed today" in text
    assert "No release yet" in text
