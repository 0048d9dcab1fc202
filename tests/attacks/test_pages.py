"""Attacks through the browser: what questions, other people's work and shared caches may change in an answer."""

import re
import string
import uuid
from urllib.parse import urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.log.services.unlocking import ask_unlock
from cases.models import Case
from cases.questions.services.asking import ask_question
from collaboratives.selectors.places import places_of
from feedback.models import PeerDistribution, Release
from feedback.selectors.home import home_page
from feedback.selectors.measure_page import Question, measure_page
from feedback.selectors.pooled import pooled_page
from tests.api.conftest import GOOD, Program, key_of, new_case
from tests.architecture.routes import routes
from tests.architecture.tokens import documents, keys_of, tokens_of
from tests.attacks.looking import SLUG, addresses, different, look, names, plain, seen, text_of, url
from tests.world import World
from tests.worlds import cases, locks, releases
from tests.worlds.cases import TRUTH
from tests.worlds.programme import COLECTOMY


MEMBERS = ("alder.champion", "alder.abstractor", "alder.clinician", "alder.administrator")
ASKED = {"view", "release", "outcome", "page"}  # what pages of feedback understand
UNDERSTOOD = {"release": 404}  # what is answered to nonsense; everything else means the default
TRIED = (
    "hospital",
    "site",
    "participation",
    "region",
    "teaching",
    "system",
    "stratum",
    "filter",
    "n",
    "id",
    "order",
    "format",
    "debug",
)


@pytest.fixture
def peers(world: World) -> dict[str, list[str]]:
    """Every address with numbers of all hospitals, by who may open it."""
    with world.acting_as("cora"):
        release = Release.objects.get(name=releases.NAME).public_id
    member = [
        url("home-collaborative"),
        url("feedback:measure-list"),
        url("feedback:measure-detail", "ssi"),
        url("feedback:measure-detail", "antibiotic"),
        url("feedback:measure-export", "antibiotic"),
        url("feedback:pooled-results"),
        url("feedback:model-detail", release, "ssi"),
    ]
    return {"alder.champion": member, "sam": [url("home-collaborative"), url("feedback:pooled-results")]}


# BA-05 ----------------------------------------------------------------------------------------------------------------

words = st.text(string.printable, max_size=12)
nonsense = st.one_of(words, st.sampled_from(sorted({each for hospital in COLECTOMY for each in names(hospital)})))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.one_of(st.sampled_from(TRIED), words.filter(lambda word: word not in ASKED)), nonsense, max_size=4
    )
)
def test_asking_for_some_hospitals_only_gives_the_same_bytes(
    world: World, peers: dict[str, list[str]], query: dict[str, str]
) -> None:
    for name, urls in peers.items():
        client = _client(world, name)
        for address in urls:
            assert text_of(look(client, address, query)) == _once(client, address)


@pytest.mark.parametrize("parameter", sorted(ASKED))
def test_nonsense_for_what_pages_understand_gives_the_same_bytes_or_nothing(
    world: World, peers: dict[str, list[str]], parameter: str
) -> None:
    for value in ("birch", "0201", str(uuid.uuid4()), "-1", "9" * 40, "'"):
        for address in peers["alder.champion"]:
            client = _client(world, "alder.champion")
            response = look(client, address, {parameter: value})

            assert response.status_code in {200, UNDERSTOOD.get(parameter, 200)}
            assert response.status_code == 404 or text_of(response) == _once(client, address)


_CLIENTS: dict[str, Client] = {}
_SEEN: dict[tuple[int, str], str] = {}


def _client(world: World, name: str) -> Client:
    """One session for all examples; it ends with the test's transaction, so its keys say which."""
    key = f"{name} of {id(world)}"
    if key not in _CLIENTS:
        _CLIENTS[key] = world.client(name)
    return _CLIENTS[key]


def _once(client: Client, address: str) -> str:
    key = id(client), address
    if key not in _SEEN:
        _SEEN[key] = text_of(look(client, address))
    return _SEEN[key]


# BA-09, BA-10 ---------------------------------------------------------------------------------------------------------


def test_counts_of_the_api_are_of_own_rows(world: World) -> None:
    """BA-09: no total, page count or header counts what the key's hospital does not own."""
    answer = key_of(world, "alder.abstractor").get("cases/?page_size=5")
    with world.acting_as("alder.abstractor"):
        own = Case.objects.count()
    with world.acting_as("dana"):
        everybody = Case.objects.count()

    told = {int(number) for number in re.findall(r"(?<![\w.:-])\d+(?![\w.:-])", answer.content.decode())}
    assert own < everybody
    assert everybody not in told
    assert not [
        name for name in answer.headers if re.search(r"total|count", name, re.IGNORECASE) and name != "Content-Length"
    ]


def test_a_case_number_of_another_hospital_is_a_free_one(world: World) -> None:
    """BA-10: a number that birch has and one that nobody has are answered alike, by page and API."""
    client, program = world.client("alder.abstractor"), key_of(world, "alder.abstractor")
    taken = {numbers: _entered(client, program, numbers) for numbers in ("BI-001", "ZZ-001")}

    assert taken["BI-001"] == taken["ZZ-001"]
    assert taken["BI-001"][0] in {200, 302}
    assert taken["BI-001"][1] == 201


def _entered(client: Client, program: Program, number: str) -> tuple[int, int, set[str], set[str]]:
    page = client.post(url("cases:case-new"), {"form": "colectomy", "case_number": number, "event_date": "2026-03-05"})
    made = program.post("cases/", new_case(case_number=f"{number}-2"), Idempotency_Key=f"key-{number}-0001")
    return page.status_code, made.status_code, set(page.headers), set(made.headers)


def test_inviting_somebody_who_works_elsewhere_is_answered_like_a_stranger(world: World) -> None:
    """BA-10: whether an e-mail address is known to another hospital or collaborative is told to nobody."""
    client, answers, place = world.client("alder.administrator"), {}, world.participation("alder").public_id
    for address in ("birch.abstractor@example.org", "stella@example.org", "nobody@example.org"):
        form = {"email": address, "full_name": "New Colleague", "role": "sampler", "hospital": place}
        response = client.post(url("collaboratives:people-invite"), form)
        answers[address] = (response.status_code, text_of(response).replace(address, ""), sorted(response.headers))

    assert len({str(answer) for answer in answers.values()}) == 1
    assert answers["nobody@example.org"][0] == 302


# BA-12 ----------------------------------------------------------------------------------------------------------------

NUMBERED = {"version", "number"}  # of a definition: public, counted for everybody


def test_no_address_takes_a_counted_number() -> None:
    taken = {
        (route.name, part)
        for route in routes()
        if route.ours
        for part in route.parts
        if part in {"pk", "id"} or (part not in NUMBERED and _is_whole_number(route.name, part))
    }

    assert taken == set()


def _is_whole_number(name: str, part: str) -> bool:
    from django.urls import get_resolver  # noqa: PLC0415 -- read after settings are ready

    return any(
        pattern.converters.get(part) is not None and pattern.converters[part].regex == "[0-9]+"
        for pattern in _patterns(get_resolver())
        if pattern.name == name.rpartition(":")[2]
    )


def _patterns(resolver: object) -> list[object]:
    found = []
    for each in resolver.url_patterns:  # type: ignore[attr-defined]
        found += _patterns(each) if hasattr(each, "url_patterns") else [each]
    return [each.pattern if hasattr(each, "pattern") else each for each in found]


def test_a_row_is_not_found_by_its_number(world: World) -> None:
    with world.acting_as("alder.champion"):
        numbers = list(Case.objects.values_list("pk", flat=True)[:3])
    client = world.client("alder.champion")

    assert [client.get(f"/c/{SLUG}/cases/{number}/").status_code for number in numbers] == [404] * 3


# BA-13, BA-22, BA-23 --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["alder.champion", "alder.abstractor"])
def test_work_of_another_hospital_changes_no_page_and_no_header(world: World, name: str) -> None:
    """Birch completes a case, asks the centre and asks to unlock one: alder's pages stay to the byte."""
    client, urls = world.client(name), addresses(world, name)
    before = seen(client, urls)
    birch = key_of(world, "birch.abstractor")

    made = birch.submit(case_number="BX-1", answers={**GOOD, "weight": 70}, complete=True)
    with world.acting_as("birch.abstractor") as by:
        case = Case.objects.get(case_number=locks.LOCKED["birch"])
        ask_unlock(case=case, reason="A slip.", by=by)
        ask_question(case=None, variable="", text="Which weight do we enter?", by=by)

    assert made.status_code == 201
    assert len(urls) > 20
    assert different(before, seen(client, urls)) == []


@pytest.mark.worker
def test_counted_work_of_another_hospital_changes_nothing_until_a_release(world: World) -> None:
    """The worker counts 40 new cases of birch: what alder is shown of its own and of all stays as it was."""
    before = _shown(world)
    rows = [f"BX-{number},60,2,2026-03-05,1,1" for number in range(40)]
    content = "\n".join(["case_number,age,asa,operation_date,antibiotic,ssi", *rows])
    cases.take_in(content.encode(), by=world.viewer("birch.abstractor"), valid_only=True)
    releases.count_all()

    assert _shown(world) == before


def _shown(world: World) -> list[object]:
    viewer = world.viewer("alder.champion")
    place = next(each for each in places_of(viewer.user_id) if each.collaborative.slug == SLUG)
    with world.acting_as("alder.champion"):
        pages = [measure_page(viewer, place, slug, Question()) for slug in ("ssi", "antibiotic")]
        return [home_page(viewer, place), pooled_page(viewer, place), *pages]


def test_pages_with_peers_carry_no_validator(world: World, peers: dict[str, list[str]]) -> None:
    """BA-13: no ETag, no date, no 304 that says whether something moved."""
    client = world.client("alder.champion")
    for address in peers["alder.champion"]:
        answer = client.get(
            address, headers={"if-none-match": "*", "if-modified-since": "Mon, 01 Jan 2035 00:00:00 GMT"}
        )

        assert answer.status_code == 200
        assert {"ETag", "Last-Modified", "Expires", "Age"} & set(answer.headers) == set()


# BA-14 ----------------------------------------------------------------------------------------------------------------


class Proxy:
    """A shared cache as RFC 9111 describes it: it stores what it is not told to leave, by address and `Vary`."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], HttpResponse] = {}

    def get(self, client: Client, address: str) -> HttpResponse:
        plain_key, own_key = (address, ""), (address, client.cookies.output())
        for key in (own_key, plain_key):
            if key in self.kept:
                return self.kept[key]
        response = client.get(address)
        control = response.get("Cache-Control", "")
        if response.status_code in {200, 301, 404} and not re.search(r"no-store|private|no-cache", control):
            vary = {name.strip().lower() for name in response.get("Vary", "").split(",")}
            self.kept[own_key if "cookie" in vary else plain_key] = response
        return response


def test_a_shared_cache_gives_nobody_another_persons_page(world: World) -> None:
    proxy, urls = Proxy(), addresses(world, "alder.champion")
    for name in ("alder.champion", "cedar.champion", "sam"):
        client = world.client(name)
        for address in urls:
            assert plain(proxy.get(client, address)) == plain(client.get(address)), (name, address)

    assert [key for key in proxy.kept if not key[0].startswith("/static/") and "/forms/" not in key[0]] == []


# BA-15 ----------------------------------------------------------------------------------------------------------------


def test_typing_the_beginning_of_a_foreign_name_finds_nothing(world: World) -> None:
    """Every prefix of names, towns, people and case numbers elsewhere: as for letters that nothing begins with."""
    foreign = sorted(names("birch") | names("jay") | {"BI-001", "birch.abstractor@example.org"})
    prefixes = sorted({word[:length] for word in foreign for length in range(3, len(word) + 1)})
    for name in ("alder.champion", "alder.abstractor"):
        client = world.client(name)
        address = url("cases:case-list")
        nothing, own = _searched(client, address, "zqxjv"), _searched(client, address, "AL-001")

        assert {prefix for prefix in prefixes if _searched(client, address, prefix) != nothing} == set()
        assert own != nothing  # it does find what is there


def _searched(client: Client, address: str, words: str) -> set[str]:
    """Rows that a search finds; the words themselves stand on the page, and so are no sign."""
    text = text_of(look(client, address, {"q": words, "tab": "all"}))
    return {link.partition("?")[0] for link in re.findall(r'href="([^"#]+)"', text)}


# BA-16 ----------------------------------------------------------------------------------------------------------------


def test_histories_name_nobody_elsewhere(world: World) -> None:
    """What Cora imported for everybody says so without her file, her other hospitals or their people."""
    client = world.client("alder.abstractor")
    urls = [
        each for each in addresses(world, "alder.abstractor") if re.search(r"history|access|questions|log|unlock", each)
    ]
    texts = [text for each in urls for text in documents(look(client, each).content)]
    foreign = tokens_of(world, [each for each in COLECTOMY if each != "alder"])

    assert len(urls) > 5
    assert foreign.found_in(texts) == set()


# BA-24 ----------------------------------------------------------------------------------------------------------------


@pytest.mark.worker
def test_withdrawing_own_cases_changes_no_published_value(world: World) -> None:
    def published() -> list[dict[str, object]]:
        return list(PeerDistribution.objects.order_by("pk").values())

    with world.acting_as("birch.champion"):
        before = published()
    rows = "case_number,age,asa,operation_date,antibiotic,ssi\n" + "\n".join(
        f"AX-{number},60,2,2026-03-05,0,1" for number in range(200)
    )
    cases.take_in(rows.encode(), by=world.viewer("alder.abstractor"), valid_only=True)
    releases.count_all()

    with world.acting_as("birch.champion"):
        assert published() == before


# BA-27 ----------------------------------------------------------------------------------------------------------------


def test_a_hospital_in_two_collaboratives_has_no_key_in_both(world: World) -> None:
    """Alder is a member of both: nothing that identifies it here is found on pages there."""
    here = keys_of(world, "alder") & {key for key in keys_of(world, "alder") if re.fullmatch(r"[0-9a-f-]{36}", key)}
    there = keys_of(world, "alder", "hernia-lakes")
    shared = here & there
    found = set()
    for name in ("stella", "hanna"):
        client = world.client(name)
        for address in (
            "/c/hernia-lakes/",
            "/c/hernia-lakes/measures/",
            "/c/hernia-lakes/results/",
            "/c/hernia-lakes/hospitals/",
        ):
            text = text_of(look(client, address))
            found |= {key for key in here if key in text}

    assert len(shared) <= 1  # the row of the hospital itself, which no page of a member carries
    assert found - shared == set()


# BA-32, BA-33 ---------------------------------------------------------------------------------------------------------


def test_no_address_or_link_carries_a_case_number_or_a_name(world: World) -> None:
    """BA-32: what a browser sends on as referrer, keeps in its history and writes into logs."""
    client = world.client("alder.abstractor")
    links: set[str] = set()
    for address in addresses(world, "alder.abstractor"):
        text = text_of(look(client, address))
        links |= set(re.findall(r'(?:href|src|action|hx-get|hx-post)="([^"#]+)"', text))
    carried = "\n".join(sorted(links))

    secret = {f"{hospital[:2].upper()}-{1:03d}" for hospital in TRUTH} | {
        word for each in COLECTOMY for word in names(each)
    }
    assert len(links) > 50
    assert {word for word in secret if word in carried} == set()
    outside = {urlsplit(link).netloc for link in links if urlsplit(link).netloc}
    assert outside <= {"testserver"}


def test_descriptions_and_hidden_doors_show_no_peers(world: World) -> None:
    """BA-33: the OpenAPI description, its page and usual hidden doors name no hospital and no result of others."""
    client, foreign = world.client("alder.champion"), tokens_of(world, COLECTOMY)
    program = key_of(world, "alder.abstractor")
    described = [client.get("/api/docs/"), program.get("schema/"), client.get("/api/v1/schema/")]
    doors = (
        "/admin/",
        "/admin/doc/",
        "/__debug__/",
        "/debug/",
        "/metrics",
        "/.git/HEAD",
        "/static/js/app.js.map",
        "/ui/",
        "/demo/",
    )

    assert foreign.found_in(text for each in described for text in documents(each.content)) == set()
    assert {door: client.get(door).status_code for door in doors} == dict.fromkeys(doors, 404)
    paths = re.findall(r'"(/api/v1/[^"]*)"', program.get("schema/").content.decode())
    assert [path for path in paths if re.search(r"peer|hospital|benchmark|site", path)] == []
