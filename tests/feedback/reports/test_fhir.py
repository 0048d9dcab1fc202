"""Results as FHIR R4: by the specification, of nobody else, and named as the Measure is."""

import json
from typing import Any

import pytest

from feedback.models import Release
from measures.definition.fhir_measure import MeasureVersionSpec, fhir_measure
from measures.models import MeasureVersion
from tests.architecture.test_canary import foreign_to
from tests.architecture.tokens import documents
from tests.feedback.reports.fhir_r4 import problems
from tests.world import World
from tests.worlds import releases
from tests.worlds.programme import COLECTOMY, HOSPITALS


HERE = "/c/colectomy-mi/"
MEASURES = ("ssi", "antibiotic", "readmission")


def release(world: World) -> Release:
    with world.acting_as("cora"):
        return Release.objects.get(name=releases.NAME)


def resource(world: World, name: str, path: str) -> dict[str, Any]:
    answer = world.client(name).get(f"{HERE}{path}")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/fhir+json")
    return json.loads(answer.content)


def counts(report: dict[str, Any]) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in report["group"][0]["population"]:
        code = each["code"]["coding"][0]["code"]
        found[code] = found.get(code, 0) + each["count"]
    return found


@pytest.mark.parametrize("slug", MEASURES)
def test_the_own_report_keeps_to_the_specification(world: World, slug: str) -> None:
    for hospital in COLECTOMY:
        report = resource(world, f"{hospital}.champion", f"measures/{slug}/measure-report.json")
        assert problems(report) == []
        assert report["reporter"]["display"] == HOSPITALS[hospital][1]


def test_the_fhir_library_reads_it_too(world: World) -> None:
    measure_report = pytest.importorskip("fhir.resources.R4B.measurereport")
    for path in ("measures/ssi/measure-report.json", "results/ssi/measure-report.json"):
        report = resource(world, "alder.champion", path)
        assert measure_report.MeasureReport.model_validate(report).status == "complete"


def test_a_report_counts_as_the_page_does(world: World) -> None:
    report = resource(world, "alder.champion", "measures/ssi/measure-report.json")

    assert counts(report) == {
        "initial-population": 44,
        "denominator": 44,
        "denominator-exclusion": 3,
        "numerator": 3,
    }
    assert report["group"][0]["measureScore"]["value"] == 7.3
    assert report["period"] == {"start": "2025-07-01", "end": "2026-09-30"}


def test_the_check_finds_what_is_wrong(world: World) -> None:
    """A check that never fails would prove nothing."""
    good = resource(world, "alder.champion", "measures/ssi/measure-report.json")
    group = good["group"][0]
    wrong = [
        {**good, "status": "done"},
        {**good, "type": "hospital"},
        {**good, "colour": "red"},
        {**good, "subject": {**good["subject"], "type": "Organization"}},
        {**good, "period": {"start": "2026-09-30", "end": "2025-07-01"}},
        {**good, "group": [{**group, "measureScore": {"value": 8.3}}]},
        {**good, "group": [{**group, "population": [{**group["population"][0], "count": "44"}]}]},
        {key: value for key, value in good.items() if key != "measure"},
    ]

    assert [bool(_problems(each)) for each in wrong] == [True] * len(wrong)


def _problems(report: dict[str, Any]) -> list[str]:
    try:
        return problems(report)
    except (KeyError, TypeError) as missing:
        return [str(missing)]


def test_it_names_the_measure_that_the_dictionary_exports(world: World) -> None:
    report = resource(world, "alder.champion", "measures/ssi/measure-report.json")
    with world.acting_as("cora"):
        version = MeasureVersion.objects.filter(measure__slug="ssi", status="published").latest("number")
        exported: dict[str, Any] = fhir_measure(
            MeasureVersionSpec(version.number, release(world).window_from, None, "", version.definition)
        )

    assert report["measure"] == f"{exported['url']}|{exported['version']}"
    assert report["improvementNotation"] == exported["improvementNotation"]


@pytest.mark.parametrize("name", ["sam", "pat", "alder.clinician", "cora"])
def test_all_hospitals_together_have_no_counts(world: World, name: str) -> None:
    for slug in MEASURES:
        report = resource(world, name, f"results/{slug}/measure-report.json")
        assert problems(report) == []
        assert [each for each in report["group"][0]["population"] if "count" in each] == []
        assert report["group"][0]["measureScore"]["value"] == round(report["group"][0]["measureScore"]["value"])
        assert "subject" not in report


def test_the_centre_has_a_report_of_every_hospital(world: World) -> None:
    path = f"releases/{release(world).public_id}/measures/ssi/measure-reports.json"
    found = resource(world, "cora", path)
    reports = [each["resource"] for each in found["entry"]]

    assert (found["resourceType"], found["type"]) == ("Bundle", "collection")
    assert [problems(each) for each in reports] == [[]] * 8
    assert {each["reporter"]["display"] for each in reports} == {HOSPITALS[each][1] for each in COLECTOMY}
    assert [each["fullUrl"] == f"urn:uuid:{each['resource']['id']}" for each in found["entry"]] == [True] * 8
    # The hospital's own is the same resource, whoever takes it away.
    own = resource(world, "alder.champion", "measures/ssi/measure-report.json")
    assert [each for each in reports if each["id"] == own["id"]] == [own]


@pytest.mark.parametrize("slug", MEASURES)
def test_a_report_tells_nothing_of_another_hospital(world: World, slug: str) -> None:
    for path in (f"measures/{slug}/measure-report.json", f"results/{slug}/measure-report.json"):
        answer = world.client("alder.champion").get(f"{HERE}{path}")
        assert foreign_to(world, "alder").found_in(documents(answer.content, answer.items())) == set()
