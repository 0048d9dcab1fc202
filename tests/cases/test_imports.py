"""Files of cases: everything that can be wrong with one, and what taking it over does."""

from datetime import date

import pytest
from django.db import transaction

from cases.enums import CaseStatus, ImportState
from cases.errors import ImportRefusedError, ImportStateError
from cases.models import Case, CaseImport, ImportRow
from cases.selectors.imports import import_page
from cases.services.cases import reopen_case, save_answers
from cases.services.changes import Changes
from cases.services.check_import import check_file, check_import
from cases.services.columns import Choices
from cases.services.files import problems_file
from cases.services.imports import choose_columns, commit_import, discard_import, upload_import
from cases.services.take_over import take_over, take_over_rows
from events.models import Event, Job
from events.outbox import run_job
from measures.models import Form
from privacy.viewer import PermissionRefusedError, Viewer
from tenancy.context import Acting, acting
from tests.world import World
from tests.worlds import programme


pytestmark = [pytest.mark.worker, pytest.mark.django_db]
HEADING = "case_number,age,asa,operation_date,antibiotic,ssi"
GOOD = "N-1,70,2,2026-03-05,1,0"


def _file(*rows: str, heading: str = HEADING) -> bytes:
    return "\n".join([heading, *rows]).encode()


def _upload(world: World, content: bytes, name: str = "alder.abstractor", **choices: object) -> CaseImport:
    """Uploaded by the person and checked by the worker."""
    with world.acting_as(name) as by:
        case_import = upload_import(
            form=Form.objects.get(slug="colectomy"), file_name="cases.csv", content=content, by=by, queue=False
        )
        if choices:
            case_import.mapping = Choices(**choices).to_json()  # type: ignore[arg-type]  # typed by the test
            case_import.save()
    return _check(case_import)


def _check(case_import: CaseImport) -> CaseImport:
    with acting(Acting("compute", collaborative_id=case_import.collaborative_id)), transaction.atomic():
        check_file(case_import)
    return case_import


def _commit(
    world: World, case_import: CaseImport, name: str = "alder.abstractor", *, valid_only: bool = False
) -> CaseImport:
    with world.acting_as(name) as by:
        case_import = commit_import(case_import=case_import, valid_only=valid_only, by=by, queue=False)
    with acting(Acting("compute", collaborative_id=case_import.collaborative_id)), transaction.atomic():
        take_over_rows(case_import)
    return case_import


def _actions(case_import: CaseImport) -> dict[str, int]:
    return {action: count for action, count in case_import.summary["actions"].items() if count}


def _findings(world: World, case_import: CaseImport) -> list[tuple[int, str, str]]:
    with acting(Acting("compute", collaborative_id=case_import.collaborative_id)), transaction.atomic():
        rows = ImportRow.objects.filter(case_import=case_import).order_by("row_number")
        return [
            (row.row_number, finding["column"], f"{finding['message']} {finding['remedy']}".strip())
            for row in rows
            for finding in row.findings
        ]


def _case(world: World, number: str, hospital: str = "alder") -> Case:
    with world.acting_as(f"{hospital}.abstractor"):
        return Case.objects.select_related("form_version", "case_import").get(case_number=number)


def test_good_rows_become_complete_cases(world: World) -> None:
    case_import = _commit(world, _upload(world, _file(GOOD, "N-2,55,1,2025-12-31,0,unknown")))

    first, second = _case(world, "N-1"), _case(world, "N-2")
    assert (case_import.state, case_import.summary["written"]) == (ImportState.COMMITTED, 2)
    assert first.answers == {"age": 70, "asa": "2", "operation_date": "2026-03-05", "antibiotic": True, "ssi": False}
    assert (second.missing, second.form_version.number, first.form_version.number) == ({"ssi": "unknown"}, 1, 2)
    assert (first.status, first.event_date, first.case_import) == (CaseStatus.COMPLETE, date(2026, 3, 5), case_import)
    assert first.updated_by_id == world.user("alder.abstractor").pk


def test_nothing_changes_before_the_commit(world: World) -> None:
    _upload(world, _file(GOOD))

    with world.acting_as("alder.abstractor"):
        assert not Case.objects.filter(case_number="N-1").exists()


def test_the_same_file_again_is_unchanged_and_a_correction_changed(world: World) -> None:
    _commit(world, _upload(world, _file(GOOD, "N-2,55,1,2026-03-06,0,0")))

    again = _upload(world, _file(GOOD, "N-2,56,1,2026-03-06,0,0", "N-3,57,1,2026-03-06,0,0"))
    assert _actions(again) == {"new": 1, "changed": 1, "unchanged": 1}
    _commit(world, again)

    assert [
        (_case(world, number).revision, _case(world, number).answers["age"]) for number in ("N-1", "N-2", "N-3")
    ] == [
        (1, 70),
        (2, 56),
        (1, 57),
    ]


def test_columns_that_a_file_lacks_keep_their_answers(world: World) -> None:
    heading = f"{HEADING},comment"
    _commit(world, _upload(world, _file(f"{GOOD},Seen twice", heading=heading)))

    second = _upload(world, _file("N-1,71,2,2026-03-05,1,0"))
    _commit(world, second)

    assert _actions(second) == {"changed": 1}
    assert _case(world, "N-1").answers["comment"] == "Seen twice"


def test_answers_that_are_not_asked_are_left_out(world: World) -> None:
    heading = f"{HEADING},antibiotic_at,drain"
    _commit(world, _upload(world, _file("N-1,70,2,2025-03-05,0,0,2025-03-05 08:00,1", heading=heading)))

    assert set(_case(world, "N-1").answers) == {"age", "asa", "operation_date", "antibiotic", "ssi"}


def test_a_draft_with_the_number_is_completed_by_the_file(world: World) -> None:
    case_import = _commit(world, _upload(world, _file("AL-901,70,2,2026-03-05,1,0")))

    assert _actions(case_import) == {"changed": 1}
    assert _case(world, "AL-901").status == CaseStatus.COMPLETE


BAD_ROWS = [
    ("N-1,131,2,2026-03-05,1,0", "age", "131 is more than 110. Enter 18 to 110 years."),
    ("N-1,old,2,2026-03-05,1,0", "age", '"old" is not a number. Enter a whole number.'),
    (
        "N-1,70,2,2026-02-30,1,0",
        "operation_date",
        '"2026-02-30" is not a date: Feb 2026 has 28 days. Enter a day from 1 to 28.',
    ),
    (
        "N-1,70,2,2023-02-03,1,0",
        "",
        "No version of the form is in force on 3 February 2023. The form begins on 1 January 2024. Check the date.",
    ),
    (
        "N-1,70,7,2026-03-05,1,0",
        "asa",
        '"7" is not a code of ASA class. Use 1 Healthy, 2 Mild disease, 3 Severe disease or 4 Threat to life.',
    ),
    (
        "N-1,70,,2026-03-05,1,0",
        "asa",
        'ASA class is not answered. Enter 1 Healthy, 2 Mild disease, 3 Severe disease, 4 Threat to life or "Not documented".',
    ),
    (",70,2,2026-03-05,1,0", "case_number", "The case number is empty. Enter the hospital's own number."),
    (
        "=1+1,70,2,2026-03-05,1,0",
        "case_number",
        '"=1+1" is not a case number. Use letters, digits, spaces and . , : / # ( ) + - only.',
    ),
    ("N-1,70,2,2026-03-05,1", "", "The row has 5 cells, the heading has 6. Look for a missing or unquoted delimiter."),
    (
        "N-1,70,2,2026-03-05,1,0,9",
        "",
        "The row has 7 cells, the heading has 6. Look for a missing or unquoted delimiter.",
    ),
]


@pytest.mark.parametrize(("row", "column", "words"), BAD_ROWS)
def test_a_bad_row_says_where_what_and_the_way_out(world: World, row: str, column: str, words: str) -> None:
    case_import = _upload(world, _file("N-9,60,1,2026-03-05,1,0", row))

    assert _findings(world, case_import) == [(3, column, words)]
    assert _actions(case_import) == {"new": 1, "rejected": 1}


def test_a_formula_in_a_text_is_refused(world: World) -> None:
    case_import = _upload(world, _file(f"{GOOD},=HYPERLINK(1)", heading=f"{HEADING},comment"))

    assert _findings(world, case_import) == [
        (2, "comment", '"=HYPERLINK(1)" would run as a formula in a spreadsheet. Remove the = at its start.')
    ]


def test_a_date_in_the_future_is_refused(world: World) -> None:
    case_import = _upload(world, _file("N-1,70,2,2198-03-05,1,0"))

    assert [words.partition(".")[0] for _, _, words in _findings(world, case_import)] == [
        "Date of operation (Mon 5 Mar 2198) is in the future"
    ]


def test_rules_over_several_answers_hold_in_files_too(world: World) -> None:
    heading = f"{HEADING},discharge_date,weight"

    case_import = _upload(world, _file("N-1,70,1,2026-03-05,1,0,2026-03-01,160", heading=heading))

    assert [words for _, _, words in _findings(world, case_import)] == [
        "Discharge (Sun 1 Mar 2026) is before the operation (Thu 5 Mar 2026). Check both dates.",
        "Over 150 kg and ASA class 1. Check the anaesthetic record.",
    ]


def test_a_warning_does_not_reject_its_row(world: World) -> None:
    case_import = _upload(world, _file("N-1,104,2,2026-03-05,1,0"))

    assert _actions(case_import) == {"new": 1}
    assert case_import.summary["warnings"] == 1


def test_two_rows_with_one_number_reject_each_other(world: World) -> None:
    case_import = _upload(world, _file(GOOD, "N-2,55,1,2026-03-06,0,0", "N-1,71,2,2026-03-05,1,0"))

    assert _findings(world, case_import) == [
        (2, "", "Case number N-1 is also on line 4. Keep one of these rows."),
        (4, "", "Case number N-1 is also on line 2. Keep one of these rows."),
    ]


REFUSED_FILES = [
    (
        _file("70,2", heading="age,asa"),
        "The file has no column for Date of operation (operation_date); Antibiotic before incision (antibiotic); Surgical-site infection (ssi); the case number (case_number).",
    ),
    (b"", "The file is empty."),
    (_file(), "The file has a heading but no rows."),
    (_file("1,2", heading="age,age"), 'The heading has the column "age" twice, as columns 1 and 2.'),
    (_file("1,2", heading="age,patient age"), "The file has no column for ASA class (asa)"),
    (b"PK\x03\x04", "The file is a damaged workbook"),
]


@pytest.mark.parametrize(("content", "words"), REFUSED_FILES)
def test_a_file_that_cannot_be_read_is_refused_with_a_reason(world: World, content: bytes, words: str) -> None:
    case_import = _upload(world, content)

    assert case_import.state == ImportState.REFUSED
    assert case_import.problem.startswith(words)


def test_ten_thousand_bad_rows_are_all_reported(world: World) -> None:
    rows = [f"N-{number},131,2,2026-02-30,1,0" for number in range(10_000)]

    case_import = _upload(world, _file(*rows))

    groups = [(group["rule"], group["count"], len(group["examples"])) for group in case_import.summary["groups"]]
    assert _actions(case_import) == {"rejected": 10_000}
    assert sorted(groups) == [("hard_range:age", 10_000, 3), ("value:operation_date", 10_000, 3)]
    assert len(_findings(world, case_import)) == 20_000


def test_columns_are_found_by_name_alias_and_label(world: World) -> None:
    heading = "Study Number,Patient Age,ASA class,OP date,Antibiotic before incision,SSI,colour"

    case_import = _upload(world, _file("N-1,70,2,2026-03-05,1,0,red", heading=heading))

    assert [column["target"] for column in case_import.summary["columns"]] == [
        "case_number",
        "age",
        "asa",
        "operation_date",
        "antibiotic",
        "ssi",
        "-",
    ]
    assert case_import.summary["unused"] == ["colour"]
    assert _actions(case_import) == {"new": 1}


def test_a_person_corrects_columns_and_gives_constants(world: World) -> None:
    heading = "number,years,asa,operation_date,ssi"
    case_import = _upload(world, _file("N-1,70,2,2026-03-05,0", heading=heading))
    refused = case_import.problem
    columns = {"number": "case_number", "years": "age"}

    with world.acting_as("alder.abstractor") as by:
        choices = Choices(columns=columns, constants={"antibiotic": "yes"})
        case_import = choose_columns(case_import=case_import, choices=choices, by=by, queue=False)
    _commit(world, _check(case_import))

    assert "Age (age)" in refused
    assert _case(world, "N-1").answers["antibiotic"] is True


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"constants": {"comment": "=x"}}, "The value for all rows of Comment is wrong"),
        ({"constants": {"weight": "unknown"}}, "The value for all rows of Weight is no value"),
        ({"columns": {"asa": "age"}}, 'Two columns are said to hold "age"'),
    ],
)
def test_impossible_choices_are_refused(world: World, choices: dict[str, object], words: str) -> None:
    case_import = _upload(world, _file(GOOD), **choices)

    assert case_import.state == ImportState.REFUSED
    assert case_import.problem.startswith(words)


def test_rows_without_numbers_are_counted_within_their_hospital(world: World) -> None:
    heading = "hospital,age,asa,operation_date,antibiotic,ssi"
    rows = ["0100,70,2,2026-03-05,1,0", "0201,71,2,2026-03-05,1,0", "0100,72,2,2026-03-05,1,0"]

    case_import = _upload(world, _file(*rows, heading=heading), "cora", by_row=True)
    _commit(world, case_import, "cora")

    assert [_case(world, number).answers["age"] for number in ("0001", "0002")] == [70, 72]
    assert _case(world, "0001", "birch").answers["age"] == 71


def test_the_centre_names_hospitals_by_their_number_as_text(world: World) -> None:
    heading = f"hospital,{HEADING}"

    case_import = _upload(world, _file(f"0100,{GOOD}", f"100,{GOOD}", f"7777,{GOOD}", heading=heading), "cora")

    assert _findings(world, case_import) == [
        (
            3,
            "hospital",
            'No member hospital has the number "100". Did you mean 0100? Spreadsheets drop leading zeros; format the column as text.',
        ),
        (4, "hospital", 'No member hospital has the number "7777". Check the number, or let the hospital join first.'),
    ]
    assert _actions(case_import) == {"new": 1, "rejected": 2}


def test_the_centre_needs_the_column_of_hospitals(world: World) -> None:
    case_import = _upload(world, _file(GOOD), "cora")

    assert case_import.problem.startswith("The file has no column for the hospital (hospital).")


def test_a_hospital_cannot_tell_other_members_from_nobody(world: World) -> None:
    heading = f"hospital,{HEADING}"
    birch = programme.HOSPITALS["birch"][0]
    rows = [f"{number},N-{line},70,2,2026-03-05,1,0" for line, number in enumerate(("0100", birch, "7777"))]

    case_import = _upload(world, _file(*rows, heading=heading))
    _commit(world, case_import, valid_only=True)

    assert _findings(world, case_import) == [
        (3, "hospital", f'"{birch}" is not the number of your hospital. Upload your own rows only.'),
        (4, "hospital", '"7777" is not the number of your hospital. Upload your own rows only.'),
    ]
    with world.acting_as("birch.abstractor"):
        assert not Case.objects.filter(case_number="N-1").exists()


def test_rows_with_errors_stop_the_whole_file_unless_left_out(world: World) -> None:
    case_import = _upload(world, _file(GOOD, "N-2,131,1,2026-03-06,0,0"))

    with pytest.raises(ImportStateError, match="1 rows have errors, so none was imported"):
        _commit(world, case_import)
    _commit(world, case_import, valid_only=True)

    with world.acting_as("alder.abstractor"):
        assert list(Case.objects.filter(case_number__startswith="N-").values_list("case_number", flat=True)) == ["N-1"]


def test_a_case_changed_by_hand_since_the_check_stops_the_commit(world: World) -> None:
    _commit(world, _upload(world, _file(GOOD)))
    case_import = _upload(world, _file("N-1,80,2,2026-03-05,1,0"))
    with world.acting_as("alder.abstractor") as by:
        case = reopen_case(case=Case.objects.get(case_number="N-1"), reason="Look again", by=by)
        save_answers(case=case, changes=Changes(revision=case.revision, answers={"age": 75}), by=by)

    case_import = _commit(world, case_import)

    assert (case_import.state, case_import.problem) == (
        ImportState.REFUSED,
        "One of its cases was changed on the pages or locked after the check, so nothing was imported. Check the file again.",
    )
    assert _case(world, "N-1").answers["age"] == 75


def test_commit_tells_the_others_once(world: World) -> None:
    case_import = _commit(world, _upload(world, _file(GOOD, "N-2,55,1,2026-03-06,0,0")))

    with world.acting_as("alder.abstractor"):
        events = list(Event.objects.filter(subject="cases.CaseImport", subject_id=case_import.pk).order_by("pk"))
    assert [(event.kind, event.capacity) for event in events] == [
        ("import_uploaded", "hospital"),
        ("import_committed", "compute"),
    ]
    assert events[1].actor_id == world.user("alder.abstractor").pk
    assert events[1].details == {
        "import": case_import.pk,
        "written": 2,
        "new": 2,
        "changed": 0,
        "unchanged": 0,
        "rejected": 0,
    }


def test_the_worker_does_both_halves_and_may_run_again(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        case_import = upload_import(
            form=Form.objects.get(slug="colectomy"), file_name="cases.csv", content=_file(GOOD), by=by
        )
    job = _job(by, case_import)
    run_job(job_id=job.pk, collaborative_id=by.collaborative_id)
    with world.acting_as("alder.abstractor"):
        commit_import(case_import=case_import, valid_only=False, by=by)
    second = _job(by, case_import, kind="cases.commit_import")
    run_job(job_id=second.pk, collaborative_id=by.collaborative_id)
    run_job(job_id=second.pk, collaborative_id=by.collaborative_id)
    with acting(Acting("compute", collaborative_id=by.collaborative_id)), transaction.atomic():
        check_import(job)
        take_over(second)

    assert _case(world, "N-1").revision == 1
    with world.acting_as("alder.abstractor"):
        assert CaseImport.objects.get(pk=case_import.pk).state == ImportState.COMMITTED
        assert Event.objects.filter(kind="import_committed", subject_id=case_import.pk).count() == 1


def _job(by: Viewer, case_import: CaseImport, kind: str = "cases.check_import") -> Job:
    with acting(Acting("compute", collaborative_id=by.collaborative_id)), transaction.atomic():
        return Job.objects.get(kind=kind, subject_id=case_import.pk)


def test_a_worker_killed_in_the_middle_leaves_nothing(world: World) -> None:
    case_import = _upload(world, _file(GOOD))
    with world.acting_as("alder.abstractor") as by:
        commit_import(case_import=case_import, valid_only=False, by=by, queue=False)

    who = Acting("compute", collaborative_id=by.collaborative_id)
    with acting(who), transaction.atomic():
        take_over_rows(CaseImport.objects.get(pk=case_import.pk))
        transaction.set_rollback(True)  # what PostgreSQL does when the connection dies

    with acting(who), transaction.atomic():
        assert not Case.objects.filter(case_number="N-1").exists()
        take_over_rows(CaseImport.objects.get(pk=case_import.pk))
        assert Case.objects.filter(case_number="N-1").count() == 1


def test_discarding_changes_nothing_and_is_final(world: World) -> None:
    case_import = _upload(world, _file(GOOD))

    with world.acting_as("alder.abstractor") as by:
        case_import = discard_import(case_import=case_import, by=by)
        with pytest.raises(ImportStateError, match="This import is already: discarded"):
            commit_import(case_import=case_import, valid_only=False, by=by)

    assert case_import.state == ImportState.DISCARDED


@pytest.mark.parametrize("name", ["alder.clinician", "ben", "vera", "dana"])
def test_only_those_who_may_upload(world: World, name: str) -> None:
    with world.acting_as(name) as by, pytest.raises(PermissionRefusedError):
        upload_import(form=Form.objects.get(slug="colectomy"), file_name="x.csv", content=b"a", by=by)


def test_a_file_beyond_the_limit_is_refused(world: World) -> None:
    with world.acting_as("alder.abstractor") as by, pytest.raises(ImportRefusedError, match="larger than 20 MB"):
        upload_import(
            form=Form.objects.get(slug="colectomy"), file_name="x.csv", content=b"a" * (20 * 2**20 + 1), by=by
        )


def test_nobody_decides_about_another_hospitals_file(world: World) -> None:
    case_import = _upload(world, _file(GOOD))

    with world.acting_as("birch.abstractor") as birch:
        assert not CaseImport.objects.filter(pk=case_import.pk).exists()
        with pytest.raises(PermissionRefusedError):
            commit_import(case_import=case_import, valid_only=False, by=birch)
    with world.acting_as("cora") as cora, pytest.raises(PermissionRefusedError):
        discard_import(case_import=case_import, by=cora)


def test_a_job_that_failed_is_told(world: World) -> None:
    with world.acting_as("alder.abstractor") as by:
        case_import = upload_import(
            form=Form.objects.get(slug="colectomy"), file_name="cases.csv", content=_file(GOOD), by=by
        )
    job = _job(by, case_import)
    with acting(Acting("compute", collaborative_id=by.collaborative_id)), transaction.atomic():
        job.state, job.finished_at, job.message = "failed", job.created_at, "It broke."
        job.save()

    with world.acting_as("alder.abstractor"):
        page = import_page(case_import)
    assert (page.stopped, page.is_running) == ("It broke.", False)


def test_the_corrected_file_of_problems_can_be_uploaded(world: World) -> None:
    case_import = _upload(world, _file(GOOD, "N-2,131,2,2026-03-05,1,0"))
    with world.acting_as("alder.abstractor") as by:
        content, _ = problems_file(case_import=case_import, everything=False, by=by)

    again = _upload(world, content.replace(b"N-2,131", b"N-2,31"))

    assert (_actions(again), again.summary["unused"]) == ({"new": 1}, [])
