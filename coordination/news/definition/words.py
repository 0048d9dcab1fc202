"""What stands in a text: its beginning for a list, its first paragraph for a newsletter, and hospitals it names."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import unescape

from privacy.naming import hospitals_named
from ui.markdown import rendered


LONGEST_TEXT = 20_000
EXCERPT = 200
NOT_A_PARAGRAPH = ("#", ">", "|", "```", "---", "- ", "* ", "+ ")


@dataclass(frozen=True, kw_only=True)
class Naming:
    """A hospital that a text names, and where."""

    where: str
    hospital: str


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of a newsletter: what was announced, shortly."""

    title: str
    text: str


def clean_text(text: str) -> str:
    """As it is kept: lines end alike, nothing hangs over."""
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip()


def plain(text: str) -> str:
    """The text as it is read, without signs of Markdown."""
    return unescape(re.sub(r"<[^>]+>", "", rendered(text)))


def excerpt(text: str) -> str:
    """The beginning, on one line."""
    words = " ".join(plain(first_paragraph(text) or text).split())
    return words if len(words) <= EXCERPT else f"{words[:EXCERPT].rsplit(' ', 1)[0]} …"


def first_paragraph(text: str) -> str:
    """Of the first paragraphs that is one: no heading, list, table or quotation; nothing where there is none."""
    blocks = (block.strip() for block in re.split(r"\n\s*\n", clean_text(text)))
    lines = (block.partition("\n")[2].strip() if block.startswith("#") else block for block in blocks)
    return next((block for block in lines if block and not block.startswith(NOT_A_PARAGRAPH)), "")


def newsletter(sections: Iterable[Section], dates: Sequence[str]) -> str:
    """What a newsletter begins with: a section for each announcement, and the dates to come."""
    parts = [f"## {each.title}\n\n{each.text}".rstrip() for each in sections]
    if dates:
        parts.append("\n".join(["## Dates", "", *(f"- {each}" for each in dates)]))
    return "\n\n".join(parts)


def hospitals_in(title: str, text: str, names: Iterable[str]) -> list[Naming]:
    """Hospitals named in title and text, with the place. A name that signs of Markdown take apart is found as it is read."""
    listed = list(names)
    lines = [("The title", title), *((f"Line {number}", line) for number, line in enumerate(text.split("\n"), start=1))]
    found = [
        Naming(where=where, hospital=name) for where, line in lines for name in hospitals_named(_seen(line), listed)
    ]
    there = {each.hospital for each in found}
    whole = hospitals_named(_seen(f"{title} | {text} | {plain(text)}"), listed)
    return found + [Naming(where="The text", hospital=name) for name in whole if name not in there]


def _seen(text: str) -> str:
    """Without signs that nobody sees: a soft hyphen in a name hides it from no reader."""
    return "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
