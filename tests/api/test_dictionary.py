"""The data dictionary for programs."""

from tests.api.conftest import Program
from tests.world import World


def test_forms_and_versions(world: World, alder: Program) -> None:
    (form,) = alder.get("dictionary/").json()["forms"]

    assert (form["form"], form["label"]) == ("colectomy", "Colectomy")
    assert [(each["number"], each["effective_from"], each["effective_to"]) for each in form["versions"]] == [
        (1, "2024-01-01", "2025-12-31"),
        (2, "2026-01-01", None),
    ]


def test_a_version_says_all_that_the_form_knows(world: World, alder: Program) -> None:
    body = alder.get("dictionary/colectomy/2/").json()

    questions = {each["name"]: each for each in body["questions"]}
    assert (body["event_date"], body["note"], len(questions)) == ("operation_date", "Asks for drains.", 14)
    assert questions["age"]["range"] == {"hard_min": 18, "hard_max": 110, "soft_min": None, "soft_max": 99}
    assert questions["asa"]["codes"][0] == {"value": "1", "label": "Healthy"}
    assert questions["antibiotic"]["missing"] == ["not_documented", "not_applicable"]
    assert questions["antibiotic_at"]["show_if"]["text"] == '[antibiotic] = "1"'
    assert questions["stay"]["calculation"]["tree"]["node"]
    assert [each["name"] for each in body["rules"]] == ["discharge_before_operation", "heavy_and_healthy"]
    assert body["rules"][0]["when"]["text"] == "[discharge_date] < [operation_date]"


def test_a_version_that_is_not_published(world: World, alder: Program) -> None:
    assert [alder.get(f"dictionary/{each}/").status_code for each in ("colectomy/3", "other/1")] == [404, 404]
