"""One result says the same in the sentence, tag, chart, table, CSV, API, FHIR and PDF: every hospital, every measure."""

import csv
import io
import re
from html import unescape
from typing import Any

import pytest

from feedback.models import Release
from feedback.reports.models import HospitalReport
from feedback.reports.selectors.fhir import hospital_reporter
from feedback.reports.selectors.hospital import MeasureContent, measure_contents, own_hospital_of, place_of
from feedback.reports.selectors.numbers import hospital_report, result_numbers
from tests.architecture.pdf_text import pdf_words
from tests.world import World
from tests.worlds import releases
from tests.worlds.programme import COLECTOMY


HERE = "/c/colectomy-mi/"
WORDS = {
    "good": "Better than",
    "warn": ("Higher than", "Lower than"),
    "": ("Within", "Too few", "Not compared", "No cases"),
}


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", unescape(re.sub(r"<[^>]+>", "", text)))


def contents(world: World, hospital: str) -> tuple[Release, tuple[MeasureContent, ...]]:
    with world.acting_as(f"{hospital}.champion") as viewer:
        release = Release.objects.get(name=releases.NAME)
        own = own_hospital_of(viewer)
        own.collaborative = release.collaborative
        return release, measure_contents(viewer, release, place_of(own))


@pytest.mark.parametrize("hospital", COLECTOMY)
def test_a_result_is_the_same_wherever_it_stands(world: World, hospital: str) -> None:
    client = world.client(f"{hospital}.champion")
    _, found = contents(world, hospital)
    home, sheet = client.get(HERE).content.decode(), client.get(f"{HERE}measures.csv").content.decode("utf-8-sig")
    table = {line[0]: line for line in csv.reader(io.StringIO(sheet)) if len(line) > 4}
    full, page = (pdf_words(client.get(f"{HERE}reports/{kind}.pdf").content) for kind in ("full", "one-page"))

    assert len(found) == 3
    for each in found:
        shown = client.get(f"{HERE}measures/{each.spec.slug}/").content.decode()
        texts = [each.value, each.collaborative or "not shown", each.benchmark or "not shown", each.reading]
        assert squeezed(each.sentence) in squeezed(shown)
        assert squeezed(each.sentence) in full
        assert all(squeezed(text) in full and squeezed(text) in page for text in texts)
        assert squeezed(each.statement.text) in full
        assert [text in home for text in texts] == [True] * 4
        assert [*table[each.spec.short_name][2:5], table[each.spec.short_name][6]] == texts
        assert each.reading.startswith(WORDS[each.reading_kind])
        assert _tag(shown, each.reading) == each.reading_kind
        assert (each.dots is not None) is (each.finding.collaborative is not None and each.finding.value is not None)
        if each.dots:
            assert each.dots.svg.count("own-mark") >= 1
            assert each.dots.table.rows[0][1] == each.value
            assert squeezed(each.dots.description) in full


def _tag(page: str, reading: str) -> str:
    """The class of the tag that says the reading."""
    found = re.search(rf'<span class="tag ?(\w*)"[^>]*>(?:(?!</span>).)*{re.escape(reading)}', page, re.DOTALL)
    assert found, reading
    return found[1]


@pytest.mark.parametrize("hospital", COLECTOMY)
def test_numbers_for_programs_are_those_of_the_page(world: World, hospital: str) -> None:
    release, found = contents(world, hospital)
    with world.acting_as(f"{hospital}.champion") as viewer:
        reporter = hospital_reporter(own_hospital_of(viewer))

    for each in found:
        numbers = result_numbers(each)
        resource: dict[str, Any] = hospital_report(release, each, reporter)
        assert (f"{numbers['value']:.1f}%", numbers["sentence"]) == (each.value, each.sentence)
        assert f"{numbers['interval_low']:.1f}% to {numbers['interval_high']:.1f}%" == each.interval
        assert ("" if numbers["collaborative"] is None else f"{numbers['collaborative']:.0f}%") == each.collaborative
        facts = {fact.label: fact.value for fact in each.numbers}
        assert facts["Numerator / denominator"] == f"{numbers['numerator']:,} / {numbers['denominator']:,}"
        assert facts["Rate"] == f"{resource['group'][0]['measureScore']['value']:.1f}%"
        extensions = {part["url"].rpartition(":")[2]: part for part in resource["extension"]}
        assert extensions["sentence"]["valueString"] == each.sentence
        if "Risk-adjusted rate" in facts:
            assert facts["Risk-adjusted rate"] == f"{extensions['risk-adjusted-rate']['valueQuantity']['value']:.1f}%"
            assert facts["O/E ratio"] == f"{extensions['observed-over-expected']['valueDecimal']:.2f}"


def test_files_hold_the_values_of_the_selectors(world: World) -> None:
    """What is kept with a file is what it was made of: other tests read it there."""
    place = world.participation("alder")
    with world.acting_as("alder.champion"):
        kept = HospitalReport.objects.get(participation=place, kind="full").content
    _, found = contents(world, "alder")

    assert [(each["sentence"], each["value"], each["reading"]) for each in kept["measures"]] == [
        (each.sentence, each.value, each.reading) for each in found
    ]
