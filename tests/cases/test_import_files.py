"""Every kind of file that comes, and every way in which one can be wrong: named, located, with the way out."""

import io
import re
import struct
import zipfile
from datetime import date, datetime

import pytest
import xlsxwriter

from cases.errors import ImportRefusedError
from cases.services.importing.read_file import read_file
from cases.services.importing.table import Row
from cases.services.importing.workbook import cell_address, column_position
from cases.services.importing.write_workbook import write_workbook


MORNING = datetime(2026, 1, 5, 8, 30)  # noqa: DTZ001 -- hospital time
ODS_ROWS = """
<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>
<table:table-row><table:table-cell office:value-type="string"><text:p>case_number</text:p></table:table-cell>
  <table:table-cell office:value-type="string"><text:p>age</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell office:value-type="string"><text:p>007</text:p></table:table-cell>
  <table:table-cell office:value-type="float" office:value="70"><text:p>70</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell office:value-type="string"><text:p>008</text:p></table:table-cell>
  <table:table-cell table:formula="of:=1+1" office:value-type="float" office:value="2"><text:p>2</text:p></table:table-cell></table:table-row>
"""
NAMESPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)


def xlsx(rows: list[list[object]], *, more_sheets: bool = False) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        if more_sheets:
            book.add_worksheet("Empty")
        sheet = book.add_worksheet("Cases")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for line, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, date) and not isinstance(cell, datetime):
                    sheet.write_datetime(line, place, datetime(cell.year, cell.month, cell.day), day)  # noqa: DTZ001 -- a day
                elif isinstance(cell, str) and not cell.startswith("="):
                    sheet.write_string(line, place, cell)
                else:
                    sheet.write(line, place, cell)
        if more_sheets:
            second = book.add_worksheet("Second")
            second.write_row(0, 0, ["case_number", "age"])
            second.write_row(1, 0, ["S-1", 44])
    return out.getvalue()


def ods(rows: str = ODS_ROWS, sheet: str = "Cases") -> bytes:
    out = io.BytesIO()
    bare = re.sub(r">\s+<", "><", rows.strip())
    content = (
        f'<?xml version="1.0"?><office:document-content {NAMESPACES}><office:body><office:spreadsheet>'
        f'<table:table table:name="{sheet}">{bare}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
            '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>',
        )
    return out.getvalue()


def refusal(content: bytes) -> str:
    with pytest.raises(ImportRefusedError) as refused:
        list(read_file(content).rows)
    return str(refused.value)


# Workbooks ------------------------------------------------------------------------------------------------------------


def test_cells_of_a_workbook_are_read_as_values() -> None:
    table = read_file(
        xlsx(
            [
                ["case_number", "age", "weight", "at", "on", "yes"],
                ["007", 70, 71.5, MORNING, date(2026, 1, 5), True],
            ]
        )
    )

    assert (table.kind, table.sheet, table.heading_line) == ("XLSX", "Cases", 1)
    assert list(table.rows) == [Row(2, ["007", "70", "71.5", "2026-01-05 08:30", "2026-01-05", "1"])]


def test_the_first_sheet_with_rows_is_read_and_another_can_be_chosen() -> None:
    content = xlsx([["case_number", "age"], ["A-1", 70]], more_sheets=True)

    first, second = read_file(content), read_file(content, "Second")

    assert (first.sheets, first.sheet, next(first.rows).cells) == (("Cases", "Second"), "Cases", ["A-1", "70"])
    assert next(second.rows).cells == ["S-1", "44"]


def test_formulas_of_a_workbook_are_located() -> None:
    table = read_file(xlsx([["case_number", "age", "ssi"], ["A-1", 70, 0], ["A-2", "=1+1", "=IF(1,0,1)"]]))

    assert dict(table.formulas) == {3: (1, 2)}


def test_an_ods_sheet_is_read_with_its_formulas_and_lines() -> None:
    table = read_file(ods())

    assert (table.kind, table.header, table.heading_line) == ("ODS", ("case_number", "age"), 3)
    assert list(table.rows) == [Row(4, ["007", "70"]), Row(5, ["008", "2"])]
    assert dict(table.formulas) == {5: (1,)}


def test_a_title_over_the_heading_is_stepped_over() -> None:
    table = read_file(xlsx([["Cases of May"], [], ["case_number", "age", "asa"], ["A-1", 70, 2]]))

    assert (table.heading_line, table.header, list(table.rows)) == (
        3,
        ("case_number", "age", "asa"),
        [Row(4, ["A-1", "70", "2"])],
    )


def test_cell_addresses_are_those_of_spreadsheets() -> None:
    assert [cell_address(3, place) for place in (0, 25, 26, 701, 702)] == ["A3", "Z3", "AA3", "ZZ3", "AAA3"]
    assert [column_position(name) for name in ("A", "Z", "AA", "ZZ", "AAA")] == [0, 25, 26, 701, 702]


def test_what_is_written_as_a_workbook_reads_back() -> None:
    rows = [["case_number", "age", "comment"], ["007", "70", "=cmd()"], ["A-1", "-1.5", "1e5"]]

    table = read_file(write_workbook(rows))

    assert [list(row.cells) for row in table.rows] == rows[1:]
    assert dict(table.formulas) == {}


# Zip bombs ------------------------------------------------------------------------------------------------------------


def bomb(size: int, *, says: int | None = None) -> bytes:
    """A workbook whose sheet unpacks to `size` bytes, and may say that it is smaller."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=False) as sheet:
            for _ in range(size // 2**20):
                sheet.write(b" " * 2**20)
    content = out.getvalue()
    if says is not None:
        real, lie = struct.pack("<I", size), struct.pack("<I", says)
        content = content.replace(real, lie)
    return content


def test_a_zip_bomb_is_refused_by_what_it_declares() -> None:
    content = bomb(64 * 2**20)

    assert len(content) < 100_000
    assert refusal(content) == (
        "The workbook unpacks to far more than a workbook of cases: 64 MB in xl/worksheets/sheet1.xml. "
        "Save the sheet as “CSV UTF-8” and upload that."
    )


def test_a_zip_bomb_that_lies_is_refused_while_it_unpacks() -> None:
    assert refusal(bomb(64 * 2**20, says=1000)) == (
        "The workbook unpacks to far more than a workbook of cases: more in xl/worksheets/sheet1.xml than it says. "
        "Save the sheet as “CSV UTF-8” and upload that."
    )


def test_cells_in_far_corners_are_refused_before_the_reader_makes_room() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("Cases")
        sheet.write_row(0, 0, ["case_number", "age"])
        sheet.write(1_048_575, 16_383, "far away")

    assert refusal(out.getvalue()) == (
        "A sheet of the workbook reaches over 1,048,576 rows and 16,384 columns. "
        "Delete the empty rows and columns around the table, or save it as “CSV UTF-8”."
    )


def test_repeated_cells_of_an_ods_sheet_are_refused_before_the_reader_repeats_them() -> None:
    cell = '<table:table-cell table:number-columns-repeated="9000" office:value-type="float" office:value="1"/>'
    rows = f'<table:table-row table:number-rows-repeated="900000">{cell}</table:table-row>'

    assert refusal(ods(rows)).startswith("A sheet of the workbook reaches over 900,000 rows and 9,000 columns.")


def test_a_zip_of_too_many_parts_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(1_001):
            archive.writestr(f"part{number}", "")

    assert refusal(out.getvalue()).startswith(
        "The workbook unpacks to far more than a workbook of cases: 0 MB in 1,001 parts."
    )


def test_a_zip_of_something_else_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("cases.csv", "a,b")

    assert refusal(out.getvalue()) == (
        "The file is a zip archive, but no XLSX or ODS workbook. Unpack it and upload the table in it."
    )


def test_a_workbook_cut_short_is_refused() -> None:
    content = xlsx([["case_number", "age"], ["A-1", 70]])

    assert refusal(content[: len(content) // 2]).startswith("The file is a damaged workbook")


# Text files -----------------------------------------------------------------------------------------------------------


def test_some_lines_in_another_encoding_keep_their_bytes_recognisable() -> None:
    lines = ["case_number,comment", *(f"U-{number},Björk schläft" for number in range(5))]
    content = "\n".join(lines).encode() + b"\nL-1,B\xf6rk"

    table = read_file(content)

    assert (table.encoding, table.mixed, table.guessed) == ("UTF-8", True, False)
    assert list(table.rows)[-1] == Row(7, ["L-1", "B\udcf6rk"])


def test_a_thousand_columns_are_read() -> None:
    heading = [f"column {number}" for number in range(1_000)]
    content = ",".join(heading) + "\n" + ",".join("1" for _ in heading)

    table = read_file(content.encode())

    assert (len(table.header), len(next(table.rows).cells)) == (1_000, 1_000)


def test_more_columns_than_any_registry_has_are_refused() -> None:
    content = ",".join(f"c{number}" for number in range(2_001)) + "\n1"

    assert refusal(content.encode()) == (
        "The file has 2,001 columns; at most 2,000 are read. Leave out those that the form does not ask for."
    )


def test_a_heading_in_two_rows_names_the_column_without_a_name() -> None:
    content = "Patient,,Operation,\ncase_number,age,asa,ssi\nA-1,70,2,0\n"

    assert refusal(content.encode()) == (
        "Column 2 has no name in the heading. Give every column a name, in the first row."
    )


def test_a_title_above_a_csv_heading_is_stepped_over() -> None:
    table = read_file(b"Cases of May\n\ncase_number,age,asa\nA-1,70,2\n")

    assert (table.heading_line, table.header, list(table.rows)) == (
        3,
        ("case_number", "age", "asa"),
        [Row(4, ["A-1", "70", "2"])],
    )


def test_rows_are_read_anew_each_time() -> None:
    table = read_file(b"a,b\n1,2\n")

    assert list(table.rows) == list(table.rows) == [Row(2, ["1", "2"])]
