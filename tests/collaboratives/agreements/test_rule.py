"""No cases and no peers without agreements: by page, import, program and log; own data and results always stay."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from cases.errors import EntryRefusedError
from cases.models import Case, CaseImport
from cases.services.cases import start_case
from cases.services.imports import commit_import, upload_import
from collaboratives.agreements.enums import AgreementKind, SignedHow
from collaboratives.agreements.models import Agreement
from collaboratives.agreements.selectors.needs import USUAL, Need
from collaboratives.agreements.selectors.standings import comparison_stopped, lacking
from collaboratives.agreements.services.signing import sign_agreement, text_in_force
from collaboratives.agreements.services.texts import decide_needs
from collaboratives.selectors.clock import today_of
from feedback.models import PeerDistribution, SiteResult
from feedback.reports.models import HospitalReport
from measures.models import Form
from privacy.viewer import Viewer
from tests.api.conftest import GOOD, key_of
from tests.world import World
from tests.worlds import agreements, cases, definitions


HERE = "/c/colectomy-mi"
FILE = b"case_number,age,asa,operation_date,antibiotic,ssi\nN-77,70,2,2026-03-05,1,0\n"
CENTRE_FILE = b"hospital,case_number,age,asa,operation_date,antibiotic,ssi\n0201,N-78,70,2,2026-03-05,1,0\n0100,N-79,70,2,2026-03-05,1,0\n"
WORDS = "Your hospital's data-use agreement was ended on"


@pytest.fixture
def ended(world: World) -> None:
    """Birch has no data-use agreement any more."""
    with world.acting_as("cora") as cora:
        agreements.end("birch", by=cora)


def begin(by: Viewer, number: str = "T-1") -> Case:
    form = Form.objects.get(slug="colectomy")
    return start_case(form=form, case_number=number, event_date=date(2026, 3, 5), by=by)


def test_with_both_agreements_cases_are_entered(world: World) -> None:
    with world.acting_as("birch.abstractor") as by:
        assert begin(by).pk


def test_without_one_no_case_is_begun_and_others_go_on(world: World, ended: None) -> None:
    with world.acting_as("birch.abstractor") as by, pytest.raises(EntryRefusedError, match=WORDS):
        begin(by)
    with world.acting_as("alder.abstractor") as by:
        assert begin(by).pk


def test_the_page_says_why_and_leads_to_the_agreements(world: World, ended: None) -> None:
    page = world.client("birch.abstractor").get(f"{HERE}/cases/new/").content.decode()

    assert "data-use agreement was ended on" in page
    assert f'href="{HERE}/agreements/"' in page


@pytest.mark.worker
def test_files_are_refused_at_upload_and_at_the_end(world: World) -> None:
    checked = cases.look_at(FILE, by=world.viewer("birch.abstractor"), file_name="b.csv")
    with world.acting_as("cora") as cora:
        agreements.end("birch", by=cora)
    with world.acting_as("birch.abstractor") as by:
        before = CaseImport.objects.count()
        with pytest.raises(EntryRefusedError, match=WORDS):
            upload_import(form=definitions.form(), file_name="b.csv", content=FILE, by=by, queue=False)
        with pytest.raises(EntryRefusedError, match=WORDS):
            commit_import(case_import=checked, valid_only=False, by=by, queue=False)
        assert (CaseImport.objects.count(), Case.objects.filter(case_number="N-77").count()) == (before, 0)


@pytest.mark.worker
def test_the_centres_files_are_refused_by_row(world: World, ended: None) -> None:
    checked = cases.look_at(CENTRE_FILE, by=world.viewer("cora"), file_name="all.csv")
    with world.acting_as("cora"):
        rows = {row.row_number: row.findings for row in CaseImport.objects.get(pk=checked.pk).rows.all()}

    refused = [finding for finding in rows[2] if finding.get("rule") == "no_agreement"]
    assert "No cases of hospital 0201 are taken: its data-use agreement was ended on" in refused[0]["message"]
    assert [finding for finding in rows[3] if finding.get("rule") == "no_agreement"] == []


def test_programs_are_refused_in_the_same_words(world: World, ended: None) -> None:
    refused = key_of(world, "birch.abstractor").submit(answers=GOOD)

    assert refused.status_code == 403
    assert WORDS in refused.json()["detail"]


def test_own_cases_are_still_read_and_downloaded(world: World, ended: None) -> None:
    client = world.client("birch.abstractor")

    assert client.get(f"{HERE}/cases/").status_code == 200
    sent = client.post(f"{HERE}/cases/export/", {"tab": "complete", "which": "all"})
    assert sent["Content-Type"].startswith("text/csv")
    assert b"BI-0" in sent.content


def test_peers_disappear_behind_the_wall_and_own_results_stay(world: World, ended: None) -> None:
    with world.acting_as("birch.clinician") as by:
        assert "Your peers are not shown" in comparison_stopped(by.collaborative_id, by.participation_id)
        assert not PeerDistribution.objects.exists()
        assert not HospitalReport.objects.exists()
        assert SiteResult.objects.exists()
    with world.acting_as("alder.clinician") as by:
        assert comparison_stopped(by.collaborative_id, by.participation_id) == ""
        assert PeerDistribution.objects.exists()


@pytest.mark.parametrize("page", ["", "measures/", "measures/ssi/", "reports/"])
def test_member_pages_say_why(world: World, ended: None, page: str) -> None:
    response = world.client("birch.clinician").get(f"{HERE}/{page}")

    assert response.status_code == 200
    assert "Your peers are not shown: your hospital&#x27;s data-use agreement was ended" in response.content.decode()


def test_signing_again_brings_everything_back_at_once(world: World, ended: None) -> None:
    with world.acting_as("birch.administrator") as by:
        text = text_in_force(by.collaborative_id, AgreementKind.DATA_USE)
        assert text
        sign_agreement(text=text, typed_name=by.name, title="Administrator", by=by)
        assert PeerDistribution.objects.exists()
    with world.acting_as("birch.abstractor") as by:
        assert begin(by).pk


def test_what_is_needed_is_the_centres_decision(world: World, ended: None) -> None:
    with world.acting_as("cora") as cora:
        needs = dict(USUAL) | {AgreementKind.DATA_USE: Need(), AgreementKind.CONFIDENTIALITY: Need(for_comparison=True)}
        assert decide_needs(needs=needs, by=cora) == 2
    with world.acting_as("birch.abstractor") as by:
        assert begin(by).pk
        assert [each.kind for each in lacking(by.collaborative_id, by.participation_id or 0, "comparison")] == [
            AgreementKind.CONFIDENTIALITY
        ]
        assert not PeerDistribution.objects.exists()


def test_the_wall_and_the_code_usually_need_the_same(world: World) -> None:
    """Each kind ended by itself: what the code says stops comparison stops it in the database, and nothing else."""
    for kind in AgreementKind:
        with world.acting_as("cora") as cora, transaction.atomic():
            agreements.end("birch", kind, by=cora)
        with world.acting_as("birch.clinician") as by:
            stopped = bool(lacking(by.collaborative_id, by.participation_id or 0, "comparison"))
            assert PeerDistribution.objects.exists() != stopped
        with world.acting_as("cora") as cora:
            again = text_in_force(cora.collaborative_id, kind)
            if again:
                agreements.sign_on_paper(world.participation("birch"), again, cora)


def test_it_counts_on_its_last_day_and_not_after(world: World) -> None:
    place = world.participation("birch")
    today = today_of(place.collaborative)
    for last_day, entered in ((today - timedelta(days=1), False), (today, True)):
        with world.acting_as("cora") as cora:
            agreements.end("birch", by=cora)
            text = text_in_force(cora.collaborative_id, AgreementKind.DATA_USE)
            assert text
            agreements.sign_on_paper(place, text, cora, ends_on=last_day)
        with world.acting_as("birch.clinician") as by:
            assert (lacking(by.collaborative_id, place.pk, "entry") == []) == entered
            assert PeerDistribution.objects.exists() == entered


def test_a_hospital_signs_in_its_own_name_only_even_in_sql(world: World) -> None:
    other, place = world.user("birch.champion"), world.participation("birch")
    with world.acting_as("birch.administrator") as by:
        text = text_in_force(by.collaborative_id, AgreementKind.DATA_USE)
        for how, user in ((SignedHow.ON_PAPER, by.user_id), (SignedHow.HERE, other.pk)):
            with pytest.raises(IntegrityError, match="in the name of who is signed in"), transaction.atomic():
                Agreement.objects.create(
                    collaborative_id=by.collaborative_id,
                    participation=place,
                    text=text,
                    kind="data_use",
                    how=how,
                    signatory_name="Somebody",
                    signatory_title="Something",
                    signed_on=date(2026, 1, 1),
                    starts_on=date(2026, 1, 1),
                    recorded_by_id=user,
                )
