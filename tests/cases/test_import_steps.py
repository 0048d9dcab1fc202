"""What a person decides between upload and commit: columns, codes, orders, corrections, reasons; and what is remembered."""

import csv
import io

import pytest
from django.db import transaction

from cases.enums import ImportState
from cases.models import Case, CaseImport, ImportRow
from cases.services.check_import import check_file
from cases.services.columns import Choices
from cases.services.files import problems_file
from cases.services.importing.read_file import read_file
from cases.services.imports import choose_codes, choose_columns, commit_import, correct_cells, upload_import
from cases.services.take_over import take_over_rows
from measures.models import Form
from tenancy.context import Acting, acting
from tests.cases.test_import_files import ods, xlsx
from tests.world import World


pytestmark = [pytest.mark.worker, pytest.mark.django_db]
HEADING = "case_number,age,asa,operation_date,antibiotic,ssi"
NAMES = HEADING.split(",")
GOOD = "N-1,70,2,2026-03-05,1,0"


def _file(*rows: str, heading: str = HEADING) -> bytes:
    return "\n".join([heading, *rows]).encode()


def _upload(world: World, content: bytes, name: str = "alder.abstractor") -> CaseImport:
    with world.acting_as(name) as by:
        form = Form.objects.get(slug="colectomy")
        case_import = upload_import(form=form, file_name="cases.csv", content=content, by=by, queue=False)
    return _check(case_import)


def _check(case_import: CaseImport) -> CaseImport:
    with acting(Acting("compute", collaborative_id=case_import.collaborative_id)), transaction.atomic():
        check_file(case_import)
    return case_import


def _commit(world: World, case_import: CaseImport, **choices: object) -> CaseImport:
    with world.acting_as("alder.abstractor") as by:
        case_import = commit_import(case_import=case_import, by=by, queue=False, **{"valid_only": False, **choices})  # type: ignore[arg-type]  # typed by the test
    with acting(Acting("compute", collaborative_id=case_import.collaborative_id)), transaction.atomic():
        take_over_rows(case_import)
    return case_import


def _findings(case_import: CaseImport) -> list[tuple[int, str, str]]:
    with acting(Acting("compute", collaborative_id=case_import.collaborative_id)), transaction.atomic():
        return [
            (row.row_number, finding["column"], f"{finding['message']} {finding['remedy']}".strip())
            for row in ImportRow.objects.filter(case_import=case_import).order_by("row_number")
            for finding in row.findings
        ]


def _actions(case_import: CaseImport) -> dict[str, int]:
    return {action: count for action, count in case_import.summary["actions"].items() if count}


def _case(world: World, number: str) -> Case:
    with world.acting_as("alder.abstractor"):
        return Case.objects.get(case_number=number)


# Dates ----------------------------------------------------------------------------------------------------------------


def test_dates_in_the_other_order_are_noticed_before_any_is_taken(world: World) -> None:
    case_import = _upload(world, _file("N-1,70,2,05/03/2026,1,0", "N-2,70,2,13/03/2026,1,0"))

    assert (case_import.state, case_import.problem) == (
        ImportState.REFUSED,
        (
            'The column "operation_date" seems to be written day/month/year, such as 13/03/2026; the programme writes '
            "month/day/year. Say on the page “Columns” which order it has."
        ),
    )
    assert case_import.summary["orders"] == {"operation_date": {"order": "dmy", "example": "13/03/2026"}}


def test_the_order_that_a_person_chose_is_the_one_that_is_read_and_remembered(world: World) -> None:
    content = _file("N-1,70,2,05/03/2026,1,0", "N-2,70,2,13/03/2026,1,0")
    case_import = _upload(world, content)
    with world.acting_as("alder.abstractor") as by:
        choices = Choices(orders={"operation_date": "dmy"})
        case_import = choose_columns(case_import=case_import, choices=choices, by=by, queue=False)
    _commit(world, _check(case_import))

    again = _upload(world, content)

    assert [_case(world, number).answers["operation_date"] for number in ("N-1", "N-2")] == ["2026-03-05", "2026-03-13"]
    assert (_actions(again), again.mapping["orders"]) == ({"unchanged": 2}, {"operation_date": "dmy"})


def test_one_wrong_date_among_right_ones_is_a_problem_of_its_row(world: World) -> None:
    case_import = _upload(world, _file("N-1,70,2,03/25/2026,1,0", "N-2,70,2,25/03/2026,1,0"))

    assert _findings(case_import) == [
        (3, "operation_date", '"25/03/2026" is not a date: there is no month 25. Check the order of day and month.')
    ]


# Codes ----------------------------------------------------------------------------------------------------------------


def test_texts_of_the_file_are_mapped_to_codes_and_remembered(world: World) -> None:
    content = _file("N-1,70,fit,2026-03-05,1,J", "N-2,71,2,2026-03-05,1,N", "N-3,71,FIT,2026-03-05,1,no idea")
    first = _upload(world, content)
    unknown = {table["variable"]: table["unknown"] for table in first.summary["codes"]}
    codes = {"asa": {"fit": "1"}, "ssi": {"j": "1", "no idea": "unknown"}}
    with world.acting_as("alder.abstractor") as by:
        first = choose_codes(case_import=first, codes=codes, by=by, queue=False)
    _commit(world, _check(first))

    second = _upload(world, _file("N-4,70,Fit,2026-03-06,1,J"))

    assert unknown == {"asa": 2, "antibiotic": 0, "ssi": 2}
    assert [_case(world, f"N-{number}").answers.get("asa") for number in (1, 2, 3)] == ["1", "2", "1"]
    assert [_case(world, f"N-{number}").answers.get("ssi") for number in (1, 2)] == [True, False]
    assert _case(world, "N-3").missing == {"ssi": "unknown"}
    assert (_actions(second), second.mapping["remembered"]) == ({"new": 1}, True)


def test_what_a_hospital_chose_is_not_remembered_for_another(world: World) -> None:
    first = _upload(world, _file("N-1,70,fit,2026-03-05,1,0"))
    with world.acting_as("alder.abstractor") as by:
        choose_codes(case_import=first, codes={"asa": {"fit": "1"}}, by=by, queue=False)

    assert _upload(world, _file("N-1,70,fit,2026-03-05,1,0"), "birch.abstractor").mapping == {}


# Corrections ----------------------------------------------------------------------------------------------------------


def test_a_cell_is_corrected_in_place_and_the_file_stays(world: World) -> None:
    content = _file(GOOD, "N-2,131,2,2026-03-05,1,0", "N-3,old,9,2026-03-05,1,0")
    case_import = _upload(world, content)
    with world.acting_as("alder.abstractor") as by:
        case_import = correct_cells(case_import=case_import, corrections={3: {"age": "31"}}, by=by, queue=False)
    _check(case_import)

    assert _actions(case_import) == {"new": 2, "rejected": 1}
    assert [group["rule"] for group in case_import.summary["groups"]] == ["value:age", "value:asa"]
    _commit(world, case_import, valid_only=True)
    assert _case(world, "N-2").answers["age"] == 31
    with world.acting_as("alder.abstractor"):
        assert bytes(CaseImport.objects.get(pk=case_import.pk).content) == content


def test_only_the_corrected_rows_are_checked_again(world: World) -> None:
    case_import = _upload(world, _file(GOOD, "N-2,131,2,2026-03-05,1,0"))
    keys = _keys(case_import)
    with world.acting_as("alder.abstractor") as by:
        case_import = correct_cells(case_import=case_import, corrections={3: {"age": "31"}}, by=by, queue=False)
    _check(case_import)

    assert (keys[2] == _keys(case_import)[2], keys[3] == _keys(case_import)[3]) == (True, False)


def test_a_corrected_case_number_checks_every_row_again(world: World) -> None:
    case_import = _upload(world, _file(GOOD, "N-1,31,2,2026-03-05,1,0"))
    with world.acting_as("alder.abstractor") as by:
        case_import = correct_cells(
            case_import=case_import, corrections={3: {"case_number": "N-2"}}, by=by, queue=False
        )
    _check(case_import)

    assert (_actions(case_import), _findings(case_import)) == ({"new": 2}, [])


def _keys(case_import: CaseImport) -> dict[int, int]:
    with acting(Acting("compute", collaborative_id=case_import.collaborative_id)), transaction.atomic():
        return dict(ImportRow.objects.filter(case_import=case_import).values_list("row_number", "pk"))


# Reasons --------------------------------------------------------------------------------------------------------------


def test_a_column_of_reasons_answers_the_warnings_of_its_row(world: World) -> None:
    rows = ("N-1,104,2,2026-03-05,1,0,Passport seen", "N-2,103,2,2026-03-05,1,0,")
    _commit(world, _upload(world, _file(*rows, heading=f"{HEADING},reason")))

    assert [(_case(world, number).reasons, _case(world, number).warnings) for number in ("N-1", "N-2")] == [
        ({"soft_range:age": "Passport seen"}, 0),
        ({}, 1),
    ]


def test_one_reason_answers_the_warnings_of_a_whole_rule(world: World) -> None:
    rows = ("N-1,104,2,2026-03-05,1,0,Passport seen", "N-2,103,2,2026-03-05,1,0,")
    case_import = _upload(world, _file(*rows, heading=f"{HEADING},reason"))

    _commit(world, case_import, reasons={"soft_range:age": "Our oldest ward"})

    assert [(_case(world, number).reasons, _case(world, number).warnings) for number in ("N-1", "N-2")] == [
        ({"soft_range:age": "Passport seen"}, 0),
        ({"soft_range:age": "Our oldest ward"}, 0),
    ]


# Bad input with its place ---------------------------------------------------------------------------------------------


def test_a_formula_of_a_workbook_is_refused_with_its_address(world: World) -> None:
    case_import = _upload(
        world, xlsx([list(NAMES), ["N-1", 70, 2, "2026-03-05", 1, 0], ["N-2", "=69+1", 2, "2026-03-05", 1, 0]])
    )

    assert _findings(case_import)[0] == (
        3,
        "age",
        (
            "Cell B3 holds a formula, and formulas are not read. Copy the cells and paste them as values "
            "(Paste special, Values), then upload the file again."
        ),
    )
    assert _actions(case_import) == {"new": 1, "rejected": 1}


def test_workbooks_become_cases_like_csv(world: World) -> None:
    cells = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{name}</text:p></table:table-cell>' for name in NAMES
    )
    row = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
        for text in ("O-1", "70", "2", "2026-03-05", "1", "0")
    )
    _commit(
        world,
        _upload(world, ods(f"<table:table-row>{cells}</table:table-row><table:table-row>{row}</table:table-row>")),
    )
    _commit(world, _upload(world, xlsx([list(NAMES), ["X-1", 70, 2, "2026-03-05", 1, 0]])))

    assert _case(world, "O-1").answers == _case(world, "X-1").answers
    assert _case(world, "X-1").answers["age"] == 70


def test_letters_of_another_encoding_are_a_problem_of_their_row(world: World) -> None:
    rows = [f"U-{number},70,2,2026-03-05,1,0,Björk" for number in range(3)]
    content = _file(*rows, heading=f"{HEADING},comment") + b"\nL-1,70,2,2026-03-05,1,0,B\xf6rk"

    case_import = _upload(world, content)

    assert _findings(case_import) == [
        (
            5,
            "comment",
            (
                "Byte F6 (hexadecimal) is no letter in UTF-8, as the rest of the file is. "
                "Type the text again, or save the file as “CSV UTF-8”."
            ),
        )
    ]
    assert _actions(case_import) == {"new": 3, "rejected": 1}


def test_leading_zeros_that_a_spreadsheet_dropped_are_noticed(world: World) -> None:
    _commit(world, _upload(world, _file("00123,70,2,2026-03-05,1,0")))

    case_import = _upload(world, _file("123,70,2,2026-03-05,1,0"))

    assert _findings(case_import) == [
        (
            2,
            "case_number",
            (
                "There is no case 123 yet, but a case 00123. "
                "Spreadsheets drop leading zeros: format the column as text, and upload it again."
            ),
        )
    ]


def test_numbers_stored_as_text_are_numbers(world: World) -> None:
    _commit(world, _upload(world, xlsx([list(NAMES), ["N-1", " 70 ", "2.0", "2026-03-05", "1", "0"]])))

    assert (_case(world, "N-1").answers["age"], _case(world, "N-1").answers["asa"]) == (70, "2")


def test_a_thousand_columns_are_taken_for_what_they_are(world: World) -> None:
    more = [f"extra {number}" for number in range(994)]
    content = ",".join([*NAMES, *more]) + "\n" + ",".join([*GOOD.split(","), *("x" for _ in more)])

    case_import = _upload(world, content.encode())

    assert (_actions(case_import), len(case_import.summary["unused"])) == ({"new": 1}, 994)


# The file that comes back ---------------------------------------------------------------------------------------------


def test_the_file_comes_back_whole_with_two_columns_in_its_own_format(world: World) -> None:
    content = _file("N-1;70;2;2026-03-05;1;0", "N-2;131;2;2026-03-05;1;0", heading=HEADING.replace(",", ";"))
    case_import = _upload(world, content)

    with world.acting_as("alder.abstractor") as by:
        back, name = problems_file(case_import=case_import, everything=True, by=by)

    rows = list(csv.reader(io.StringIO(back.decode("utf-8-sig")), delimiter=";"))
    assert name == "problems.csv"
    assert rows == [
        [*NAMES, "row", "problem"],
        ["N-1", "70", "2", "2026-03-05", "1", "0", "2", ""],
        ["N-2", "131", "2", "2026-03-05", "1", "0", "3", "age: 131 is more than 110. Enter 18 to 110 years."],
    ]


def test_a_workbook_comes_back_as_a_workbook_and_can_be_uploaded_again(world: World) -> None:
    case_import = _upload(
        world, xlsx([list(NAMES), ["007", 70, 2, "2026-03-05", 1, 0], ["008", 131, 2, "2026-03-05", 1, 0]])
    )
    with world.acting_as("alder.abstractor") as by:
        back, name = problems_file(case_import=case_import, everything=True, by=by)

    table, again = read_file(back), _upload(world, back)

    assert (name, table.header[-2:], [row.cells[0] for row in table.rows]) == (
        "problems.xlsx",
        ("row", "problem"),
        ["007", "008"],
    )
    assert (_actions(again), again.summary["unused"]) == ({"new": 1, "rejected": 1}, [])
