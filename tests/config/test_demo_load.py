"""The whole demo, loaded as `make demo` loads it: what members see is the truth of the generator."""

from collections import Counter
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction

from cases.enums import COUNTED
from cases.models import Case
from collaboratives.models import Collaborative, Invitation, Participation
from config.demo.cast import HOSPITALS, INVITED, PROGRAMME, STAYS, SURGERY
from config.demo.claims import MEASURE as CLAIMS
from config.demo.generator import CASES, generate
from config.demo.truth import HIGHER_IS_BETTER, MEASURES, Truth
from events.models import Event, Job
from feedback.enums import Reading
from feedback.models import CaseOutcome, ModelFit, PeerDistribution, Release, SiteResult
from measures.models import MeasureVersion
from tenancy.context import Acting, acting


DEMO: dict[str, object] = {}
KEYS = {hospital.name: key for key, hospital in HOSPITALS.items()}
pytestmark = [pytest.mark.slow, pytest.mark.worker]


@pytest.fixture(scope="module")
def truth() -> Truth:
    return generate().truth


def _acting_in(slug: str) -> Acting:
    with acting(Acting("platform")), transaction.atomic():
        return Acting("compute", collaborative_id=Collaborative.objects.get(slug=slug).pk)


@pytest.fixture
def surgery(demo_database: None, db: None) -> Iterator[None]:
    """Everything inside runs as the worker of the surgical collaborative."""
    with acting(_acting_in(SURGERY)), transaction.atomic():
        yield


def test_loading_leaves_nothing_to_the_worker_but_files(surgery):
    assert list(Event.objects.filter(done_at=None)) == []
    assert set(Job.objects.values_list("kind", "state")) == {
        ("feedback.compute_release", "done"),
        ("feedback.publish_release", "done"),
        ("reviews.break_down", "done"),
        ("reports.prepare", "queued"),
    }


def test_loading_again_changes_nothing(demo_database, db, settings):
    settings.DEMO = True
    said = StringIO()

    call_command("load_demo", stdout=said)

    assert said.getvalue() == "The demo is loaded already; nothing was changed.\n"
    with acting(_acting_in(SURGERY)), transaction.atomic():
        assert Case.objects.count() == CASES


def test_every_complete_case_has_an_outcome_for_every_measure(surgery):
    complete = Case.objects.filter(status__in=COUNTED).count()

    assert Case.objects.count() == CASES
    assert 0 < CASES - complete < 400
    counted = MeasureVersion.objects.exclude(form=None).values("measure").distinct().count()
    assert counted >= len(MEASURES)
    assert CaseOutcome.objects.count() == complete * counted


def test_releases_were_approved_and_released_by_two_people(surgery):
    releases = list(Release.objects.order_by("released_at").select_related("approved_by", "released_by"))

    assert [(release.name, release.state) for release in releases] == [("2026-1", "superseded"), ("2026-2", "released")]
    assert {(release.approved_by.email, release.released_by.email) for release in releases} == {
        ("biostatistician@greatlakes.example", "director@greatlakes.example")
    }


def _readings(measure: str) -> dict[str, Reading]:
    results = SiteResult.objects.filter(release__name="2026-2", measure_version__measure__slug=measure)
    return {
        KEYS[row.participation.site.name]: Reading(row.reading) for row in results.select_related("participation__site")
    }


@pytest.mark.parametrize("measure", MEASURES)
def test_no_hospital_is_called_the_opposite_of_what_it_is(surgery, truth, measure):
    readings = _readings(measure)

    assert Reading.WORSE not in {readings[key] for key in truth.better(measure)}
    assert Reading.BETTER not in {readings[key] for key in truth.worse(measure)}


def test_most_of_the_unlike_hospitals_are_found_in_one_year(surgery, truth):
    found = Counter[bool]()
    for measure in MEASURES:
        readings = _readings(measure)
        found.update(readings[key] is Reading.BETTER for key in truth.better(measure))
        found.update(readings[key] is Reading.WORSE for key in truth.worse(measure))

    assert found.total() == 35
    assert found[True] >= 24


def test_small_hospitals_have_too_few_cases_of_a_rare_measure(surgery):
    too_few = {key for key, reading in _readings("long_stay").items() if reading is Reading.TOO_FEW}

    assert 1 <= len(too_few) <= 4
    assert too_few <= {"old-mission", "copper-harbor", "ferris", "ironwood", "birch-run"}


@pytest.mark.parametrize("measure", ["ssi", "readmission", "death_or_serious_complication"])
def test_fitted_coefficients_are_the_truth_within_four_standard_errors(surgery, truth, measure):
    """One year of cases, with gaps and without the hospitals' effects, as the product fits it."""
    fit = ModelFit.objects.get(release__name="2026-2", measure_version__measure__slug=measure)
    terms = {term["name"]: term for term in fit.terms}
    known = {name: value for name, value in truth.measures[measure].terms.items() if name in terms}

    off = {name: (terms[name]["coefficient"] - value) / terms[name]["se"] for name, value in known.items()}

    assert len(known) >= len(truth.measures[measure].terms) - 1
    assert {name: round(z, 1) for name, z in off.items() if abs(z) > 4} == {}
    assert fit.c_statistic > 0.65


def test_members_see_blinded_peers_of_every_measure(surgery):
    found = PeerDistribution.objects.filter(release__name="2026-2", stratum="all")
    peers = found.select_related("measure_version__measure")

    assert {(row.withheld, len(row.values) >= 26) for row in peers} == {("", True)}
    assert {row.measure_version.measure.slug for row in peers} >= {*MEASURES, CLAIMS}


def test_stays_have_hospitals_and_people_but_no_cases(demo_database, db):
    with acting(_acting_in(STAYS)), transaction.atomic():
        numbers = set(Participation.objects.values_list("site__identifier", flat=True))

        assert Case.objects.count() == 0
        assert numbers == {HOSPITALS[key].identifier for key in PROGRAMME[STAYS].hospitals}
    assert len(set(PROGRAMME[STAYS].hospitals) & set(PROGRAMME[SURGERY].hospitals)) == 4


def test_invitations_are_open(surgery):
    assert sorted(
        Invitation.objects.filter(accepted_at=None, revoked_at=None).values_list("email", flat=True)
    ) == sorted(email for email, *_ in INVITED)


def test_higher_is_better_as_the_definition_says(surgery):
    versions = SiteResult.objects.filter(release__name="2026-2").values_list(
        "measure_version__measure__slug", "measure_version__spec__direction"
    )

    assert {slug for slug, direction in versions.distinct() if direction == "higher"} == HIGHER_IS_BETTER


def test_example_file_goes_in_by_hand(demo_database, db):
    said = StringIO()

    call_command(
        "import_cases",
        "examples/surgical/cases.csv",
        collaborative=SURGERY,
        user="abstractor@maplewood.example",
        stdout=said,
    )

    assert "new: 200\n" in said.getvalue()
    assert said.getvalue().endswith("200 cases written.\n")
