"""The pages on which a measure is written, reviewed, published and retired; everything here works without a script."""

import json
from typing import Any

import pytest
from django.test import Client

from measures.definition.fhir_measure import measure_of
from measures.definition.file import load_definition
from measures.definition.spec import MeasureSpec
from measures.models import MeasureVersion
from tests.world import World
from tests.worlds.counting import page_queries


LIST = "/c/colectomy-mi/manage/measures/"
MEASURE = f"{LIST}ssi/"
DRAFT = f"{MEASURE}draft/"
TODAY = "2026-01-05"


@pytest.fixture
def cora(world: World) -> Client:
    client = world.client("cora")
    assert client.post(f"{MEASURE}start/").status_code == 302
    return client


def spec(world: World, slug: str = "ssi") -> MeasureSpec:
    return version(world, slug).definition


def version(world: World, slug: str = "ssi") -> MeasureVersion:
    with world.acting_as("cora"):
        found = MeasureVersion.objects.select_related("measure", "form").filter(measure__slug=slug)
        return found.order_by("-number")[0]


def shown(client: Client, url: str = DRAFT) -> dict[str, Any]:
    """The page as a browser would send it back."""
    form = client.get(url).context["form"]
    fields = [*form, *(field for each in form.exclusion_forms for field in each)]
    return {field.html_name: _sent(field.value()) for field in fields if field.value() is not None}


def _sent(value: Any) -> Any:
    if isinstance(value, tuple):
        return "\n".join(value) if value and " " in value[0] else list(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def saved(client: Client, **change: Any) -> Any:
    return client.post(DRAFT, {**shown(client), **change})


def test_the_list_tells_version_review_and_draft(world: World, cora: Client) -> None:
    rows = {row.measure.slug: row for row in cora.get(LIST).context["rows"]}

    assert (rows["ssi"].in_use.number, rows["ssi"].draft.number) == (1, 2)
    assert (rows["drained"].published, rows["drained"].draft.number) == ((), 1)
    assert b"Go on with version 2" in cora.get(LIST).content


def test_an_overdue_review_is_marked(world: World, cora: Client) -> None:
    change = {"reviewed_on": "2019-01-01", "next_review_on": "2020-01-01"}
    cora.post(DRAFT, {**shown(cora), **change})
    cora.post(f"{DRAFT}submit/", {"note": "Dates."})
    world.client("dana").post(f"{MEASURE}review/", {"effective_from": day(world), "note": "Dates."})

    assert b"Overdue" in cora.get(LIST).content


def day(world: World) -> str:
    return version(world).effective_from.isoformat()


def test_list_draft_and_history_take_few_queries(cora: Client) -> None:
    assert len(page_queries(cora, LIST)) <= 9
    assert len(page_queries(cora, DRAFT)) <= 12
    assert len(page_queries(cora, MEASURE)) <= 9


def test_showing_and_saving_changes_nothing(world: World, cora: Client) -> None:
    before = version(world)

    response = cora.post(DRAFT, shown(cora))

    assert (response.status_code, version(world).digest, version(world).revision) == (
        302,
        before.digest,
        before.revision,
    )


def test_everything_a_measure_says_can_be_written(world: World, cora: Client) -> None:
    change = {
        "name": "Deep infection",
        "population": "[age] >= 18",
        "numerator": '[ssi] = "1"\r\nand [drain] = "0"',
        "exclusion-1-label": "Over ninety",
        "exclusion-1-when": "[age] > 90",
        "stratifiers": ["asa", "drain"],
        "aim_statement": "Fewer.",
        "aim_target": "0.030",
        "what_you_can_do": "Wash.\nWash again.",
        "author": "One",
        "checker": "Other",
        "chart": "funnel",
        "minimum_cases": "20",
    }

    saved(cora, **change)
    found = spec(world)

    assert (found.name, found.population, found.minimum_cases, found.chart.value) == (
        "Deep infection",
        "[age] >= 18",
        20,
        "funnel",
    )
    assert found.numerator == '[ssi] = "1" and [drain] = "0"'
    assert [(each.name, each.label, each.when) for each in found.exclusions] == [
        ("threat_to_life", "ASA class 4", '[asa] = "4"'),
        ("over_ninety", "Over ninety", "[age] > 90"),
    ]
    assert found.aim is not None
    assert (found.stratifiers, str(found.aim.target), found.what_you_can_do) == (
        ("asa", "drain"),
        "0.03",
        ("Wash.", "Wash again."),
    )
    assert b"Ready for review" in cora.get(DRAFT).content


def test_a_typo_is_said_with_its_remedy_and_corrected_by_a_button(world: World, cora: Client) -> None:
    saved(cora, numerator='[ssii] = "1"')
    page = cora.get(DRAFT).content.decode().replace("&quot;", '"')
    assert 'There is no variable "ssii" in the form.' in page
    assert 'value="numerator ssii ssi"' in page

    saved(cora, use="numerator ssii ssi")

    assert spec(world).numerator == '[ssi] = "1"'


def test_a_typo_in_an_exclusion_too(world: World, cora: Client) -> None:
    saved(cora, **{"exclusion-0-when": '[asaa] = "4"'})
    assert b'value="exclusion-0-when asaa asa"' in cora.get(DRAFT).content

    saved(cora, use="exclusion-0-when asaa asa")

    assert spec(world).exclusions[0].when == '[asa] = "4"'


def test_exclusions_move_and_go(world: World, cora: Client) -> None:
    saved(cora, **{"exclusion-1-label": "Old", "exclusion-1-when": "[age] > 90"})

    moved = saved(cora, exclusion="up 1")
    assert (moved["Location"], [each.name for each in spec(world).exclusions]) == (
        f"{DRAFT}#exclusions",
        ["old", "threat_to_life"],
    )
    saved(cora, exclusion="down 0")
    assert [each.name for each in spec(world).exclusions] == ["threat_to_life", "old"]
    saved(cora, exclusion="remove 0")
    assert [each.name for each in spec(world).exclusions] == ["old"]
    saved(cora, exclusion="up 9")
    assert [each.name for each in spec(world).exclusions] == ["old"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"minimum_cases": "few"}, "Enter a whole number."),
        ({"next_review_on": "soon"}, "Enter a valid date."),
        ({"name": ""}, "This field is required."),
        ({"exclusion-0-label": ""}, "Say in words who is left out."),
        ({"exclusion-0-name": "Not a name!"}, "Use small letters"),
        ({"risk_model": "nothing"}, "not one of the available choices"),
    ],
)
def test_what_cannot_be_kept_is_said_beside_its_field(
    world: World, cora: Client, change: dict[str, str], words: str
) -> None:
    before = version(world).digest

    response = saved(cora, **change)

    assert (response.status_code, version(world).digest) == (422, before)
    assert words in response.content.decode()


def test_two_who_write_see_both_sides(world: World, cora: Client) -> None:
    hers, his = shown(cora), world.client("ben")
    his.post(DRAFT, {**hers, "name": "His"})

    refused = cora.post(DRAFT, {**hers, "name": "Hers"})
    again = cora.post(DRAFT, {**hers, "name": "Hers", "shown": refused.context["form"]["shown"].value()})

    assert (refused.status_code, again.status_code, spec(world).name) == (409, 302, "Hers")
    assert b"Somebody else changed this draft meanwhile" in refused.content


def test_from_draft_to_members_and_back(world: World, cora: Client) -> None:
    dana = world.client("dana")
    saved(cora, population="[age] >= 18")
    assert cora.post(f"{DRAFT}submit/", {"note": "Adults."})["Location"] == f"{MEASURE}review/"
    assert b"You wrote on this draft" in cora.get(f"{MEASURE}review/").content
    own = cora.post(f"{MEASURE}review/", {"effective_from": day(world), "note": "Adults."})
    assert own.status_code == 422

    review = dana.get(f"{MEASURE}review/").content.decode()
    assert "[age]" in review
    done = dana.post(f"{MEASURE}review/", {"effective_from": day(world), "note": "Adults only."})
    log = dana.get(MEASURE).content.decode()

    assert (done["Location"], version(world).status) == (MEASURE, "published")
    assert "Adults only." in log
    assert "Written by Cora" in log


def test_a_draft_is_returned_with_a_comment(world: World, cora: Client) -> None:
    cora.post(f"{DRAFT}submit/", {"note": "x"})
    world.client("dana").post(f"{DRAFT}return/", {"comment": "Why so?"})

    assert b"Why so?" in cora.get(DRAFT).content


def test_a_draft_is_discarded_and_taken_up(world: World, cora: Client) -> None:
    cora.post(f"{DRAFT}discard/")
    assert cora.get(DRAFT).status_code == 404
    cora.post(f"{DRAFT}reopen/")
    assert cora.get(DRAFT).status_code == 200


def test_a_measure_is_retired_with_a_reason(world: World, cora: Client) -> None:
    dana, url = world.client("dana"), f"{LIST}readmission/"
    assert dana.post(f"{url}retire/", {"reason": ""}).status_code == 422

    dana.post(f"{url}retire/", {"reason": "Nobody acts on it.", "certain": "on"})

    assert version(world, "readmission").status == "retired"
    assert b"Nobody acts on it." in cora.get(url).content
    assert b"Retired" in cora.get(LIST).content


def test_a_new_measure_begins_empty_or_as_a_copy(world: World, cora: Client) -> None:
    empty = {"name": "Length of stay", "form": "colectomy"}
    assert cora.post(f"{LIST}new/", empty)["Location"] == f"{LIST}length_of_stay/draft/"
    assert cora.post(f"{LIST}new/", empty).status_code == 422
    assert cora.post(f"{LIST}new/", {**empty, "slug": "new"}).status_code == 422
    cora.post(f"{LIST}new/", {**empty, "slug": "ssi2", "copy_of": "ssi"})

    copy = spec(world, "ssi2")
    assert (copy.slug, copy.name, copy.numerator, copy.risk_model) == ("ssi2", "Length of stay", '[ssi] = "1"', None)
    assert "needs a numerator" in cora.get(f"{LIST}length_of_stay/draft/").content.decode()


def test_two_versions_stand_side_by_side(world: World, cora: Client) -> None:
    saved(cora, numerator='[ssi] = "1" and [drain] = "0"', why_it_matters="It costs lives.")

    page = cora.get(f"{MEASURE}difference/").context["page"]

    assert (page.old.number, page.new.number) == (1, 2)
    assert [each.label for each in page.difference.counting] == ["Numerator"]
    assert [each.label for each in page.difference.showing] == ["Why it matters"]
    assert cora.get(f"{LIST}drained/difference/").context["page"] is None


def test_a_version_goes_out_as_fhir_and_comes_back(world: World, cora: Client) -> None:
    saved(
        cora,
        population="[age] >= 18",
        author="One",
        aim_statement="Fewer",
        aim_target="0.03",
        next_review_on="2030-01-01",
    )

    file = json.loads(cora.get(f"{MEASURE}2/fhir/").content)

    assert measure_of(file) == spec(world)
    assert (file["resourceType"], file["status"], file["version"]) == ("Measure", "draft", "2")
    codes = [each["code"]["coding"][0]["code"] for each in file["group"][0]["population"]]
    assert codes == ["initial-population", "denominator-exclusion", "numerator"]


def test_a_version_goes_out_as_a_definition_file_and_comes_back(world: World, cora: Client) -> None:
    text = cora.get(f"{MEASURE}1/yaml/").content.decode()

    definition = load_definition(text, "ssi.yaml")

    assert definition.measures == (version_number(world, 1).definition,)
    assert [model.slug for model in definition.risk_models] == ["ssi_model"]


def version_number(world: World, number: int) -> MeasureVersion:
    with world.acting_as("cora"):
        return MeasureVersion.objects.get(measure__slug="ssi", number=number)


def test_what_is_typed_is_checked_and_completed(cora: Client) -> None:
    wrong = cora.post(f"{DRAFT}expression/", {"text": "[agee] > 1"}).json()["problem"]
    value = cora.post(f"{DRAFT}expression/", {"text": "[comment]", "type": "decimal"}).json()["problem"]
    names = [each["name"] for each in cora.get(f"{DRAFT}vocabulary.json").json()["variables"]]

    assert (wrong["suggestion"], value is None) == ("age", False)
    assert "asa" in names
