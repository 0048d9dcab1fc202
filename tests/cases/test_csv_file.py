"""Reading uploaded files, whatever made them."""

import pytest

from cases.errors import ImportRefusedError
from cases.services.csv_file import neutral, write_table
from cases.services.importing.read_file import read_file
from cases.services.importing.table import Row


NAMES = "name;stadt\r\nBjörk;Köln\r\nŁukasz;Łódź\r\n"


@pytest.mark.parametrize(
    ("content", "encoding", "guessed"),
    [
        (NAMES.encode(), "UTF-8", False),
        (NAMES.encode("utf-8-sig"), "UTF-8", False),
        (NAMES.encode("utf-16"), "UTF-16", False),
    ],
)
def test_read_table_knows_unicode(content: bytes, encoding: str, guessed: bool) -> None:  # noqa: FBT001
    table = read_file(content)

    assert (table.encoding, table.guessed, table.delimiter_name) == (encoding, guessed, "semicolon")
    assert (table.header, list(table.rows)) == (
        ("name", "stadt"),
        [Row(2, ["Björk", "Köln"]), Row(3, ["Łukasz", "Łódź"])],
    )


def test_read_table_guesses_an_older_encoding_and_says_so() -> None:
    text = "name,comment\n" + "Björk,Die Wunde heilte ohne Entzündung; Fäden gezogen\n" * 20

    table = read_file(text.encode("cp1252"))

    assert (table.encoding, table.guessed) == ("cp1252", True)
    assert next(table.rows).cells == ["Björk", "Die Wunde heilte ohne Entzündung; Fäden gezogen"]


@pytest.mark.parametrize(
    ("text", "name"), [("a,b\n1,2\n", "comma"), ("a;b\n1,5;2\n", "semicolon"), ("a\tb\n1\t2\n", "tab")]
)
def test_read_table_finds_the_delimiter(text: str, name: str) -> None:
    assert read_file(text.encode()).delimiter_name == name


def test_read_table_counts_lines_as_editors_do() -> None:
    table = read_file(b'a,b\n"two\nlines",1\n\n , \nx,2\n')

    assert list(table.rows) == [Row(2, ["two\nlines", "1"]), Row(6, ["x", "2"])]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The file is empty. Export it again; the first row must name the columns."),
        (b"\n\n", "The file is empty. Export it again; the first row must name the columns."),
        (b"a,b\n", "The file has a heading but no rows. Add one row for each case."),
        (b"a,b\n,\n", "The file has a heading but no rows. Add one row for each case."),
        (b"a,A\n1,2\n", 'The heading has the column "A" twice, as columns 1 and 2. Rename or remove one of them.'),
        (b"a,,c\n1,2,3\n", "Column 2 has no name in the heading. Give every column a name, in the first row."),
        (
            b"PK\x03\x04rest",
            "The file is a damaged workbook: it breaks off, or was changed on its way. Open it, save it again and upload that.",
        ),
        (
            b"\xd0\xcf\x11\xe0rest",
            "The file is an old Excel workbook (.xls), or one with a password. Save it as .xlsx without one. Or: Save it as “CSV UTF-8” and upload that.",
        ),
        (b"a,b\n1,\x00\n", "The file is not text. Save it as “CSV UTF-8” and upload that."),
        (
            b"\xff\xfea\x00,\x00b",
            "The file begins as UTF-16 text but breaks off at byte 7. Save it again as “CSV UTF-8” and upload that.",
        ),
        (
            b'a,b\n1,"open\n2,3\n',
            "The file cannot be read from line 2 on (unexpected end of data). Look for a quotation mark that is opened and not closed.",
        ),
    ],
)
def test_read_table_refuses_with_a_remedy(content: bytes, message: str) -> None:
    with pytest.raises(ImportRefusedError) as refused:
        read_file(content)

    assert str(refused.value) == message


def test_read_table_refuses_letters_that_are_none() -> None:
    with pytest.raises(ImportRefusedError, match="UTF-8"):
        read_file(b"a,b\n" + bytes(range(0x80, 0x100)) * 40)


@pytest.mark.parametrize("cell", ["=1+1", "+cmd", "-2+3", "@sum", "\tx", "\rx"])
def test_exports_hold_no_formula(cell: str) -> None:
    assert neutral(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-5", "+3.2", "text", "", "a=b"])
def test_exports_keep_numbers_and_text(cell: str) -> None:
    assert neutral(cell) == cell


def test_what_is_written_reads_back() -> None:
    table = read_file(write_table([["a", "b"], ['ö, "x"', "-5"]]))

    assert list(table.rows) == [Row(2, ['ö, "x"', "-5"])]
