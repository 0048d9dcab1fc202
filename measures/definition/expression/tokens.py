"""From the text of an expression to its words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from measures.definition.expression.errors import ExpressionError


MAXIMUM_LENGTH = 4000


class TokenKind(StrEnum):
    NUMBER = "number"
    TEXT = "text"
    VARIABLE = "variable"
    NAME = "name"
    SYMBOL = "symbol"
    END = "end"


@dataclass(frozen=True)
class Token:
    kind: TokenKind
    text: str
    position: int
    code: str | None = None

    def is_symbol(self, *symbols: str) -> bool:
        return self.kind is TokenKind.SYMBOL and self.text in symbols

    def is_name(self, *names: str) -> bool:
        return self.kind is TokenKind.NAME and self.text in names


_TOKEN = re.compile(
    r"""
    (?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)
    |(?P<text>"[^"]*"|'[^']*')
    |(?P<variable>\[[^\[\]]*\])
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<symbol><=|>=|<>|!=|[-+*/^()=<>,])
    """,
    re.VERBOSE,
)
_BLANK = re.compile(r"\s*")
_REFERENCE = re.compile(r"\[\s*([A-Za-z][A-Za-z0-9_]*)\s*(?:\(\s*([A-Za-z0-9_.+-]+)\s*\)\s*)?\]")
_WRITTEN_OTHERWISE = {
    "==": "Write = to compare.",
    "&&": "Write and.",
    "||": "Write or.",
    '"': 'A text ends with the quote it began with, as in "3".',
    "'": 'A text ends with the quote it began with, as in "3".',
    "[": "A variable ends with ], as in [age].",
    "!": "Write not, or <> for different.",
    "%": "There is no remainder; use datediff for dates.",
    "{": "Use ( and ).",
}


def tokenize(text: str) -> list[Token]:
    """The tokens of `text`, the last one of kind END."""
    if len(text) > MAXIMUM_LENGTH:
        message = f"The expression has {len(text):,} characters."
        raise ExpressionError(message, f"Shorten it to {MAXIMUM_LENGTH:,}.", MAXIMUM_LENGTH)
    return [*_scan(text), Token(TokenKind.END, "", len(text) + 1)]


def _scan(text: str) -> Iterator[Token]:
    place = _skip_blanks(text, 0)
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None or text.startswith("==", place):
            raise _unreadable(text, place)
        yield _token(found)
        place = _skip_blanks(text, found.end())


def _skip_blanks(text: str, place: int) -> int:
    found = _BLANK.match(text, place)
    return found.end() if found else place


def _token(found: re.Match[str]) -> Token:
    kind = TokenKind(str(found.lastgroup))
    text, position = found[0], found.start() + 1
    if kind is TokenKind.VARIABLE:
        return _variable(text, position)
    if kind is TokenKind.TEXT:
        return Token(kind, text[1:-1], position)
    if kind is TokenKind.NAME:
        return Token(kind, text.casefold(), position)
    return Token(kind, "<>" if text == "!=" else text, position)


def _variable(text: str, position: int) -> Token:
    found = _REFERENCE.fullmatch(text)
    if found is None:
        raise ExpressionError(
            f"{text} is not a variable of a form.",
            "Write [age], or [comorbidity(2)] for one code of several; events and smart variables are not read.",
            position,
        )
    return Token(TokenKind.VARIABLE, found[1], position, code=found[2])


def _unreadable(text: str, place: int) -> ExpressionError:
    sign = next((written for written in _WRITTEN_OTHERWISE if text.startswith(written, place)), text[place])
    remedy = _WRITTEN_OTHERWISE.get(sign, "Remove it.")
    return ExpressionError(f"{sign} cannot be read here.", remedy, place + 1)
