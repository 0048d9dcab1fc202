"""Strata and groups of similar hospitals as members see them, over random memberships."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.models import MeasureResult, SiteResult
from feedback.selectors.disclosing_parts import group_name, parts_shown
from measures.definition.canonical import digest_of, to_json
from measures.models import MeasureVersion
from privacy.disclosure import DisclosureRules, Step, rounded
from tests.attacks.plain import measure


RULES = DisclosureRules()
LEAST = RULES.minimum_peers + 1


def world(hospitals: list[tuple[str, int, int, int]]) -> tuple[MeasureResult, list[SiteResult]]:
    """Group, cases, events, and how many of the cases are urgent."""
    spec = measure()
    version = MeasureVersion(digest=digest_of(spec), spec=to_json(spec))
    sites = []
    for key, (group, n, o, urgent) in enumerate(hospitals, start=1):
        parts = [("urgency=1", n - urgent, min(o, n - urgent)), ("urgency=2", urgent, o - min(o, n - urgent))]
        strata = [
            {"stratum": name, "denominator": cases, "observed": met, "rate": met / cases, "shrunken": 0.1}
            for name, cases, met in parts
            if cases
        ]
        sites.append(
            SiteResult(
                participation_id=key,
                measure_version=version,
                denominator=n,
                observed=o,
                rate=o / n if n else None,
                shrunken_rate=0.1,
                comparison_group=group,
                strata=strata,
            )
        )
    pooled = MeasureResult(measure_version=version, hospitals=len(sites), denominator=0, observed=0)
    return pooled, sites


HOSPITAL = st.tuples(
    st.sampled_from(["large", "small", "rural", ""]),
    st.sampled_from([0, 8, 30, 80, 300]),
    st.floats(0, 1),
    st.floats(0, 1),
).map(lambda drawn: (drawn[0], drawn[1], round(drawn[1] * drawn[2]), round(drawn[1] * drawn[3])))


@settings(max_examples=150, deadline=None)
@given(st.lists(HOSPITAL, min_size=1, max_size=30))
def test_every_published_part_and_its_rest_has_five_others(hospitals):
    pooled, sites = world(hospitals)
    eligible = [site for site in sites if site.denominator >= RULES.minimum_cases]

    shown = [row for row in parts_shown(pooled, sites, RULES) if not row.withheld]

    for row in shown:
        assert len(row.values) >= LEAST
        assert row.values == sorted(float(rounded(value, Step.PERCENT)) for value in row.values)
        assert (row.middle, row.benchmark) == (True, None)
    grouped = [row.stratum for row in shown if row.stratum.startswith("group:")]
    rest = [site for site in eligible if group_name(site.comparison_group) not in grouped]
    assert not grouped or not rest or len(rest) >= LEAST
    for row in shown:
        if row.stratum in grouped:
            outside = [site for site in eligible if group_name(site.comparison_group) != row.stratum]
            assert not outside or len(outside) >= LEAST


def test_large_and_small_hospitals_are_both_shown():
    pooled, sites = world([("large", 100, 10 + at, 40) for at in range(8)] + [("small", 50, 12, 20)] * 7)

    rows = {row.stratum: row for row in parts_shown(pooled, sites, RULES)}

    assert [len(rows[f"group:{name}"].values) for name in ("large", "small")] == [8, 7]
    assert rows["group:large"].collaborative_value == pytest.approx(0.14)


def test_group_of_five_is_withheld_and_says_why():
    pooled, sites = world([("large", 100, 30, 40)] * 5 + [("small", 50, 15, 20)] * 9)

    assert {row.stratum: row.withheld for row in parts_shown(pooled, sites, RULES) if "group" in row.stratum} == {
        "group:large": "too_few_hospitals",
        "group:small": "too_few_hospitals",
    }


def test_published_row_holds_no_count_and_no_key():
    pooled, sites = world([("large", 100, 30, 40)] * 8 + [("small", 50, 15, 20)] * 9)
    row = parts_shown(pooled, sites, RULES)[0]

    assert {field.name for field in row._meta.fields} == {
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
