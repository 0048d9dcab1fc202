"""Pages of feedback in a browser: what each viewer sees, what nobody else's can show, and what they cost."""

import csv
import io
import re
from collections.abc import Iterator

import pytest
from django.urls import reverse

from collaboratives.models import Collaborative
from events.models import AccessLog
from feedback.models import Release, SiteResult
from feedback.selectors.disclosing import contribution_of
from feedback.selectors.export import harmless
from privacy.disclosure import told
from tests.world import World
from tests.worlds import releases
from tests.worlds.cases import TRUTH
from tests.worlds.counting import page_queries
from tests.worlds.programme import COLECTOMY, HOSPITALS


SLUG = "colectomy-mi"
HOME = f"/c/{SLUG}/"
MOST_QUERIES, MOST_BYTES = 12, 150_000


def url(name: str, *args: object) -> str:
    return reverse(f"feedback:{name}", args=[SLUG, *args])


def public_id(world: World, name: str) -> str:
    with world.acting_as("cora"):
        return str(Release.objects.get(name=name).public_id)


def text_of(world: World, who: str, address: str, status: int = 200) -> str:
    response = world.client(who).get(address)
    assert response.status_code == status
    return response.content.decode()


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html)).strip()


def test_clinician_reads_the_own_result_in_a_sentence(world: World) -> None:
    page = text_of(world, "alder.champion", url("measure-detail", "ssi"))
    lede = re.search(r'<p class="lede">(.*?)</p>', page, re.DOTALL)

    assert lede
    assert words(lede[1]).startswith("Aldermoor Quillen Hospital had 3 infections in 41 cases (7.3%);")


def test_home_shows_aim_priorities_and_every_measure(world: World) -> None:
    page = words(text_of(world, "birch.champion", HOME))

    assert "Our common aim Halve surgical-site infection by June 2027" in page
    assert "What matters most for your hospital now" in page
    assert [name for name in ("Surgical-site infection", "Antibiotic", "Readmission") if name not in page] == []


@pytest.mark.parametrize(
    "address", [HOME, *(f"{HOME}measures/{slug}/" for slug in ("ssi", "antibiotic", "readmission"))]
)
def test_page_is_small_and_asks_little(world: World, address: str) -> None:
    client = world.client("alder.champion")
    asked = page_queries(client, address)

    assert len(client.get(address).content) < MOST_BYTES
    assert len(asked) <= MOST_QUERIES, "\n".join(asked)


def pages_of(world: World, release: str) -> Iterator[str]:
    yield HOME
    yield from (url(name) for name in ("measure-list", "pooled-results"))
    for slug in ("ssi", "antibiotic", "readmission"):
        yield from (
            url("measure-detail", slug) + query for query in ("", "?view=cases&outcome=all", "?view=definition")
        )
        yield url("measure-export", slug)
    yield url("model-detail", public_id(world, release), "ssi")


@pytest.mark.parametrize("who", ["alder.champion", "birch.abstractor", "sam"])
def test_no_other_hospital_is_on_any_page(world: World, who: str) -> None:
    client, own = world.client(who), who.split(".", maxsplit=1)[0]
    foreign = [part for name in COLECTOMY if name != own for part in HOSPITALS[name][1:]]
    foreign += [f"{name[:2].upper()}-0" for name in COLECTOMY if name != own]
    with world.acting_as("cora"):
        results = SiteResult.objects.filter(release__name=releases.NAME)
        results = results.exclude(participation=world.participation(own if own in HOSPITALS else "alder"))
        foreign += [f"{row.observed} of {row.denominator}" for row in results if row.denominator > 40 and who != "sam"]
    told = " ".join(client.get(address).content.decode() for address in pages_of(world, releases.NAME))

    assert [token for token in set(foreign) if token in told] == []


@pytest.mark.parametrize("who", ["alder.champion", "sam"])
def test_draft_is_not_there_for_members(world: World, who: str) -> None:
    client, draft = world.client(who), public_id(world, releases.DRAFT)
    nowhere = "00000000-0000-4000-8000-000000000000"
    addresses = [url("measure-detail", "ssi") + "?release={}", url("measure-export", "ssi") + "?release={}"]
    addresses += [url("model-detail", nowhere, "ssi").replace(nowhere, "{}")]
    hidden = [client.get(address.format(draft)) for address in addresses]
    missing = [client.get(address.format(nowhere)) for address in addresses]

    assert [answer.status_code for answer in hidden] == [answer.status_code for answer in missing]
    assert {answer.status_code for answer in hidden} <= {403, 404}


def test_members_may_not_open_the_pages_of_the_centre(world: World) -> None:
    client, release = world.client("alder.champion"), public_id(world, releases.NAME)
    addresses = [
        url("release-list"),
        url("release-draft"),
        url("release-detail", release),
        url("release-measure", release, "ssi"),
    ]

    assert {client.get(address).status_code for address in addresses} == {403}


def test_strangers_find_nothing(world: World) -> None:
    client, release = world.client("stella"), public_id(world, releases.NAME)
    addresses = [HOME, url("measure-detail", "ssi"), url("release-detail", release), url("pooled-results")]

    assert {client.get(address).status_code for address in addresses} == {404}


@pytest.mark.parametrize(
    ("outcome", "number"), [("met", 3), ("not_met", 38), ("excluded", 2), ("cannot_tell", 1), ("all", 44)]
)
def test_listed_cases_are_those_that_were_counted(world: World, outcome: str, number: int) -> None:
    page = text_of(world, "alder.champion", f"{url('measure-detail', 'ssi')}?view=cases&outcome={outcome}")

    assert len(set(re.findall(r"AL-\d{3}", page))) == number
    assert f"({number})" in page


def test_listed_cases_say_why(world: World) -> None:
    address = f"{url('measure-detail', 'ssi')}?view=cases&outcome="

    assert "ASA class 4" in text_of(world, "alder.champion", f"{address}excluded")
    assert "Missing: Surgical-site infection" in text_of(world, "alder.champion", f"{address}cannot_tell")


def test_file_has_the_numbers_of_the_page_and_is_noted(world: World) -> None:
    response = world.client("alder.champion").get(url("measure-export", "ssi"))
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))

    assert response["Content-Disposition"] == 'attachment; filename="ssi.csv"'
    assert ["Numerator / denominator", "3 / 41", ""] in rows
    assert sum(int(row[3]) for row in rows if row[:1] == ["Peers, blinded"]) == 7
    with world.acting_as("alder.champion") as champion:
        noted = AccessLog.objects.filter(user_id=champion.user_id, participation_id=champion.participation_id)
        assert list(noted.values_list("action", "subject")) == [("exported", "results of ssi")]


@pytest.mark.parametrize(
    ("cell", "written"), [("=1+1", "'=1+1"), ("-2", "'-2"), ("@x", "'@x"), ("7.3%", "7.3%"), ("", "")]
)
def test_cell_cannot_be_a_formula(cell: str, written: str) -> None:
    assert harmless(cell) == written


def test_centre_sees_named_hospitals_and_the_look_is_noted(world: World) -> None:
    page = words(text_of(world, "ben", url("release-measure", public_id(world, releases.NAME), "ssi")))

    assert [name for name in TRUTH if HOSPITALS[name][1] not in page] == []
    with world.acting_as("ben") as ben:
        noted = AccessLog.objects.filter(user_id=ben.user_id).values_list("action", "subject", "participation_id")
        assert list(noted) == [("results_viewed", f"ssi, release {releases.NAME}", None)]


@pytest.mark.parametrize("hospital", TRUTH)
def test_hospital_page_agrees_with_the_table_of_the_centre(world: World, hospital: str) -> None:
    page = words(text_of(world, f"{hospital}.champion", url("measure-detail", "ssi")))
    table = text_of(world, "cora", url("release-measure", public_id(world, releases.NAME), "ssi"))
    # The last one: the first is in the table beside the funnel.
    row = [words(row) for row in re.findall(r"<tr>.*?</tr>", table, re.DOTALL) if HOSPITALS[hospital][1] in row][-1]
    with world.acting_as("cora"):
        result = SiteResult.objects.get(
            release__name=releases.NAME,
            participation=world.participation(hospital),
            measure_version__measure__slug="ssi",
        )
    numbers = (f"{result.oe:.2f}", f"{100 * (result.adjusted_rate or 0):.1f}%", f"{result.expected:.1f}")

    assert [number for number in numbers if number not in page or number not in row] == []


def test_model_page_hides_exact_counts_of_all_hospitals_from_members(world: World) -> None:
    address = url("model-detail", public_id(world, releases.NAME), "ssi")
    exact = sum(truth.denominator for truth in TRUTH.values())

    member, centre = words(text_of(world, "alder.champion", address)), words(text_of(world, "ben", address))
    assert (f"Cases {exact}" in centre, f"Cases about {round(exact, -1)}" in member) == (True, True)
    assert f" {exact} " not in member


def test_model_page_of_an_unadjusted_measure_is_not_there(world: World) -> None:
    text_of(world, "ben", url("model-detail", public_id(world, releases.NAME), "antibiotic"), 404)


def test_home_before_the_first_release_says_what_will_come(world: World) -> None:
    response = world.client("stella").get("/c/hernia-lakes/")

    assert "Your first comparison is on its way" in response.content.decode()


def test_peers_look_the_same_to_every_member(world: World) -> None:
    def values(own: str) -> list[str]:
        file = world.client(f"{own}.champion").get(url("measure-export", "antibiotic")).content.decode("utf-8-sig")
        peers = [row for row in csv.reader(io.StringIO(file)) if row[:1] == ["Peers, blinded"]]
        with world.acting_as("cora") as cora:
            result = SiteResult.objects.get(
                release__name=releases.NAME,
                participation=world.participation(own),
                measure_version__measure__slug="antibiotic",
            )
            rules = Collaborative.objects.get(pk=cora.collaborative_id).disclosure_rules
        own_value = told(contribution_of(result, result.rate or 0), rules) or 0
        return sorted([*(row[1] for row in peers for _ in range(int(row[3]))), f"{100 * own_value:.0f}%"])

    assert values("alder") == values("finch")


def test_unknown_parameters_change_nothing(world: World) -> None:
    client, address = world.client("alder.champion"), url("measure-detail", "ssi")
    answers = [client.get(address + query) for query in ("", "?region=Lake&hospital=birch&view=peers&page=-1")]
    # The head of a printed page shows its address.
    plain, asked = (words(answer.content.decode().split('class="topline"')[1]) for answer in answers)

    assert asked == plain
