"""Supplied figures from the upload to the pages: frozen, compared, blinded, explained, computed again to the bit."""

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from html import unescape
from io import StringIO

import pytest
from django.db import transaction
from django.test import RequestFactory
from django.urls import resolve

from collaboratives.selectors.places import Place, places_of
from feedback.models import (
    DataQualityStatement,
    MeasureResult,
    ModelFit,
    PeerDistribution,
    PooledResult,
    Release,
    SiteResult,
    SnapshotSlice,
)
from feedback.selectors.aggregate_slices import AggregateSlice, Supplied, pack_aggregate, period_name, unpack_aggregate
from feedback.selectors.measure_page import Question, measure_page
from feedback.selectors.unblinded import unblinded_page
from feedback.services.computing import recompute
from feedback.services.numbers.aggregate import compute_aggregate
from feedback.services.numbers.values import AggregateInput
from measures.definition.file import load_definition
from measures.definition.spec import MeasureSpec
from privacy.disclosure import DisclosureRules
from privacy.viewer import PermissionRefusedError
from riskstats.errors import ModelRefusedError
from tenancy.context import acting
from tests.measures.definition.bad_definitions import AGGREGATE
from tests.world import World
from tests.worlds import figures, programme, releases


# Code: numerator and expected of 400 discharges in 2025-Q3; the others of each in a year before are half of both.
HOSPITALS = {
    "alder": (61, 40.5),
    "birch": (21, 39.7),
    "cedar": (40, 41.3),
    "dahlia": (39, 38.0),
    "elm": (44, 42.2),
    "fern": (37, 36.9),
    "gorse": (36, 38.4),
    "heron": (42, 43.0),
}
DENOMINATOR, CANARY = 400, 7331  # Birch's denominator of the quarter before is a number that no page may have
RATE = sum(observed for observed, _ in HOSPITALS.values()) / (DENOMINATOR * len(HOSPITALS))
WINDOW = date(2025, 7, 1), date(2025, 9, 30)
ALDER = "alder.clinician"
pytestmark = pytest.mark.worker


def codes() -> dict[str, str]:
    return dict(zip(HOSPITALS, (programme.HOSPITALS[name][0] for name in programme.COLECTOMY), strict=True))


def rows(period: str = "2025-Q3", part: int = 1) -> list[str]:
    found = []
    for name, code in codes().items():
        observed, expected = HOSPITALS[name]
        whole = CANARY if (name, part) == ("birch", 2) else DENOMINATOR // part
        found.append(f"{code},{period},{observed // part},{whole},{expected / part}")
    return found


@pytest.fixture
def release(world: World) -> Release:
    figures.publish_measure()
    figures.supply(*rows("2025-Q2", 2), source="Claims of spring")
    figures.supply(*rows())
    return releases.publish(releases.draft("Claims 2025", *WINDOW))


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def read(world: World, name: str, path: str) -> str:
    """The page of this address as this person gets it; the worker's sign-in, which released, has no sessions."""
    request, user = RequestFactory().get(f"/c/colectomy-mi/{path}"), world.user(name)
    found = resolve(request.path)
    with world.acting_as(name) as viewer:
        here = place(name)
        vars(request).update(user=user, viewer=viewer, place=here, places=[here], session={})
        try:
            return found.func(request, *found.args, **found.kwargs).content.decode()
        except PermissionRefusedError:
            return ""


def results(release: Release) -> dict[str, SiteResult]:
    found = SiteResult.objects.filter(release=release, measure_version__measure__slug=figures.SLUG)
    by_code = {each.participation.site.identifier: each for each in found.select_related("participation__site")}
    return {name: by_code[code] for name, code in codes().items()}


def test_rate_is_observed_over_expected_times_that_of_all(world: World, release: Release) -> None:
    with world.acting_as("ben"):
        found = results(release)
        pooled = MeasureResult.objects.get(release=release, measure_version__measure__slug=figures.SLUG)
        fits = ModelFit.objects.filter(release=release, measure_version__measure__slug=figures.SLUG)

        assert not fits.exists()
    for name, (observed, expected) in HOSPITALS.items():
        site = found[name]
        assert (site.observed, site.denominator, site.cases, site.flow) == (observed, DENOMINATOR, DENOMINATOR, [])
        assert site.adjusted_rate == pytest.approx(observed / expected * RATE)
        assert site.expected == expected
    # R 4.2.2: poisson.test(61, T = 40.5)$conf.int and poisson.test(21, T = 39.7)$conf.int, to 8 digits
    limits = [found["alder"].oe_low, found["alder"].oe_high, found["birch"].oe_low, found["birch"].oe_high]
    assert limits == pytest.approx([1.1521029, 1.9347420, 0.32743907, 0.80858264], rel=1e-7)
    assert (pooled.observed, pooled.denominator, pooled.hospitals) == (320, 3200, 8)
    assert pooled.funnel["kind"] == "oe"


def test_reading_is_by_the_interval_excluding_the_rate_of_all(world: World, release: Release) -> None:
    with world.acting_as("ben"):
        readings = {name: site.reading for name, site in results(release).items()}

    others = dict.fromkeys(HOSPITALS, "as_expected")
    assert readings == others | {"alder": "worse", "birch": "better"}


def test_peers_are_rounded_rates_without_a_name(world: World, release: Release) -> None:
    with world.acting_as(ALDER):
        peers = PeerDistribution.objects.get(
            release=release, measure_version__measure__slug=figures.SLUG, stratum="all"
        )
        pooled = PooledResult.objects.get(release=release, measure_version__measure__slug=figures.SLUG)

    adjusted = sorted(round(observed / expected * RATE, 2) for observed, expected in HOSPITALS.values())
    assert (peers.values, peers.withheld) == (adjusted, "")
    assert (pooled.rate, pooled.case_noun) == (0.1, "discharges")
    assert [point["quarter"] for point in pooled.trend] == ["2025-Q2", "2025-Q3"]


def test_computed_again_it_is_the_same_to_the_bit(world: World, release: Release) -> None:
    with world.acting_as("ben"):
        assert SnapshotSlice.objects.filter(snapshot=release.snapshot, measure_version__form=None).count() == 8
    with at_work():
        assert recompute(release) == ""


@contextmanager
def at_work() -> Iterator[None]:
    with acting(releases.worker()), transaction.atomic():
        yield


def test_figures_replaced_later_change_nothing_released(world: World, release: Release) -> None:
    with world.acting_as("ben"):
        before = {name: (site.observed, site.reading) for name, site in results(release).items()}
    figures.supply(f"{codes()['alder']},2025-Q3,12,400,40.5", source="Claims, corrected")

    with world.acting_as("ben"):
        assert {name: (site.observed, site.reading) for name, site in results(release).items()} == before
    with at_work():
        assert recompute(release) == ""
    page = text_of(read(world, ALDER, f"measures/{figures.SLUG}/?view=cases"))
    assert "2025-Q3 61 400 15.2% 40.5" in page
    assert "Supplied or changed since then 2025-Q3 : 12 of 400 , 40.5 expected ; Claims, corrected" in page
    corrected = releases.draft("Claims 2025, again", *WINDOW)
    with world.acting_as("ben"):
        assert results(corrected)["alder"].observed == 12


def test_statement_says_whence_and_when(world: World, release: Release) -> None:
    with world.acting_as("ben"):
        kept = DataQualityStatement.objects.filter(release=release, measure_version__measure__slug=figures.SLUG)

        assert set(kept.values_list("source", "cases", "eligible")) == {(figures.SOURCE, 0, None)}
    home, pooled = text_of(read(world, ALDER, "")), text_of(read(world, "sam", "results/"))
    words = f"Figures supplied by the coordinating centre · {figures.SOURCE} ·"
    assert f"Data quality: {words}" in home
    assert f"Data quality, all hospitals: {words}" in pooled


def test_sentence_icon_chart_table_and_file_agree(world: World, release: Release) -> None:
    here = f"measures/{figures.SLUG}/"
    with world.acting_as(ALDER) as alder:
        page = measure_page(alder, place(ALDER), figures.SLUG, Question())
    assert page.compare
    assert page.compare.dots
    text, file = text_of(read(world, ALDER, here)), read(world, ALDER, f"{here}numbers.csv")
    for shown in (text, file):
        assert "had 61 readmissions in 400 discharges (15.2%)" in shown
        assert "; 40.5 were expected for your patients." in shown
        assert "higher than the collaborative (10%)" in shown
    assert "Higher than the collaborative" in text
    facts = {fact.label: (fact.value, fact.note) for fact in page.compare.numbers}
    assert facts["Risk-adjusted rate"] == ("15.1%", "95% 11.5% to 19.3%")
    assert facts["O/E ratio"] == ("1.51", "95% 1.15 to 1.93")
    lines = list(csv.reader(StringIO(file)))
    assert ["2025-Q3", "61", "400", "15.2%", "40.5", figures.SOURCE] in [line[:6] for line in lines]
    assert "Which cases count" not in text
    assert "Figures that count 2025-Q3" not in file
    assert page.compare.time.trend


def place(name: str, slug: str = "colectomy-mi") -> Place:
    user, _ = programme.USERS[name]
    return next(each for each in places_of(user) if each.collaborative.slug == slug)


def test_centre_sees_every_hospital_by_name(world: World, release: Release) -> None:
    here = f"releases/{release.public_id}/"
    with world.acting_as("ben") as ben:
        page = unblinded_page(ben, place("ben"), release.public_id, figures.SLUG)
    assert page.funnel
    assert (len(page.rows), page.model_url) == (8, "")
    assert {row.reading for row in page.rows} == {
        "Within expected variation", "Higher than the collaborative", "Better than the collaborative"
    }  # fmt: skip
    facts = {fact.label: (fact.value, fact.note) for fact in page.facts}
    assert facts["Expected"] == ("320.0", "by the supplier's model; O/E of all hospitals 1.000")
    whole, named = (text_of(read(world, "ben", f"{here}{path}")) for path in ("", f"measures/{figures.SLUG}/"))
    assert "Readmission (claims)" in whole
    assert programme.HOSPITALS["birch"][1] in named
    alder = world.participation("alder").public_id
    assert "had 61 readmissions in 400 discharges" in text_of(read(world, "ben", f"{here}as/{alder}/"))


@pytest.mark.parametrize("name", [ALDER, "alder.champion", "alder.abstractor", "sam", "pat"])
def test_nobody_else_finds_a_figure_of_birch(world: World, release: Release, name: str) -> None:
    """Its denominator of the spring is a number that is nowhere else; its centre's page has it."""
    slug = figures.SLUG
    paths = ["", "measures/", f"measures/{slug}/", f"measures/{slug}/?view=cases", f"measures/{slug}/?view=time"]
    paths += [
        f"measures/{slug}/?view=definition",
        f"measures/{slug}/numbers.csv",
        "results/",
        f"releases/{release.public_id}/",
    ]
    found = {path: read(world, name, path) for path in paths}
    secrets = (str(CANARY), f"{CANARY:,}", programme.HOSPITALS["birch"][1])

    assert [(path, word) for path, text in found.items() for word in secrets if word in text] == []
    assert f"{CANARY:,}" in read(world, "cora", f"manage/figures/{slug}/")


def test_too_few_cases_are_not_compared(world: World) -> None:
    figures.publish_measure()
    few = [f"{codes()['alder']},2025-Q3,3,24,2.5", *rows()[1:]]
    figures.supply(*few)
    release = releases.publish(releases.draft("Claims 2025", *WINDOW))
    page = text_of(read(world, ALDER, f"measures/{figures.SLUG}/"))

    assert "Too few cases to compare (n < 25)" in page
    with world.acting_as(ALDER):
        peers = PeerDistribution.objects.get(
            release=release, measure_version__measure__slug=figures.SLUG, stratum="all"
        )
    assert len(peers.values) == 7


def test_period_across_the_border_of_the_window_does_not_count(world: World) -> None:
    figures.publish_measure()
    figures.supply(*[row.replace("2025-Q3", "2025") for row in rows()])
    releases.publish(releases.draft("Claims 2025", *WINDOW))
    page = text_of(read(world, ALDER, f"measures/{figures.SLUG}/"))

    assert "had no discharges that count for this measure in this period" in page
    assert "Only in part within the window 2025" in page
    assert "No figures supplied" in page


def test_small_counts_are_told_smoothed() -> None:
    """Rule R3: a peer's rate from fewer than 11 events is pulled towards that of all."""
    found = compute({key: (1 + 3 * key, 500, 8.0) for key in range(6)})
    mean = sum(1 + 3 * key for key in range(6)) / 48 * (found.pooled.rate or 0)

    for site in found.sites.values():
        assert site.shrunken_rate is not None
        assert abs(site.shrunken_rate - mean) < abs((site.adjusted_rate or 0) - mean)


def test_without_expected_counts_it_is_a_proportion() -> None:
    spec = load_definition(AGGREGATE.replace("      expected: true\n", ""), "claims.yaml").measures[0]
    found = compute({key: (10 + 3 * key, 200, None) for key in range(8)}, spec)

    assert found.pooled.expected is None
    assert all(site.oe is None and site.adjusted_rate is None for site in found.sites.values())
    assert [site.rate for site in found.sites.values()] == [(10 + 3 * key) / 200 for key in range(8)]
    assert found.pooled.funnel["kind"] == "proportion"


def test_expected_counts_that_are_missing_stop_the_release() -> None:
    """The definition asked for them after these figures had been supplied."""
    with pytest.raises(ModelRefusedError, match="expected counts are missing for 2025-Q3"):
        compute(dict.fromkeys(range(8), (10, 200, None)))


def test_few_hospitals_are_not_compared() -> None:
    found = compute(dict.fromkeys(range(5), (10, 200, 9.0)))

    assert {site.reading for site in found.sites.values()} == {"too_few"}
    assert found.pooled.expected is None


def compute(counts: dict[int, tuple[int, int, float | None]], spec: MeasureSpec | None = None):
    given = AggregateInput(
        measure=spec or load_definition(AGGREGATE, "claims.yaml").measures[0],
        rules=DisclosureRules(),
        slices={key: AggregateSlice(figures=(supplied(*each),)) for key, each in counts.items()},
    )
    return compute_aggregate(given)


def supplied(numerator: int, denominator: int, expected: float | None) -> Supplied:
    return Supplied(
        first_day="2025-07-01",
        last_day="2025-09-30",
        numerator=numerator,
        denominator=denominator,
        expected=expected,
        source="Claims",
        supplied_on="2026-01-05",
    )


def test_slice_reads_back_and_equal_figures_have_an_equal_digest() -> None:
    one = AggregateSlice(figures=(supplied(1, 30, 2.5),), history=(supplied(2, 40, None),))

    assert unpack_aggregate(pack_aggregate(one).payload) == one
    assert pack_aggregate(one).digest == pack_aggregate(unpack_aggregate(pack_aggregate(one).payload)).digest
    assert pack_aggregate(one).digest != pack_aggregate(AggregateSlice(figures=one.figures)).digest


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        (date(2025, 7, 1), date(2025, 9, 30), "2025-Q3"),
        (date(2025, 1, 1), date(2025, 12, 31), "2025"),
        (date(2023, 1, 1), date(2025, 12, 31), "2023-2025"),
    ],
)
def test_periods_have_names(first: date, last: date, name: str) -> None:
    assert period_name(first, last) == name


def quarters(count: int, expected: float | None) -> AggregateSlice:
    """Quarters of 400 cases from 2021 on; the last four are those of the window."""
    numbers = [(2021 + at // 4, at % 4 * 3 + 1, 18 + at % 5) for at in range(count)]
    made = tuple(
        replace(
            supplied(numerator, 400, expected),
            first_day=f"{year}-{month:02}-01",
            last_day=f"{year}-{month + 2:02}-28",
        )
        for year, month, numerator in numbers
    )
    return AggregateSlice(figures=made[-4:], history=made[:-4])


@pytest.mark.parametrize(("count", "expected", "chart"), [(14, 20.0, "xmr"), (14, None, "p_prime"), (6, 20.0, "run")])
def test_trend_goes_over_all_uploads_with_the_limits_of_cases(count: int, expected: float | None, chart: str) -> None:
    text = AGGREGATE if expected else AGGREGATE.replace("      expected: true\n", "")
    measure = load_definition(text, "claims.yaml").measures[0]
    slices = {key: quarters(count, expected) for key in range(6)}
    control = (
        compute_aggregate(AggregateInput(measure=measure, rules=DisclosureRules(), slices=slices)).sites[0].control
    )

    assert (control["chart"], control["unit"], len(control["points"])) == (chart, "quarter", count)
    assert (control["points"][0]["high"] is not None) is (chart != "run")
