"""Words and numbers that give a hospital away, and a reader that finds them however they are packed."""

import base64
import binascii
import gzip
import html
import io
import json
import re
import struct
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from cases.audits.models import Audit, AuditedCase
from cases.log.models import UnlockRequest
from cases.models import Case
from cases.questions.models import Question
from collaboratives.models import Grant, Participation
from tests.architecture.pdf_text import pdf_texts
from tests.world import World
from tests.worlds import audits, programme, questions
from tests.worlds.cases import TRUTH


CASE_NUMBER = re.compile(r"[a-z]{2}-\d+")


@dataclass(frozen=True)
class Tokens:
    """What identifies some hospitals: texts, and results of theirs as (observed, denominator)."""

    texts: frozenset[str]
    results: frozenset[tuple[int, int]] = frozenset()

    def found_in(self, documents: Iterable[str]) -> set[str]:
        text = "\n".join(sorted(set(documents)))
        lower = text.casefold()
        pairs = {(int(one), int(other)) for one, other in re.findall(r"\b(\d+)\s*(?:/|of|out of)\s*(\d+)\b", lower)}
        rates = sorted(set(re.findall(r"(?<![\d.])(\d{1,3}\.\d{2,})", lower)))
        found = {each for each in self.texts if _stands_in(each.casefold(), lower)}
        told = {(o, n) for o, n in self.results if (o, n) in pairs or any(_is_rate(rate, o / n) for rate in rates)}
        return found | {f"{observed} of {of}" for observed, of in told}


def _stands_in(text: str, document: str) -> bool:
    """Numbers must stand alone, or four digits would be found in any long one, and "ce-029" in keys drawn by lot."""
    if text not in document:
        return False
    if text.isdigit():
        return re.search(rf"(?<![\w.,+-]){text}(?![\w.,+-])", document) is not None
    return not CASE_NUMBER.fullmatch(text) or re.search(rf"(?<![0-9a-z]){text}(?![0-9a-z])", document) is not None


def _is_rate(number: str, rate: float) -> bool:
    """A rate so exact that it names one hospital, as percents or as a share; compared as a number, cut or rounded."""
    if abs(100 * rate - round(100 * rate)) < 0.05:
        return False  # a whole percent names nobody
    decimals = len(number.partition(".")[2])
    unit, value = 10.0**-decimals, float(number)
    return abs(value - 100 * rate) < unit or (decimals > 3 and abs(value - rate) < unit)


def names_of(hospital: str) -> set[str]:
    identifier, name, city = programme.HOSPITALS[hospital]
    return {identifier, name, name.split()[1], city}


def people_of(hospital: str) -> set[str]:
    """Surnames stand for everybody of a hospital; e-mail addresses begin with its short name."""
    words = {each[hospital] for each in (questions.WORDS, audits.WORDS) if hospital in each}
    return {programme.SURNAMES[hospital], f"{hospital}.", *words}


def keys_of(world: World, hospital: str, slug: str = "colectomy-mi") -> set[str]:
    """Random keys of its rows, and the numbers of its cases."""
    director = programme.DIRECTORS[slug]
    with world.acting_as(director, slug):
        place = Participation.objects.select_related("site").get(site__identifier=programme.HOSPITALS[hospital][0])
        cases = Case.objects.filter(participation=place).values_list("public_id", "case_number")
        grants = Grant.objects.filter(participation=place).values_list("public_id", flat=True)
        keys = {str(place.public_id), str(place.site.public_id), *map(str, grants)}
        asked = Question.objects.filter(participation=place).values_list("public_id", flat=True)
        unlocks = UnlockRequest.objects.filter(participation=place).values_list("public_id", flat=True)
        audited = Audit.objects.filter(participation=place).values_list("public_id", flat=True)
        drawn = AuditedCase.objects.filter(participation=place).values_list("public_id", flat=True)
        return keys | {word for row in cases for word in row} | {*asked, *unlocks, *audited, *drawn}


def results_of(hospital: str) -> set[tuple[int, int]]:
    if hospital not in TRUTH:
        return set()
    truth = TRUTH[hospital]
    return {(truth.infections, truth.denominator), (truth.antibiotics, truth.cases), (truth.readmitted, truth.cases)}


def tokens_of(world: World, hospitals: Iterable[str], slug: str = "colectomy-mi") -> Tokens:
    texts: set[str] = set()
    results: set[tuple[int, int]] = set()
    for hospital in hospitals:
        texts |= names_of(hospital) | people_of(hospital) | keys_of(world, hospital, slug)
        results |= results_of(hospital)
    return Tokens(frozenset(texts), frozenset(results))


# Reading --------------------------------------------------------------------------------------------------------------


def documents(content: bytes, headers: Iterable[tuple[str, str]] = ()) -> list[str]:
    """Everything a determined reader gets out of an answer: headers, text, and whatever is packed inside."""
    return ["\n".join(f"{name}: {value}" for name, value in headers), *_unpacked(content)]


def _unpacked(content: bytes) -> Iterator[str]:
    if content[:2] == b"\x1f\x8b":
        yield from _unpacked(gzip.decompress(content))
    elif content[:5] == b"%PDF-":
        texts = pdf_texts(content)
        # Names in a line of glyphs may lack their spaces, which are moves; where lines break, they do.
        yield from (*texts, *(" ".join(text.split()) for text in texts))
    elif content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield name
                yield from _unpacked(archive.read(name))
    else:
        text = html.unescape(content.decode("utf-8", "replace"))
        yield text
        yield from _base64(text)
        yield from _numbers(text)


def _base64(text: str) -> Iterator[str]:
    for run in set(re.findall(r"[A-Za-z0-9+/]{24,}={0,2}", text)):
        try:
            inside = base64.b64decode(run, validate=True)
        except binascii.Error:
            continue
        if inside[:2] in {b"\x1f\x8b", b"PK"}:
            yield from _unpacked(inside)
        yield inside.decode("utf-8", "replace")


FORMATS = {"i1": "b", "u1": "B", "i2": "h", "u2": "H", "i4": "i", "u4": "I", "i8": "q", "u8": "Q", "f4": "f", "f8": "d"}


def _numbers(text: str) -> Iterator[str]:
    """Arrays that plotly packs: {"dtype": "i4", "bdata": "…"} becomes its numbers."""
    for match in re.finditer(r"\{[^{}]*\"bdata\"[^{}]*\}", text):
        packed: dict[str, Any] = json.loads(match.group())
        data, kind = base64.b64decode(packed["bdata"]), FORMATS[packed["dtype"]]
        yield " ".join(f"{number:g}" for (number,) in struct.iter_unpack(f"<{kind}", data))
