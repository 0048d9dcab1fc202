"""What may be kept: by the bytes of a file, whatever its name says."""

import io
import zipfile

import pytest

from collaboratives.documents.definition.files import (
    DOCUMENTS,
    JPEG,
    LARGEST_FILE,
    PDF,
    PNG,
    SCANS,
    TEXT,
    accept,
    kind_of,
)
from collaboratives.documents.errors import FileRefusedError


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return out.getvalue()


WORD = archive("[Content_Types].xml", "word/document.xml")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7", PDF),
        (b"\x89PNG\r\n\x1a\n...", PNG),
        (b"\xff\xd8\xff\xe0", JPEG),
        ("Grüße, 12 °C\n".encode(), TEXT),
        (b"a,b\n1,2\n", TEXT),
        (WORD, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (archive("xl/workbook.xml"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (archive("ppt/presentation.xml"), "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
        (archive("word/document.xml", "word/vbaProject.bin"), ""),
        (archive("readme.txt"), ""),
        (b"PK\x03\x04 broken", ""),
        (b"<!DOCTYPE html><title>x</title>", ""),
        (b"  \n<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", ""),
        (b"text and then <script>x()</script>", ""),
        (b"MZ\x90\x00\x03", ""),
        (b"\x7fELF", ""),
        (b"a\x00b", ""),
    ],
)
def test_bytes_say_what_a_file_is(content: bytes, kind: str) -> None:
    assert kind_of(content) == kind


@pytest.mark.parametrize(
    ("name", "content", "kept"),
    [
        ("manual.pdf", b"%PDF-1", "manual.pdf"),
        ("manual.html", b"%PDF-1", "manual.html.pdf"),
        ("../../etc/passwd", b"root", "passwd.txt"),
        ("C:\\desk\\a;b\r\nSet-Cookie: x.csv", b"a,b", "a_b__Set-Cookie_ x.csv"),
        ("", b"%PDF-1", "document.pdf"),
        ("x" * 300 + ".pdf", b"%PDF-1", "x" * 116 + ".pdf"),
    ],
)
def test_names_are_harmless_and_true(name: str, content: bytes, kept: str) -> None:
    assert accept(name, content).name == kept


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "empty"), (b"x" * (LARGEST_FILE + 1), "larger than 10 MB"), (b"MZ\x00", "cannot be kept")],
)
def test_the_rest_is_refused_with_the_remedy(content: bytes, words: str) -> None:
    with pytest.raises(FileRefusedError, match=words):
        accept("file.pdf", content)


def test_a_scan_is_a_picture_or_a_pdf() -> None:
    assert SCANS < DOCUMENTS
    with pytest.raises(FileRefusedError, match="a PDF, PNG or JPEG"):
        accept("signed.docx", WORD, SCANS)
