"""The burden of forms: the worker's figures beside those of plain Python, and who may see and ask for them."""

import random
import statistics
from datetime import date

import pytest
from django.db import ProgrammingError

from cases.enums import REOPENED
from cases.models import Case, FormBurden
from cases.selectors.burden import burden_table
from cases.services.burden import MINIMUM_CASES, burden_job, measure_burden, measure_burden_everywhere
from events.models import Job
from measures.models import FormVersion
from tenancy.context import Acting, acting
from tests.world import World


pytestmark = pytest.mark.worker


def _spend(world: World, count: int) -> None:
    """Let `count` complete cases have been entered by hand, each in its own time, some with reasons and warnings."""
    chance = random.Random(7)  # noqa: S311 -- the same cases in every run
    collaborative_id = world.viewer("dana").collaborative_id
    with acting(Acting("compute", collaborative_id=collaborative_id)):
        cases = list(Case.objects.filter(collaborative_id=collaborative_id, status="complete").order_by("pk")[:count])
        for case in cases:
            case.case_import = None
            case.working_seconds = chance.randint(60, 3600)
            case.warnings = chance.choice((0, 0, 1))
            reasons = {f"rule-{number}": "seen" for number in range(chance.randint(0, 2))}
            case.reasons = reasons | ({REOPENED: "wrong chart"} if chance.random() < 0.5 else {})
        Case.objects.bulk_update(cases, ["case_import", "working_seconds", "warnings", "reasons"])


def _rows(world: World) -> dict[int, FormBurden]:
    with world.acting_as("dana") as by:
        measured = FormBurden.objects.filter(collaborative_id=by.collaborative_id)
        return {each.form_version_id: each for each in measured.select_related("form_version")}


def _measure(world: World) -> dict[int, FormBurden]:
    collaborative_id = world.viewer("dana").collaborative_id
    with acting(Acting("compute", collaborative_id=collaborative_id)):
        measure_burden(collaborative_id)
    return _rows(world)


@pytest.mark.parametrize("count", [MINIMUM_CASES, 38, 61])
def test_figures_are_those_of_plain_python(world: World, count: int) -> None:
    _spend(world, count)
    rows = _measure(world)
    with world.acting_as("dana"):
        cases = list(Case.objects.filter(status="complete", case_import=None, working_seconds__gt=0))
        versions = set(FormVersion.objects.filter(status="published").values_list("pk", flat=True))
    by_version = {key: [case for case in cases if case.form_version_id == key] for key in versions}

    assert set(rows) == versions
    assert sum(row.cases for row in rows.values()) == count
    for key, own in by_version.items():
        row = rows[key]
        if len(own) < MINIMUM_CASES:
            assert (row.cases, row.median_minutes, row.findings_per_case) == (len(own), None, None)
            continue
        findings = [len([each for each in case.reasons if each != REOPENED]) + case.warnings for case in own]
        assert row.cases == len(own)
        assert row.median_minutes == pytest.approx(statistics.median(case.working_seconds for case in own) / 60)
        assert row.median_questions == pytest.approx(statistics.median(case.questions for case in own))
        assert row.findings_per_case == pytest.approx(statistics.mean(findings))


def test_fewer_than_five_cases_give_no_figure(world: World) -> None:
    _spend(world, MINIMUM_CASES - 1)
    measured = [row for row in _measure(world).values() if row.cases]

    assert [(row.cases, row.median_minutes, row.median_questions, row.findings_per_case) for row in measured] == [
        (MINIMUM_CASES - 1, None, None, None)
    ]


def test_imported_cases_and_drafts_cost_nobody_time(world: World) -> None:
    assert {row.cases for row in _measure(world).values()} == {0}


def test_measuring_again_replaces(world: World) -> None:
    _spend(world, 10)
    first = _measure(world)
    _spend(world, 20)
    second = _measure(world)

    assert sorted(first) == sorted(second)
    assert [sum(row.cases for row in each.values()) for each in (first, second)] == [10, 20]


def test_night_measures_every_collaborative(world: World) -> None:
    measure_burden_everywhere()

    assert _rows(world)
    with world.acting_as("dieter", "hernia-lakes") as by:
        assert FormBurden.objects.exclude(collaborative_id=by.collaborative_id).count() == 0


def test_table_tells_the_change_from_the_version_before(world: World) -> None:
    with world.acting_as("dana") as by:
        newest = FormVersion.objects.filter(status="published").latest("number")
        version = FormVersion.objects.create(
            form=newest.form, collaborative_id=by.collaborative_id, number=newest.number + 1, spec=newest.spec,
            digest=newest.digest, status="published", effective_from=date(2027, 1, 1), published_at=newest.published_at,
        )  # fmt: skip
    measured = {newest.pk: (20, 12.04, 31.0, 0.5), version.pk: (9, 10.0, 33.0, 0.5)}
    with acting(Acting("compute", collaborative_id=by.collaborative_id)):
        for key, (cases, minutes, questions, findings) in measured.items():
            figures = {"median_minutes": minutes, "median_questions": questions, "findings_per_case": findings}
            FormBurden.objects.update_or_create(
                collaborative_id=by.collaborative_id, form_version_id=key, defaults={"cases": cases, **figures}
            )
    with world.acting_as("cora") as cora:
        new, old = burden_table(cora).rows[:2]

    assert (new.number, new.minutes.text, new.minutes.change) == (version.number, "10.0", "2.0 less")
    assert (new.questions.change, new.findings.change) == ("2 more", "as before")
    assert (old.minutes.text, old.minutes.change) == ("12.0", "")


def test_job_measures(world: World) -> None:
    with world.acting_as("dana") as by:
        job = Job(kind="cases.measure_burden", collaborative_id=by.collaborative_id, subject_id=by.collaborative_id)
    with acting(Acting("compute", collaborative_id=job.collaborative_id)):
        burden_job(job)

    assert _rows(world)


@pytest.mark.parametrize("name", ["alder.abstractor", "alder.champion", "sam"])
def test_only_the_centre_reads_it(world: World, name: str) -> None:
    _measure(world)
    with pytest.raises(ProgrammingError, match="permission denied"), world.acting_as(name):
        FormBurden.objects.count()
