"""Every file that can be taken away, opened by a determined reader: BA-08 and BA-18."""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from cases.models import Case
from tests.architecture.test_canary import foreign_to
from tests.architecture.tokens import documents
from tests.attacks.looking import addresses, look, text_of, url
from tests.world import World
from tests.worlds import audits


PEOPLE = ("alder.champion", "alder.abstractor", "alder.administrator", "sam", "pat")
# Where a file may have been made, and what programs write about who made it.
MACHINE = re.compile(rb"/(?:home|root|tmp|usr|work|var|srv|opt)/|[A-Z]:\\\\|file://")
HIDING = re.compile(r"externalLink|pivotCache|vbaProject|embeddings|customXml|connections\.xml|comments\d")


@dataclass(frozen=True)
class File:
    address: str
    kind: str
    content: bytes


_FILES: dict[str, list[File]] = {}


def files(world: World, name: str) -> list[File]:
    """Made once for all tests of this module: the world they are made of does not change."""
    if name not in _FILES:
        _FILES[name] = _files(world, name)
    return _FILES[name]


def _files(world: World, name: str) -> list[File]:
    """Whatever is not a page: by links of every address, and by the forms that answer with a file."""
    client, found = world.client(name), []
    for address in [*addresses(world, name), url("audits:audit-file", audits.AUDITS["alder"])]:
        response = look(client, address)
        kind = response.get("Content-Type", "").partition(";")[0]
        if response.status_code == 200 and kind not in {"text/html", "application/json"}:
            found.append(File(address, kind, _content(response)))
    if world.viewer(name).capacity == "hospital":
        with world.acting_as(name):
            own = list(Case.objects.values_list("public_id", flat=True)[:5])
        response = client.post(url("cases:case-export"), {"case": own})
        found.append(File("export", response.get("Content-Type", "").partition(";")[0], _content(response)))
    return found


def _content(response: object) -> bytes:
    streamed = getattr(response, "streaming", False)
    return b"".join(response) if streamed else response.content  # type: ignore[attr-defined,call-overload,no-any-return]


def inside(file: File) -> list[str]:
    """The texts of a file: its members, its streams, its metadata."""
    texts = documents(file.content)
    if file.kind == "application/pdf":
        texts += [each.decode("utf-8", "replace") for each in _streams(file.content)]
        texts += [each.decode("utf-16-be", "replace") for each in re.findall(rb"\xfe\xff((?:..)*?)\)", file.content)]
    return texts


def _streams(content: bytes) -> Iterator[bytes]:
    for match in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        try:
            yield zlib.decompress(match[1])
        except zlib.error:
            yield match[1]


@pytest.mark.parametrize("name", PEOPLE)
def test_files_hold_nothing_of_others_and_nothing_of_the_machine(world: World, name: str) -> None:
    """BA-08, BA-18: text, hidden members, metadata and packed streams."""
    found = files(world, name)
    own = "alder" if name.startswith("alder") else None
    own_names = {"Lyddington", "Kirtlebridge"}

    assert found
    for file in found:
        texts = inside(file)
        assert foreign_to(world, own).found_in(texts) - own_names == set(), file.address
        packed = [file.content, *(text.encode() for text in texts)]
        assert [each for each in packed if MACHINE.search(each)] == [], file.address


@pytest.mark.parametrize("name", ["alder.champion", "alder.abstractor"])
def test_pdfs_name_nobody_and_embed_no_file(world: World, name: str) -> None:
    """BA-18: who made it, with what data and where from: the programme, a title and a language, nothing else."""
    for file in files(world, name):
        if file.kind == "application/pdf":
            whole = b"\n".join([file.content, *_streams(file.content)])
            creators = re.findall(rb"<dc:creator>(.*?)</dc:creator>", whole, re.DOTALL)
            assert {re.sub(rb"<[^>]+>|\s+$|^\s+", b"", each) for each in creators} <= {b"Colectomy Michigan"}
            assert set(re.findall(rb"/Author\s*\((.*?)\)", whole)) <= {b"Colectomy Michigan"}
            assert re.findall(rb"/(?:Keywords|Subject)\s*[(<]", whole) == []
            assert re.findall(rb"/(?:EmbeddedFiles?|JavaScript|JS|Launch|AF|RichMedia)\b", whole) == []


@pytest.mark.parametrize("name", ["alder.champion", "alder.abstractor"])
def test_workbooks_hide_no_sheet_and_no_name(world: World, name: str) -> None:
    """BA-08: what a spreadsheet can carry besides its cells."""
    for file in files(world, name):
        if file.content[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
                members = {member: archive.read(member).decode("utf-8", "replace") for member in archive.namelist()}
            assert [member for member in members if HIDING.search(member)] == []
            book = members.get("xl/workbook.xml", "")
            assert re.findall(r'state="(?:hidden|veryHidden)"', book) == []
            assert re.findall(r"<definedName[^>]*>[^<]*</definedName>", book) == []
            assert re.findall(r"<(?:dc:creator|cp:lastModifiedBy)>[^<]+<", members.get("docProps/core.xml", "")) == []


def test_a_file_has_the_numbers_of_the_page_and_no_more(world: World) -> None:
    """BA-08: one list of facts and one table for screen and file."""
    client = world.client("alder.champion")
    for slug in ("ssi", "antibiotic"):
        page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text_of(look(client, url("feedback:measure-detail", slug)))))
        text = look(client, url("feedback:measure-export", slug)).content.decode("utf-8-sig")
        numbers = {
            number
            for row in csv.reader(io.StringIO(text))
            for cell in row
            for number in re.findall(r"\d+(?:[.,]\d+)*%?", cell)
        }

        assert {number for number in numbers if number not in page} == set()
