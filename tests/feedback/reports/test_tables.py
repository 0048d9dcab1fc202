"""Tables as files: the columns of the screen, cells that stand on the page, nothing a spreadsheet would run."""

import csv
import io
import re
from html import unescape

import pytest

from feedback.models import Release
from feedback.reports.selectors.columns import HOME, POOLED, SUMMARY, Column, Table, csv_text, hospitals
from tests.architecture.test_canary import foreign_to
from tests.architecture.tokens import documents
from tests.world import World
from tests.worlds import releases


HERE = "/c/colectomy-mi/"
PICTURES = {"Among peers", "Trend", "By quarter"}  # drawn, not written
TABLES = {
    "home": ("alder.champion", "", "measures.csv", HOME),
    "pooled": ("sam", "results/", "results/table.csv", POOLED),
    "hospitals": (
        "cora", "releases/{}/measures/ssi/", "releases/{}/measures/ssi/hospitals.csv", ()
    ),
    "not adjusted": (
        "cora", "releases/{}/measures/antibiotic/", "releases/{}/measures/antibiotic/hospitals.csv",
        (),
    ),
    "release": ("cora", "releases/{}/", "releases/{}/measures.csv", SUMMARY),
}  # fmt: skip


def fetched(world: World, which: str) -> tuple[str, list[list[str]], tuple[Column, ...]]:
    name, page, file, columns = TABLES[which]
    with world.acting_as("cora"):
        key = Release.objects.get(name=releases.NAME).public_id
    client = world.client(name)
    shown = client.get(f"{HERE}{page.format(key)}").content.decode()
    answer = client.get(f"{HERE}{file.format(key)}")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    if not columns:
        # Which measure is watched case by case is the worker's to say; the page and the file agree.
        columns = hospitals(adjusted=which == "hospitals", watched="CUSUM signal" in shown)
    return shown, list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))), columns


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


@pytest.mark.parametrize("which", TABLES)
def test_the_file_has_the_columns_of_the_screen(world: World, which: str) -> None:
    shown, lines, columns = fetched(world, which)
    headings = [each.heading for each in columns]
    tables = re.findall(r"<table.*?</table>", shown, re.DOTALL)
    heads = [
        [words(each) for each in re.findall(r"<th scope=\"col\"[^>]*>(.*?)</th>", table, re.DOTALL)] for table in tables
    ]
    on_screen = [each.heading for each in columns if not each.beside]

    assert headings in lines
    assert on_screen in [[each for each in head if each not in PICTURES] for head in heads]


@pytest.mark.parametrize("which", TABLES)
def test_every_cell_stands_on_its_page(world: World, which: str) -> None:
    """BA-08: a file never says more than the screen. What all statements of a table share, the screen says once."""
    shown, lines, columns = fetched(world, which)
    text = words(shown).replace(",", "")
    rows = lines[lines.index([each.heading for each in columns]) + 1 :]
    cells = {part for row in rows for cell in row for part in cell.split(" · ") if part}

    assert len(rows) >= 3
    assert {cell for cell in cells if " ".join(cell.replace(",", "").split()) not in text} == set()


@pytest.mark.parametrize(("which", "own"), [("home", "alder"), ("pooled", None)])
def test_a_file_tells_nothing_of_another_hospital(world: World, which: str, own: str | None) -> None:
    _, lines, _ = fetched(world, which)
    text = "\n".join(",".join(line) for line in lines)

    assert foreign_to(world, own).found_in(documents(text.encode())) == set()


def test_a_formula_is_text() -> None:
    table = Table(
        name="odd",
        head=(("=cmd|'/c calc'!A1",),),
        columns=(Column(heading="+Heading", attribute="real"),),
        rows=(-1,),
    )

    assert csv_text(table).splitlines() == ["\ufeff'=cmd|'/c calc'!A1", "", "'+Heading", "'-1"]


def test_a_release_without_members_gives_no_file(world: World) -> None:
    with world.acting_as("cora"):
        draft = Release.objects.get(name=releases.DRAFT).public_id

    for name, path in (("alder.champion", "measures.csv"), ("sam", "results/table.csv"), ("pat", "results/report.pdf")):
        assert world.client(name).get(f"{HERE}{path}?release={draft}").status_code == 404
