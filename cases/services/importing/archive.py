"""Look into a zip archive before any reader of spreadsheets does: it may unpack to a thousand times its size."""

import io
import re
import zlib
from collections.abc import Iterator
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from cases.errors import ImportRefusedError


MOST_MEMBERS, MOST_UNPACKED, MOST_RATIO = 1_000, 250 * 2**20, 200
RATIO_FROM = 2**20  # a small empty sheet may well pack 300 to 1
PIECE = 2**18
LOCAL_HEADER = 30
REMEDY = "Save the sheet as “CSV UTF-8” and upload that."


class Archive:
    """A zip archive whose sizes were checked, declared and real."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        try:
            with ZipFile(io.BytesIO(content)) as archive:
                self.members = {member.filename: member for member in archive.infolist()}
        except (BadZipFile, UnicodeDecodeError, ValueError) as problem:
            message = "The file is a damaged workbook: it breaks off, or was changed on its way."
            raise ImportRefusedError(message, "Open it, save it again and upload that.") from problem
        self._refuse_bombs()

    def _refuse_bombs(self) -> None:
        declared = sum(member.file_size for member in self.members.values())
        if len(self.members) > MOST_MEMBERS or declared > MOST_UNPACKED:
            raise _bomb(f"{declared / 2**20:,.0f} MB in {len(self.members):,} parts")
        for member in self.members.values():
            if member.file_size > RATIO_FROM and member.file_size > MOST_RATIO * max(1, member.compress_size):
                raise _bomb(f"{member.file_size / 2**20:,.0f} MB in {member.filename[:60]}")
        for name in self.members:
            for _ in self.pieces(name):  # what it declares may be a lie
                pass

    def pieces(self, name: str) -> Iterator[bytes]:
        """The unpacked bytes of one part, never more than it declares."""
        member, unpacked = self.members[name], 0
        for piece in self._unpack(member):
            unpacked += len(piece)
            if unpacked > member.file_size:
                raise _bomb(f"more in {name[:60]} than it says")
            yield piece

    def read(self, name: str) -> bytes:
        return b"".join(self.pieces(name)) if name in self.members else b""

    def _unpack(self, member: ZipInfo) -> Iterator[bytes]:
        packed = self._packed(member)
        if member.compress_type == ZIP_STORED:
            yield bytes(packed)
            return
        if member.compress_type != ZIP_DEFLATED or member.flag_bits & 1:
            raise ImportRefusedError("The workbook is locked with a password.", "Save it without one and upload that.")
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            rest = unpacker.decompress(packed, PIECE)
            while rest:
                yield rest
                rest = unpacker.decompress(unpacker.unconsumed_tail, PIECE)
        except zlib.error as problem:
            message = f"The workbook is damaged in {member.filename[:60]}."
            raise ImportRefusedError(message, "Open it, save it again and upload that.") from problem

    def _packed(self, member: ZipInfo) -> memoryview:
        start = member.header_offset
        lengths = self.content[start + 26 : start + LOCAL_HEADER]
        begin = start + LOCAL_HEADER + int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")
        return memoryview(self.content)[begin : begin + member.compress_size]

    def overlapping(self, name: str) -> Iterator[bytes]:
        """The pieces of one part, each with the end of the one before, so that nothing is cut in two."""
        end = b""
        for piece in self.pieces(name):
            yield end + piece
            end = piece[-64:]

    def matches(self, name: str, pattern: re.Pattern[bytes]) -> Iterator[re.Match[bytes]]:
        """Matches in one part, found while it is unpacked; none is longer than a piece."""
        held = b""
        for piece in self.pieces(name):
            held += piece
            end = 0
            for match in pattern.finditer(held):
                end = match.end()
                yield match
            held = held[max(end, len(held) - 4096) :]


def _bomb(what: str) -> ImportRefusedError:
    return ImportRefusedError(f"The workbook unpacks to far more than a workbook of cases: {what}.", REMEDY)
