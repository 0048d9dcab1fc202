"""The mails of the demo, which go to a folder and to nobody: as the pages under /demo/inbox/ show them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings

from ui.parts import Pages


PER_PAGE = 30
FILE = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9]{1,30}\.log")  # as Django's backend names one sending
END = b"\n" + b"-" * 79 + b"\n"
SHOWN_HEADERS = ("From", "To", "Subject", "Date", "Message-ID", "List-Unsubscribe")
AFTER_A_LINK = ".,;:)>"


@dataclass(frozen=True, kw_only=True)
class Line:
    """A mail in the list; file and number are its address."""

    file: str
    number: int
    recipient: str
    subject: str
    sent_at: datetime


@dataclass(frozen=True, kw_only=True)
class Inbox:
    lines: tuple[Line, ...]
    pages: Pages


@dataclass(frozen=True)
class Piece:
    """Some text of a mail; with a path, a link to a page of this server."""

    text: str
    path: str = ""


@dataclass(frozen=True, kw_only=True)
class Letter:
    subject: str
    headers: tuple[tuple[str, str], ...]
    pieces: tuple[Piece, ...]
    attachments: tuple[tuple[str, str], ...]


def inbox(page: int) -> Inbox:
    """The newest first. A page holds so many files, each of one sending, which is nearly always of one mail."""
    names = sorted(_names(), reverse=True)
    start = (page - 1) * PER_PAGE
    lines = tuple(line for name in names[start : start + PER_PAGE] for line in _lines(name))
    return Inbox(lines=lines, pages=Pages(number=page, total=len(names), per_page=PER_PAGE))


def letter(file: str, number: int) -> Letter | None:
    """One mail, or None. The name is looked for among those that are there, so it leads nowhere else."""
    found = list(_messages(file)) if file in _names() else []
    return _letter(found[number]) if number < len(found) else None


def _folder() -> Path:
    return Path(settings.EMAIL_FILE_PATH)


def _names() -> set[str]:
    folder = _folder()
    return {each.name for each in folder.iterdir() if FILE.fullmatch(each.name)} if folder.is_dir() else set()


def _messages(name: str) -> Iterator[EmailMessage]:
    for content in (_folder() / name).read_bytes().split(END):
        if content.strip():
            yield message_from_bytes(content, _class=EmailMessage, policy=policy.default)


def _lines(name: str) -> Iterator[Line]:
    sent_at = datetime.strptime(name[:15], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
    found = list(_messages(name))
    for number in reversed(range(len(found))):
        message = found[number]
        yield Line(file=name, number=number, recipient=message["To"], subject=message["Subject"], sent_at=sent_at)


def _letter(message: EmailMessage) -> Letter:
    body = message.get_body(("plain",))
    return Letter(
        subject=message["Subject"],
        headers=tuple((name, str(message[name])) for name in SHOWN_HEADERS if message[name]),
        pieces=tuple(_pieces(body.get_content().rstrip() if body else "")),
        attachments=tuple(
            (part.get_filename() or part.get_content_type(), part.get_content())
            for part in message.walk()
            if part.get_content_maintype() == "text" and part is not body
        ),
    )


def _pieces(text: str) -> Iterator[Piece]:
    """Addresses of this server become links, those of others stay text."""
    for piece in re.split(rf"({re.escape(settings.BASE_URL)}/\S*)", text):
        address = piece.rstrip(AFTER_A_LINK)
        path = address.removeprefix(settings.BASE_URL)
        if path != address and not path.startswith("//"):
            yield Piece(address, path)
            yield Piece(piece[len(address) :])
        else:
            yield Piece(piece)
