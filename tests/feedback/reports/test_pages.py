"""Reports as their readers find and take them: each hospital its own, the centre all of them, nobody else any."""

import io
import uuid
import zipfile

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone

from collaboratives.models import Grant
from events.models import AccessLog, Job
from feedback.models import Release
from feedback.reports.models import HospitalReport
from tests.architecture.pdf_text import pdf_texts, pdf_words
from tests.architecture.test_canary import foreign_to
from tests.world import World
from tests.worlds import releases
from tests.worlds.counting import page_queries
from tests.worlds.programme import COLECTOMY, HOSPITALS


HERE = "/c/colectomy-mi/"
OWN = ("reports/one-page.pdf", "reports/full.pdf", "measures/ssi/report.pdf")


def report(world: World, hospital: str, kind: str = "full") -> HospitalReport:
    place = world.participation(hospital)
    with world.acting_as("dana"):
        return HospitalReport.objects.get(participation=place, kind=kind, release__name=releases.NAME)


def take(world: World, name: str, path: str) -> HttpResponse:
    return world.client(name).get(f"{HERE}{path}")


def test_a_hospital_finds_its_files_by_release(world: World) -> None:
    page = take(world, "alder.clinician", "reports/").content.decode()
    own = [report(world, "alder", kind) for kind in ("one-page", "full")]

    assert [page.count(f"/reports/{each.public_id}.pdf") for each in own] == [1, 1]
    assert page.count(".pdf") == 2
    assert releases.NAME in page


def test_the_file_is_what_the_worker_made(world: World) -> None:
    kept = report(world, "alder")
    by_address = take(world, "alder.clinician", f"reports/{kept.public_id}.pdf")
    own = take(world, "alder.clinician", "reports/full.pdf")

    assert by_address.content == own.content == bytes(kept.file)
    assert by_address["Content-Type"] == "application/pdf"
    assert by_address["Content-Disposition"] == 'attachment; filename="autumn-2026-aldermoor-quillen-hospital-full.pdf"'
    assert "no-store" in by_address["Cache-Control"]


def test_another_hospitals_file_and_none_look_the_same(world: World) -> None:
    foreign, missing = (
        take(world, "alder.champion", f"reports/{key}.pdf") for key in (report(world, "birch").public_id, uuid.uuid4())
    )

    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert len(foreign.content) == len(missing.content)


@pytest.mark.parametrize("path", ["reports/", *OWN])
@pytest.mark.parametrize("name", ["sam", "pat"])
def test_observers_have_no_report_of_a_hospital(world: World, name: str, path: str) -> None:
    assert take(world, name, path).status_code == 403


def test_who_lost_the_role_has_no_address_that_still_opens(world: World) -> None:
    """BA-35: the address is no key."""
    address, client = f"{HERE}reports/{report(world, 'alder').public_id}.pdf", world.client("alder.clinician")
    assert client.get(address).status_code == 200
    with world.acting_as("dana"):
        Grant.objects.filter(user=world.user("alder.clinician")).update(ends_at=timezone.now())

    assert client.get(address).status_code == 404


def test_the_part_of_a_measure_is_of_this_measure_only(world: World) -> None:
    words = pdf_words(take(world, "alder.clinician", "measures/ssi/report.pdf").content)

    assert "3infectionsin41cases" in words
    assert "Readmission" not in words.replace("Readmissionafter", "")
    assert take(world, "alder.clinician", "measures/nothing/report.pdf").status_code == 404


@pytest.mark.parametrize("path", OWN)
def test_every_download_is_noted(world: World, path: str) -> None:
    with world.acting_as("dana"):
        before = AccessLog.objects.count()
    take(world, "alder.clinician", path)
    with world.acting_as("dana"):
        (entry,) = AccessLog.objects.order_by("-pk")[: AccessLog.objects.count() - before]

    assert (entry.action, entry.participation_id) == ("exported", world.participation("alder").pk)
    assert releases.NAME in entry.subject


def test_the_centre_has_all_of_them_by_name(world: World) -> None:
    page = take(world, "cora", "reports/").content.decode()
    with world.acting_as("cora"):
        release = Release.objects.get(name=releases.NAME)
    packed = take(world, "cora", f"releases/{release.public_id}/reports.zip")

    assert [HOSPITALS[each][1] in page for each in COLECTOMY] == [True] * 8
    assert packed.streaming  # a piece at a time
    with zipfile.ZipFile(io.BytesIO(packed.getvalue())) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == 16
        assert archive.read("autumn-2026-aldermoor-quillen-hospital-full.pdf") == bytes(report(world, "alder").file)
    assert take(world, "alder.champion", f"releases/{release.public_id}/reports.zip").status_code == 403


def test_a_withdrawn_release_takes_its_files_along(world: World) -> None:
    key = report(world, "alder").public_id
    with world.acting_as("dana") as by:
        Release.objects.filter(name=releases.NAME).update(
            state="withdrawn", withdrawn_at=timezone.now(), withdrawn_by_id=by.user_id, withdrawn_reason="Wrong dates."
        )

    for name in ("alder.clinician", "cora"):
        assert take(world, name, f"reports/{key}.pdf").status_code == 404
        assert f"{key}" not in take(world, name, "reports/").content.decode()
    assert take(world, "alder.clinician", "reports/full.pdf").status_code == 404
    assert take(world, "sam", "results/report.pdf").status_code == 404


def test_the_centre_asks_again_for_files_that_are_missing(world: World) -> None:
    """After a job that was given up; a hospital cannot."""
    with world.acting_as("cora"):
        release = Release.objects.get(name=releases.NAME)
        before = Job.objects.filter(kind="reports.prepare").count()
    path = f"{HERE}releases/{release.public_id}/reports/"

    assert world.client("alder.champion").post(path).status_code == 403
    assert world.client("cora").post(path).headers["Location"] == f"{HERE}reports/"
    with world.acting_as("cora"):
        assert Job.objects.filter(kind="reports.prepare").count() == before + 1
    assert "Ask for them again" not in take(world, "cora", "reports/").content.decode()  # nothing is missing


# What is in them ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["one-page", "full"])
@pytest.mark.parametrize("hospital", COLECTOMY)
def test_a_file_tells_nothing_of_another_hospital(world: World, hospital: str, kind: str) -> None:
    """BA-18: glyphs, words for pictures, metadata, whatever is packed."""
    texts = pdf_texts(bytes(report(world, hospital, kind).file))
    squeezed = ["".join(each.split()) for each in texts]
    foreign = foreign_to(world, hospital)
    names = {each.replace(" ", "") for each in foreign.texts if not each.isdigit()}

    assert foreign.found_in(texts) == set()
    assert {each for each in names if any(each.casefold() in text.casefold() for text in squeezed)} == set()
    assert any(HOSPITALS[hospital][1].replace(" ", "") in text for text in squeezed)


@pytest.mark.parametrize("words", ["figures", "plain"])
def test_the_file_of_all_hospitals_names_none(world: World, words: str) -> None:
    for name in ("sam", "pat", "alder.clinician", "cora"):
        file = take(world, name, f"results/report.pdf?words={words}").content
        assert foreign_to(world, None).found_in(pdf_texts(file)) == set()
        assert "Surgical-siteinfection" in pdf_words(file)


def test_metadata_name_no_machine_and_no_person(world: World) -> None:
    text = bytes(report(world, "alder").file).decode("latin-1")

    assert str(settings.BASE_DIR) not in text
    assert "Typst" in text
    assert world.user("dana").full_name not in text


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("alder.clinician", "reports/"),
        ("cora", "reports/"),
        ("sam", ""),
        ("pat", "results/"),
        ("alder.clinician", "results/?words=plain"),
        ("sam", "methods/"),
        ("alder.clinician", "reports/full.pdf"),
        ("sam", "results/report.pdf"),
    ],
)
def test_pages_and_files_take_few_queries(world: World, name: str, path: str) -> None:
    assert len(page_queries(world.client(name), f"{HERE}{path}")) <= 12
