"""The pages on which coordinators change forms; everything here works without a script."""

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.test import Client

from measures.definition.file import load_definition
from measures.definition.spec import FormSpec
from measures.models import FormVersion
from tests.world import World
from tests.worlds import trials
from tests.worlds.counting import page_queries
from tests.worlds.definitions import FILE


FORMS = "/c/colectomy-mi/manage/forms/"
DRAFT = f"{FORMS}colectomy/draft/"
LEAK = {
    "label": "Anastomotic leak",
    "type": "one_of",
    "section": "outcome",
    "codes": "0, None\n1, Leak",
    "show_if": '[ssii] = "1"',
    "identifier": "none",
    "tier": "1",
    "missing": ["unknown"],
    "definition": "As seen at re-operation or on CT.",
}


@pytest.fixture
def cora(world: World) -> Iterator[Client]:
    client = world.client("cora")
    assert client.post(f"{DRAFT}start/").status_code == 302
    return client


def spec(world: World, slug: str = "colectomy") -> FormSpec:
    return version(world, slug).definition


def version(world: World, slug: str = "colectomy") -> FormVersion:
    with world.acting_as("cora"):
        return FormVersion.objects.select_related("form").get(form__slug=slug, status__in=("draft", "review"))


def page_of(client: Client, path: str, **data: Any) -> Any:
    return client.get(f"{DRAFT}{path}", data)


def test_the_list_tells_versions_and_the_draft(cora: Client) -> None:
    response = cora.get(FORMS)
    rows = {row.form.slug: row for row in response.context["rows"]}

    assert [(each.number, each.status) for each in rows["colectomy"].published] == [(2, "published"), (1, "published")]
    assert (rows["colectomy"].draft.number, rows["followup"].published) == (3, ())
    assert "Go on with the draft" in response.content.decode()


def test_list_and_draft_take_few_queries(cora: Client) -> None:
    assert len(page_queries(cora, FORMS)) <= 9
    assert len(page_queries(cora, DRAFT)) <= 14


def test_a_question_is_added_with_its_mistake_and_corrected_by_a_button(world: World, cora: Client) -> None:
    added = cora.post(f"{DRAFT}questions/new/", LEAK)
    pane = cora.get(added["Location"])

    assert added["Location"] == f"{DRAFT}questions/anastomotic_leak/"
    assert 'There is no variable "ssii" in the form.' in pane.content.decode().replace("&quot;", '"')
    assert 'value="show_if ssii ssi"' in pane.content.decode()

    form = pane.context["form"]
    again = {**LEAK, "name": "anastomotic_leak", "shown": form["shown"].value(), "use": "show_if ssii ssi"}
    cora.post(added["Location"], again)

    leak = spec(world).variable("anastomotic_leak")
    assert (leak.show_if, [code.label for code in leak.codes], leak.tier) == ('[ssi] = "1"', ["None", "Leak"], 1)
    assert b"Ready for review" in cora.get(DRAFT).content


def test_the_pane_shows_a_question_as_it_is_and_saving_changes_nothing(world: World, cora: Client) -> None:
    before = version(world)
    for variable in before.definition.variables:
        url = f"{DRAFT}questions/{variable.name}/"
        form = cora.get(url).context["form"]
        shown = {field.name: field.value() for field in form if field.value() not in (None, False)}
        shown |= {name: form[name].value() for name in ("codes", "scenarios", "aliases")}
        cora.post(
            url, {**shown, **{name: "\n".join(_lines(shown[name])) for name in ("codes", "scenarios", "aliases")}}
        )

    after = version(world)
    assert (after.digest, after.revision) == (before.digest, before.revision)


def _lines(value: Any) -> list[str]:
    return value.split("\n") if isinstance(value, str) else [str(each) for each in value or ()]


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"codes": "1"}, "codes", "Line 1: write the code, a comma and the label"),
        ({"codes": "1, A\n1, B"}, "codes", "Code 1 is here twice"),
        ({"codes": "a b, A"}, "codes", "Line 1: a code has letters"),
        ({"name": "Leak!"}, "name", "small letters, digits and _"),
        ({"name": "age"}, "name", "There is a question “age” already"),
        ({"type": "integer", "codes": "", "hard_min": "few"}, "hard_min", "is not a number."),
        ({"type": "date", "codes": "", "soft_max": "2026-13-01"}, "soft_max", "2026-13-01"),
        ({"label": ""}, "label", "required"),
    ],
)
def test_what_cannot_be_kept_is_said_beside_its_field(
    cora: Client, change: dict[str, str], field: str, words: str
) -> None:
    response = cora.post(f"{DRAFT}questions/new/", {**LEAK, **change})

    assert response.status_code == 422
    assert words in str(response.context["form"].errors[field])


def test_a_clash_shows_theirs_and_keeps_mine(world: World, cora: Client) -> None:
    url = f"{DRAFT}questions/comment/"
    shown = cora.get(url).context["form"]["shown"].value()
    mine = {"label": "Mine", "name": "comment", "type": "text", "section": "outcome", "identifier": "none", "tier": "2"}
    world.client("dana").post(url, {**mine, "label": "Theirs", "shown": shown})

    clash = cora.post(url, {**mine, "shown": shown})

    assert clash.status_code == 409
    assert [(each.label, each.before[0].text, each.after[0].text) for each in clash.context["conflict"].changes] == [
        ("Label", "Theirs", "Mine")
    ]
    assert spec(world).variable("comment").label == "Theirs"

    cora.post(url, {**mine, "shown": clash.context["form"]["shown"].value()})
    assert spec(world).variable("comment").label == "Mine"


def test_what_was_removed_is_put_back(world: World, cora: Client) -> None:
    shown = page_of(cora, "questions/drain/").context["form"]["shown"].value()
    cora.post(f"{DRAFT}remove/", {"kind": "variable", "name": "drain", "digest": shown})

    assert "drain" not in spec(world).by_name
    assert b"is removed." in cora.get(DRAFT).content

    cora.post(f"{DRAFT}restore/")
    assert [each.name for each in spec(world).in_section("operation")][-1] == "drain"


def test_parts_move_without_a_mouse(world: World, cora: Client) -> None:
    cora.post(f"{DRAFT}move/", {"kind": "variable", "name": "weight", "step": "-1"})

    assert [each.name for each in spec(world).in_section("patient")][:2] == ["weight", "age"]


def test_an_expression_is_checked_in_the_words_of_the_whole_check(cora: Client) -> None:
    asked = cora.post(f"{DRAFT}expression/", {"text": "[discharge] > [operation_date]"})
    fine = cora.post(f"{DRAFT}expression/", {"text": "[age] >= 65"})
    formula = cora.post(f"{DRAFT}expression/", {"text": "[age] + 1", "type": "integer"})

    assert asked.json()["problem"] == {
        "message": 'There is no variable "discharge" in the form.',
        "remedy": 'Did you mean "discharge_date"?',
        "position": 1,
        "wrong": "discharge",
        "suggestion": "discharge_date",
    }
    assert (fine.json()["problem"], formula.json()["problem"]) == (None, None)


def test_the_vocabulary_names_what_expressions_can(cora: Client) -> None:
    words = cora.get(f"{DRAFT}vocabulary.json").json()

    assert words["variables"][2]["codes"][0] == {"value": "1", "label": "Healthy"}
    assert {"name": "datediff", "example": 'datediff([admission_date], [discharge_date], "d")'} in words["functions"]


def test_name_event_date_and_imports_are_changed(world: World, cora: Client) -> None:
    response = cora.post(
        f"{DRAFT}form/",
        {
            "name": "Colectomy and more",
            "case_noun": "operation",
            "case_noun_plural": "operations",
            "event_date": "operation_date",
            "effective_from": "2026-07-01",
            "note": "Better words.",
            "case_number": "column",
            "case_number_aliases": "case",
            "hospital_aliases": "hospital",
            "constants": "discharge_date = 2026-01-05",
        },
    )

    changed = version(world)
    assert response.status_code == 302
    assert (changed.definition.name, changed.note, changed.effective_from) == (
        "Colectomy and more", "Better words.", date(2026, 7, 1),
    )  # fmt: skip
    assert changed.definition.imports.constants == {"discharge_date": date(2026, 1, 5)}
    assert changed.form.name == "Colectomy"


@pytest.mark.parametrize("constant", ["disch = 2026-01-05", "discharge_date = soon", "discharge_date ="])
def test_a_fixed_value_must_fit_its_question(cora: Client, constant: str) -> None:
    form = cora.get(f"{DRAFT}form/").context["form"]
    data = {
        field.name: field.value() or "" for field in form if field.name.endswith(("noun", "plural", "name", "date"))
    }

    response = cora.post(
        f"{DRAFT}form/", {**data, "effective_from": "2026-07-01", "case_number": "column", "constants": constant}
    )

    assert "constants" in response.context["form"].errors


# Files ----------------------------------------------------------------------------------------------------------------


def upload(text: str, name: str) -> BytesIO:
    file = BytesIO(text.encode())
    file.name = name
    return file


@pytest.mark.parametrize(("file_format", "ending"), [("redcap", "csv"), ("yaml", "yaml")])
def test_a_downloaded_version_comes_back_as_a_draft_without_loss(
    world: World, cora: Client, file_format: str, ending: str
) -> None:
    text = cora.get(f"/c/colectomy-mi/dictionary/colectomy/2/{file_format}/").content.decode()
    cora.post(f"{DRAFT}discard/")

    file = upload(text, f"form.{ending}")
    response = cora.post(f"{FORMS}colectomy/upload/", {"file": file, "event_date": "operation_date"})

    with world.acting_as("cora"):
        published = FormVersion.objects.get(form__slug="colectomy", number=2)
    assert response.status_code == 302, response.context["form"].errors
    assert version(world).definition == published.definition


def test_a_file_with_mistakes_says_where_and_changes_nothing(world: World, cora: Client) -> None:
    before = version(world).digest
    text = cora.get("/c/colectomy-mi/dictionary/colectomy/2/redcap/").content.decode()

    file = upload(text.replace("[antibiotic]", "[antibiotix]"), "form.csv")
    response = cora.post(f"{FORMS}colectomy/upload/", {"file": file, "event_date": "operation_date"})

    (error,) = response.context["form"].errors_of_file
    assert (response.status_code, error.remedy, version(world).digest) == (422, 'Did you mean "antibiotic"?', before)


def test_a_new_form_from_nothing_a_copy_and_a_file(world: World, cora: Client) -> None:
    redcap = cora.get("/c/colectomy-mi/dictionary/colectomy/2/redcap/").content.decode()
    blank = cora.post(f"{FORMS}new/", {"name": "Ninety days", "start": "blank"})
    copy = cora.post(f"{FORMS}new/", {"name": "Rectum", "slug": "rectum", "start": "copy", "copy_of": "colectomy"})
    file = upload(redcap, "form.csv")
    read = cora.post(f"{FORMS}new/", {"name": "Anus", "start": "file", "file": file, "event_date": "operation_date"})
    twice = cora.post(f"{FORMS}new/", {"name": "Rectum", "start": "blank"})

    assert [each.status_code for each in (blank, copy, read, twice)] == [302, 302, 302, 422]
    assert [each.name for each in spec(world, "ninety-days").variables] == ["event_date"]
    assert (spec(world, "rectum").name, len(spec(world, "rectum").variables)) == ("Rectum", 14)
    assert len(spec(world, "anus").variables) == 14


def test_the_definition_of_the_collaborative_is_the_file_that_was_loaded(world: World, cora: Client) -> None:
    text = cora.get("/c/colectomy-mi/dictionary/definition.yaml").content.decode()

    read, loaded = load_definition(text, "a"), load_definition(FILE.read_text(), "b")
    models = tuple(each for each in read.risk_models if each.slug != trials.MODEL.slug)  # drafted in the editor since
    assert (read.forms, read.measures, models) == (loaded.forms, loaded.measures, loaded.risk_models)


def test_drafts_are_not_for_hospitals(world: World, cora: Client) -> None:
    abstractor = world.client("alder.abstractor")

    assert abstractor.get("/c/colectomy-mi/dictionary/colectomy/3/redcap/").status_code == 404
    assert abstractor.get("/c/colectomy-mi/dictionary/colectomy/2/redcap/").status_code == 200
    assert abstractor.get("/c/colectomy-mi/dictionary/followup/difference/").status_code == 404
    assert abstractor.get("/c/colectomy-mi/dictionary/colectomy/difference/").context["page"].new.number == 2
    assert cora.get("/c/colectomy-mi/dictionary/colectomy/difference/").context["page"].new.number == 3


# The dictionary -------------------------------------------------------------------------------------------------------


def test_the_dictionary_tells_what_is_new_and_where_it_is_used(world: World) -> None:
    page = world.client("alder.clinician").get("/c/colectomy-mi/dictionary/").context["page"]
    entries = {entry.name: entry for section in page.sections for entry in section.entries}

    assert (entries["drain"].since, entries["age"].since) == ("new in version 2", "")
    assert [(each.kind, each.slug) for each in entries["asa"].used_in] == [
        ("measure", "ssi"),
        ("risk model", "ssi_model"),
    ]
