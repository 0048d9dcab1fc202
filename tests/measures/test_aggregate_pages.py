"""A measure of supplied figures in the editor: the fields that apply, no conditions, no cases to preview on."""

import json
import re
from typing import Any

from django.test import Client

from events.models import Job
from measures.definition.fhir_measure import measure_of
from measures.definition.file import load_definition
from measures.definition.spec import Figures, MeasureSource
from measures.models import MeasureVersion
from tests.measures.test_measure_pages import LIST, TODAY, shown
from tests.world import World


MEASURE = f"{LIST}flu_shots/"
DRAFT = f"{MEASURE}draft/"
WORDS = {"figures_numerator": "Staff with a flu shot", "figures_denominator": "Staff"}


def made(world: World) -> Client:
    client = world.client("cora")
    sent = {"name": "Flu shots of staff", "slug": "flu_shots", "form": "-supplied", "copy_of": ""}
    assert client.post(f"{LIST}new/", sent).status_code == 302
    return client


def version(world: World) -> MeasureVersion:
    with world.acting_as("cora"):
        return MeasureVersion.objects.select_related("measure").get(measure__slug="flu_shots")


def saved(client: Client, **change: Any) -> Any:
    return client.post(DRAFT, {**shown(client, DRAFT), **change})


def text_of(client: Client, url: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", client.get(url).content.decode()))


def test_new_measure_of_supplied_figures_begins_without_a_form(world: World) -> None:
    client = made(world)
    page, found = client.get(DRAFT), version(world)

    assert (found.form_id, found.definition.source, found.definition.form) == (None, MeasureSource.AGGREGATE, "")
    assert {"figures_numerator", "figures_denominator", "figures_expected"} <= page.context["form"].fields.keys()
    assert {"population", "numerator", "value", "kind", "risk_model", "stratifiers"}.isdisjoint(
        page.context["form"].fields
    )
    assert [problem.field for problem in page.context["page"].problems] == ["figures_numerator", "figures_denominator"]


def test_its_page_has_no_cases_to_preview_on(world: World) -> None:
    client = made(world)
    text = text_of(client, DRAFT)

    assert ("Figures are supplied" in text, "Preview on real cases" in text, "Exclusions" in text) == (
        True,
        False,
        False,
    )
    preview = client.post(f"{MEASURE}preview/", {"saved": "1"})
    assert (preview.status_code, client.get(f"{DRAFT}vocabulary.json").status_code) == (404, 404)


def test_texts_and_figures_are_written_reviewed_and_published(world: World) -> None:
    client, dana = made(world), world.client("dana")
    saved(client, **WORDS, figures_expected="", why_it_matters="Staff infect patients.", direction="higher")
    assert "No problems" in text_of(client, DRAFT)
    client.post(f"{DRAFT}submit/", {"note": "First."})
    assert "Staff with a flu shot, of Staff" in text_of(dana, f"{MEASURE}review/")
    published = dana.post(f"{MEASURE}review/", {"effective_from": TODAY, "note": "First."}, follow=True)

    assert "The next release is computed by it." in published.content.decode()
    found = version(world)
    assert (found.status, found.definition.figures) == (
        "published",
        Figures(numerator="Staff with a flu shot", denominator="Staff"),
    )
    assert found.definition.why_it_matters == "Staff infect patients."
    with world.acting_as("cora"):
        assert not Job.objects.filter(kind="feedback.evaluate_measure", subject_id=found.pk).exists()
    assert "of supplied figures" in text_of(client, LIST)
    assert "Flu shots of staff" in text_of(client, "/c/colectomy-mi/manage/figures/")


def test_it_goes_out_as_a_file_and_as_fhir(world: World) -> None:
    client = made(world)
    saved(client, **WORDS)
    text = client.get(f"{MEASURE}1/yaml/").content.decode()
    resource = json.loads(client.get(f"{MEASURE}1/fhir/").content)

    assert load_definition(text, "measure.yaml").measures == (version(world).definition,)
    assert measure_of(resource) == version(world).definition


def test_copy_has_the_source_of_what_it_copies(world: World) -> None:
    client = world.client("cora")
    sent = {"name": "Infection, from claims", "slug": "", "form": "-supplied", "copy_of": "ssi"}
    answer = client.post(f"{LIST}new/", sent)

    assert answer.status_code == 422
    assert "That measure has another source of figures." in answer.content.decode()


def test_retired_it_is_gone_from_what_is_supplied(world: World) -> None:
    client, dana = made(world), world.client("dana")
    saved(client, **WORDS)
    client.post(f"{DRAFT}submit/", {"note": "First."})
    dana.post(f"{MEASURE}review/", {"effective_from": TODAY, "note": "First."})
    dana.post(f"{MEASURE}retire/", {"reason": "Not asked for any more.", "certain": "on"})

    assert version(world).status == "retired"
    assert "No measure of supplied figures" in text_of(client, "/c/colectomy-mi/manage/figures/")
