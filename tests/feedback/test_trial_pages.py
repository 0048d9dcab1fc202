"""Pages of trial fits, the model page of a release, hospitals that move, and the files for R."""

import csv
import io
import math
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client

from collaboratives.selectors.places import acting_for
from events.models import AccessLog
from feedback.models import ModelFit, Release, SnapshotSlice
from feedback.selectors.model_page import model_page
from feedback.selectors.moved import release_hospitals
from feedback.selectors.refit import coefficients_file, script_file
from feedback.selectors.slices import Codes, Slice, unpack
from tenancy.context import acting
from tests.world import World
from tests.worlds import programme, releases, trials
from tests.worlds.cases import TRUTH
from tests.worlds.counting import page_queries


MODELS = "/c/colectomy-mi/manage/models/"
TRIALS = f"{MODELS}readmission_risk/trials/"
WINDOW = {"first_month": "2025-07", "last_month": "2026-09"}
RSCRIPT = shutil.which("Rscript")


def done() -> str:
    """The page of the world's trial."""
    return f"{TRIALS}{trials.TRIALS['readmission']}/"


def words(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def get(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode()


def test_trial_is_asked_for_left_and_found_again(world: World) -> None:
    client = world.client("ben")
    response = client.post(TRIALS, {"version": 2, **WINDOW})

    running = words(get(client, response["Location"]))
    assert "Waiting for a worker." in running
    assert "You can leave this page and come back" in running
    assert client.get(f"{response['Location']}progress/").headers.get("HX-Refresh") is None
    assert client.get(f"{done()}progress/").headers["HX-Refresh"] == "true"
    listed = words(get(client, TRIALS))
    assert listed.count("Version 2, July 2025 to September 2026") == 2
    assert "Being computed" in listed


def test_page_of_a_trial_tells_what_a_statistician_asks(world: World) -> None:
    text = words(get(world.client("ben"), done()))

    for wanted in (
        "Beside the version before",
        "Both fitted on the same cases.",
        "Calibration in the large",
        "Calibration slope",
        "Hosmer-Lemeshow",
        "Scaled Brier",
        "On later cases",
        "Between hospitals",
        "Missing answers",
        "Time used",
        "Ranks and Newton steps",
        "not in it",
    ):
        assert wanted in text, wanted


def test_hospitals_of_a_trial_are_named_on_an_audited_page(world: World) -> None:
    client, before = world.client("ben"), looks()

    text = words(get(client, f"{done()}hospitals/"))

    with acting(acting_for(programme.viewer("dana"))), transaction.atomic():
        names = [world.participation(name).site.name for name in ("alder", "birch")]
    assert all(name in text for name in names)
    assert looks() == before + 1
    assert all(name not in words(get(client, done())) for name in names)


def looks() -> int:
    with acting(acting_for(programme.viewer("dana"))), transaction.atomic():
        return AccessLog.objects.filter(action="results_viewed").count()


def test_members_and_observers_find_no_trial(world: World) -> None:
    for name, status in (("alder.champion", 403), ("alder.clinician", 403), ("sam", 403), ("stella", 404)):
        client = world.client(name)
        parts = ("", "progress/", "hospitals/", "coefficients.csv", "refit.R")
        found = {client.get(f"{done()}{part}").status_code for part in parts} | {client.get(TRIALS).status_code}
        assert found == {status}, name
    validator = world.client("vera")
    assert [validator.get(each).status_code for each in (TRIALS, done())] == [403, 403]


def test_trial_pages_take_few_queries(world: World) -> None:
    client = world.client("ben")

    found = {each: len(page_queries(client, each)) for each in (TRIALS, done(), f"{done()}hospitals/")}
    assert {each: count for each, count in found.items() if count > 12} == {}


def test_files_of_a_trial_are_noted(world: World) -> None:
    client = world.client("ben")

    rows = list(csv.DictReader(io.StringIO(get(client, f"{done()}coefficients.csv"))))
    assert [row["name"] for row in rows] == ["intercept", "age"]
    assert "glm(outcome ~ age, family = binomial, data = cases)" in get(client, f"{done()}refit.R")
    with acting(acting_for(programme.viewer("dana"))), transaction.atomic():
        noted = set(AccessLog.objects.filter(action="exported").values_list("subject", flat=True))
    assert {"trial coefficients, readmission_risk", "trial script, readmission_risk"} <= noted


def test_form_tells_what_cannot_be_asked(world: World) -> None:
    client = world.client("ben")

    response = client.post(TRIALS, {"version": 2, "first_month": "2026-05", "last_month": "2026-01"})

    assert response.status_code == 422
    assert "The window ends" in response.content.decode()
    assert client.post(TRIALS, {"version": 7, **WINDOW}).status_code == 422


# The model page of a release -------------------------------------------------------------------------------------------


def model_address() -> str:
    with acting(acting_for(programme.viewer("ben"))), transaction.atomic():
        release = Release.objects.get(name=releases.NAME)
    return f"/c/colectomy-mi/releases/{release.public_id}/measures/ssi/model/"


def test_model_page_of_a_release_tells_what_was_left_out_and_missing(world: World) -> None:
    text = words(get(world.client("ben"), model_address()))

    assert "Left out of the fit" in text
    assert "Missing answers" in text
    assert "Scaled Brier" in text


@pytest.mark.worker
def test_next_release_is_held_against_the_frozen_one(world: World) -> None:
    later = releases.draft("Winter", *releases.DRAFT_WINDOW)
    with acting(releases.worker()):
        told = ModelFit.objects.get(release=later).details["earlier"]
    assert (told["release"], told["version"], told["same_version"]) == (releases.NAME, 1, True)
    assert told["expected"] > 0

    ben = programme.viewer("ben")
    with acting(acting_for(ben)), transaction.atomic():
        page = model_page(ben, later.public_id, "ssi")
        hospitals = release_hospitals(ben, later.public_id, "ssi")
    labels = [fact.label for fact in page.recalibration]
    assert labels == ["Observed / expected", "Intercept shift", "Slope", "c statistic", "Brier score"]
    assert page.beside is not None
    assert page.beside.same_version
    assert all(row.difference for row in page.beside.coefficients)
    assert len(hospitals.rows) == hospitals.compared * len(TRUTH)


def test_model_files_are_noted_and_for_members_too(world: World) -> None:
    client = world.client("alder.champion")

    for name in ("coefficients.csv", "refit.R"):
        assert client.get(f"{model_address()}{name}").status_code == 200
    with acting(acting_for(programme.viewer("alder.champion"))), transaction.atomic():
        noted = set(AccessLog.objects.filter(action="exported").values_list("subject", flat=True))
    assert {"coefficients of ssi", "R script of ssi"} <= noted


# Files for R -----------------------------------------------------------------------------------------------------------


def fit_of_release() -> ModelFit:
    with acting(releases.worker()):
        return ModelFit.objects.get(release__name=releases.NAME)


@pytest.mark.worker
def test_coefficients_keep_every_digit(world: World) -> None:
    fit = fit_of_release()
    rows = list(csv.DictReader(io.StringIO(coefficients_file(fit, "ssi").content)))

    assert [row["name"] for row in rows] == [term["name"] for term in fit.terms]
    assert [float(row["estimate"]) for row in rows] == [term["coefficient"] for term in fit.terms]
    assert [float(row["mixed_estimate"]) for row in rows] == fit.between["terms"]
    assert rows[0]["term"] == "(Intercept)"


@pytest.mark.worker
def test_script_builds_each_column_that_its_formula_names(world: World) -> None:
    """A small reader of the script, independent of what wrote it: formula terms, assignments, balanced brackets."""
    fit = fit_of_release()
    script = script_file(fit, "ssi", "Infection, a title\nof two lines").content
    rows = list(csv.DictReader(io.StringIO(coefficients_file(fit, "ssi").content)))

    (formula,) = re.findall(r"pooled <- glm\(outcome ~ ([^,]+), family = binomial, data = cases\)", script)
    (mixed,) = re.findall(
        r"mixed <- lme4::glmer\(outcome ~ ([^,]+), family = binomial, data = cases, nAGQ = 1\)", script
    )
    terms = formula.split(" + ")
    assigned = re.findall(r"^cases\$([A-Za-z][A-Za-z0-9._]*) <- ", script, re.MULTILINE)
    assert terms == assigned == [row["term"] for row in rows[1:]]
    assert mixed.split(" + ") == [*terms, "(1 | hospital)"]
    code = "\n".join(line.partition("#")[0] for line in script.splitlines())
    assert [code.count(each) for each in "({["] == [code.count(each) for each in ")}]"]


@pytest.mark.worker
@pytest.mark.skipif(RSCRIPT is None, reason="R is not installed")
def test_r_fits_the_same(world: World, tmp_path: Path) -> None:
    fit = fit_of_release()
    with acting(releases.worker()):
        slices = SnapshotSlice.objects.filter(
            snapshot=fit.release.snapshot_id, measure_version=fit.measure_version_id
        ).order_by("participation_id")
        columns = {row.participation_id: unpack(row.payload) for row in slices}
    (tmp_path / "cases.csv").write_text(cases_of(columns))
    (tmp_path / "ssi-coefficients.csv").write_text(coefficients_file(fit, "ssi").content)
    (tmp_path / "ssi-refit.R").write_text(script_file(fit, "ssi", "Infection").content)

    done = subprocess.run(
        [RSCRIPT or "", "ssi-refit.R"], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )

    assert done.returncode == 0, done.stderr
    (pooled,) = re.findall(r"Largest difference of a coefficient, pooled: (\S+)", done.stdout)
    assert float(pooled) < 1e-6
    if "with hospitals" in done.stdout:
        (mixed,) = re.findall(r"Largest difference of a coefficient, with hospitals: (\S+)", done.stdout)
        assert float(mixed) < 1e-3


def cases_of(slices: dict[int, Slice]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    names = list(next(iter(slices.values())).covariates)
    writer.writerow(["hospital", "outcome", *names])
    for hospital, columns in slices.items():
        for at, letter in enumerate(columns.outcomes):
            if letter in "mn":
                writer.writerow(
                    [hospital, int(letter == "m"), *(_cell(columns.covariates[name], at) for name in names)]
                )
    return out.getvalue()


def _cell(column: object, at: int) -> object:
    if isinstance(column, Codes):
        return "" if column.places[at] < 0 else column.values[column.places[at]]
    value = column[at]  # type: ignore[index]  # an array of numbers
    return "" if math.isnan(value) else value
