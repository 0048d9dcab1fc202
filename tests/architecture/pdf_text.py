"""What a determined reader gets out of a PDF of ours: its text by glyph, its words for pictures, its metadata."""

import re
import zlib
from collections.abc import Iterator


STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
BFCHAR = re.compile(rb"<([0-9A-Fa-f]+)> *<([0-9A-Fa-f]+)>")
OPENS = re.compile(rb"[(]|<[0-9A-Fa-f]+>")
ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def pdf_texts(file: bytes) -> list[str]:
    """Every stream unpacked, every string decoded, and what the glyphs say."""
    streams = [_unpacked(each) for each in STREAM.findall(file)]
    plain = [file.decode("latin-1"), *(each.decode("latin-1") for each in streams)]
    plain += [text for each in (STREAM.sub(b"", file), *streams) for text in _strings(each)]
    maps = [dict(_pairs(each)) for each in streams if b"begincmap" in each]
    return plain + [_glyphs(each, one) for each in streams for one in maps if b"TJ" in each or b"Tj" in each]


def pdf_words(file: bytes) -> str:
    """Everything in one text without spaces: where a line breaks is the typesetter's business."""
    return re.sub(r"\s+", "", "".join(pdf_texts(file)))


def _unpacked(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream


def _pairs(cmap: bytes) -> Iterator[tuple[int, str]]:
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for code, text in BFCHAR.findall(block):
            yield int(code, 16), bytes.fromhex(text.decode()).decode("utf-16-be", "replace")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for first, last, text in re.findall(rb"<([0-9A-Fa-f]+)> *<([0-9A-Fa-f]+)> *<([0-9A-Fa-f]+)>", block):
            start = int(text, 16)
            for step in range(int(last, 16) - int(first, 16) + 1):
                yield int(first, 16) + step, chr(start + step)


def _strings(content: bytes) -> Iterator[str]:
    for raw in _raw(content):
        if raw.startswith(b"\xfe\xff"):
            yield raw[2:].decode("utf-16-be", "replace")


def _raw(content: bytes) -> Iterator[bytes]:
    """Every string: in hexadecimal, or in parentheses, which may hold others in pairs."""
    at = 0
    while found := OPENS.search(content, at):
        if found[0] != b"(":
            digits = found[0][1:-1]
            yield bytes.fromhex(digits.decode() + "0" * (len(digits) % 2))
            at = found.end()
            continue
        at = _closing(content, found.end())
        yield ESCAPE.sub(_escape, content[found.end() : at])


def _closing(content: bytes, at: int) -> int:
    depth = 1
    while depth and at < len(content):
        byte = content[at : at + 1]
        at += 2 if byte == b"\\" else 1
        depth += {b"(": 1, b")": -1}.get(byte, 0)
    return at - 1


def _escape(found: re.Match[bytes]) -> bytes:
    code = found[1]
    return bytes([int(code, 8) & 255]) if code[:1] in b"01234567" else ESCAPED.get(code, code)


def _glyphs(stream: bytes, codes: dict[int, str]) -> str:
    """Two bytes a glyph; what is no glyph of this font says nothing."""
    pairs = ((raw[at] << 8 | raw[at + 1] for at in range(0, len(raw) - 1, 2)) for raw in _raw(stream))
    return "".join(codes.get(code, "") for shown in pairs for code in shown)
