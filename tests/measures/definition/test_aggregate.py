"""Measures of supplied figures: in files, as FHIR, beside another version."""

import json
from dataclasses import replace
from datetime import date

from measures.definition.canonical import digest_of, from_json, to_json
from measures.definition.fhir_measure import MeasureVersionSpec, fhir_measure, measure_of
from measures.definition.file import load_definition
from measures.definition.measure_check import check_measure_spec
from measures.definition.measure_difference import measure_difference
from measures.definition.spec import Definition, Figures, MeasureSource, MeasureSpec
from measures.definition.yaml_text import write_definition
from tests.measures.definition.bad_definitions import AGGREGATE, GOOD


def definition() -> Definition:
    return load_definition(AGGREGATE, "claims.yaml")


def measure() -> MeasureSpec:
    return definition().measures[0]


def test_collaborative_without_cases_is_a_definition():
    found = definition()

    assert (found.forms, found.risk_models) == ((), ())
    assert (measure().source, measure().form, measure().is_adjusted) == (MeasureSource.AGGREGATE, "", True)
    assert measure().figures == Figures(
        numerator="Readmissions within 30 days", denominator="Discharges", expected=True
    )


def test_measure_without_expected_counts_is_not_adjusted():
    figures = Figures(numerator="Flu shots", denominator="Members")

    assert replace(measure(), figures=figures).is_adjusted is False


def test_measures_of_cases_keep_their_digest():
    """What was published before there was a source still reads, and still is the same definition."""
    spec = load_definition(GOOD, "hip.yaml").measures[0]
    stored = to_json(spec)

    assert isinstance(stored, dict)
    assert {"source", "figures"} & stored.keys() == set()
    assert digest_of(from_json(MeasureSpec, stored)) == digest_of(spec)


def test_written_file_reads_back_the_same():
    written = write_definition(definition())

    assert (load_definition(written.text, "again.yaml"), written.notes) == (definition(), ())
    assert "forms" not in written.text


def test_fhir_measure_reads_back_and_says_its_figures_in_words():
    version = MeasureVersionSpec(
        number=1, effective_from=date(2026, 1, 1), effective_to=None, note="First.", measure=measure()
    )
    resource = json.loads(json.dumps(fhir_measure(version)))
    parts = {
        each["code"]["coding"][0]["code"]: each["criteria"]["expression"] for each in resource["group"][0]["population"]
    }

    assert parts == {"denominator": "Discharges", "numerator": "Readmissions within 30 days"}
    assert measure_of(resource) == measure()


def test_difference_tells_supplied_figures_from_counted_ones():
    other = replace(measure(), figures=Figures(numerator="Returns within 30 days", denominator="Discharges"))
    changes = measure_difference(measure(), other).counting

    assert [each.label for each in changes] == ["Supplied numerator", "Expected count"]


def test_editor_hears_what_is_wrong_under_the_box_it_is_wrong_in():
    good, bad = measure(), replace(measure(), figures=Figures(numerator="", denominator="Discharges"))

    assert check_measure_spec(good, None) == ()
    assert [each.field for each in check_measure_spec(bad, None)] == ["figures_numerator"]
