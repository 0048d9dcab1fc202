"""Only certified abstractors enter real cases, where the centre says so: by page, import and program alike."""

from datetime import date, timedelta

import pytest

from cases.errors import EntryRefusedError
from cases.models import Case, CaseImport
from cases.selectors.clock import today_of
from cases.services.cases import complete_case, correct_case_number, reopen_case, save_answers, start_case
from cases.services.changes import Changes
from cases.services.imports import commit_import, upload_import
from cases.training.errors import MaterialIncompleteError, NobodyCertifiedError
from cases.training.models import Certificate, Exam
from cases.training.selectors.certificates import last_certificate
from cases.training.services.certifying import decide_rule
from cases.training.services.exams import retire_exam
from measures.models import Form
from privacy.viewer import PermissionRefusedError, Viewer
from tests.api.conftest import GOOD, key_of
from tests.world import World
from tests.worlds import cases, definitions, training


HERE = "/c/colectomy-mi"
FILE = b"case_number,age,asa,operation_date,antibiotic,ssi\nN-77,70,2,2026-03-05,1,0\n"


@pytest.fixture
def rule(world: World) -> None:
    decide(world, required=True)


def decide(world: World, *, required: bool) -> None:
    with world.acting_as("cora") as cora:
        decide_rule(form=definitions.form(), required=required, by=cora)


def begin(by: Viewer, number: str = "T-1") -> Case:
    form = Form.objects.get(slug="colectomy")
    return start_case(form=form, case_number=number, event_date=date(2026, 3, 5), by=by)


def draft_of(world: World, name: str = "alder") -> Case:
    with world.acting_as("dana"):
        rows = Case.objects.select_related("form_version__form", "collaborative")
        return rows.get(case_number=f"{name[:2].upper()}-902")


def certificate_until(by: Viewer, last_day: date) -> Certificate:
    """One of an attempt of theirs, as if it had been passed a year before that day."""
    attempt = training.begin(by)
    return Certificate.objects.create(
        collaborative_id=by.collaborative_id,
        participation_id=by.participation_id,
        form=definitions.form(),
        attempt=attempt,
        holder_id=by.user_id,
        issued_on=last_day - timedelta(days=365),
        valid_until=last_day,
    )


def test_nothing_is_asked_unless_the_centre_says_so(world: World) -> None:
    with world.acting_as("cedar.abstractor") as by:
        assert begin(by).pk


def test_the_uncertified_begin_edit_and_finish_nothing(world: World, rule: None) -> None:
    draft = draft_of(world)
    with world.acting_as("alder.sampler") as by:
        attempts = (
            lambda: begin(by),
            lambda: save_answers(case=draft, changes=Changes(revision=draft.revision, answers={"age": 70}), by=by),
            lambda: correct_case_number(case=draft, case_number="T-2", by=by),
        )
        for attempt in attempts:
            with pytest.raises(EntryRefusedError, match="Only certified abstractors enter cases of Colectomy"):
                attempt()
    with world.acting_as("cedar.abstractor") as by:
        done = Case.objects.filter(status="complete").select_related("form_version").first()
        assert done
        with pytest.raises(EntryRefusedError):
            reopen_case(case=done, reason="Why not.", by=by)
        with pytest.raises(EntryRefusedError):
            complete_case(case=done, revision=done.revision, by=by)
    with world.acting_as("dana"):
        assert Case.objects.get(pk=draft.pk).revision == draft.revision
        assert not Case.objects.filter(case_number__in=["T-1", "T-2"]).exists()


def test_the_certified_go_on(world: World, rule: None) -> None:
    with world.acting_as("alder.abstractor") as by:
        case = begin(by)
        save_answers(case=case, changes=Changes(revision=1, answers={"age": 70}), by=by)


def test_a_certificate_counts_on_its_last_day_and_not_after(world: World, rule: None) -> None:
    today = today_of(world.participation("alder").collaborative)
    with world.acting_as("alder.sampler") as by:
        certificate_until(by, today)
        assert begin(by).pk
    with world.acting_as("birch.sampler") as by:
        certificate_until(by, today - timedelta(days=1))
        with pytest.raises(EntryRefusedError, match="your certificate ended on"):
            begin(by)


def test_a_certificate_counts_at_every_hospital_of_its_holder(world: World, rule: None) -> None:
    """Ida works at two and passes once; colleagues at either gain nothing by it."""
    with world.acting_as("ida", hospital="alder") as by:
        certificate = Certificate.objects.get(attempt=training.take_exam(by))
        assert begin(by).pk
    with world.acting_as("ida", hospital="birch") as by:
        assert last_certificate(by, certificate.form_id) == certificate
        assert not Certificate.objects.filter(pk=certificate.pk).exists()  # the wall stands again
        assert begin(by, "T-3").pk
    with world.acting_as("birch.sampler") as by, pytest.raises(EntryRefusedError):
        begin(by)


def test_a_failed_exam_opens_nothing_and_a_passed_one_does(world: World, rule: None) -> None:
    with world.acting_as("alder.sampler") as by:
        training.take_exam(by, training.REFERENCE.with_answer("ssi", training.NO))
        with pytest.raises(EntryRefusedError):
            begin(by)
    with world.acting_as("birch.sampler") as by:
        training.take_exam(by)
        assert begin(by).pk


@pytest.mark.worker
def test_files_of_the_uncertified_are_refused_at_upload_and_at_the_end(world: World) -> None:
    checked = cases.look_at(FILE, by=world.viewer("cedar.abstractor"), file_name="c.csv")
    decide(world, required=True)
    with world.acting_as("cedar.abstractor") as by:
        before = CaseImport.objects.count()
        with pytest.raises(EntryRefusedError):
            upload_import(form=definitions.form(), file_name="c.csv", content=FILE, by=by, queue=False)
        with pytest.raises(EntryRefusedError):
            commit_import(case_import=checked, valid_only=False, by=by, queue=False)
        assert (CaseImport.objects.count(), Case.objects.filter(case_number="N-77").count()) == (before, 0)


def test_the_centre_takes_over_registries_without_a_certificate(world: World, rule: None) -> None:
    with world.acting_as("cora") as cora:
        assert upload_import(form=definitions.form(), file_name="all.csv", content=FILE, by=cora, queue=False).pk


def test_programs_of_the_uncertified_are_refused_in_the_same_words(world: World, rule: None) -> None:
    refused = key_of(world, "cedar.abstractor").submit(answers=GOOD)
    accepted = key_of(world, "alder.abstractor").submit(answers=GOOD)
    body = refused.json()

    assert (refused.status_code, accepted.status_code) == (403, 201)
    assert body["detail"].startswith("Only certified abstractors enter cases of Colectomy, and you are not certified")


def test_pages_lead_to_the_training_area(world: World, rule: None) -> None:
    client, draft = world.client("alder.sampler"), draft_of(world)
    new, shown = client.get(f"{HERE}/cases/new/"), client.get(f"{HERE}/cases/{draft.public_id}/")
    saved = client.post(f"{HERE}/cases/{draft.public_id}/", {"shown": "age", "age": "70", "revision": draft.revision})
    typed = client.post(f"{HERE}/cases/{draft.public_id}/answers/", "{}", content_type="application/json")
    words, link = "Only certified abstractors enter cases of Colectomy", f'href="{HERE}/training/"'

    for response in (new, shown, saved):
        assert words in response.content.decode()
        assert link in response.content.decode()
    assert (new.status_code, shown.status_code, saved.status_code, typed.status_code) == (200, 200, 403, 422)
    assert "data-case-form" not in shown.content.decode()


def test_the_rule_needs_a_way_to_a_certificate(world: World) -> None:
    with world.acting_as("cora") as cora:
        retire_exam(exam=training.exam(), by=cora)
        with pytest.raises(NobodyCertifiedError, match="no published exam for Colectomy"):
            decide_rule(form=definitions.form(), required=True, by=cora)


def test_the_way_to_a_certificate_stays_while_the_rule_holds(world: World, rule: None) -> None:
    with world.acting_as("cora") as cora, pytest.raises(MaterialIncompleteError, match="the way to a certificate"):
        retire_exam(exam=Exam.objects.get(name="Entry exam"), by=cora)


def test_the_rule_can_be_taken_back_by_the_centre_alone(world: World, rule: None) -> None:
    with world.acting_as("alder.champion") as by, pytest.raises(PermissionRefusedError):
        decide_rule(form=definitions.form(), required=False, by=by)
    decide(world, required=False)
    with world.acting_as("cedar.abstractor") as by:
        assert begin(by).pk
