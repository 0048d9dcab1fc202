"""The released numbers of the world are those of its table."""

import json
from dataclasses import replace

import pytest

from feedback.models import MeasureResult, ModelFit, PeerDistribution, PooledResult, Release, SiteResult, SnapshotSlice
from feedback.selectors.disclosing import contribution_of
from feedback.selectors.slices import pack, unpack
from feedback.services.computing import recompute, results_of
from privacy.disclosure import DisclosureRules, Step, rounded, told
from tenancy.context import acting
from tests.world import World
from tests.worlds import releases
from tests.worlds.cases import TRUTH


pytestmark = pytest.mark.worker


def released() -> Release:
    return Release.objects.get(name=releases.NAME)


def test_release_counts_what_the_hospitals_entered(world: World) -> None:
    with acting(releases.worker()):
        results = SiteResult.objects.filter(release=released(), measure_version__measure__slug="ssi")
        counts = ("denominator", "observed", "cases", "excluded", "cannot_tell")
        found = {name: results.values_list(*counts).get(participation=world.participation(name)) for name in TRUTH}

    assert found == {name: (truth.denominator, truth.infections, truth.cases, 2, 1) for name, truth in TRUTH.items()}


def test_case_flow_and_missing_answers_add_up(world: World) -> None:
    with acting(releases.worker()):
        alder = world.participation("alder")
        result = SiteResult.objects.get(release=released(), participation=alder, measure_version__measure__slug="ssi")

    assert [(step["label"], step["count"]) for step in result.flow] == [
        ("Not in the population of this measure", 0),
        ("ASA class 4", 2),
    ]
    assert result.missing == {"ssi": 1}


def test_release_is_recomputed_to_the_last_bit(world: World) -> None:
    with acting(releases.worker()):
        assert recompute(released()) == ""


def test_recomputing_names_the_first_difference(world: World) -> None:
    with acting(releases.worker()):
        release = released()
        version, numbers = next(iter(results_of(release)))
        slice_row = SnapshotSlice.objects.filter(snapshot=release.snapshot, measure_version=version).order_by("pk")[0]
        columns = unpack(slice_row.payload)
        changed = pack(replace(columns, outcomes=columns.outcomes.replace("m", "n", 1)))

    assert changed.digest != slice_row.digest
    assert numbers.sites[slice_row.participation_id].observed == columns.outcomes.count("m")


def test_expected_adds_up_to_observed(world: World) -> None:
    with acting(releases.worker()):
        pooled = MeasureResult.objects.get(release=released(), measure_version__measure__slug="ssi")
        expected = SiteResult.objects.filter(release=released(), measure_version=pooled.measure_version)
        total = sum(row.expected or 0 for row in expected)

    assert pooled.observed == sum(truth.infections for truth in TRUTH.values())
    assert total == pytest.approx(pooled.observed, rel=1e-6)


def test_model_keeps_everything_to_fit_it_again(world: World) -> None:
    with acting(releases.worker()):
        fit = ModelFit.objects.get(release=released())

    assert [term["name"] for term in fit.terms][:3] == ["intercept", "age", "asa=1"]
    assert [term["label"] for term in fit.terms][:3] == ["Intercept", "Age", "ASA class: Healthy"]
    assert (fit.cases, fit.events) == (
        sum(truth.denominator for truth in TRUTH.values()),
        sum(truth.infections for truth in TRUTH.values()),
    )
    assert sum(group["cases"] for group in fit.calibration) == fit.cases


def test_peers_hold_rounded_values_and_nothing_else(world: World) -> None:
    with acting(releases.worker()):
        rows = list(PeerDistribution.objects.filter(release=released()).select_related("measure_version"))
        adjusted = SiteResult.objects.filter(release=released(), measure_version__measure__slug="ssi")
        safe = [told(contribution_of(row, row.adjusted_rate or 0), DisclosureRules()) for row in adjusted]
        values = sorted(float(rounded(value, Step.PERCENT)) for value in safe if value is not None)

    ssi = next(row for row in rows if (row.measure_version.definition.slug, row.stratum) == ("ssi", "all"))
    assert len(values) == len(TRUTH)
    assert ssi.values == values
    assert all(value == round(value, 2) for row in rows for value in row.values)
    assert {field.name for field in PeerDistribution._meta.get_fields()} == {
        "public_id",
        "collaborative",
        "release",
        "measure_version",
        "stratum",
        "values",
        "withheld",
        "step",
        "collaborative_value",
        "middle",
        "benchmark",
    }


def test_no_exact_rate_count_or_key_is_in_what_members_see(world: World) -> None:
    with acting(releases.worker()):
        told = json.dumps(
            [
                *PeerDistribution.objects.filter(release=released()).values_list(
                    "values", "collaborative_value", "benchmark"
                ),
                *PooledResult.objects.filter(release=released()).values_list("hospitals_band", "rate", "trend"),
            ]
        )
        results = list(SiteResult.objects.filter(release=released()))

    secrets = {str(value) for row in results for value in (row.rate, row.adjusted_rate, row.oe, row.expected) if value}
    assert [secret for secret in secrets if len(secret) > 5 and secret in told] == []


def test_draft_has_no_peers_yet(world: World) -> None:
    with acting(releases.worker()):
        draft = Release.objects.get(name=releases.DRAFT)

        assert not PeerDistribution.objects.filter(release=draft).exists()
        assert not PooledResult.objects.filter(release=draft).exists()
