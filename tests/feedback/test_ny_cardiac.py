"""New York State's cardiac surgery and angioplasty reports, 2008 to 2019, as a collaborative of supplied figures.

Cases, deaths and expected mortality rates of every hospital come in; the State's risk-adjusted rates and verdicts must come
out. The data are not part of the repository; without them these tests are skipped.
"""

import csv
from collections.abc import Iterator, Sequence
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction

from accounts.models import User
from collaboratives.selectors.places import acting_for, places_of
from collaboratives.services.people import grant_role
from collaboratives.services.programme import create_hospital
from feedback.enums import FigureState
from feedback.models import MeasureResult, PeerDistribution, Release, SiteResult
from feedback.selectors.aggregate_slices import AggregateSlice, Supplied
from feedback.selectors.measure_page import Question, measure_page
from feedback.selectors.unblinded import unblinded_page
from feedback.services.aggregate_upload import commit_figures, upload_figures
from feedback.services.computing import recompute
from feedback.services.numbers.aggregate import compute_aggregate
from feedback.services.numbers.values import AggregateInput, MeasureNumbers
from measures.definition.file import load_definition
from measures.models import Measure
from privacy.disclosure import DisclosureRules
from privacy.roles import Role
from privacy.viewer import Viewer
from tenancy.context import Acting, acting
from tests.worlds import agreements, programme, releases


DATA = Path(__file__).parents[3] / "shared" / "data" / "ny_cardiac.csv"
SLUG, MEASURE = "ny-cardiac", "cabg_mortality"
PROCEDURE, YEAR, RATE = "CABG", "2010", "Risk-Adjusted Mortality Rate"
ROUNDING = 0.005  # of every rate of the State, in per cent
VERDICTS = {
    "Rate not different than Statewide Rate": "as_expected",
    "Rate significantly lower than Statewide Rate": "better",
    "Rate significantly higher than Statewide Rate": "worse",
}
# Their expected rates are so low that rounding them decides: unrounded, the limit is on the other side of the State's rate.
UNDECIDED = {("CABG", "2011", "NYU Hospitals Center"), ("Emergency PCI", "2017-2019", "Peconic Bay Med Ctr")}
DEFINITION = f"""\
format: 1
collaborative:
  slug: {SLUG}
  name: New York State cardiac reports
  specialty: Cardiac surgery
  time_zone: America/New_York
  date_order: mdy
  confidentiality_footer: Published by the State.
measures:
  {MEASURE}:
    name: Mortality after coronary bypass surgery
    short_name: CABG mortality
    kind: proportion
    domain: outcome
    direction: lower
    source: aggregate
    figures: {{numerator: Deaths in hospital or within 30 days, denominator: Patients, expected: true}}
    unit_noun: deaths
    minimum_cases: 11
"""
Row = dict[str, str]
pytestmark = [
    pytest.mark.worker,
    pytest.mark.django_db,
    pytest.mark.skipif(not DATA.exists(), reason="the New York file is not here"),
]


def hospital_rows() -> list[Row]:
    with DATA.open(encoding="utf-8-sig") as file:
        return [row for row in csv.DictReader(file) if row["Hospital Name"] != "NYS - All Hospitals"]


def of_year(procedure: str = PROCEDURE, year: str = YEAR) -> list[Row]:
    return [
        row for row in hospital_rows() if (row["Procedure"], row["Year of Hospital Discharge"]) == (procedure, year)
    ]


def expected_of(row: Row) -> float:
    return int(row["Number of Cases"]) * float(row["Expected Mortality Rate"]) / 100


def is_within_rounding(row: Row, rate: float) -> bool:
    """The State printed the rate to two decimals, and so the expected rate that we begin with."""
    printed, expected = float(row[RATE]), float(row["Expected Mortality Rate"])
    return abs(100 * rate - printed) <= ROUNDING + printed * ROUNDING / max(expected - ROUNDING, ROUNDING) + 1e-9


# All rows, by the function of the worker ------------------------------------------------------------------------------


def test_every_rate_and_verdict_of_the_state_comes_out() -> None:
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in hospital_rows():
        groups.setdefault((row["Procedure"], row["Year of Hospital Discharge"]), []).append(row)
    rates, verdicts = [], []
    for key, rows in groups.items():
        found = numbers_of(rows)
        for place, row in enumerate(rows):
            site = found.sites[place]
            assert site.adjusted_rate is not None
            rates.append(is_within_rounding(row, site.adjusted_rate))
            if verdict(site.oe_low or 0.0, site.oe_high or 0.0) != VERDICTS[row["Comparison Results"]]:
                verdicts.append((*key, row["Hospital Name"]))

    assert (len(rates), all(rates)) == (2757, True)
    assert set(verdicts) <= UNDECIDED


def verdict(low: float, high: float) -> str:
    """What the reading would be without a minimum of cases: the State reads every hospital."""
    return "worse" if low > 1 else "better" if high < 1 else "as_expected"


def numbers_of(rows: Sequence[Row]) -> MeasureNumbers:
    spec = load_definition(DEFINITION, "ny.yaml").measures[0]
    slices = {place: AggregateSlice(figures=(_supplied(row),)) for place, row in enumerate(rows)}
    return compute_aggregate(AggregateInput(measure=spec, rules=DisclosureRules(), slices=slices))


def _supplied(row: Row) -> Supplied:
    year = row["Year of Hospital Discharge"]
    return Supplied(
        first_day=f"{year[:4]}-01-01",
        last_day=f"{year[-4:]}-12-31",
        numerator=int(row["Number of Deaths"]),
        denominator=int(row["Number of Cases"]),
        expected=expected_of(row),
        source="New York State",
        supplied_on="2026-01-05",
    )


# One procedure and year, from the file to the page --------------------------------------------------------------------


def viewer(name: str) -> Viewer:
    with acting(Acting("platform")), transaction.atomic():
        user = User.objects.get(email=f"{name}@example.org")
    return places_of(user.pk)[0].viewer(user.pk, user.full_name)


def lines() -> Iterator[str]:
    yield "hospital,period,numerator,denominator,expected"
    for row in of_year():
        counts = (row["Number of Deaths"], row["Number of Cases"], f"{expected_of(row):.6f}")
        yield ",".join((row["Facility ID"], YEAR, *counts))


@pytest.fixture
def release(db: None, tmp_path: Path) -> Release:
    """Defined, joined, supplied, drafted, approved and released, each by the person who may."""
    path = tmp_path / "definition.yaml"
    path.write_text(DEFINITION, encoding="utf-8")
    call_command("load_definition", str(path), "--director", "ny@example.org", stdout=StringIO())
    programme.DIRECTORS[SLUG], programme.USERS["ny"] = "ny", (viewer("ny").user_id, "Ny")
    for name, role in (("ny.cora", Role.COORDINATOR), ("ny.ben", Role.BIOSTATISTICIAN)):
        user, director = programme.new_user(name, name.title()), viewer("ny")
        with acting(acting_for(director)), transaction.atomic():
            grant_role(user=user, role=role, participation=None, by=director)
    director = viewer("ny")
    with acting(acting_for(director)), transaction.atomic():
        for row in of_year():
            profile = {
                "identifier": row["Facility ID"],
                "name": row["Hospital Name"],
                "city": "",
                "region": row["Region"],
            }
            create_hospital(by=director, joined_on=date(2008, 1, 1), **profile)
        agreements.need_none(director)
    cora = viewer("ny.cora")
    with acting(acting_for(cora)), transaction.atomic():
        measure, content = Measure.objects.get(slug=MEASURE), "\n".join(lines()).encode()
        upload = upload_figures(
            measure=measure, file_name="ny.csv", source="Cardiac reports of the State", content=content, by=cora
        )
        assert (upload.state, upload.problems) == (FigureState.CHECKED, [])
        commit_figures(upload=upload, by=cora)
    draft = releases.draft(YEAR, date(2010, 1, 1), date(2010, 12, 31), SLUG, by="ny.cora")
    return releases.publish(draft, SLUG, approver="ny.ben", director="ny")


def test_release_gives_the_published_rates_and_readings(release: Release) -> None:
    with acting(releases.worker(SLUG)), transaction.atomic():
        found = SiteResult.objects.filter(release=release).select_related("participation__site")
        sites = {site.participation.site.identifier: site for site in found}
        pooled = MeasureResult.objects.get(release=release)
        peers = PeerDistribution.objects.get(release=release, stratum="all")
        assert recompute(release) == ""

    rows = of_year()
    assert (pooled.observed, pooled.denominator, pooled.hospitals) == (149, 9421, len(rows))
    assert all(is_within_rounding(row, sites[row["Facility ID"]].adjusted_rate) for row in rows)
    compared = [row for row in rows if int(row["Number of Cases"]) >= 11]
    assert {row["Facility ID"]: sites[row["Facility ID"]].reading for row in compared} == {
        row["Facility ID"]: VERDICTS[row["Comparison Results"]] for row in compared
    }
    assert (len(peers.values), peers.withheld) == (len(compared), "")


def test_page_of_a_hospital_with_a_high_rate_says_so(release: Release) -> None:
    """STATISTICS 9: 310 cases, 11 deaths, 1.61 % expected, of a State with 1.58 %: 3.48 (1.73 to 6.22), higher."""
    (row,) = [each for each in of_year() if (each["Number of Cases"], each["Number of Deaths"]) == ("310", "11")]
    ben = places_of(programme.USERS["ny.ben"][0])[0]
    with acting(acting_for(viewer("ny.ben"))), transaction.atomic():
        table = unblinded_page(viewer("ny.ben"), ben, release.public_id, MEASURE)
    clinician, director = programme.new_user("ny.clinician", "Ny Clinician"), viewer("ny")
    with acting(acting_for(director)), transaction.atomic():
        hospital = SiteResult.objects.get(release=release, participation__site__identifier=row["Facility ID"])
        grant_role(user=clinician, role=Role.CLINICIAN, participation=hospital.participation, by=director)
    (place,) = places_of(clinician.pk)
    own = place.viewer(clinician.pk, clinician.full_name)
    with acting(acting_for(own)), transaction.atomic():
        page = measure_page(own, place, MEASURE, Question())

    assert page.compare
    facts = {fact.label: (fact.value, fact.note) for fact in page.compare.numbers}
    assert facts["Risk-adjusted rate"] == ("3.5%", "95% 1.7% to 6.2%")
    assert (page.compare.reading, row["Comparison Results"].split()[2]) == ("Higher than the collaborative", "higher")
    (line,) = [each for each in table.rows if each.name == row["Hospital Name"]]
    assert (line.reading, line.adjusted) == ("Higher than the collaborative", "3.5%")
