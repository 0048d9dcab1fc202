"""What kind of file some bytes are, whatever their name says. Nothing is kept that a browser or a program might run."""

import hashlib
import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import PurePath

from collaboratives.documents.errors import FileRefusedError


LARGEST_FILE = 10 * 2**20
LONGEST_NAME = 120
PDF, PNG, JPEG, TEXT = "application/pdf", "image/png", "image/jpeg", "text/plain"
OFFICE = {
    "word/document.xml": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"),
    "xl/workbook.xml": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"),
    "ppt/presentation.xml": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", ".pptx"),
}
EXTENSIONS = {PDF: (".pdf",), PNG: (".png",), JPEG: (".jpg", ".jpeg"), TEXT: (".txt", ".csv", ".md")} | {
    kind: (extension,) for kind, extension in OFFICE.values()
}
SCANS = frozenset({PDF, PNG, JPEG})
DOCUMENTS = frozenset(EXTENSIONS)
SCANS_IN_WORDS = "a PDF, PNG or JPEG"
DOCUMENTS_IN_WORDS = "a PDF, a picture (PNG, JPEG), a Word, Excel or PowerPoint file without macros, or plain text"
# What a browser would take for a page, wherever in the first lines it stands.
PAGE = re.compile(rb"<\s*(!doctype|html|head|body|script|svg|iframe|\?xml)", re.IGNORECASE)
LOOKED_AT = 4096


@dataclass(frozen=True)
class Accepted:
    """A file that may be kept, under a name that says what it is."""

    name: str
    kind: str
    size: int
    digest: str
    content: bytes


def accept(name: str, content: bytes, kinds: frozenset[str] = DOCUMENTS) -> Accepted:
    """The file, or `FileRefusedError`."""
    wanted = SCANS_IN_WORDS if kinds == SCANS else DOCUMENTS_IN_WORDS
    if not content:
        raise FileRefusedError("The file is empty. Choose it again.")
    if len(content) > LARGEST_FILE:
        raise FileRefusedError(
            f"The file is larger than {LARGEST_FILE // 2**20} MB. Send a smaller one, for example {wanted} of fewer pages."
        )
    kind = kind_of(content)
    if kind not in kinds:
        raise FileRefusedError(
            f"This file cannot be kept: its content is not {wanted}. Save it as one of these and send it again."
        )
    return Accepted(_safe_name(name, kind), kind, len(content), hashlib.sha256(content).hexdigest(), content)


def kind_of(content: bytes) -> str:
    """By the bytes; nothing for whatever is not on the list."""
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"PK\x03\x04"):
        return _office_kind(content)
    return TEXT if _is_text(content) else ""


def _office_kind(content: bytes) -> str:
    """An office file is an archive with a part of a known name; one with macros is a program."""
    try:
        names = set(zipfile.ZipFile(io.BytesIO(content)).namelist())
    except (zipfile.BadZipFile, ValueError):
        return ""
    if any(name.lower().endswith(("vbaproject.bin", ".js", ".exe")) for name in names):
        return ""
    return next((kind for part, (kind, _) in OFFICE.items() if part in names), "")


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    control = any((ord(letter) < 32 or ord(letter) == 127) and letter not in "\t\r\n\f" for letter in text)
    return not control and not PAGE.search(content[:LOOKED_AT])


def _safe_name(name: str, kind: str) -> str:
    """No path, no letter that a header or a file system might stumble over, and the extension of what it is."""
    base = PurePath(name.replace("\\", "/")).name
    base = re.sub(r"[^\w .()+-]", "_", base).strip(" .") or "document"
    stem, extensions = base, EXTENSIONS[kind]
    extension = PurePath(base).suffix.lower()
    if extension in extensions:
        stem = base[: -len(extension)]
    else:
        extension = extensions[0]
    return f"{stem[: LONGEST_NAME - len(extension)]}{extension}"
