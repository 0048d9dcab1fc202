"""The data-quality statement: beside every number, frozen with the release, and of nobody else's hospital."""

import re
from html import unescape

import pytest
from django.db import transaction
from django.test import Client

from cases.models import Case
from cases.quality.definition.figures import percent_of
from cases.questions.services.asking import raise_query
from cases.services.locking import lock_cases
from feedback.models import DataQualityStatement, PooledStatement, Release, SiteResult
from feedback.selectors.statements import (
    NOT_KEPT,
    SUPPLIED,
    WITHHELD,
    Statement,
    besides,
    said_by_all,
    statement_of,
)
from feedback.services.computing import recompute
from tenancy.context import Acting, acting
from tests.world import World
from tests.worlds import releases


HERE = "/c/colectomy-mi/"
ORDER = ("Completeness", "complete by the due date", "case capture", "audit", "quer", "locked")


def release(world: World) -> Release:
    with world.acting_as("dana"):
        return Release.objects.get(name=releases.NAME)


def statements(page: str) -> list[str]:
    """The words of every statement on the page."""
    found = re.findall(r"<(?:span|p)[^>]*data-statement[^>]*>(.*?)</(?:span|p)>", page, re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", "", each)).split()) for each in found]


def page(client: Client, path: str) -> str:
    answer = client.get(f"{HERE}{path}")
    assert answer.status_code == 200, path
    return answer.content.decode()


# Every page with a number shows it -------------------------------------------------------------------------------------

NUMBERS = {
    "alder.clinician": [
        "",
        "measures/",
        "measures/ssi/",
        "measures/ssi/?view=cases",
        "measures/ssi/?view=time",
        "measures/ssi/breakdown/",
        "measures/ssi/target/",
        "results/",
        "quality/",
        "{release}measures/ssi/model/",
    ],
    "alder.champion": [""],
    "birch.champion": ["notice/"],
    "cora": [
        "results/",
        "quality/",
        "{release}",
        "{release}as/{alder}/",
        "{release}measures/ssi/",
        "{release}measures/ssi/hospitals/{alder}/",
    ],
    "ben": ["{release}measures/antibiotic/", "{release}measures/ssi/model/", "{release}measures/ssi/model/hospitals/"],
    "sam": ["", "results/", "results/?words=plain"],
    "pat": ["", "results/", "results/?words=figures"],
}
WALK = [(name, path) for name, paths in NUMBERS.items() for path in paths]


@pytest.mark.parametrize(("name", "path"), WALK)
def test_every_page_with_a_number_shows_how_good_its_data_are(world: World, name: str, path: str) -> None:
    alder = world.participation("alder").public_id
    address = path.format(release=f"releases/{release(world).public_id}/", alder=alder)
    text = page(world.client(name), address)
    found = statements(text)

    assert found != []
    for each in found:
        places = [each.find(word) for word in ORDER if word in each]
        assert places != [] or WITHHELD in each, each
        assert (NOT_KEPT not in each, WITHHELD in each or places == sorted(places)) == (True, True), each


def test_a_table_says_once_what_all_its_measures_share(world: World) -> None:
    """Completeness is of the questions of each measure; the rest is the same for all. The common aim has its own."""
    text = page(world.client("alder.clinician"), "")
    found = statements(text)
    besides = [each for each in found if "by the due date" not in each]

    assert len(besides) == text.count('<tr class="beside">')
    assert {each.partition(":")[2].split()[0] for each in besides} <= {"Completeness"}
    assert len(found) - len(besides) == 1 + text.count('id="aim-heading"')


def test_what_measures_share_is_theirs_alone() -> None:
    one, two = (Statement(parts=(f"Completeness {share}%", "3 of 4 cases locked")) for share in (97, 99))
    supplied = Statement(parts=(SUPPLIED, "Claims 2025"))
    common = said_by_all([one, supplied, two])

    assert (common and common.parts) == ("3 of 4 cases locked",)
    assert [besides(each, common).parts for each in (one, two, supplied)] == [
        ("Completeness 97%",),
        ("Completeness 99%",),
        supplied.parts,
    ]
    assert said_by_all([one, supplied]) is None
    assert besides(one, None) == one


def test_before_the_first_release_live_counts_have_the_latest_figures(world: World) -> None:
    with world.acting_as("dana"):
        Release.objects.filter(state="released").update(state="superseded")
    home = statements(page(world.client("alder.clinician"), ""))

    assert len(home) == 1
    assert home[0].startswith("Data quality, last twelve months: Completeness 99% · ")


def test_the_file_of_a_measure_has_it(world: World) -> None:
    answer = world.client("alder.clinician").get(f"{HERE}measures/ssi/numbers.csv")
    lines = answer.content.decode("utf-8-sig").splitlines()

    assert lines[3].startswith("Data quality,Completeness ")
    assert "of 46 cases locked" in lines[3]


# What it says ----------------------------------------------------------------------------------------------------------


def test_a_statement_is_of_the_questions_of_its_measure(world: World) -> None:
    """`ssi` reads the infection, which one case does not know; `antibiotic` reads what everybody knows."""
    with world.acting_as("alder.clinician"):
        found = {row.measure_version.measure.slug: row for row in DataQualityStatement.objects.all()}
        results = {row.measure_version.measure.slug: row for row in SiteResult.objects.all()}

    assert {slug: row.cases for slug, row in found.items()} == dict.fromkeys(found, 46)
    assert {slug: row.complete for slug, row in found.items()} == dict.fromkeys(found, 44)
    assert {slug: results[slug].cases for slug in found} == dict.fromkeys(found, 44)
    assert found["ssi"].required - found["ssi"].known == 1
    assert found["antibiotic"].required == found["antibiotic"].known


def test_pooled_shares_are_rounded_and_add_up_from_the_hospitals(world: World) -> None:
    with world.acting_as("cora"):
        rows = list(
            DataQualityStatement.objects.filter(measure_version__measure__slug="ssi", release__name=releases.NAME)
        )
        pooled = PooledStatement.objects.get(measure_version__measure__slug="ssi", release__name=releases.NAME)

    known, required = sum(row.known for row in rows), sum(row.required for row in rows)
    assert (len(rows), pooled.completeness) == (8, round(known / required, 2))
    assert pooled.capture is None
    assert percent_of(known / required) in {"over 99%", "100%", "99%"}


def test_the_sponsor_sees_shares_of_all_hospitals_only(world: World) -> None:
    text = page(world.client("sam"), "")
    found = statements(text)

    assert {each.partition(":")[0] for each in found} == {"Data quality, all hospitals"}
    assert [each for each in found if re.search(r"\d+ of \d+|\d+\.\d", each)] == []
    with world.acting_as("sam"), pytest.raises(Exception, match="permission denied"), transaction.atomic():
        list(DataQualityStatement.objects.all())


def test_a_hospital_reads_its_own_statement_and_no_other(world: World) -> None:
    with world.acting_as("alder.clinician") as viewer:
        rows = list(DataQualityStatement.objects.all())
        drafts = DataQualityStatement.objects.filter(release__name=releases.DRAFT)
        assert list(drafts) == []

    assert {row.participation_id for row in rows} == {viewer.participation_id}


# Frozen ----------------------------------------------------------------------------------------------------------------


@pytest.mark.worker
def test_later_changes_do_not_alter_it(world: World) -> None:
    cora = world.viewer("cora")
    with acting(Acting("compute", collaborative_id=cora.collaborative_id)), transaction.atomic():
        before = list(DataQualityStatement.objects.order_by("pk").values())
        lock_cases(Case.objects.all())
    with world.acting_as("cora") as by:
        case = Case.objects.filter(case_number="AL-011").select_related("form_version")[0]
        raise_query(case=case, variable="age", text="Please look.", by=by)
    with acting(Acting("compute", collaborative_id=cora.collaborative_id)), transaction.atomic():
        after = list(DataQualityStatement.objects.order_by("pk").values())
        assert recompute(Release.objects.get(name=releases.NAME)) == ""

    assert before == after


@pytest.mark.worker
def test_a_release_is_drafted_with_a_statement_for_every_result(world: World) -> None:
    made = releases.draft("Another", *releases.WINDOW)
    with acting(releases.worker()), transaction.atomic():
        results = set(SiteResult.objects.filter(release=made).values_list("participation", "measure_version"))
        found = set(DataQualityStatement.objects.filter(release=made).values_list("participation", "measure_version"))
        pooled = PooledStatement.objects.filter(release=made).count()

    assert (found == results, len(found), pooled) == (True, 24, 0)


@pytest.mark.worker
def test_shares_of_all_hospitals_are_written_when_members_are_to_see_them(world: World) -> None:
    made = releases.publish(releases.draft("Another", *releases.WINDOW))
    with acting(releases.worker()), transaction.atomic():
        assert PooledStatement.objects.filter(release=made, completeness__isnull=False).count() == 3


@pytest.mark.worker
def test_nobody_may_change_a_statement(world: World) -> None:
    with acting(releases.worker()), pytest.raises(Exception, match="permission denied"), transaction.atomic():
        DataQualityStatement.objects.update(locked=0)


def test_a_release_from_before_the_statement_says_so() -> None:
    assert statement_of({}, 1).text == NOT_KEPT
