"""Cases as a file: what the import makes of it again, and what it tells nobody else."""

import csv
import io
from datetime import date

import pytest
from django.http import HttpResponse

from cases.enums import COUNTED
from cases.models import Case
from cases.services.cases import Changes, save_answers, start_case
from cases.services.export import cases_file
from events.models import AccessLog
from measures.definition.spec import MissingKind
from measures.models import Form
from tests.architecture.test_canary import foreign_to
from tests.architecture.tokens import documents
from tests.world import World
from tests.worlds.cases import TRUTH, look_at


LIST = "/c/colectomy-mi/cases/"
EXPORT = f"{LIST}export/"
TEMPLATE = "/c/colectomy-mi/imports/template/colectomy.csv"


def _table(response: HttpResponse) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


def test_file_has_the_columns_of_the_template(world: World) -> None:
    client = world.client("alder.abstractor")
    response = client.post(EXPORT, {"which": "all", "tab": "all"})
    template = client.get(TEMPLATE).content.decode("utf-8-sig").splitlines()[0].split(",")

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert [*_table(response)[0]] == template
    assert len(_table(response)) == TRUTH["alder"].cases + 2


@pytest.mark.worker
def test_file_comes_back_as_it_went(world: World) -> None:
    """Every complete case, uploaded again, is found unchanged: values, kinds of missing, and choices of none."""
    with world.acting_as("alder.abstractor") as by:
        alder = by.participation_id or 0
        content = cases_file(cases=Case.objects.filter(status__in=COUNTED), participation_id=alder, by=by)
    look = look_at(content, by=by)

    with world.acting_as("alder.abstractor"):
        look.refresh_from_db()
    counts = {name: number for name, number in look.summary["actions"].items() if number}
    assert counts == {"unchanged": TRUTH["alder"].cases}


def test_file_holds_what_is_ticked_and_nothing_of_others(world: World) -> None:
    with world.acting_as("dana"):
        own = Case.objects.get(case_number="AL-901").public_id
        foreign = Case.objects.get(case_number="BI-901").public_id
    response = world.client("alder.abstractor").post(EXPORT, {"case": [own, foreign]})

    assert [row["case_number"] for row in _table(response)] == ["AL-901"]


def test_cells_are_neither_formulas_nor_silent(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        form = Form.objects.get(slug="colectomy")
        case = start_case(form=form, case_number="F-1", event_date=date(2026, 3, 5), by=by)
        answers = {"comment": "+1 (two) beds", "ssi": MissingKind.UNKNOWN, "conditions": ()}
        save_answers(case=case, changes=Changes(revision=1, answers=answers), by=by)
    (row,) = _table(world.client("alder.abstractor").post(EXPORT, {"case": case.public_id}))

    assert (row["comment"], row["ssi"], row["conditions"], row["age"]) == ("'+1 (two) beds", "Unknown", ";", "")


@pytest.mark.parametrize("name", ["alder.abstractor", "alder.clinician", "alder.champion", "ida"])
def test_a_hospitals_file_names_no_other(world: World, name: str) -> None:
    response = world.client(name).post(EXPORT, {"which": "all", "tab": "all"})

    assert foreign_to(world, "alder").found_in(documents(response.content, response.items())) == set()
    assert len(_table(response)) == TRUTH["alder"].cases + 2


def test_every_download_is_noted_where_the_hospital_reads_it(world: World) -> None:
    alder = world.participation("alder")
    world.client("alder.clinician").post(EXPORT, {"which": "all", "tab": "drafts"})
    centre = world.client("vera").post(EXPORT, {"which": "all", "tab": "complete", "hospital": str(alder.public_id)})
    with world.acting_as("alder.champion"):
        noted = list(AccessLog.objects.filter(action="exported").values_list("user_id", "subject", "capacity"))

    assert noted == [
        (world.user("alder.clinician").pk, "2 cases (colectomy)", "hospital"),
        (world.user("vera").pk, f"{TRUTH['alder'].cases} cases (colectomy)", "centre"),
    ]
    assert {row["hospital"] for row in _table(centre)} == {"0100"}


def test_the_centre_names_the_hospital(world: World) -> None:
    client = world.client("vera")
    nothing = client.post(EXPORT, {"which": "all"})
    unknown = client.post(EXPORT, {"which": "all", "hospital": "00000000-0000-4000-8000-000000000000"})

    assert (nothing.status_code, unknown.status_code) == (302, 404)
    assert client.post(EXPORT, {"hospital": str(world.participation("alder").public_id)}).status_code == 302


def test_nothing_chosen_is_said(world: World) -> None:
    text = world.client("alder.abstractor").post(EXPORT, {}, follow=True).content.decode()

    assert "Choose one or more cases first, or all that match." in text


def test_observers_have_no_file(world: World) -> None:
    assert world.client("sam").post(EXPORT, {"which": "all"}).status_code == 403
