"""Real Medicare stays from the file to the page: 1,495 stays in 54 hospitals, Arizona 1991.

The numbers are those of the issue: a logistic model of death on age80, type, white and hmo, fitted elsewhere.
The data are not part of the repository; without them these tests are skipped.
"""

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction

from accounts.models import User
from collaboratives.models import Participation
from collaboratives.selectors.places import Place, acting_for, places_of
from collaboratives.services.people import grant_role
from feedback.models import MeasureResult, ModelFit, PeerDistribution, Release, SiteResult
from feedback.selectors.measure_page import Question, measure_page
from feedback.selectors.unblinded import HospitalRow, unblinded_page
from feedback.services.computing import recompute
from privacy.roles import Role
from privacy.viewer import Viewer
from tenancy.context import Acting, acting
from tests.worlds import agreements, programme, releases


ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data" / "medpar.csv"
DEFINITION = ROOT / "examples" / "medicare_stays" / "definition.yaml"
SLUG = "medicare-stays"
MEASURE = "in_hospital_death"
FACTS = ("Numerator / denominator", "Rate", "Observed / expected", "O/E ratio", "Risk-adjusted rate")
COEFFICIENTS = {
    "intercept": -1.2205,
    "age80": 0.6586,
    "type=2": 0.3619,
    "type=3": 0.6870,
    "white": 0.3147,
    "hmo": 0.0836,
}
# glmer of lme4 1.1.31 in R 4.2.2, Laplace: tests/riskstats/reference/generate/medpar.R
LME4_TERMS = (-1.21952440271, 0.65092910816, 0.38097920648, 0.67140904069, 0.30483713340, 0.07056234486)
LME4_SIGMA, LME4_MINUS2LOGLIK = 0.1816273733, 1880.675457
pytestmark = [
    pytest.mark.worker,
    pytest.mark.django_db,
    pytest.mark.skipif(not DATA.exists(), reason="the Medicare file is not here"),
]


def viewer(name: str) -> Viewer:
    with acting(Acting("platform")), transaction.atomic():
        user = User.objects.get(email=f"{name}@example.org")
    return places_of(user.pk)[0].viewer(user.pk, user.full_name)


def join(name: str, role: Role) -> None:
    user, director = programme.new_user(name, name.title()), viewer("medpar")
    with acting(acting_for(director)), transaction.atomic():
        grant_role(user=user, role=role, participation=None, by=director)


@pytest.fixture
def release(db: None) -> Release:
    """Defined, imported, counted, drafted, approved and released, each by the person who may."""
    call_command("load_definition", str(DEFINITION), "--director", "medpar@example.org", stdout=StringIO())
    join("medpar.cora", Role.COORDINATOR)
    join("medpar.ben", Role.BIOSTATISTICIAN)
    with acting(acting_for(viewer("medpar"))), transaction.atomic():
        agreements.need_none(viewer("medpar"))
    who = ("--collaborative", SLUG, "--user", "medpar.cora@example.org")
    call_command("import_cases", str(DATA), *who, "--create-hospitals", stdout=StringIO())
    programme.DIRECTORS[SLUG] = "medpar"
    programme.USERS["medpar"] = (viewer("medpar").user_id, "Medpar")
    releases.count_all(SLUG)
    draft = releases.draft("1991", date(1991, 1, 1), date(1991, 12, 31), SLUG, by="medpar.cora")
    return releases.publish(draft, SLUG, approver="medpar.ben", director="medpar")


def test_real_stays_give_the_published_model(release: Release) -> None:
    with acting(releases.worker(SLUG)), transaction.atomic():
        fit = ModelFit.objects.get(release=release)
        pooled = MeasureResult.objects.get(release=release, measure_version__measure__slug=MEASURE)
        sites = list(SiteResult.objects.filter(release=release, measure_version=pooled.measure_version))

    assert (pooled.observed, pooled.denominator, pooled.hospitals) == (513, 1495, 54)
    assert {term["name"]: round(term["coefficient"], 4) for term in fit.terms} == COEFFICIENTS
    assert (fit.cases, fit.events, round(fit.c_statistic, 3)) == (1495, 513, 0.594)
    assert sum(site.expected or 0 for site in sites) == pytest.approx(513, rel=1e-6)
    assert sum(site.observed for site in sites) == 513


def test_hospital_effects_agree_with_lme4(release: Release) -> None:
    with acting(releases.worker(SLUG)), transaction.atomic():
        between = ModelFit.objects.get(release=release).between

    assert between["terms"] == pytest.approx(LME4_TERMS, abs=5e-5)
    assert between["sigma"] == pytest.approx(LME4_SIGMA, abs=5e-5)
    assert between["minus2loglik"] <= LME4_MINUS2LOGLIK + 1e-6


def test_real_release_is_recomputed_to_the_last_bit(release: Release) -> None:
    with acting(releases.worker(SLUG)), transaction.atomic():
        assert recompute(release) == ""


def test_every_hospital_with_enough_stays_is_a_blinded_peer(release: Release) -> None:
    with acting(releases.worker(SLUG)), transaction.atomic():
        sites = SiteResult.objects.filter(release=release, measure_version__measure__slug=MEASURE)
        enough = sites.filter(denominator__gte=11).count()
        peers = PeerDistribution.objects.get(release=release, measure_version__measure__slug=MEASURE, stratum="all")

    assert (len(peers.values), peers.withheld) == (enough, "")
    assert all(value == round(value, 2) for value in peers.values)


def test_page_of_every_real_hospital_agrees_with_the_table_of_the_centre(release: Release) -> None:
    clinician = programme.new_user("medpar.clinician", "Medpar Clinician")
    director = viewer("medpar")
    with acting(acting_for(director)), transaction.atomic():
        for hospital in Participation.objects.filter(collaborative__slug=SLUG):
            grant_role(user=clinician, role=Role.CLINICIAN, participation=hospital, by=director)
    ben = places_of(programme.USERS["medpar.ben"][0])[0]
    with acting(acting_for(viewer("medpar.ben"))), transaction.atomic():
        table = unblinded_page(viewer("medpar.ben"), ben, release.public_id, MEASURE)

    pages = {place.site_name: own_numbers(place, clinician) for place in places_of(clinician.pk)}
    expected = {row.name: table_numbers(row) for row in table.rows}
    assert (len(pages), pages) == (54, expected)


def own_numbers(place: Place, clinician: User) -> dict[str, str]:
    """The facts on the hospital's own page that the centre's table shows too."""
    own = place.viewer(clinician.pk, clinician.full_name)
    with acting(acting_for(own)), transaction.atomic():
        page = measure_page(own, place, MEASURE, Question())
    assert page.compare
    facts = {fact.label: fact.value for fact in page.compare.numbers}
    return {"reading": page.compare.reading, **{name: facts[name] for name in FACTS}}


def table_numbers(row: HospitalRow) -> dict[str, str]:
    numbers = (
        f"{row.observed} / {row.denominator}",
        row.rate,
        f"{row.observed} / {row.expected}",
        row.oe,
        row.adjusted,
    )
    return {"reading": row.reading, **dict(zip(FACTS, numbers, strict=True))}
