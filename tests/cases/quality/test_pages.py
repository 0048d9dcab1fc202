"""The pages and the file: own figures for a hospital, all of them for the centre, nothing of another hospital."""

import csv
import io
import re

import pytest

from cases.quality.models import ProgrammeMedians, QualityFigures
from events.models import AccessLog
from tests.world import World
from tests.worlds.counting import page_queries
from tests.worlds.programme import COLECTOMY, HOSPITALS


HERE = "/c/colectomy-mi/quality/"
MOST_QUERIES = 12


def names(text: str) -> list[str]:
    """Hospitals in the order of the rows."""
    return re.findall(r'<th scope="row">\s*<a href="[^"]*/quality/hospitals/[^"]*">([^<]*)</a>', text)


def test_a_hospital_reads_its_own_figures_beside_the_middle(world: World) -> None:
    text = world.client("alder.clinician").get(HERE).content.decode()

    assert "How good our data are" in text
    assert "144 of 145 required answers are known" in text
    assert "no case log of these days" in text
    for each in COLECTOMY:
        assert (HOSPITALS[each][1] in text) == (each == "alder")


def test_the_centre_reads_every_hospital_and_it_is_noted(world: World) -> None:
    text = world.client("cora").get(HERE).content.decode()

    assert names(text) == sorted(HOSPITALS[each][1] for each in COLECTOMY)
    with world.acting_as("dana"):
        assert AccessLog.objects.filter(subject="data quality of all hospitals").count() == 1


@pytest.mark.parametrize(
    ("sort", "field"), [("cases", "cases"), ("-cases", "cases"), ("days", "median_days"), ("-queries", "open_queries")]
)
def test_headings_sort(world: World, sort: str, field: str) -> None:
    client = world.client("cora")
    shown = names(client.get(HERE, {"sort": sort}).content.decode())
    with world.acting_as("cora"):
        rows = QualityFigures.objects.filter(cycle=None).select_related("participation__site")
        values = {row.participation.site.name: getattr(row, field) for row in rows}

    assert [values[name] for name in shown] == sorted(values.values(), reverse=sort.startswith("-"))


def test_an_unknown_order_or_form_is_the_usual_one(world: World) -> None:
    client = world.client("cora")

    assert names(client.get(HERE, {"sort": "';--", "form": "nothing"}).content.decode()) == names(
        client.get(HERE).content.decode()
    )


def test_the_centre_opens_one_hospital_and_it_is_noted_where_that_hospital_reads(world: World) -> None:
    birch = world.participation("birch")
    text = world.client("vera").get(f"{HERE}hospitals/{birch.public_id}/").content.decode()

    assert f"Data quality of {HOSPITALS['birch'][1]}" in text
    with world.acting_as("birch.champion"):
        assert AccessLog.objects.filter(subject="data quality", participation_id=birch.pk).count() == 1


def test_a_hospital_cannot_open_a_hospital_by_its_address(world: World) -> None:
    client = world.client("alder.champion")

    assert client.get(f"{HERE}hospitals/{world.participation('alder').public_id}/").status_code == 403
    assert client.get(f"{HERE}hospitals/{world.participation('birch').public_id}/").status_code == 403
    assert world.client("sam").get(HERE).status_code == 403
    assert world.client("stella").get(HERE).status_code == 404


def _file(world: World, name: str) -> list[dict[str, str]]:
    answer = world.client(name).get(f"{HERE}figures.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_the_file_has_the_own_rows_only(world: World) -> None:
    """The canary: no other hospital's name, number or row."""
    rows = _file(world, "alder.abstractor")
    with world.acting_as("alder.abstractor"):
        own = QualityFigures.objects.count()

    assert {row["hospital"] for row in rows} == {HOSPITALS["alder"][1]}
    assert len(rows) == own
    year = next(row for row in rows if row["cycle"] == "last twelve months")
    assert (year["cases"], year["complete"], year["known"], year["required"]) == ("31", "29", "144", "145")
    assert year["completeness"] == "0.9931"


def test_the_file_of_the_centre_has_everybody_and_not_known_is_empty(world: World) -> None:
    rows = _file(world, "cora")

    assert {row["hospital"] for row in rows} == {HOSPITALS[each][1] for each in COLECTOMY}
    assert {row["capture"] for row in rows if not row["eligible"]} == {""}
    with world.acting_as("dana"):
        assert AccessLog.objects.filter(subject="data-quality figures").count() == 1


def test_pages_ask_little(world: World) -> None:
    for name, path in (
        ("alder.clinician", ""),
        ("cora", ""),
        ("cora", f"hospitals/{world.participation('birch').public_id}/"),
    ):
        asked = page_queries(world.client(name), f"{HERE}{path}")
        assert len(asked) <= MOST_QUERIES, "\n".join(asked)


def test_the_middle_is_the_same_for_everybody_and_holds_no_hospital(world: World) -> None:
    seen = []
    for name in ("alder.clinician", "heron.champion"):
        with world.acting_as(name):
            seen.append(list(ProgrammeMedians.objects.values()))

    assert (seen[0], len(seen[0])) == (seen[1], 1)
    assert {value for name, value in seen[0][0].items() if name in {"completeness", "timeliness"}} == {0.99, 0.0}
