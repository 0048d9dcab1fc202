"""The pages on which a risk model is written, reviewed, published and retired; everything here works without a script."""

from typing import Any

import pytest
from django.test import Client

from measures.definition.spec import RiskModelSpec
from measures.models import RiskModelVersion
from tests.world import World
from tests.worlds.counting import page_queries


LIST = "/c/colectomy-mi/manage/models/"
MODEL = f"{LIST}ssi_model/"
DRAFT = f"{MODEL}draft/"


@pytest.fixture
def ben(world: World) -> Client:
    client = world.client("ben")
    assert client.post(f"{MODEL}start/").status_code == 302
    return client


def version(world: World, slug: str = "ssi_model") -> RiskModelVersion:
    with world.acting_as("ben"):
        found = RiskModelVersion.objects.select_related("risk_model").filter(risk_model__slug=slug)
        return found.order_by("-number")[0]


def spec(world: World) -> RiskModelSpec:
    return version(world).definition


def shown(client: Client) -> dict[str, Any]:
    """The page as a browser would send it back."""
    form = client.get(DRAFT).context["form"]
    fields = [*form, *(field for each in form.covariate_forms for field in each)]
    return {field.html_name: _sent(field.value()) for field in fields if field.value() is not None}


def _sent(value: Any) -> Any:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return value.isoformat() if hasattr(value, "isoformat") else value


def test_list_tells_version_review_trials_and_draft(world: World, ben: Client) -> None:
    rows = {row.model.slug: row for row in ben.get(LIST).context["rows"]}

    assert (rows["ssi_model"].in_use.number, rows["ssi_model"].draft.number) == (1, 2)
    assert (rows["readmission_risk"].in_use.number, rows["readmission_risk"].draft.number) == (1, 2)
    assert b"Go on with version 2" in ben.get(LIST).content


def test_showing_and_saving_changes_nothing(world: World, ben: Client) -> None:
    before = version(world)

    response = ben.post(DRAFT, shown(ben))

    after = version(world)
    assert (response.status_code, after.digest, after.revision) == (302, before.digest, before.revision)


def test_everything_a_model_says_can_be_written(world: World, ben: Client) -> None:
    change = {
        "name": "Infection by age and drain",
        "missing_rule": "exclude",
        "reviewed_on": "2026-01-05",
        "next_review_on": "2027-01-05",
        "covariate-0-kind": "spline",
        "covariate-0-centre": "60.0",
        "covariate-0-scale": "10",
        "covariate-0-knots": "45 55, 65; 75",
        "covariate-2-variable": "drain",
        "covariate-2-kind": "yes_no",
        "covariate-2-centre": "5",
    }
    assert ben.post(DRAFT, {**shown(ben), **change}).status_code == 302

    found = spec(world)
    age, asa, drain = found.covariates
    assert (found.name, found.missing_rule.value) == ("Infection by age and drain", "exclude")
    assert (str(age.centre), str(age.scale), [str(knot) for knot in age.knots]) == (
        "60",
        "10",
        ["45", "55", "65", "75"],
    )
    assert (asa.kind.value, asa.reference) == ("category", "2")
    assert (drain.variable, drain.centre) == ("drain", None)


@pytest.mark.parametrize(
    ("pressed", "order"),
    [("up 1", ["asa", "age"]), ("down 0", ["asa", "age"]), ("remove 0", ["asa"]), ("up 9", ["age", "asa"])],
)
def test_covariates_are_moved_and_removed(world: World, ben: Client, pressed: str, order: list[str]) -> None:
    response = ben.post(DRAFT, {**shown(ben), "covariate": pressed})

    assert [each.variable for each in spec(world).covariates] == order
    assert response["Location"].endswith("#covariates")


def test_mistakes_stand_under_their_box_with_the_nearest_name(world: World, ben: Client) -> None:
    ben.post(DRAFT, {**shown(ben), "covariate-0-variable": "agee"})

    text = ben.get(DRAFT).content.decode()
    assert "There is no variable &quot;agee&quot; in form &quot;colectomy&quot;." in text
    assert "age" in text
    assert 'data-problem="part-covariate-0-variable"' in text


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"covariate-0-scale": "0"}, "Give a scale above 0"),
        ({"covariate-0-knots": "10, x"}, "Write numbers with commas between them"),
        ({"covariate-0-variable": "", "covariate-0-knots": "10"}, "Name a variable of the form."),
    ],
)
def test_what_cannot_be_read_is_not_saved(ben: Client, change: dict[str, str], message: str) -> None:
    response = ben.post(DRAFT, {**shown(ben), **change})

    assert response.status_code == 422
    assert message in response.content.decode()


def test_stale_page_shows_both_sides_and_saves_nothing(world: World, ben: Client) -> None:
    stale = shown(ben)
    world.client("cora").post(DRAFT, {**shown(world.client("cora")), "name": "Theirs"})

    response = ben.post(DRAFT, {**stale, "name": "Mine"})

    assert (response.status_code, spec(world).name) == (409, "Theirs")
    assert b"Somebody else changed this draft meanwhile" in response.content


def test_two_people_publish_and_the_measure_follows(world: World, ben: Client) -> None:
    ben.post(DRAFT, {**shown(ben), "covariate-0-scale": "5"})
    assert ben.post(f"{DRAFT}submit/", {"note": "Five years a step."}).status_code == 302
    own = ben.get(f"{MODEL}review/").content.decode()
    assert "You wrote on this draft" in own

    dana = world.client("dana")
    page = dana.get(f"{MODEL}review/").content.decode()
    assert "A model stays for a year" in page
    day = version(world).effective_from.isoformat()
    response = dana.post(f"{MODEL}review/", {"effective_from": day, "note": "Five years a step."}, follow=True)

    text = response.content.decode()
    assert "Version 2 of Infection after colectomy is published." in text
    assert "Surgical site infection uses it from version 2 on" in text or "uses it from version 2 on" in text
    assert version(world).status == "published"


def test_page_of_two_versions_marks_what_changed(ben: Client) -> None:
    ben.post(DRAFT, {**shown(ben), "covariate-0-scale": "5"})

    text = ben.get(f"{MODEL}difference/?old=1&new=2").content.decode()
    assert "Version 1" in text
    assert "changed" in text


def test_new_model_begins_as_an_empty_draft(world: World) -> None:
    client = world.client("ben")

    response = client.post(f"{LIST}new/", {"name": "Antibiotic risk", "slug": "", "outcome": "antibiotic"})

    assert response["Location"] == f"{LIST}antibiotic_risk/draft/"
    assert version(world, "antibiotic_risk").definition.covariates == ()
    assert b"No covariate yet." in client.get(response["Location"]).content
    again = client.post(f"{LIST}new/", {"name": "Antibiotic risk", "slug": "", "outcome": "antibiotic"})
    assert again.status_code == 422


def test_retiring_what_a_measure_uses_says_why_not(world: World) -> None:
    client = world.client("dana")

    response = client.post(f"{MODEL}retire/", {"reason": "Old."})

    assert response.status_code == 422
    assert "is adjusted by this model" in response.content.decode()


def test_definition_file_is_offered_for_every_version(ben: Client) -> None:
    response = ben.get(f"{MODEL}2/definition.yaml")

    assert response.status_code == 200
    assert response["Content-Disposition"] == 'attachment; filename="ssi_model-v2.yaml"'
    assert ben.get(f"{MODEL}9/definition.yaml").status_code == 404


@pytest.mark.parametrize("name", ["alder.champion", "vera"])
def test_others_find_none_of_it(world: World, name: str) -> None:
    client = world.client(name)

    assert [client.get(address).status_code for address in (LIST, MODEL, DRAFT, f"{MODEL}review/")] == [403] * 4


def test_pages_take_few_queries(ben: Client) -> None:
    found = {address: len(page_queries(ben, address)) for address in (LIST, DRAFT, MODEL, f"{MODEL}review/")}

    assert {address: count for address, count in found.items() if count > 12} == {}
