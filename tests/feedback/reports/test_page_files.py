"""The page of a measure as a file: what the page shows, whichever view is open, for those who may see the page."""

import re
from html import unescape

import pytest
from django.http import HttpResponse

from events.models import AccessLog
from tests.architecture.pdf_text import pdf_texts, pdf_words
from tests.architecture.test_canary import foreign_to
from tests.world import World
from tests.worlds.counting import page_queries


HERE = "/c/colectomy-mi/"
VIEWS = ("compare", "time", "cases", "definition")


def page(world: World, name: str, query: str) -> str:
    return world.client(name).get(f"{HERE}measures/ssi/?{query}").content.decode()


def file(world: World, name: str, query: str, slug: str = "ssi") -> HttpResponse:
    return world.client(name).get(f"{HERE}measures/{slug}/report.pdf?{query}")


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", unescape(re.sub(r"<[^>]+>", "", text)))


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_offers_its_file(world: World, view: str) -> None:
    shown, answer = page(world, "alder.clinician", f"view={view}"), file(world, "alder.clinician", f"view={view}")
    content = answer.content

    assert f'href="{HERE}measures/ssi/report.pdf?view={view}&amp;release=' in shown
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    for mark in (b"/MarkInfo", b"/Lang(en-GB)", b"<pdfuaid:part>1</pdfuaid:part>", b"/StructTreeRoot", b"/Title"):
        assert mark in content, mark
    assert "Surgical-siteinfection" in pdf_words(content)
    assert "Printed:" in pdf_words(content)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("hospital", ["alder", "birch"])
def test_a_file_tells_nothing_of_another_hospital(world: World, hospital: str, view: str) -> None:
    """BA-18."""
    texts = pdf_texts(file(world, f"{hospital}.champion", f"view={view}").content)

    assert foreign_to(world, hospital).found_in(texts) == set()


def test_the_comparison_says_what_the_page_says(world: World) -> None:
    shown = page(world, "alder.clinician", "view=compare")
    words = pdf_words(file(world, "alder.clinician", "view=compare").content)

    flow = shown.partition('id="case-flow"')[2].partition("</table>")[0]
    cells = [squeezed(each) for each in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", flow, re.DOTALL)]
    values = [squeezed(each) for each in re.findall(r"<dd[^>]*>\s*<b>(.*?)</b>", shown, re.DOTALL)]
    sentence = re.findall(r'<p class="lede">(.*?)</p>', shown, re.DOTALL)[0]
    statement = re.findall(r"data-statement[^>]*>(.*?)</(?:span|p)>", shown, re.DOTALL)[0].partition("</b>")[2]

    assert len(cells) > 8
    assert [each for each in (*cells, *values, squeezed(sentence)) if each not in words and each != "none"] == []
    assert squeezed(statement.partition("<a")[0]).rstrip(".") in words


def test_the_course_is_told_in_words(world: World) -> None:
    """Special causes, changes of the definition and notes: what the chart marks, everybody can read below it."""
    words = pdf_words(file(world, "alder.clinician", "view=time").content)

    assert "Thewordsbelowitsaywhatitshows" in words
    assert re.search(r"Ratefrom[\d.]+%in|Observed/expectedfrom", words)


@pytest.mark.parametrize("outcome", ["met", "not_met", "excluded", "cannot_tell", "all"])
def test_the_list_of_cases_has_every_case_of_the_page(world: World, outcome: str) -> None:
    query = f"view=cases&outcome={outcome}"
    numbers = re.findall(r'<th scope="row" class="tight">(.*?)</th>', page(world, "alder.clinician", query), re.DOTALL)
    words = pdf_words(file(world, "alder.clinician", query).content)

    assert [each for each in map(squeezed, numbers) if each not in words] == []
    assert "toreview,withinthehospital,thecases" in words
    assert squeezed(world.user("alder.clinician").full_name) in words


def test_a_list_of_cases_is_noted_as_one(world: World) -> None:
    file(world, "alder.clinician", "view=cases")
    with world.acting_as("dana"):
        entry = AccessLog.objects.order_by("-pk")[0]

    assert (entry.action, entry.participation_id) == ("exported", world.participation("alder").pk)
    assert entry.subject.startswith("list of cases of ssi, release ")


def test_the_centre_takes_the_definition_and_nothing_of_a_hospital(world: World) -> None:
    for view in VIEWS:
        answer = file(world, "cora", f"view={view}")
        assert answer.status_code == 200
        assert "Whichcasescount,andhow" in pdf_words(answer.content)
        assert foreign_to(world, None).found_in(pdf_texts(answer.content)) == set()


@pytest.mark.parametrize("name", ["sam", "pat"])
def test_observers_have_no_page_and_no_file(world: World, name: str) -> None:
    assert [file(world, name, f"view={view}").status_code for view in VIEWS] == [403] * 4


@pytest.mark.parametrize("query", ["view=cases&page=7", "view=nonsense", "group=nothing%3D1", "release="])
def test_odd_questions_have_the_answer_of_the_page(world: World, query: str) -> None:
    assert file(world, "alder.clinician", query).content.startswith(b"%PDF-")


def test_what_is_nowhere_has_no_file(world: World) -> None:
    assert file(world, "alder.clinician", "", slug="nothing").status_code == 404
    assert file(world, "alder.clinician", "release=0b1b4d7e-0000-4000-8000-000000000000").status_code == 404


@pytest.mark.parametrize("view", VIEWS)
def test_files_take_few_queries(world: World, view: str) -> None:
    assert len(page_queries(world.client("alder.clinician"), f"{HERE}measures/ssi/report.pdf?view={view}")) <= 12
