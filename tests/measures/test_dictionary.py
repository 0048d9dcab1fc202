"""The data dictionary page."""

import pytest

from measures.selectors.dictionary import dictionary_page
from tests.world import World
from tests.worlds.counting import page_queries


URL = "/c/colectomy-mi/dictionary/"


def test_dictionary_shows_every_question_of_the_newest_version(world: World) -> None:
    response = world.client("alder.clinician").get(URL)
    page = response.context["page"]

    assert response.status_code == 200
    assert [(section.label, len(section.entries)) for section in page.sections] == [
        ("Patient", 4),
        ("Operation", 5),
        ("Outcome to 30 days", 5),
    ]
    assert b'id="drain"' in response.content
    assert b"Calculated: datediff(" in response.content
    assert b"Possible: 18 to 110" in response.content
    assert b"Two classes on two sheets" in response.content


def test_dictionary_shows_an_earlier_version(world: World) -> None:
    response = world.client("cora").get(URL, {"version": "1"})

    assert response.context["page"].version.number == 1
    assert b'id="drain"' not in response.content


@pytest.mark.parametrize(
    ("search", "names"),
    [
        ("weight", ["weight"]),
        ("surgery_date", ["operation_date"]),
        ("chronic lung", ["conditions"]),
        ("PROPHYLAXIS", ["antibiotic_at"]),
        ("nothing like it", []),
    ],
)
def test_dictionary_finds_names_labels_codes_and_definitions(world: World, search: str, names: list[str]) -> None:
    with world.acting_as("cora") as cora:
        page = dictionary_page(cora.collaborative_id, form="", version="", search=search)

    assert page is not None
    assert [entry.name for section in page.sections for entry in section.entries] == names


def test_dictionary_is_empty_before_anything_is_published(world: World) -> None:
    response = world.client("hanna").get("/c/hernia-lakes/dictionary/")

    assert response.context["page"] is None
    assert b"Nothing is published yet" in response.content


def test_dictionary_is_not_for_observers(world: World) -> None:
    assert world.client("sam").get(URL).status_code == 403


def test_dictionary_takes_few_queries(world: World) -> None:
    assert len(page_queries(world.client("alder.clinician"), URL)) <= 8
